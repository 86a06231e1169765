#include "finding_rules.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/cell.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/timestamp.h"
#include "findings/asff.h"
#include "findings/automation.h"
#include "findings/finding_story.h"
#include "lake/layout.h"
#include "lake/state.h"
#include "setup.h"

enum {
    ARENA_BYTES_MAX = 256 << 20,
    TEXT_BYTES_MAX = 4 << 20,
    IDS_BYTES_MAX = 256 << 20,
    NAME_BYTES = 48,
    SHOWN = 12
};

static Automation *open_rules(const CommandLine *line, Error *err)
{
    const char *path = config_text(command_config(line), CONFIG_FINDINGS_RULES);
    if (*path)
        return automation_open(path, NULL, err);
    error_set(err, ERROR_USAGE, "findings.rules names no folder of rules for findings");
    return NULL;
}

static bool print(const Buf *out, Error *err)
{
    return !out->len || fwrite(out->ptr, 1, out->len, stdout) == out->len ||
           error_errno(err, "cannot write");
}

/* ---- list, check ---- */

static bool put_text(Str text, Buf *out, Error *err)
{
    return cell_visible(text, out, err);
}

static bool list_rules(const Automation *rules, Error *err)
{
    bool ok = true;
    BUF_AUTO Buf out = buf_init(TEXT_BYTES_MAX);
    for (size_t i = 0; ok && i < automation_count(rules); i++) {
        const AutomationRule *rule = automation_rule(rules, i);
        char until[TIMESTAMP_TEXT_BYTES] = "for ever";
        if (rule->until_us != INT64_MAX)
            timestamp_format_zone(rule->until_us, until);
        ok = buf_printf(&out, err, "%4d  %-8s  %-8s  %-23s  ", rule->order,
                        automation_holds(rule, clock_now_us()) ? "on" : "off",
                        rule->terminal ? "terminal" : "", until) &&
             put_text(rule->name, &out, err) &&
             (!rule->description.len ||
              (buf_printf(&out, err, ": ") && put_text(rule->description, &out, err))) &&
             buf_append_byte(&out, '\n', err);
    }
    if (!ok)
        return false;
    if (!automation_count(rules))
        printf("no rules for findings\n");
    return print(&out, err);
}

/* ---- test: what they would touch ---- */

static const FindingQuery ALL = {.since_us = INT64_MIN, .until_us = INT64_MAX};

static const Json *document(Db *db, Str id, Arena *arena, Error *err)
{
    static const JsonLimits LIMITS = {JSON_DEPTH_MAX, true};
    BUF_AUTO Buf text = buf_init(TEXT_BYTES_MAX);
    if (!finding_story_document(db, id, arena, &text, err))
        return NULL;
    const char *kept = arena_text(arena, buf_str(&text), err);
    return kept ? json_read((Str){kept, text.len}, &LIMITS, arena, err) : NULL;
}

/* What rules are tried on, and how often each holds. */
typedef struct Testing {
    const Automation *rules;
    int64_t *counts;
} Testing;

/* A finding as it is now: a rule does not see what the one before would change. */
static bool test_one(void *context, Str id, const Json *finding, Error *err)
{
    const Testing *testing = context;
    BUF_AUTO Buf out = buf_init(TEXT_BYTES_MAX);
    int64_t now = clock_now_us();
    bool ok = true;
    for (size_t i = 0; ok && i < automation_count(testing->rules); i++) {
        const AutomationRule *rule = automation_rule(testing->rules, i);
        if (!automation_holds(rule, now) || !automation_matches(&rule->criteria, finding, now))
            continue;
        testing->counts[i]++;
        ok = buf_printf(&out, err, "%.*s  ", STR_ARG(str_slice(id, 0, SHOWN))) &&
             put_text(rule->name, &out, err) && buf_printf(&out, err, "  ") &&
             put_text(json_text(json_member(finding, STR("Title")), STR("")), &out, err) &&
             buf_append_byte(&out, '\n', err);
        if (rule->terminal)
            break;
    }
    return ok && print(&out, err);
}

