/* Rule files: whatever their bytes, a set whose rules are whole, with a line about each problem. */
#include <assert.h>
#include <stdint.h>

#include "detect/correlation_sql.h"
#include "detect/matcher.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_set(const RuleSet *set, Document *event)
{
    for (size_t i = 0; i < ruleset_problem_count(set); i++) {
        const RuleProblem *problem = ruleset_problem(set, i);
        assert(problem->text.len && problem->code && problem->file.len);
    }
    for (size_t i = 0; i < ruleset_count(set); i++) {
        const Rule *rule = ruleset_rule(set, i);
        assert(rule->index == i && rule->title.len && rule->line);
        assert((rule->kind != RULE_DETECTION || rule->expr) &&
               (rule->kind != RULE_CORRELATION || rule->correlation) &&
               (rule->kind != RULE_FILTER || rule->filter));
        if (rule->expr)
            expr_holds(rule->expr, event);
    }
}

static void check_correlations(const RuleSet *set)
{
    Error err = {0};
    CorrelationPaths *paths = correlation_sql_paths(set, &err);
    assert(paths || err.kind == ERROR_LIMIT);
    for (size_t i = 0; paths && i < ruleset_count(set); i++) {
        Buf sql = buf_init((size_t)1 << 24);
        const Rule *rule = ruleset_rule(set, i);
        bool ok = rule->kind != RULE_CORRELATION ||
                  correlation_sql_write(paths, rule, &sql, &err) || err.kind == ERROR_LIMIT;
        assert(ok);
        buf_free(&sql);
    }
    correlation_sql_paths_free(paths);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char EVENT[] =
        "{\"eventName\":\"GetObject\",\"eventTime\":\"2024-01-02T03:04:05Z\",\"f\":[1,\"x\",null,"
        "{\"g\":\"aaaaaaaaaaaaaaaaaaaab\"}],\"requestParameters\":{\"a\":true,\"b.c\":-1.5},"
        "\"sourceIPAddress\":\"10.1.2.3\",\"userIdentity\":{\"type\":\"Root\"}}";
    static const RuleSetOptions OPTIONS = {.titles = true};
    static Arena *arena;
    static Document *event;
    Error err = {0};
    if (!event) {
        arena = arena_new(1 << 20, &err);
        event = document_new(&err);
        assert(arena && event);
        document_set_tree(event, json_read(STR(EVENT), NULL, arena, &err));
    }
    RuleSet *set = ruleset_new(&OPTIONS, &err);
    bool ok = set && ruleset_add_text(set, (Str){(const char *)data, size}, "f.yml", &err) &&
              ruleset_finish(set, &err);
    assert(ok && err.kind == ERROR_NONE);
    check_set(set, event);
    check_correlations(set);
    Matcher *matcher = matcher_new(set, LEVEL_NONE, &err);
    assert(matcher);
    matcher_free(matcher);
    ruleset_free(set);
    return 0;
}
