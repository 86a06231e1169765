/* rules_queries - the samples of rules with a query. */
#include "rules_queries.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/timestamp.h"
#include "lake/layout.h"
#include "sql_source.h"
#include "watch/sql_ask.h"

enum {
    TEXT_BYTES_MAX = 64 << 20,
    ARENA_BYTES_MAX = 64 << 20,
    TIMES_MAX = 100000,
    ID_BYTES = 36,
    WHY_BYTES = 1100,
};

/* A sample under way. */
typedef struct Trial {
    const CommandLine *line;
    const Rule *rule;
    Buf text;        /* the log file of its events */
    int64_t last_us; /* the time of the last one */
    size_t events;
    Error *err;
} Trial;

/* An event of a sample, *times* of them, *every_us* apart. */
typedef struct Repeated {
    const Yaml *event;
    int64_t first_us, every_us, times;
    Str id;
} Repeated;

static bool read_repeated(const Yaml *item, Repeated *ret, Error *err)
{
    const Yaml *event = yaml_member(item, "event");
    const Yaml *times = yaml_member(item, "times"), *every = yaml_member(item, "every");
    *ret = (Repeated){.event = event ? event : item, .times = 1};
    const Yaml *time = yaml_member(ret->event, "eventTime"),
               *id = yaml_member(ret->event, "eventID");
    if (!time || !timestamp_parse(time->text, &ret->first_us) || !id || id->text.len != ID_BYTES)
        return error_set(err, ERROR_INPUT, "has an event without eventTime or eventID");
    ret->id = id->text;
    if (event && times &&
        (times->kind != YAML_INTEGER || times->integer < 1 || times->integer > TIMES_MAX))
        return error_set(err, ERROR_INPUT, "repeats an event other than 1 to %d times", TIMES_MAX);
    ret->times = event && times ? times->integer : 1;
    return !event || !every || timestamp_parse_duration(every->text, &ret->every_us, err);
}

/* The event's id; of further ones with their number as its end. */
static bool write_id(const Repeated *of, int64_t number, Buf *out, Error *err)
{
    return number ? buf_printf(out, err, "\"%.*s%08llx\"", ID_BYTES - 8, of->id.ptr,
                               (unsigned long long)number)
                  : json_append_string(out, of->id, err);
}

/* A member of the event; time and id are those of its number. */
static bool write_member(const Repeated *of, int64_t number, const Yaml *member, Buf *out,
                         Error *err)
{
    char time[TIMESTAMP_TEXT_BYTES];
    if (!json_append_string(out, member->name, err) || !buf_append_byte(out, ':', err))
        return false;
    if (str_equal(member->name, STR("eventID")))
        return write_id(of, number, out, err);
    if (!str_equal(member->name, STR("eventTime")))
        return yaml_write_json(member, out, err);
    timestamp_format(of->first_us + number * of->every_us, time);
    return json_append_string(out, str_of(time), err);
}

static bool write_event(Trial *in, const Repeated *of, int64_t number)
{
    int64_t at_us = of->first_us + number * of->every_us;
    Buf *out = &in->text;
    bool ok =
        buf_append_byte(out, in->events ? ',' : ' ', in->err) && buf_append_byte(out, '{', in->err);
    for (const Yaml *member = of->event->first; ok && member; member = member->next)
        ok = (member == of->event->first || buf_append_byte(out, ',', in->err)) &&
             write_member(of, number, member, out, in->err);
    in->last_us = !in->events || at_us > in->last_us ? at_us : in->last_us;
    in->events++;
    return ok && buf_append_byte(out, '}', in->err);
}

static bool write_events(Trial *in, const Yaml *events)
{
    bool ok = buf_printf(&in->text, in->err, "{\"Records\":[");
    for (const Yaml *item = events->first; ok && item; item = item->next) {
        Repeated of;
        ok = read_repeated(item, &of, in->err);
        for (int64_t i = 0; ok && i < of.times; i++)
            ok = write_event(in, &of, i);
    }
    return ok && buf_printf(&in->text, in->err, "]}");
}

