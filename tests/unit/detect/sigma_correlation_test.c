/* Correlations. */
#include "detect/correlation.h"
#include "support/rule_cases.h"
#include "support/support.h"
#include "support/text_cases.h"

static void correlations_are_taken_or_refused(void **state)
{
    (void)state;
    assert_text_cases("unit/detect/sigma_correlation.txt", 84, rule_cases_run);
}

static void what_a_correlation_asks_is_kept(void **state)
{
    static const char TEXT[] =
        "title: A\nname: A\nlogsource: {product: aws}\ndetection: {a: {f: 1}, condition: a}\n---\n"
        "title: c\nlevel: high\ncorrelation:\n  type: VALUE_PERCENTILE\n  rules: A\n"
        "  group-by: [ip, u]\n  timespan: 2d\n  aliases: {ip: {A: sourceIPAddress}}\n"
        "  condition: {field: bytes, percentile: 90, gt: 1.5, lte: 7}\n  generate: true\n";
    (void)state;
    RuleSet *set = rule_cases_load(str_of(TEXT));
    const Rule *rule = ruleset_find(set, STR("c"));
    assert_non_null(rule);
    const Correlation *correlation = rule->correlation;
    assert_int_equal(rule->kind, RULE_CORRELATION);
    assert_int_equal(rule->level, LEVEL_HIGH);
    assert_string_equal(correlation_type_name(correlation->type), "value_percentile");
    assert_int_equal(correlation->timespan_us, INT64_C(172800000000));
    assert_int_equal(correlation->group_by.count, 2);
    assert_true(str_equal(correlation->value_fields.list[0], STR("bytes")));
    assert_true(correlation->percentile == 90 && correlation->generate);
    assert_int_equal(correlation->bound_count, 2);
    assert_int_equal(correlation->bounds[0].op, BOUND_GT);
    assert_true(correlation->bounds[0].number == 1.5);
    assert_int_equal(correlation->bounds[1].op, BOUND_LTE);
    assert_true(str_equal(correlation_path(correlation, STR("ip"), 0), STR("sourceIPAddress")));
    assert_true(str_equal(correlation_path(correlation, STR("u"), 0), STR("u")));
    assert_null(correlation->condition);
    ruleset_free(set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(correlations_are_taken_or_refused),
        cmocka_unit_test(what_a_correlation_asks_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
