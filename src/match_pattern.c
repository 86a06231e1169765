#include "match_pattern.h"

#include <string.h>

#include "base/mem.h"
#include "detect/cloudwatch.h"
#include "detect/eventbridge.h"
#include "detect/eventbridge_envelope.h"
#include "detect/extract.h"
#include "detect/ruleset.h"

enum { ARENA_BYTES_MAX = 64 << 20, LIST_BYTES_MAX = 1 << 20 };

typedef bool (*MatchTry)(MatchPattern *pattern, const MatchEvent *event, Buf *values,
                         bool *ret_matches, Error *err);

struct MatchPattern {
    MatchTry try_event;
    Arena *arena;
    Document *document;
    CloudWatchPattern cloudwatch;
    Buf regexes;      /* Regex * each, of cloudwatch */
    const Expr *expr; /* of eventbridge */
    bool enveloped;   /* records are tried as EventBridge sends them */
    RuleSet *set;     /* of sigma */
    Buf rules;        /* const Rule * each: that matched last */
};

static bool put_values(const Expr *expr, Document *document, Buf *values, Error *err)
{
    return buf_append_byte(values, '{', err) && extract_append(expr, document, values, err) &&
           buf_append_byte(values, '}', err);
}

static bool try_cloudwatch(MatchPattern *pattern, const MatchEvent *event, Buf *values,
                           bool *ret_matches, Error *err)
{
    const CloudWatchPattern *cloudwatch = &pattern->cloudwatch;
    const Json *tree;
    if (!cloudwatch_event(cloudwatch, event->text, event->json, event->arena, &tree, err))
        return false;
    document_set_tree(pattern->document, tree);
    *ret_matches = tree && expr_holds(cloudwatch->expr, pattern->document);
    if (!*ret_matches)
        return true;
    return cloudwatch->kind == CLOUDWATCH_FIELDS
               ? json_append(values, tree, err)
               : put_values(cloudwatch->expr, pattern->document, values, err);
}

static bool try_eventbridge(MatchPattern *pattern, const MatchEvent *event, Buf *values,
                            bool *ret_matches, Error *err)
{
    const Json *tree = event->json;
    if (tree && pattern->enveloped) {
        tree = eventbridge_envelope(tree, event->arena, err);
        if (!tree)
            return false;
    }
    document_set_tree(pattern->document, tree);
    *ret_matches =
        tree && tree->type == JSON_OBJECT && expr_holds(pattern->expr, pattern->document);
    return !*ret_matches || put_values(pattern->expr, pattern->document, values, err);
}

static bool try_sigma(MatchPattern *pattern, const MatchEvent *event, Buf *values,
                      bool *ret_matches, Error *err)
{
    ExprList matched = {NULL, NULL};
    pattern->rules.len = 0;
    document_set_tree(pattern->document, event->json);
    for (size_t i = 0; event->json && i < ruleset_count(pattern->set); i++) {
        const Rule *rule = ruleset_rule(pattern->set, i);
        if (rule->kind == RULE_DETECTION && expr_holds(rule->expr, pattern->document) &&
            (!buf_append(&pattern->rules, &rule, sizeof(const Rule *), err) ||
             !expr_add(&matched, rule->expr, event->arena, err)))
            return false;
    }
    *ret_matches = pattern->rules.len > 0;
    if (!*ret_matches)
        return true;
    const Expr *all = expr_join(EXPR_OR, &matched, event->arena, err);
    return all && put_values(all, pattern->document, values, err);
}

static bool read_sigma(MatchPattern *pattern, const CommandLine *line, Error *err)
{
    static const RuleSetOptions OPTIONS = {.titles = true};
    const char *path;
    pattern->set = ruleset_new(&OPTIONS, err);
    bool ok = pattern->set != NULL;
    for (int i = 0; ok && (path = command_text_at(line, "sigma", i)) != NULL; i++)
        ok = ruleset_add_path(pattern->set, path, err);
    if (!ok || !ruleset_finish(pattern->set, err))
        return false;
    for (size_t i = 0; i < ruleset_problem_count(pattern->set); i++) {
        const RuleProblem *problem = ruleset_problem(pattern->set, i);
        if (problem->error)
            return error_set(err, ERROR_USAGE, "%.*s:%u: %.*s", STR_ARG(problem->file),
                             problem->line, STR_ARG(problem->text));
    }
    return true;
}

static bool read_pattern(MatchPattern *pattern, const CommandLine *line, Error *err)
{
    const char *cloudwatch = command_text(line, "cloudwatch", NULL);
    const char *eventbridge = command_text(line, "eventbridge", NULL);
    if (command_has(line, "sigma")) {
        pattern->try_event = try_sigma;
        return read_sigma(pattern, line, err);
    }
    if (cloudwatch) {
        pattern->try_event = try_cloudwatch;
        return cloudwatch_read(str_of(cloudwatch), pattern->arena, &pattern->regexes,
                               &pattern->cloudwatch, err);
    }
    pattern->try_event = try_eventbridge;
    if (!eventbridge_read(str_of(eventbridge), pattern->arena, &pattern->expr, err))
        return false;
    pattern->enveloped = eventbridge_envelope_wanted(pattern->expr);
    return true;
}

MatchPattern *match_pattern_new(const CommandLine *line, Error *err)
{
    int given = command_has(line, "cloudwatch") + command_has(line, "eventbridge") +
                command_has(line, "sigma");
    if (given != 1) {
        error_set(err, ERROR_USAGE, "match takes one of --cloudwatch, --eventbridge and --sigma");
        return NULL;
    }
    MatchPattern *pattern = mem_calloc(1, sizeof *pattern, err);
    if (!pattern)
        return NULL;
    pattern->regexes = pattern->rules = buf_init(LIST_BYTES_MAX);
    pattern->arena = arena_new(ARENA_BYTES_MAX, err);
    pattern->document = pattern->arena ? document_new(err) : NULL;
    if (pattern->document && read_pattern(pattern, line, err))
        return pattern;
    if (err->kind == ERROR_INPUT || err->kind == ERROR_LIMIT)
        err->kind = ERROR_USAGE; /* the pattern is part of the command line */
    match_pattern_free(pattern);
    return NULL;
}

void match_pattern_free(MatchPattern *pattern)
{
    if (!pattern)
        return;
    for (size_t at = 0; at < pattern->regexes.len; at += sizeof(Regex *)) {
        Regex *regex;
        memcpy(&regex, pattern->regexes.ptr + at, sizeof regex);
        regex_free(regex);
    }
    buf_free(&pattern->regexes);
    buf_free(&pattern->rules);
    document_free(pattern->document);
    ruleset_free(pattern->set);
    arena_free(pattern->arena);
    mem_free(pattern);
}

bool match_pattern_try(MatchPattern *pattern, const MatchEvent *event, Buf *values,
                       bool *ret_matches, Error *err)
{
    return pattern->try_event(pattern, event, values, ret_matches, err);
}

const Buf *match_pattern_rules(const MatchPattern *pattern)
{
    return &pattern->rules;
}
