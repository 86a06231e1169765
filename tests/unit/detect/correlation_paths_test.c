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

static void paths_of_a_set_have_a_ceiling(void **state)
{
    (void)state;
    for (int count = CORRELATION_PATHS_MAX; count <= CORRELATION_PATHS_MAX + 1; count++) {
        Error err = {0};
        BUF_AUTO Buf text = buf_init(1 << 16);
        bool ok = buf_printf(&text, &err,
                             RULE("A") "title: c\ncorrelation: {type: event_count, rules: [A], "
                                       "timespan: 1m, condition: {gte: 2}, group-by: [f0");
        for (int i = 1; ok && i < count; i++)
            ok = buf_printf(&text, &err, ", f%d", i);
        support_ok(ok && buf_printf(&text, &err, "]}\n"), &err);
        RuleSet *set = rule_cases_load(buf_str(&text));
        CorrelationPaths *paths = correlation_sql_paths(set, &err);
        if (count > CORRELATION_PATHS_MAX) {
            assert_null(paths);
            assert_int_equal(err.kind, ERROR_LIMIT);
            assert_string_equal(err.text, "correlations look at more than 256 fields");
        } else {
            support_ok(paths != NULL, &err);
        }
        correlation_sql_paths_free(paths);
        ruleset_free(set);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signals_carry_what_the_correlations_above_them_look_at),
        cmocka_unit_test(a_set_without_correlations_looks_at_nothing),
        cmocka_unit_test(paths_of_a_set_have_a_ceiling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