static bool test_rules(const CommandLine *line, const Automation *rules, Error *err)
{
    LAKE_AUTO Lake *lake = setup_lake(line, LAKE_READ, err);
    Arena *arena = lake ? arena_new(ARENA_BYTES_MAX, err) : NULL;
    Testing testing = {rules, NULL};
    if (arena)
        testing.counts =
            arena_calloc(arena, automation_count(rules) + 1, sizeof *testing.counts, err);
    bool ok = testing.counts && finding_story_each(lake->db, &ALL, test_one, &testing, err);
    for (size_t i = 0; ok && i < automation_count(rules); i++)
        printf("%.*s: %" PRId64 "\n", STR_ARG(automation_rule(rules, i)->name), testing.counts[i]);
    arena_free(arena);
    return ok;
}

bool finding_rules(const CommandLine *line, Lake *none, Error *err)
{
    (void)none;
    const char *verb = command_argument_count(line) > 1 ? command_argument(line, 1) : "";
    bool check = strcmp(verb, "check") == 0, test = strcmp(verb, "test") == 0;
    if (!check && !test && strcmp(verb, "list") != 0)
        return error_set(err, ERROR_USAGE, "spoor findings rules takes list, check or test");
    Automation *rules = open_rules(line, err);
    bool ok = rules != NULL;
    if (ok && check)
        printf("%zu rule%s for findings, no errors\n", automation_count(rules),
               automation_count(rules) == 1 ? "" : "s");
    else if (ok)
        ok = test ? test_rules(line, rules, err) : list_rules(rules, err);
    automation_free(rules);
    return ok;
}

/* ---- suppress ---- */

/* The criterion that means the findings of the command line. */
static bool put_ids(const CommandLine *line, Lake *lake, Arena *arena, Buf *out, Error *err)
{
    bool ok = buf_printf(out, err, "  Id: [");
    for (int i = 1; ok && i < command_argument_count(line); i++) {
        const Json *finding = document(lake->db, str_of(command_argument(line, i)), arena, err);
        ok = finding && (i == 1 || buf_printf(out, err, ", ")) &&
             json_append_string(out, json_text(json_member(finding, STR("Id")), STR("")), err);
    }
    return ok && buf_printf(out, err, "]\n");
}

/* The mapping of --where, as lines of the rule's criteria. */
static bool put_where(Str where, Buf *out, Error *err)
{
    Arena *arena = arena_new(ARENA_BYTES_MAX, err);
    const Yaml *map = NULL;
    Criteria criteria;
    YamlReader *reader = arena ? yaml_open(where, "--where", err) : NULL;
    bool ok = reader && yaml_next(reader, arena, &map, err);
    if (ok && !map)
        ok = error_set(err, ERROR_USAGE, "--where is empty");
    ok = ok && automation_read_criteria(map, "--where", arena, &criteria, err);
    for (const Yaml *each = ok && map ? map->first : NULL; ok && each; each = each->next)
        ok = buf_printf(out, err, "  %.*s: ", STR_ARG(each->name)) &&
             yaml_write_json(each, out, err) && buf_append_byte(out, '\n', err);
    yaml_close(reader);
    arena_free(arena);
    if (!ok && err->kind == ERROR_INPUT)
        err->kind = ERROR_USAGE;
    return ok;
}

static bool put_criteria(const CommandLine *line, Lake *lake, Buf *out, Error *err)
{
    const char *rule = command_text(line, "rule", ""), *where = command_text(line, "where", "");
    bool ids = command_argument_count(line) > 1;
    if ((ids != 0) + (*rule != 0) + (*where != 0) != 1)
        return error_set(err, ERROR_USAGE, "which findings? ids, --rule or --where, one of them");
    if (*where)
        return put_where(str_of(where), out, err);
    if (*rule)
        return buf_printf(out, err, "  GeneratorId: ") &&
               json_append_string(out, str_of(rule), err) && buf_append_byte(out, '\n', err);
    Arena *arena = arena_new(ARENA_BYTES_MAX, err);
    bool ok = arena && put_ids(line, lake, arena, out, err);
    arena_free(arena);
    return ok;
}

