#include "finding_insights.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/cell.h"
#include "base/json_write.h"
#include "findings/insight.h"
#include "setup.h"

enum { GROUPS = 100, ARENA_BYTES_MAX = 1 << 30, TEXT_BYTES_MAX = 256 << 20 };

typedef enum { FORMAT_TABLE, FORMAT_CSV, FORMAT_JSONL } Format;

/* A line of either answer: a count, and texts with what they are called. */
typedef struct Line {
    int64_t count;
    const char *names[3];
    Str texts[3]; /* the third may have no name: there is none */
} Line;

static bool put_table(const Line *line, Buf *out, Error *err)
{
    bool ok = buf_printf(out, err, "%8" PRId64, line->count);
    for (int i = 0; ok && i < 3 && line->names[i]; i++)
        ok = buf_append_str(out, STR("  "), err) && cell_visible(line->texts[i], out, err);
    return ok && buf_append_byte(out, '\n', err);
}

static bool put_csv(const Line *line, Buf *out, Error *err)
{
    bool ok = buf_printf(out, err, "%" PRId64, line->count);
    for (int i = 0; ok && i < 3 && line->names[i]; i++)
        ok = buf_append_byte(out, ',', err) && cell_csv(line->texts[i], false, out, err);
    return ok && buf_append_byte(out, '\n', err);
}

static bool put_jsonl(const Line *line, Buf *out, Error *err)
{
    BUF_AUTO Buf text = buf_init(TEXT_BYTES_MAX);
    JsonWriter to = {&text, err, true};
    json_write_open(&to, NULL, '{');
    json_write_int(&to, "count", line->count);
    for (int i = 0; i < 3 && line->names[i]; i++)
        json_write_text(&to, line->names[i], line->texts[i]);
    json_write_close(&to, '}');
    return to.ok && buf_append_str(out, buf_str(&text), err) && buf_append_byte(out, '\n', err);
}

static bool put(Format format, const Line *line, Buf *out, Error *err)
{
    static bool (*const PUT[])(const Line *line, Buf *out, Error *err) = {
        [FORMAT_TABLE] = put_table, [FORMAT_CSV] = put_csv, [FORMAT_JSONL] = put_jsonl};
    if (!out->len && format == FORMAT_CSV) {
        bool ok = buf_append_str(out, STR("count"), err);
        for (int i = 0; ok && i < 3 && line->names[i]; i++)
            ok = buf_printf(out, err, ",%s", line->names[i]);
        if (!ok || !buf_append_byte(out, '\n', err))
            return false;
    }
    return PUT[format](line, out, err);
}

static bool read_format(const CommandLine *line, Format *ret, Error *err)
{
    const char *word = command_text(line, "format", "table");
    *ret = strcmp(word, "csv") == 0     ? FORMAT_CSV
           : strcmp(word, "jsonl") == 0 ? FORMAT_JSONL
                                        : FORMAT_TABLE;
    return *ret != FORMAT_TABLE || strcmp(word, "table") == 0 ||
           error_set(err, ERROR_USAGE, "findings insights writes table, csv or jsonl");
}

/* One insight: its groups. */
static bool put_groups(const CommandLine *line, const InsightResult *result, Format format,
                       Buf *out, Error *err)
{
    int64_t limit = command_number(line, "limit", GROUPS);
    bool ok = true;
    for (size_t i = 0; ok && i < result->count && (int64_t)i < limit; i++) {
        const InsightGroup *group = &result->groups[i];
        const Line each = {group->count, {"value"}, {group->value}};
        ok = put(format, &each, out, err);
    }
    if (ok && (int64_t)result->count > limit)
        fprintf(stderr, "... and %" PRId64 " more; --limit prints more\n",
                (int64_t)result->count - limit);
    return ok;
}

/* All insights: how many findings each takes, and its largest group. */
static bool put_all(const InsightSet *set, const InsightResult *results, Format format, Buf *out,
                    Error *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < insight_count(set); i++) {
        const Insight *insight = insight_at(set, i);
        const Line each = {results[i].findings,
                           {"name", "title", "first"},
                           {insight->name, insight->title,
                            results[i].count ? results[i].groups[0].value : STR("-")}};
        ok = put(format, &each, out, err);
    }
    return ok;
}

static bool print(const CommandLine *line, const InsightQuestion *question,
                  const InsightResult *results, Error *err)
{
    Format format;
    BUF_AUTO Buf out = buf_init(TEXT_BYTES_MAX);
    bool one = command_argument_count(line) > 1;
    if (!read_format(line, &format, err))
        return false;
    bool ok = one ? put_groups(line, &results[0], format, &out, err)
                  : put_all(question->set, results, format, &out, err);
    if (ok && one && format == FORMAT_TABLE && !out.len)
        printf("no findings\n");
    return ok && (!out.len || fwrite(out.ptr, 1, out.len, stdout) == out.len ||
                  error_errno(err, "cannot write"));
}

static bool ask(const CommandLine *line, InsightQuestion *question, Error *err)
{
    LAKE_AUTO Lake *lake = setup_lake(line, LAKE_READ, err);
    if (!lake ||
        !command_range(line, &question->findings.since_us, &question->findings.until_us, err))
        return false;
    Arena *arena = arena_new(ARENA_BYTES_MAX, err);
    InsightResult *results =
        arena ? arena_calloc(arena, question->end - question->first + 1, sizeof *results, err)
              : NULL;
    bool ok = results && insight_ask(question, lake->db, arena, results, err) &&
              print(line, question, results, err);
    arena_free(arena);
    return ok;
}

static bool check(const InsightSet *set)
{
    printf("%zu insights, no errors\n", insight_count(set));
    return true;
}

/* Which of them the command line names. */
static bool choose(const char *name, InsightQuestion *ret, Error *err)
{
    ret->end = insight_count(ret->set);
    if (!name)
        return true;
    ret->first = insight_find(ret->set, str_of(name));
    if (ret->first == ret->end)
        return error_set(err, ERROR_USAGE,
                         "no insight is called '%.128s'; spoor findings insights lists them", name);
    ret->end = ret->first + 1;
    return true;
}

bool finding_insights(const CommandLine *line, Lake *none, Error *err)
{
    (void)none;
    const char *name = command_argument_count(line) > 1 ? command_argument(line, 1) : NULL;
    if (command_argument_count(line) > 2)
        return error_set(err, ERROR_USAGE, "spoor findings insights takes one name");
    InsightSet *set =
        insight_open(config_text(command_config(line), CONFIG_FINDINGS_INSIGHTS), err);
    InsightQuestion question = {.set = set};
    bool ok = set != NULL;
    if (ok && name && strcmp(name, "check") == 0)
        ok = check(set);
    else if (ok)
        ok = choose(name, &question, err) && ask(line, &question, err);
    insight_free(set);
    return ok;
}
