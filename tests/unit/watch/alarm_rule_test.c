#include "watch/alarm_rule.h"

#include <stdio.h>

#include "support/support.h"

/* The states of alarms a, b, c, d as letters: A, O or I. */
static bool holds(const char *text, const char *letters)
{
    Error err = {0};
    AlarmState states[ALARM_RULE_NAMES_MAX] = {ALARM_OK};
    Arena *arena = arena_new(1 << 20, &err);
    AlarmRule *rule = alarm_rule_read(str_of(text), arena, &err);
    if (!rule)
        fail_msg("%s: %s", text, err.text);
    for (size_t i = 0; i < alarm_rule_count(rule); i++) {
        Str name = alarm_rule_name(rule, i);
        char letter = letters[name.ptr[0] - 'a'];
        states[i] = letter == 'A'   ? ALARM_ALARM
                    : letter == 'I' ? ALARM_INSUFFICIENT_DATA
                                    : ALARM_OK;
    }
    bool result = alarm_rule_holds(rule, states);
    arena_free(arena);
    return result;
}

static void rules_hold_by_the_states_of_alarms(void **state)
{
    static const struct {
        const char *rule, *states;
        bool holds;
    } CASES[] = {
        {"ALARM(a)", "A", true},
        {"ALARM(a)", "O", false},
        {"ALARM(a)", "I", false},
        {"OK(a)", "O", true},
        {"INSUFFICIENT_DATA(a)", "I", true},
        {"TRUE", "", true},
        {"FALSE OR FALSE", "", false},
        {"NOT FALSE", "", true},
        {"  ALARM ( \"a\" )\n AND\tNOT ALARM(b) ", "AO", true},
        {"ALARM(a) OR ALARM(b) AND ALARM(c)", "AOO", true},
        {"(ALARM(a) OR ALARM(b)) AND ALARM(c)", "AOO", false},
        {"NOT ALARM(a) AND ALARM(b)", "AA", false},
        {"NOT (ALARM(a) AND ALARM(b))", "AO", true},
        {"ALARM(a) AND OK(b) AND INSUFFICIENT_DATA(c)", "AOI", true},
        {"AT_LEAST(2, ALARM, (a, b, c))", "AOA", true},
        {"AT_LEAST(2, ALARM, (a, b, c))", "AOO", false},
        {"AT_LEAST(2, NOT ALARM, (a, b, c))", "AOI", true},
        {"AT_LEAST(50%, ALARM, (a, b, c, d))", "AAOO", true},
        {"AT_LEAST(51%, ALARM, (a, b, c, d))", "AAOO", false},
        {"AT_LEAST(100%, OK, (a))", "O", true},
        {"AT_LEAST(3, OK, (a, b)) OR TRUE", "OO", true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        if (holds(CASES[i].rule, CASES[i].states) != CASES[i].holds)
            fail_msg("%s with %s", CASES[i].rule, CASES[i].states);
}

static void names_are_kept_once(void **state)
{
    static const char RULE[] =
        "ALARM(\"with \\\"quotes\\\", (and more)\") AND OK(a-b_c) AND ALARM(a-b_c) OR "
        "ALARM(arn:aws:cloudwatch:eu-west-1:111122223333:alarm:x)";
    Error err = {0};
    Arena *arena = arena_new(1 << 20, &err);
    (void)state;
    AlarmRule *rule = alarm_rule_read(str_of(RULE), arena, &err);
    support_ok(rule != NULL, &err);
    assert_int_equal(alarm_rule_count(rule), 3);
    assert_true(str_equal(alarm_rule_name(rule, 0), STR("with \"quotes\", (and more)")));
    assert_true(str_equal(alarm_rule_name(rule, 1), STR("a-b_c")));
    arena_free(arena);
}

static void assert_refused(Str text, const char *words)
{
    Error err = {0};
    Arena *arena = arena_new(1 << 20, &err);
    if (alarm_rule_read(text, arena, &err))
        fail_msg("'%.*s' was read", STR_ARG(text));
    if (err.kind != ERROR_INPUT || !strstr(err.text, words))
        fail_msg("'%.*s': %s", STR_ARG(text), err.text);
    arena_free(arena);
}

static void what_is_no_rule_is_refused(void **state)
{
    static const struct {
        const char *rule, *words;
    } CASES[] = {
        {"", "at its end: expected a state"},
        {"ALARM", "at its end: expected '('"},
        {"ALARM()", "at character 7: expected the name of an alarm, found ')'"},
        {"ALARM(a", "at its end: expected ')'"},
        {"ALARM(a b)", "at character 9: expected ')', found 'b)'"},
        {"ALARM(\"a)", "the quote that ends a name"},
        {"ALARM(\"\")", "a name that is not empty"},
        {"alarm(a)", "at character 1: expected a state"},
        {"ALARM(a) XOR ALARM(b)", "at character 10: expected AND, OR or its end"},
        {"(ALARM(a)", "at its end: expected AND, OR or ')'"},
        {"NOT NOT TRUE", "at character 5: expected a state"},
        {"ALARM(a) AND", "at its end"},
        {"AT_LEAST(0, ALARM, (a))", "a number of alarms"},
        {"AT_LEAST(101%, ALARM, (a))", "a number of alarms"},
        {"AT_LEAST(1, RED, (a))", "expected ALARM, OK or INSUFFICIENT_DATA"},
        {"AT_LEAST(1, ALARM, a)", "expected '('"},
        {"AT_LEAST(1, ALARM, (a,))", "the name of an alarm"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        assert_refused(str_of(CASES[i].rule), CASES[i].words);
}

static void bounds_hold(void **state)
{
    static char text[20000];
    size_t used = 0;
    (void)state;
    memset(text, '(', 70);
    assert_refused((Str){text, 70}, "nested deeper");
    for (int i = 0; i < 101; i++)
        used +=
            (size_t)snprintf(text + used, sizeof text - used, "%sALARM(n%d)", i ? " OR " : "", i);
    assert_refused((Str){text, used}, "more than 100 alarms");
    memset(text, ' ', 10241);
    assert_refused((Str){text, 10241}, "more than 10240 characters");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_hold_by_the_states_of_alarms),
        cmocka_unit_test(names_are_kept_once),
        cmocka_unit_test(what_is_no_rule_is_refused),
        cmocka_unit_test(bounds_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
