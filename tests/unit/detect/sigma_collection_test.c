/* Collections of documents. */
#include "support/rule_cases.h"
#include "support/support.h"
#include "support/text_cases.h"

static void directives_make_rules_of_documents(void **state)
{
    (void)state;
    assert_text_cases("unit/detect/sigma_collection.txt", 14, rule_cases_run);
}

static void a_repeated_rule_keeps_what_is_not_said_anew(void **state)
{
    static const char TEXT[] =
        "title: t\nlogsource: {category: c, service: s1}\ndetection: {a: {f: [1, 2]}, condition: a}"
        "\n---\naction: repeat\nlogsource: {service: s2}\ndetection: {a: {f: [3]}}\n";
    (void)state;
    RuleSet *set = rule_cases_load(str_of(TEXT));
    assert_int_equal(ruleset_count(set), 2);
    const Rule *first = ruleset_rule(set, 0), *second = ruleset_rule(set, 1);
    assert_true(str_equal(first->source.service, STR("s1")));
    assert_true(str_equal(second->source.category, STR("c")));
    assert_true(str_equal(second->source.service, STR("s2")));
    assert_true(rule_cases_match(first, "{\"f\": 1}"));
    assert_false(rule_cases_match(first, "{\"f\": 3}"));
    assert_false(rule_cases_match(second, "{\"f\": 1}"));
    assert_true(rule_cases_match(second, "{\"f\": 3}"));
    ruleset_free(set);
}

static void a_template_is_forgotten_by_reset_and_at_the_end_of_its_text(void **state)
{
    static const char TEXT[] =
        "action: global\nlogsource: {product: a}\n---\naction: reset\n---\ntitle: t\n"
        "logsource: {product: b}\ndetection: {a: {f: 1}, condition: a}\n---\naction: global\n"
        "title: T\n";
    Error err = {0};
    (void)state;
    RuleSet *set = ruleset_new(NULL, &err);
    support_ok(ruleset_add_text(set, str_of(TEXT), "a.yml", &err) &&
                   ruleset_add_text(set,
                                    STR("title: u\nlogsource: {product: c}\n"
                                        "detection: {a: {f: 1}, condition: a}\n"),
                                    "b.yml", &err) &&
                   ruleset_finish(set, &err),
               &err);
    assert_int_equal(ruleset_count(set), 2);
    assert_true(str_equal(ruleset_rule(set, 0)->source.product, STR("b")));
    assert_true(str_equal(ruleset_rule(set, 1)->title, STR("u")));
    ruleset_free(set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(directives_make_rules_of_documents),
        cmocka_unit_test(a_repeated_rule_keeps_what_is_not_said_anew),
        cmocka_unit_test(a_template_is_forgotten_by_reset_and_at_the_end_of_its_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
