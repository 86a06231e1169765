#include "hunt/samples.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/timestamp.h"
#include "hunt/correlate.h"
#include "hunt/signals.h"

/* In samples time goes on for ever. */
#define HORIZON_US (INT64_MAX / 2)

enum {
    ARENA_BYTES_MAX = 64 << 20,
    EVENT_BYTES_MAX = 4 << 20,
    MATCHES_BYTES_MAX = 1 << 24,
    ENGINE_BYTES = 256 << 20,
    TEXT_BYTES = 400
};

typedef struct Trial {
    const RuleSet *set;
    SamplesTell tell;
    void *context;
    SamplesReport *report;
    CorrelationPaths *paths;
    Document *document;
    Arena *arena;
    Error *err;
} Trial;

static const Json *read_event(Trial *trial, const Yaml *event)
{
    static const JsonLimits LIMITS = {.depth_max = JSON_DEPTH_MAX};
    BUF_AUTO Buf text = buf_init(EVENT_BYTES_MAX);
    if (!yaml_write_json(event, &text, trial->err))
        return NULL;
    const char *copy = arena_text(trial->arena, buf_str(&text), trial->err);
    return copy ? json_read((Str){copy, text.len}, &LIMITS, trial->arena, trial->err) : NULL;
}

/* The signals of one event: of every rule that is correlated and matches it. */
static bool add_signals(Trial *trial, SignalFile *file, const Yaml *event, uint64_t number)
{
    const Json *root = read_event(trial, event);
    int64_t time_us = 0;
    bool ok = root != NULL;
    if (!ok)
        return false;
    document_set_tree(trial->document, root);
    if (!timestamp_parse(json_text(json_member(root, STR("eventTime")), STR("")), &time_us))
        return error_set(trial->err, ERROR_INPUT, "the event has no eventTime");
    for (size_t i = 0; ok && i < ruleset_count(trial->set); i++) {
        const Rule *rule = ruleset_rule(trial->set, i);
        if (rule->kind == RULE_DETECTION && correlation_sql_wants(trial->paths, rule) &&
            expr_holds(rule->expr, trial->document))
            ok = signals_add(file, rule, number, time_us, trial->document, trial->err);
    }
    return ok;
}

static bool write_signals(Trial *trial, const Yaml *events, const char *folder)
{
    Error second = {0};
    uint64_t number = 0;
    SignalFile *file = signals_open(trial->paths, folder, 0, trial->err);
    bool ok = file != NULL;
    for (const Yaml *event = events->first; ok && event; event = event->next)
        ok = add_signals(trial, file, event, ++number);
    bool closed = signals_close(file, ok ? trial->err : &second);
    return ok && closed;
}

static bool try_correlation(Trial *trial, const Rule *rule, const Yaml *events, bool *ret)
{
    BUF_AUTO Buf matches = buf_init(MATCHES_BYTES_MAX);
    char *folder = file_make_temp(trial->err);
    const CorrelateOptions options = {.rules = trial->set,
                                      .paths = trial->paths,
                                      .folder = folder,
                                      .memory_bytes = ENGINE_BYTES,
                                      .threads = 1,
                                      .horizon_us = HORIZON_US,
                                      .only = rule};
    Error ignored = {0};
    bool ok = folder && write_signals(trial, events, folder) &&
              correlate_run(&options, &matches, trial->arena, trial->err);
    *ret = matches.len > 0;
    if (folder && !file_remove_tree(folder, &ignored))
        error_clear(&ignored);
    mem_free(folder);
    return ok;
}

static bool try_detection(Trial *trial, const Rule *rule, const Yaml *event, bool *ret)
{
    const Json *root = read_event(trial, event);
    if (!root)
        return false;
    document_set_tree(trial->document, root);
    *ret = expr_holds(rule->expr, trial->document);
    return true;
}

static void fail(Trial *trial, const Rule *rule, const Yaml *sample, const char *what)
{
    char text[TEXT_BYTES];
    const Yaml *name = yaml_member(sample, "name");
    Str shown = name ? str_slice(name->text, 0, 200) : STR("");
    snprintf(text, sizeof text, "sample '%.*s' %s", STR_ARG(shown), what);
    trial->report->failed++;
    trial->tell(trial->context, rule, sample->line, text);
}

static bool try_sample(Trial *trial, const Rule *rule, const Yaml *sample, bool sides[2])
{
    const Yaml *match = yaml_member(sample, "match");
    bool correlation = rule->kind == RULE_CORRELATION, got = false;
    const Yaml *events = yaml_member(sample, correlation ? "events" : "event");
    trial->report->samples++;
    arena_reset(trial->arena);
    if (!match || match->kind != YAML_BOOLEAN || !events ||
        events->kind != (correlation ? YAML_LIST : YAML_MAP)) {
        fail(trial, rule, sample,
             correlation ? "needs match (true or false) and events, a list"
                         : "needs match (true or false) and event, a map");
        return true;
    }
    sides[match->boolean] = true;
    bool ok = correlation ? try_correlation(trial, rule, events, &got)
                          : try_detection(trial, rule, events, &got);
    if (!ok && trial->err->kind == ERROR_INPUT) {
        fail(trial, rule, sample, trial->err->text);
        error_clear(trial->err);
        return true;
    }
    if (ok && got != match->boolean)
        fail(trial, rule, sample, got ? "matches, and should not" : "does not match, and should");
    return ok;
}

static bool try_rule(Trial *trial, const Rule *rule)
{
    const Yaml *samples = yaml_member(rule->tree, "samples");
    bool sides[2] = {false, false}, ok = true;
    if (rule->kind == RULE_FILTER || rule->kind == RULE_SQL)
        return true;
    trial->report->rules++;
    for (const Yaml *sample = samples ? samples->first : NULL; ok && sample; sample = sample->next)
        ok = try_sample(trial, rule, sample, sides);
    trial->report->one_sided += !sides[0] || !sides[1];
    return ok || error_context(trial->err, "%.*s", STR_ARG(rule->file));
}

bool samples_run(const RuleSet *set, const Rule *only, SamplesTell tell, void *context,
                 SamplesReport *ret, Error *err)
{
    Trial trial = {.set = set, .tell = tell, .context = context, .report = ret, .err = err};
    *ret = (SamplesReport){0};
    trial.arena = arena_new(ARENA_BYTES_MAX, err);
    trial.document = trial.arena ? document_new(err) : NULL;
    trial.paths = trial.document ? correlation_sql_paths(set, err) : NULL;
    bool ok = trial.paths != NULL;
    for (size_t i = 0; ok && i < ruleset_count(set); i++)
        if (!only || only == ruleset_rule(set, i))
            ok = try_rule(&trial, ruleset_rule(set, i));
    correlation_sql_paths_free(trial.paths);
    document_free(trial.document);
    arena_free(trial.arena);
    return ok;
}
