#include "findings/automation_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/file_stamp.h"
#include "base/mem.h"
#include "findings/finding_story.h"
#include "findings/finding_workflow.h"

enum {
    ARENA_BYTES_MAX = 64 << 20,
    FILE_BYTES_MAX = 4 << 20,
    DOCUMENT_BYTES_MAX = 4 << 20,
    IDS_BYTES_MAX = 256 << 20,
    AUTHOR_BYTES = FINDING_NAME_MAX + 8
};

struct Automation {
    char *path;
    void (*tell)(const char *why);
    Arena *arena; /* of the rules in force */
    AutomationRule *rules;
    size_t count;
    FileStamp seen;
    Arena *work; /* of one finding */
};

/* ---- files ---- */

static bool is_rules(Str path)
{
    return str_ends(path, STR(".yml")) || str_ends(path, STR(".yaml"));
}

/* Rules that are being read. */
typedef struct Loading {
    Arena *arena;
    AutomationRule *rules;
    size_t count;
} Loading;

static bool load_file(void *context, const char *path, const FileInfo *info, Error *err)
{
    Loading *loading = context;
    BUF_AUTO Buf text = buf_init(FILE_BYTES_MAX);
    (void)info;
    if (!is_rules(str_of(path)))
        return true;
    return file_read(path, &text, NULL, err) &&
           automation_read_text(buf_str(&text), path, loading->arena, loading->rules,
                                &loading->count, err);
}

static int by_order(const void *a, const void *b)
{
    const AutomationRule *left = a, *right = b;
    int order = (left->order > right->order) - (left->order < right->order);
    return order ? order : str_compare(left->name, right->name);
}

static bool check_names(const Loading *loading, Error *err)
{
    for (size_t i = 0; i < loading->count; i++)
        for (size_t j = 0; j < i; j++)
            if (str_equal(loading->rules[i].name, loading->rules[j].name))
                return error_set(err, ERROR_INPUT, "%.*s:%u: another rule is called '%.*s', too",
                                 STR_ARG(loading->rules[i].file), loading->rules[i].line,
                                 STR_ARG(loading->rules[i].name));
    return true;
}

static bool load(Automation *self, Error *err)
{
    FileInfo info;
    Error missing = {0};
    Loading loading = {.arena = arena_new(ARENA_BYTES_MAX, err)};
    loading.rules = loading.arena ? arena_calloc(loading.arena, AUTOMATION_RULES_MAX,
                                                 sizeof *loading.rules, err)
                                  : NULL;
    bool ok = loading.rules != NULL;
    if (ok && *self->path && file_info(self->path, &info, &missing))
        ok = file_walk(self->path, load_file, NULL, &loading, err) && check_names(&loading, err);
    if (!ok) {
        arena_free(loading.arena);
        return false;
    }
    qsort(loading.rules, loading.count, sizeof *loading.rules, by_order);
    arena_free(self->arena);
    self->arena = loading.arena;
    self->rules = loading.rules;
    self->count = loading.count;
    return true;
}

Automation *automation_open(const char *path, void (*tell)(const char *why), Error *err)
{
    Automation *self = mem_calloc(1, sizeof *self, err);
    if (!self)
        return NULL;
    self->tell = tell;
    self->path = mem_text(path, strlen(path), err);
    self->work = self->path ? arena_new(ARENA_BYTES_MAX, err) : NULL;
    if (self->work) {
        file_stamp_add(&self->seen, self->path, is_rules);
        if (load(self, err))
            return self;
    }
    automation_free(self);
    return NULL;
}

void automation_free(Automation *self)
{
    if (!self)
        return;
    mem_free(self->path);
    arena_free(self->arena);
    arena_free(self->work);
    mem_free(self);
}

/* Reads the files again when one came, went or was written. */
void automation_refresh(Automation *self)
{
    FileStamp now = {0};
    Error why = {0};
    if (!*self->path)
        return;
    file_stamp_add(&now, self->path, is_rules);
    if (file_stamp_equal(now, self->seen))
        return;
    self->seen = now;
    if (!load(self, &why) && self->tell)
        self->tell(why.text);
}

size_t automation_count(const Automation *self)
{
    return self->count;
}

const AutomationRule *automation_rule(const Automation *self, size_t index)
{
    return &self->rules[index];
}

bool automation_holds(const AutomationRule *rule, int64_t now_us)
{
    return rule->enabled && rule->until_us > now_us;
}

/* ---- applying them ---- */

/* Whether a rule's note is in the finding's history: it is written once. */
static bool is_noted(Db *db, Str id, Str author, bool *ret, Error *err)
{
    DbStatement *select = db_statement(
        db, "SELECT 1 FROM finding_history WHERE finding = ? AND author = ? LIMIT 1", err);
    if (!select)
        return false;
    db_bind_text(select, 1, id);
    db_bind_text(select, 2, author);
    if (!db_next(select, ret, err))
        return false;
    if (*ret)
        db_reset(select);
    return true;
}

