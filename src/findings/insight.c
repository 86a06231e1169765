#include "findings/insight.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/content.h"
#include "base/file.h"
#include "base/mem.h"
#include "findings/automation_state.h"
#include "findings/finding_story.h"
#include "findings/finding_workflow.h"

enum {
    ARENA_BYTES_MAX = 64 << 20,
    FILE_BYTES_MAX = 1 << 20,
    VALUES_BYTES_MAX = 512 << 20,
    TITLE_BYTES_MAX = 256
};

static const char SHIPPED[] = "insights/";

struct InsightSet {
    Arena *arena;
    Insight list[INSIGHTS_MAX];
    size_t count;
};

/* ---- one document ---- */

typedef struct Reading {
    InsightSet *set;
    const char *file;
    Error *err;
} Reading;

static bool keep(const Reading *in, Str text, Str *ret)
{
    const char *copy = arena_text(in->set->arena, text, in->err);
    *ret = (Str){copy, text.len};
    return copy != NULL;
}

/* A name can be given on a command line: letters, digits, '-', '_' and '.'. */
static bool is_name(Str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char lower = str_lower(text.ptr[i]);
        if (!(lower >= 'a' && lower <= 'z') && !(lower >= '0' && lower <= '9') && lower != '-' &&
            lower != '_' && lower != '.')
            return false;
    }
    return text.len && text.len <= FINDING_NAME_MAX && !str_equal(text, STR("check"));
}

static bool read_name(const Reading *in, const Yaml *at, Insight *ret)
{
    return is_name(at->text) ? keep(in, at->text, &ret->name)
                             : yaml_wrong(at, in->file,
                                          "a name of letters, digits, '-', '_' and '.' other than "
                                          "check",
                                          in->err);
}

static bool read_title(const Reading *in, const Yaml *at, Insight *ret)
{
    return yaml_is_scalar(at) && at->text.len && at->text.len <= TITLE_BYTES_MAX
               ? keep(in, at->text, &ret->title)
               : yaml_wrong(at, in->file, "a text of up to 256 bytes", in->err);
}

static bool read_filters(const Reading *in, const Yaml *at, Insight *ret)
{
    return automation_read_criteria(at, in->file, in->set->arena, &ret->filters, in->err);
}

/* A field, or the member of a map: FIELD.KEY. */
static bool read_group_by(const Reading *in, const Yaml *at, Insight *ret)
{
    size_t dot = str_find_byte(at->text, '.', 0);
    Str key = str_slice(at->text, dot + 1, at->text.len);
    if (!automation_read_field(str_slice(at->text, 0, dot), in->file, at->line, &ret->field,
                               in->err))
        return false;
    bool map = AUTOMATION_FIELDS[ret->field].kind == ASKED_MAP;
    if (map != (key.len > 0))
        return yaml_wrong(at, in->file,
                          map ? "the name of a member behind a map's, such as "
                                "ProductFields.spoor/rule"
                              : "a field without a member: it is no map",
                          in->err);
    return keep(in, key, &ret->key) && keep(in, at->text, &ret->group_by);
}

static const struct {
    const char *name;
    bool (*read)(const Reading *in, const Yaml *at, Insight *ret);
    bool needed;
} MEMBERS[] = {{"name", read_name, true},
               {"title", read_title, true},
               {"filters", read_filters, false},
               {"group_by", read_group_by, true}};
enum { MEMBER_COUNT = sizeof MEMBERS / sizeof *MEMBERS };

static bool read_insight(const Reading *in, const Yaml *document, Insight *ret)
{
    bool ok = true;
    *ret = (Insight){.line = document->line};
    if (document->kind != YAML_MAP)
        return yaml_wrong(document, in->file, "a mapping", in->err);
    for (const Yaml *each = document->first; ok && each; each = each->next) {
        size_t i = 0;
        while (i < MEMBER_COUNT && !str_equal(each->name, str_of(MEMBERS[i].name)))
            i++;
        ok = i < MEMBER_COUNT
                 ? MEMBERS[i].read(in, each, ret)
                 : error_set(in->err, ERROR_INPUT,
                             "%s:%u: '%.*s' is nothing of an insight: name, title, filters, "
                             "group_by",
                             in->file, each->line, STR_ARG(str_slice(each->name, 0, 60)));
    }
    for (size_t i = 0; ok && i < MEMBER_COUNT; i++)
        if (MEMBERS[i].needed && !yaml_member(document, MEMBERS[i].name))
            ok = error_set(in->err, ERROR_INPUT, "%s:%u: the insight has no %s", in->file,
                           document->line, MEMBERS[i].name);
    return ok && keep(in, str_of(in->file), &ret->file);
}

/* ---- the set ---- */

/* Puts an insight of a file in place of the shipped one that it stands for, else behind all. */
static bool put(const Reading *in, const Insight *insight)
{
    InsightSet *set = in->set;
    size_t at = insight_find(set, insight->name);
    if (at < set->count && !str_starts(set->list[at].file, str_of(SHIPPED)))
        return error_set(in->err, ERROR_INPUT, "%s:%u: another insight is called '%.*s', too",
                         in->file, insight->line, STR_ARG(insight->name));
    if (at == INSIGHTS_MAX)
        return error_set(in->err, ERROR_LIMIT, "%s: more than %d insights", in->file, INSIGHTS_MAX);
    set->list[at] = *insight;
    set->count += at == set->count;
    return true;
}

static bool add_text(InsightSet *set, Str text, const char *file, Error *err)
{
    const Reading in = {set, file, err};
    const Yaml *document = NULL;
    YamlReader *reader = yaml_open(text, file, err);
    bool ok = reader != NULL;
    while (ok && (ok = yaml_next(reader, set->arena, &document, err)) && document) {
        Insight insight;
        ok = read_insight(&in, document, &insight) && put(&in, &insight);
    }
    yaml_close(reader);
    return ok;
}

