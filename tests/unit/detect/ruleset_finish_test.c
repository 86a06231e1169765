/* Rules of one set. */
#include "detect/correlation.h"
#include "support/rule_cases.h"
#include "support/support.h"
#include "support/text_cases.h"

static void rules_that_name_each_other_are_tied_or_refused(void **state)
{
    (void)state;
    assert_text_cases("unit/detect/ruleset_finish.txt", 15, rule_cases_run);
}

#define RULE(title, more, condition)                                                               \
    "title: " title "\nlevel: low\nlogsource: {product: aws, service: cloudtrail}\n" more          \
    "detection:\n  selection: {f: 1}\n  other: {g: 1}\n  condition: " condition "\n---\n"
#define FILTER(source, rules, searches, condition)                                                 \
    "title: filter\nlogsource: " source "\nfilter:\n  rules: " rules "\n  " searches               \
    "\n  condition: " condition "\n---\n"

static void filters_are_part_of_the_rules_they_cover(void **state)
{
    static const struct {
        const char *name, *text, *event;
        bool matches;
    } CASES[] = {
        {"what the filter describes is taken out",
         RULE("t", "", "selection")
             FILTER("{product: aws}", "any", "selection: {u: x}", "not selection"),
         "{\"f\": 1, \"u\": \"x\"}", false},
        {"and nothing else",
         RULE("t", "", "selection")
             FILTER("{product: aws}", "any", "selection: {u: x}", "not selection"),
         "{\"f\": 1, \"u\": \"y\"}", true},
        {"the whole condition is filtered",
         RULE("t", "", "selection or other")
             FILTER("{product: aws}", "any", "selection_a: {u: x}", "not 1 of selection_*"),
         "{\"f\": 1, \"g\": 1, \"u\": \"x\"}", false},
        {"patterns of the rule do not see searches of the filter",
         RULE("t", "", "1 of selection*")
             FILTER("{product: aws}", "any", "selection_x: {u: x}", "not selection_x"),
         "{\"u\": \"x\"}", false},
        {"nor the other way round",
         RULE("t", "", "1 of them") FILTER("{product: aws}", "any", "a: {u: x}", "not 1 of them"),
         "{\"g\": 1}", true},
        {"each condition of a list is filtered",
         RULE("t", "", "[selection, other]") FILTER("{product: aws}", "any", "a: {u: x}", "not a"),
         "{\"g\": 1, \"u\": \"x\"}", false},
        {"a filter for another rule",
         RULE("t", "name: n\n", "selection") FILTER("{product: aws}", "[m]", "a: {f: 1}", "not a"),
         "{\"f\": 1}", true},
        {"a filter for this rule by name",
         RULE("t", "name: n\n", "selection")
             FILTER("{product: aws}", "[m, n]", "a: {f: 1}", "not a"),
         "{\"f\": 1}", false},
        {"a filter for this rule by id, written otherwise",
         RULE("t", "id: 12345678-1234-1234-1234-123456789abc\n", "selection")
             FILTER("{product: aws}", "12345678123412341234123456789ABC", "a: {f: 1}", "not a"),
         "{\"f\": 1}", false},
        {"a filter for no name is not for a rule without one",
         RULE("t", "", "selection") FILTER("{product: aws}", "['']", "a: {f: 1}", "not a"),
         "{\"f\": 1}", true},
        {"any in capitals",
         RULE("t", "", "selection") FILTER("{product: aws}", "ANY", "a: {f: 1}", "not a"),
         "{\"f\": 1}", false},
        {"no rules are any",
         RULE("t", "", "selection") FILTER("{product: aws}", "[]", "a: {f: 1}", "not a"),
         "{\"f\": 1}", false},
        {"a filter that says more than the rule does not cover it",
         RULE("t", "", "selection") FILTER("{product: aws, service: cloudtrail, category: c}",
                                           "any", "a: {f: 1}", "not a"),
         "{\"f\": 1}", true},
        {"a filter of another product",
         RULE("t", "", "selection") FILTER("{product: gcp}", "any", "a: {f: 1}", "not a"),
         "{\"f\": 1}", true},
        {"all filters must hold",
         RULE("t", "", "selection") FILTER("{product: aws}", "any", "a: {u: x}", "not a")
             FILTER("{service: cloudtrail}", "any", "a: {v: y}", "not a"),
         "{\"f\": 1, \"v\": \"y\"}", false},
        {"a filter before its rule",
         FILTER("{product: aws}", "any", "a: {f: 1}", "not a") RULE("t", "", "selection"),
         "{\"f\": 1}", false},
        {"a filter without not keeps what it describes",
         RULE("t", "", "selection") FILTER("{product: aws}", "any", "a: {u: x}", "a"), "{\"f\": 1}",
         false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        RuleSet *set = rule_cases_load(str_of(CASES[i].text));
        const Rule *rule = ruleset_find(set, STR("t"));
        assert_int_equal(ruleset_error_count(set), 0);
        if (rule_cases_match(rule, CASES[i].event) != CASES[i].matches)
            fail_msg("%s", CASES[i].name);
        ruleset_free(set);
    }
}

static void filters_do_not_nest_however_many_they_are(void **state)
{
    Error err = {0};
    BUF_AUTO Buf text = buf_init(1 << 23);
    (void)state;
    bool ok = buf_printf(&text, &err, "%s", RULE("t", "", "selection"));
    for (int i = 0; ok && i < 10000; i++)
        ok = buf_printf(&text, &err, "%s", FILTER("{product: aws}", "any", "a: {u: x}", "not a"));
    support_ok(ok, &err);
    RuleSet *set = rule_cases_load(buf_str(&text));
    const Rule *rule = ruleset_find(set, STR("t"));
    size_t operands = 0;
    for (const ExprLink *link = rule->expr->first; link; link = link->next)
        operands++;
    assert_int_equal(operands, 10001);
    assert_true(rule_cases_match(rule, "{\"f\": 1}"));
    assert_false(rule_cases_match(rule, "{\"f\": 1, \"u\": \"x\"}"));
    ruleset_free(set);
}

static void correlated_rules_are_silent_unless_signals_are_wanted(void **state)
{
    static const struct {
        const char *correlations;
        bool correlated, silent;
    } CASES[] = {
        {"", false, false},
        {"title: c\ncorrelation: {type: event_count, rules: [n], timespan: 1m, condition: {gte: 2}}"
         "\n",
         true, true},
        {"title: c\ncorrelation: {type: event_count, rules: [n], timespan: 1m, condition: {gte: 2},"
         " generate: true}\n",
         true, false},
        {"title: c\ngenerate: true\ncorrelation: {type: event_count, rules: [n], timespan: 1m, "
         "condition: {gte: 2}}\n",
         true, false},
        {"title: c\ngenerate: true\ncorrelation: {type: event_count, rules: [n], timespan: 1m, "
         "condition: {gte: 2}}\n---\ntitle: d\ncorrelation: {type: event_count, rules: [n], "
         "timespan: 1m, condition: {gte: 3}}\n",
         true, true},
        {"title: c\ncorrelation: {type: event_count, rules: [n, gone], timespan: 1m, condition: "
         "{gte: 2}}\n",
         false, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        BUF_AUTO Buf text = buf_init(1 << 16);
        support_ok(buf_printf(&text, &err, "%s%s", RULE("t", "name: n\n", "selection"),
                              CASES[i].correlations),
                   &err);
        RuleSet *set = rule_cases_load(buf_str(&text));
        const Rule *rule = ruleset_find(set, STR("n"));
        if (rule->silent != CASES[i].silent || rule->correlated != CASES[i].correlated)
            fail_msg("%s", CASES[i].correlations);
        ruleset_free(set);
    }
}

static void correlations_hold_the_rules_they_name_in_their_order(void **state)
{
    static const char TEXT[] =
        "title: c\nname: c\ncorrelation: {type: temporal_ordered, rules: [b, a], timespan: 90m}\n"
        "---\n" RULE("a", "name: a\n", "selection") RULE("a2", "name: a\n", "selection")
            RULE("b", "name: b\n", "selection");
    (void)state;
    RuleSet *set = rule_cases_load(str_of(TEXT));
    assert_int_equal(ruleset_count(set), 3);
    const Correlation *correlation = ruleset_find(set, STR("c"))->correlation;
    assert_int_equal(correlation->type, CORRELATION_TEMPORAL_ORDERED);
    assert_int_equal(correlation->timespan_us, INT64_C(5400000000));
    assert_int_equal(correlation->rules.count, 2);
    assert_ptr_equal(correlation->resolved[0], ruleset_find(set, STR("b")));
    assert_ptr_equal(correlation->resolved[1], ruleset_find(set, STR("a")));
    assert_int_equal(correlation->bound_count, 1);
    assert_int_equal(correlation->bounds[0].op, BOUND_GTE);
    assert_true(correlation->bounds[0].number == 2);
    for (size_t i = 0; i < ruleset_count(set); i++)
        assert_int_equal(ruleset_rule(set, i)->index, i);
    ruleset_free(set);
}

static void an_empty_set_can_be_finished(void **state)
{
    (void)state;
    RuleSet *set = rule_cases_load(STR(""));
    assert_int_equal(ruleset_count(set), 0);
    assert_int_equal(ruleset_problem_count(set), 0);
    ruleset_free(set);
}

static void retired_rules_tell_nothing_by_themselves(void **state)
{
    static const char TEXT[] = RULE("old", "name: old\nstatus: deprecated\n", "selection or other")
        RULE("bare", "status: unsupported\n", "selection")
            RULE("new", "status: test\n", "other") "title: c\nlevel: low\ncorrelation: {type: "
                                                   "event_count, rules: [old], timespan: 1m, "
                                                   "condition: {gte: 2}, generate: true}\n";
    (void)state;
    for (int retired = 0; retired <= 1; retired++) {
        const RuleSetOptions options = {.retired = retired};
        Error err = {0};
        RuleSet *set = ruleset_new(&options, &err);
        support_ok(set && ruleset_add_text(set, str_of(TEXT), "f.yml", &err) &&
                       ruleset_finish(set, &err),
                   &err);
        assert_int_equal(ruleset_count(set), 4);
        assert_int_equal(ruleset_error_count(set), 0);
        assert_int_equal(ruleset_rule(set, 0)->silent, !retired);
        assert_int_equal(ruleset_rule(set, 1)->silent, !retired);
        assert_false(ruleset_rule(set, 2)->silent);
        assert_false(ruleset_rule(set, 3)->silent);
        assert_string_equal(ruleset_problem(set, 0)->text.ptr,
                            retired
                                ? "the rule's status is deprecated"
                                : "the rule's status is deprecated: it tells nothing by itself");
        ruleset_free(set);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_that_name_each_other_are_tied_or_refused),
        cmocka_unit_test(retired_rules_tell_nothing_by_themselves),
        cmocka_unit_test(filters_are_part_of_the_rules_they_cover),
        cmocka_unit_test(filters_do_not_nest_however_many_they_are),
        cmocka_unit_test(correlated_rules_are_silent_unless_signals_are_wanted),
        cmocka_unit_test(correlations_hold_the_rules_they_name_in_their_order),
        cmocka_unit_test(an_empty_set_can_be_finished),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
