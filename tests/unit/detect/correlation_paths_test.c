#include "detect/correlation_paths.h"

#include "support/rule_cases.h"
#include "support/support.h"

#define RULE(name)                                                                                 \
    "title: " name "\nname: " name "\nlogsource: {product: aws}\nlevel: low\n"                     \
    "detection: {a: {f: 1}, condition: a}\n---\n"

/* Which paths the signals of *name* need: their texts, a blank behind each. */
static void append_needs(const CorrelationPaths *paths, const RuleSet *set, const char *name,
                         Buf *out)
{
    Error err = {0};
    const Rule *rule = ruleset_find(set, str_of(name));
    out->len = 0;
    if (!correlation_sql_wants(paths, rule))
        support_ok(buf_printf(out, &err, "- "), &err);
    for (size_t i = 0; i < correlation_sql_path_count(paths); i++)
        if (correlation_sql_needs(paths, rule, i))
            support_ok(buf_printf(out, &err, "%.*s ", STR_ARG(correlation_sql_path(paths, i))),
                       &err);
}

static void signals_carry_what_the_correlations_above_them_look_at(void **state)
{
    static const char TEXT[] =
        RULE("A") RULE("B") RULE("C") "title: M\nname: M\ncorrelation: {type: event_count, rules: "
                                      "[A], group-by: [u], timespan: "
                                      "1m, condition: {gte: 2}}\n---\n"
                                      "title: V\nname: V\ncorrelation: {type: value_count, rules: "
                                      "[B], group-by: [u], timespan: "
                                      "1m, condition: {field: [n, m], gte: 2}}\n---\n"
                                      "title: O\nname: O\ncorrelation: {type: temporal, rules: [M, "
                                      "B], group-by: [ip], timespan: "
                                      "1m, aliases: {ip: {M: src, B: dst}}}\n";
    static const struct {
        const char *name, *needs;
    } CASES[] = {
        {"A", "u src "}, {"B", "u n m dst "}, {"C", "- "}, {"M", "src "}, {"V", "- "}, {"O", "- "},
    };
    Error err = {0};
    BUF_AUTO Buf out = buf_init(1000);
    (void)state;
    RuleSet *set = rule_cases_load(str_of(TEXT));
    CorrelationPaths *paths = correlation_sql_paths(set, &err);
    support_ok(paths != NULL, &err);
    assert_int_equal(correlation_sql_path_count(paths), 5);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        append_needs(paths, set, CASES[i].name, &out);
        if (!str_equal(buf_str(&out), str_of(CASES[i].needs)))
            fail_msg("%s needs %.*s", CASES[i].name, STR_ARG(buf_str(&out)));
    }
    assert_int_equal(correlation_paths_find(paths, STR("u")), 0);
    assert_int_equal(correlation_paths_find(paths, STR("ip")), 5);
    correlation_sql_paths_free(paths);
    correlation_sql_paths_free(NULL);
    ruleset_free(set);
}

static void a_set_without_correlations_looks_at_nothing(void **state)
{
    Error err = {0};
    (void)state;
    RuleSet *set = rule_cases_load(STR(RULE("A")));
    CorrelationPaths *paths = correlation_sql_paths(set, &err);
    support_ok(paths != NULL, &err);
    assert_int_equal(correlation_sql_path_count(paths), 0);
    assert_false(correlation_sql_wants(paths, ruleset_rule(set, 0)));
    correlation_sql_paths_free(paths);
    ruleset_free(set);
}

/* A correlation *name* of rule A by the fields from *first* to *end*. */
static void append_wide(Buf *text, const char *name, int first, int end)
{
    Error err = {0};
    bool ok = buf_printf(text, &err,
                         "title: %s\nname: %s\ncorrelation: {type: event_count, rules: [A], "
                         "timespan: 1m, condition: {gte: 2}, group-by: [f%d",
                         name, name, first);
    for (int i = first + 1; ok && i < end; i++)
        ok = buf_printf(text, &err, ", f%d", i);
    support_ok(ok && buf_printf(text, &err, "]}\n---\n"), &err);
}

static void correlations_beyond_the_ceiling_are_rejected_alone(void **state)
{
    static const char OUTER[] =
        "title: outer\nname: outer\ncorrelation: {type: event_count, rules: "
        "[beyond], timespan: 1m, condition: {gte: 2}}\n";
    Error err = {0};
    BUF_AUTO Buf text = buf_init(1 << 16);
    (void)state;
    support_ok(buf_printf(&text, &err, RULE("A")), &err);
    append_wide(&text, "full", 0, CORRELATION_PATHS_MAX - 1);
    append_wide(&text, "beyond", CORRELATION_PATHS_MAX - 2, CORRELATION_PATHS_MAX + 1);
    append_wide(&text, "far", 0, 1000);
    append_wide(&text, "again", 3, 200);
    append_wide(&text, "last", CORRELATION_PATHS_MAX, CORRELATION_PATHS_MAX + 1);
    support_ok(buf_printf(&text, &err, OUTER), &err);
    RuleSet *set = rule_cases_load(buf_str(&text));
    assert_int_equal(ruleset_count(set), 4);
    assert_int_equal(ruleset_error_count(set), 3);
    const RuleProblem *problem = ruleset_problem(set, 0);
    assert_true(str_equal(problem->title, STR("beyond")));
    assert_int_equal(problem->line, 11);
    assert_string_equal(problem->text.ptr,
                        "with it correlations would look at more than 256 fields");
    assert_true(str_equal(ruleset_problem(set, 1)->title, STR("far")));
    assert_true(str_equal(ruleset_problem(set, 2)->title, STR("outer")));
    CorrelationPaths *paths = correlation_sql_paths(set, &err);
    support_ok(paths != NULL, &err);
    assert_int_equal(correlation_sql_path_count(paths), CORRELATION_PATHS_MAX);
    assert_non_null(ruleset_find(set, STR("last")));
    correlation_sql_paths_free(paths);
    ruleset_free(set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signals_carry_what_the_correlations_above_them_look_at),
        cmocka_unit_test(a_set_without_correlations_looks_at_nothing),
        cmocka_unit_test(correlations_beyond_the_ceiling_are_rejected_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