/* The rule; its name is a hash of what it asks. */
static bool write_rule(const CommandLine *line, Str criteria, char name[NAME_BYTES], Buf *out,
                       Error *err)
{
    uint8_t digest[HASH_SHA256_BYTES];
    char hex[17], until[TIMESTAMP_TEXT_BYTES];
    Str note = str_of(command_text(line, "note", ""));
    int64_t until_us = command_number(line, "until", INT64_MAX);
    hash_sha256(criteria.ptr, criteria.len, digest);
    hash_hex(digest, 8, hex);
    snprintf(name, NAME_BYTES, "suppress-%s", hex);
    bool ok = buf_printf(out, err, "name: %s\norder: 1\nterminal: true\n", name);
    if (until_us != INT64_MAX) {
        timestamp_format(until_us, until);
        ok = ok && buf_printf(out, err, "until: \"%s\"\n", until);
    }
    ok = ok && buf_printf(out, err, "criteria:\n%.*sactions:\n  workflow: SUPPRESSED\n",
                          STR_ARG(criteria));
    return ok &&
           (!note.len || (buf_printf(out, err, "  note: ") && json_append_string(out, note, err) &&
                          buf_append_byte(out, '\n', err)));
}

static bool apply_all(const CommandLine *line, Lake *lake, int64_t *ret_count, Error *err)
{
    char path[LAYOUT_PATH_BYTES];
    BUF_AUTO Buf ids = buf_init(IDS_BYTES_MAX);
    int64_t before = 0, after = 0;
    static const char COUNT[] = "SELECT count(*) FROM findings WHERE workflow = 'SUPPRESSED'";
    Automation *rules = open_rules(line, err);
    Db *db = rules && layout_path(path, err, lake->folder, "state.db")
                 ? state_open(path, DB_READ_WRITE, err)
                 : NULL;
    bool ok = db && finding_ids(db, &ALL, &ids, err) && db_get_int(db, COUNT, 0, &before, err) &&
              db_begin(db, err);
    for (size_t at = 0; ok && at < ids.len; at += FINDING_ID_BYTES - 1)
        ok = automation_apply(rules, db, str_slice(buf_str(&ids), at, at + FINDING_ID_BYTES - 1),
                              err);
    ok = ok && db_commit(db, err) && db_get_int(db, COUNT, 0, &after, err);
    *ret_count = after - before;
    db_close(db);
    automation_free(rules);
    return ok;
}

bool finding_rules_suppress(const CommandLine *line, Lake *lake, Error *err)
{
    char name[NAME_BYTES], path[LAYOUT_PATH_BYTES];
    const char *folder = config_text(command_config(line), CONFIG_FINDINGS_RULES);
    FileInfo info;
    int64_t count;
    Error missing = {0};
    BUF_AUTO Buf criteria = buf_init(TEXT_BYTES_MAX);
    BUF_AUTO Buf text = buf_init(TEXT_BYTES_MAX);
    if (!*folder)
        return error_set(err, ERROR_USAGE,
                         "findings.rules names no folder into which the rule could go");
    if (file_info(folder, &info, &missing) && !info.is_folder)
        return error_set(err, ERROR_USAGE, "findings.rules is a file, '%s': a folder takes rules",
                         folder);
    if (!put_criteria(line, lake, &criteria, err) ||
        !write_rule(line, buf_str(&criteria), name, &text, err) ||
        !file_make_folders(folder, err) || !layout_path(path, err, folder, "%s.yml", name))
        return false;
    if (!file_replace(path, buf_str(&text), err) || !apply_all(line, lake, &count, err))
        return false;
    printf("%s: %" PRId64 " suppressed\n", path, count);
    return true;
}
