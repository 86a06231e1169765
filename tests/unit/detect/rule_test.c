#include "detect/rule.h"

#include "support/support.h"

static void levels_have_names_in_their_order(void **state)
{
    static const char *const NAMES[] = {"none",   "informational", "low",
                                        "medium", "high",          "critical"};
    (void)state;
    for (int level = LEVEL_NONE; level <= LEVEL_CRITICAL; level++) {
        RuleLevel read = LEVEL_NONE;
        assert_string_equal(rule_level_name((RuleLevel)level), NAMES[level]);
        assert_int_equal(rule_level_read(str_of(NAMES[level]), &read), level != LEVEL_NONE);
        assert_int_equal(read, level);
    }
    RuleLevel read = LEVEL_NONE;
    assert_true(rule_level_read(STR("HIGH"), &read));
    assert_int_equal(read, LEVEL_HIGH);
    assert_false(rule_level_read(STR("severe"), &read));
    assert_false(rule_level_read(STR(""), &read));
    assert_false(rule_level_read(STR("highest"), &read));
    assert_int_equal(read, LEVEL_HIGH);
}

static void a_logsource_covers_those_that_say_the_same_or_more(void **state)
{
#define TEXT(literal)                                                                              \
    {                                                                                              \
        (literal), sizeof(literal) - 1                                                             \
    }
#define SOURCE(category, product, service)                                                         \
    {                                                                                              \
        TEXT(category), TEXT(product), TEXT(service)                                               \
    }
    static const struct {
        RuleSource cover, source;
        bool covers;
    } CASES[] = {
        {SOURCE("", "aws", ""), SOURCE("", "aws", "cloudtrail"), true},
        {SOURCE("", "aws", "cloudtrail"), SOURCE("", "aws", ""), false},
        {SOURCE("", "AWS", "CloudTrail"), SOURCE("", "aws", "cloudtrail"), true},
        {SOURCE("", "", ""), SOURCE("", "aws", "cloudtrail"), true},
        {SOURCE("c", "aws", ""), SOURCE("", "aws", "cloudtrail"), false},
        {SOURCE("", "", "cloudtrail"), SOURCE("c", "x", "cloudtrail"), true},
        {SOURCE("", "aw", ""), SOURCE("", "aws", ""), false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        assert_int_equal(rule_covers(&CASES[i].cover, &CASES[i].source), CASES[i].covers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(levels_have_names_in_their_order),
        cmocka_unit_test(a_logsource_covers_those_that_say_the_same_or_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