/* Whether the rule finds something in the lake at *folder*. */
static bool ask(Trial *in, const char *folder, bool *ret)
{
    SqlAnswer answer = {.rows = NULL};
    const SqlRule *rule = in->rule->sql;
    int64_t from_us = sql_rule_window(rule, in->last_us);
    const SqlAskOptions options = {.folder = folder, .config = command_config(in->line)};
    const SqlQuestion question = {rule, from_us, from_us + rule->window_us};
    Arena *arena = arena_new(ARENA_BYTES_MAX, in->err);
    SqlAsk *asker = arena ? sql_ask_open(&options, in->err) : NULL;
    bool ok = asker && sql_ask(asker, &question, arena, &answer, in->err);
    *ret = answer.row_count > 0;
    sql_ask_free(asker);
    arena_free(arena);
    return ok;
}

static bool ask_of(Trial *in, const char *folder, bool *ret)
{
    char path[LAYOUT_PATH_BYTES];
    IngestReport report;
    if (!layout_path(path, in->err, folder, "sample.json") ||
        !file_put(path, buf_str(&in->text), in->err))
        return false;
    const char *const names[] = {path};
    SqlSource *source = sql_source_of(in->line, names, 1, &report, in->err);
    bool ok = source != NULL;
    if (ok && report.records_kept != in->events)
        ok = error_set(in->err, ERROR_INPUT, "has %zu events, of which %llu could be kept",
                       in->events, (unsigned long long)report.records_kept);
    ok = ok && ask(in, sql_source_folder(source), ret);
    sql_source_close(source);
    return ok;
}

static bool try_events(Trial *in, const Yaml *events, bool *ret)
{
    Error ignored = {0};
    if (!write_events(in, events))
        return false;
    char *folder = file_make_temp(in->err);
    bool ok = folder && ask_of(in, folder, ret);
    if (folder && !file_remove_tree(folder, &ignored))
        error_clear(&ignored);
    mem_free(folder);
    return ok;
}

/* What is wrong with a sample, in *why*; empty: nothing. False with *err*: it could not be tried.
 */
static bool try_sample(Trial *in, const Yaml *sample, bool sides[2], char why[WHY_BYTES])
{
    const Yaml *match = yaml_member(sample, "match"), *events = yaml_member(sample, "events");
    bool got = false;
    why[0] = '\0';
    if (!match || match->kind != YAML_BOOLEAN || !events || events->kind != YAML_LIST ||
        !events->count) {
        snprintf(why, WHY_BYTES, "needs match (true or false) and events, a list");
        return true;
    }
    sides[match->boolean] = true;
    if (!try_events(in, events, &got)) {
        if (in->err->kind == ERROR_SYSTEM)
            return false;
        snprintf(why, WHY_BYTES, "%s", in->err->text);
        error_clear(in->err);
    } else if (got != match->boolean)
        snprintf(why, WHY_BYTES, "%s",
                 got ? "matches, and should not" : "does not match, and should");
    return true;
}

static bool try_rule(const CommandLine *line, const Rule *rule, SamplesTell tell,
                     SamplesReport *ret, Error *err)
{
    const Yaml *samples = yaml_member(rule->tree, "samples");
    bool sides[2] = {false, false};
    ret->rules++;
    for (const Yaml *sample = samples ? samples->first : NULL; sample; sample = sample->next) {
        char why[WHY_BYTES], text[WHY_BYTES + 300];
        Trial trial = {.line = line, .rule = rule, .text = buf_init(TEXT_BYTES_MAX), .err = err};
        const Yaml *name = yaml_member(sample, "name");
        bool ok = try_sample(&trial, sample, sides, why);
        buf_free(&trial.text);
        if (!ok)
            return error_context(err, "%.*s", STR_ARG(rule->file));
        ret->samples++;
        if (!why[0])
            continue;
        ret->failed++;
        snprintf(text, sizeof text, "sample '%.*s' %s",
                 STR_ARG(name ? str_slice(name->text, 0, 200) : STR("")), why);
        tell(NULL, rule, sample->line, text);
    }
    ret->one_sided += !sides[0] || !sides[1];
    return true;
}

bool rules_queries_test(const CommandLine *line, const RuleSet *set, SamplesTell tell,
                        SamplesReport *ret, Error *err)
{
    for (size_t i = 0; i < ruleset_count(set); i++)
        if (ruleset_rule(set, i)->kind == RULE_SQL &&
            !try_rule(line, ruleset_rule(set, i), tell, ret, err))
            return false;
    return true;
}