static bool add_file(void *context, const char *path, const FileInfo *info, Error *err)
{
    BUF_AUTO Buf text = buf_init(FILE_BYTES_MAX);
    (void)info;
    if (!str_ends(str_of(path), STR(".yml")) && !str_ends(str_of(path), STR(".yaml")))
        return true;
    return file_read(path, &text, NULL, err) && add_text(context, buf_str(&text), path, err);
}

static bool add_shipped(InsightSet *set, Error *err)
{
    bool ok = true;
    for (const ContentFile *file = CONTENT_FILES; ok && file->path; file++)
        if (str_starts(str_of(file->path), str_of(SHIPPED)))
            ok = add_text(set, (Str){(const char *)file->bytes, file->len}, file->path, err);
    return ok;
}

static int by_name(const void *a, const void *b)
{
    const Insight *left = a, *right = b;
    return str_compare(left->name, right->name);
}

InsightSet *insight_open(const char *path, Error *err)
{
    InsightSet *set = mem_calloc(1, sizeof *set, err);
    if (!set)
        return NULL;
    set->arena = arena_new(ARENA_BYTES_MAX, err);
    bool ok = set->arena && add_shipped(set, err);
    if (ok && *path)
        ok = file_walk(path, add_file, NULL, set, err);
    if (!ok) {
        insight_free(set);
        return NULL;
    }
    qsort(set->list, set->count, sizeof *set->list, by_name);
    return set;
}

void insight_free(InsightSet *set)
{
    if (!set)
        return;
    arena_free(set->arena);
    mem_free(set);
}

size_t insight_count(const InsightSet *set)
{
    return set->count;
}

const Insight *insight_at(const InsightSet *set, size_t index)
{
    return &set->list[index];
}

size_t insight_find(const InsightSet *set, Str name)
{
    size_t index = 0;
    while (index < set->count && !str_equal(set->list[index].name, name))
        index++;
    return index;
}

/* ---- counting ---- */

typedef struct Asking {
    const InsightQuestion *question;
    Arena *arena;
    InsightResult *results;
    Buf *values; /* Str each, of one insight each */
    size_t from; /* where those of the finding under way begin */
    int64_t now_us;
} Asking;

/* Values of one insight while a finding is looked at. */
typedef struct Values {
    Asking *asking;
    Buf *list;
} Values;

static bool take_value(void *context, Str value, Error *err)
{
    const Values *values = context;
    const Str *list = (const Str *)(const void *)values->list->ptr;
    for (size_t i = values->asking->from; i < values->list->len / sizeof(Str); i++)
        if (str_equal(list[i], value))
            return true;
    const char *copy = arena_text(values->asking->arena, value, err);
    const Str kept = {copy, value.len};
    return copy && buf_append(values->list, &kept, sizeof kept, err);
}

static bool take_finding(void *context, Str id, const Json *finding, Error *err)
{
    Asking *asking = context;
    bool ok = true;
    (void)id;
    size_t first = asking->question->first;
    for (size_t i = first; ok && i < asking->question->end; i++) {
        const Insight *insight = insight_at(asking->question->set, i);
        Values values = {asking, &asking->values[i - first]};
        if (!automation_matches(&insight->filters, finding, asking->now_us))
            continue;
        asking->results[i - first].findings++;
        asking->from = values.list->len / sizeof(Str);
        ok = automation_match_values(insight->field, insight->key, finding, take_value, &values,
                                     err);
    }
    return ok;
}

static int by_text(const void *a, const void *b)
{
    const Str *left = a, *right = b;
    return str_compare(*left, *right);
}

static int by_count(const void *a, const void *b)
{
    const InsightGroup *left = a, *right = b;
    int more = (right->count > left->count) - (right->count < left->count);
    return more ? more : str_compare(left->value, right->value);
}

/* Counts equal values. */
static bool group(Buf *values, Arena *arena, InsightResult *ret, Error *err)
{
    Str *list = (Str *)(void *)values->ptr;
    size_t count = values->len / sizeof *list;
    ret->groups = arena_calloc(arena, count + 1, sizeof *ret->groups, err);
    if (!ret->groups)
        return false;
    if (count)
        qsort(list, count, sizeof *list, by_text);
    for (size_t i = 0; i < count; i++) {
        if (!ret->count || !str_equal(ret->groups[ret->count - 1].value, list[i]))
            ret->groups[ret->count++].value = list[i];
        ret->groups[ret->count - 1].count++;
    }
    qsort(ret->groups, ret->count, sizeof *ret->groups, by_count);
    return true;
}

bool insight_ask(const InsightQuestion *question, Db *db, Arena *arena, InsightResult *ret,
                 Error *err)
{
    size_t count = question->end - question->first;
    Asking asking = {
        .question = question, .arena = arena, .results = ret, .now_us = clock_now_us()};
    asking.values = arena_calloc(arena, count + 1, sizeof *asking.values, err);
    for (size_t i = 0; asking.values && i < count; i++) {
        ret[i] = (InsightResult){0};
        asking.values[i] = buf_init(VALUES_BYTES_MAX);
    }
    bool ok =
        asking.values && finding_story_each(db, &question->findings, take_finding, &asking, err);
    for (size_t i = 0; ok && i < count; i++)
        ok = group(&asking.values[i], arena, &ret[i], err);
    for (size_t i = 0; asking.values && i < count; i++)
        buf_free(&asking.values[i]);
    return ok;
}