/* Whether every member of *wanted*, a JSON object of texts, is in *fields* with that text. */
static bool has_fields(Str fields, Str wanted, Arena *arena)
{
    Error ignored = {0};
    const Json *have = fields.ptr ? json_read(fields, &JSON_LIMITS_DEFAULT, arena, &ignored) : NULL;
    const Json *want = json_read(wanted, &JSON_LIMITS_DEFAULT, arena, &ignored);
    for (const Json *each = want ? want->first : NULL; each; each = each->next)
        if (!str_equal(json_text(json_member(have, each->name), STR("\1")), each->text))
            return false;
    return true;
}

/* What a text becomes; without ptr: it stays. */
static Str news(Str wanted, Str found)
{
    return wanted.ptr && !str_equal(wanted, found) ? wanted : (Str){NULL, 0};
}

/* What a rule changes of a finding: what it is already stays. *ret* is false when nothing. */
static bool plan(const AutomationRule *rule, const Finding *finding, Arena *arena,
                 FindingChange *ret)
{
    *ret = (FindingChange){.at_us = clock_now_us()};
    ret->workflow = news(rule->workflow, finding->workflow);
    ret->assignee = news(rule->assignee, finding->assignee);
    ret->record_state = news(rule->record_state, finding->record_state);
    if (rule->severity >= 0 && rule->severity != finding->severity)
        ret->severity = &rule->severity;
    if (rule->confidence >= 0 && rule->confidence != finding->confidence)
        ret->confidence = &rule->confidence;
    if (rule->user_fields.ptr && !has_fields(finding->user_fields, rule->user_fields, arena))
        ret->user_fields = rule->user_fields;
    return ret->workflow.ptr || ret->assignee.ptr || ret->record_state.ptr || ret->severity ||
           ret->confidence || ret->user_fields.ptr;
}

/* Loads the finding, and what it is in ASFF. */
static const Json *look(Automation *self, Db *db, Str id, Finding *finding, Error *err)
{
    static const JsonLimits LIMITS = {JSON_DEPTH_MAX, true};
    Story story;
    BUF_AUTO Buf text = buf_init(DOCUMENT_BYTES_MAX);
    arena_reset(self->work);
    if (!finding_story_load(db, id, self->work, finding, &story, err) ||
        !finding_story_asff(finding, &story, self->work, &text, err))
        return NULL;
    const char *kept = arena_text(self->work, buf_str(&text), err);
    return kept ? json_read((Str){kept, text.len}, &LIMITS, self->work, err) : NULL;
}

static bool apply_rule(Automation *self, Db *db, const AutomationRule *rule, const Finding *finding,
                       bool *ret_changed, Error *err)
{
    FindingChange change;
    char author[AUTHOR_BYTES];
    bool noted = true;
    bool changes = plan(rule, finding, self->work, &change);
    snprintf(author, sizeof author, "rule: %.*s", STR_ARG(rule->name));
    change.author = str_of(author);
    if (rule->note.ptr && !is_noted(db, finding->id, change.author, &noted, err))
        return false;
    *ret_changed = changes || !noted;
    if (rule->note.ptr && *ret_changed)
        change.note = rule->note;
    return !*ret_changed || finding_workflow_change(db, finding->id, &change, err);
}

bool automation_apply(Automation *self, Db *db, Str id, Error *err)
{
    Finding finding;
    int64_t now = clock_now_us();
    bool changed;
    const Json *document = self->count ? look(self, db, id, &finding, err) : NULL;
    if (self->count && !document)
        return false;
    for (size_t i = 0; i < self->count; i++) {
        const AutomationRule *rule = &self->rules[i];
        if (!automation_holds(rule, now) || !automation_matches(&rule->criteria, document, now))
            continue;
        if (!apply_rule(self, db, rule, &finding, &changed, err))
            return false;
        if (rule->terminal)
            return true;
        if (changed && !(document = look(self, db, id, &finding, err)))
            return false;
    }
    return true;
}

bool automation_apply_commit(Automation *self, Db *db, int64_t seq, Error *err)
{
    bool row = true, ok = true;
    BUF_AUTO Buf ids = buf_init(IDS_BYTES_MAX);
    automation_refresh(self);
    if (!self->count)
        return true;
    DbStatement *select =
        db_statement(db,
                     "SELECT id FROM findings WHERE updated_seq = ? AND superseded_by IS NULL AND"
                     " dry_run = 0",
                     err);
    if (!select)
        return false;
    db_bind_int(select, 1, seq);
    while ((ok = db_next(select, &row, err)) && row)
        if (!buf_append_str(&ids, db_text(select, 0), err)) {
            db_reset(select);
            return false;
        }
    for (size_t at = 0; ok && at < ids.len; at += FINDING_ID_BYTES - 1)
        ok = automation_apply(self, db, str_slice(buf_str(&ids), at, at + FINDING_ID_BYTES - 1),
                              err);
    return ok;
}
