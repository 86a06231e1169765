#include "detect/sql_rule.h"

#include "base/timestamp.h"
#include "support/rule_cases.h"
#include "support/support.h"
#include "support/text_cases.h"

static void what_such_a_rule_says_is_read_or_refused(void **state)
{
    (void)state;
    assert_text_cases("unit/detect/sql_rule.txt", 10, rule_cases_run);
}

static void literals_stand_in_the_place_of_from_and_to(void **state)
{
    (void)state;
    static const struct {
        const char *query, *written;
    } CASES[] = {
        {"a >= :from AND a < :to", "a >= TIMESTAMP '2026-11-02 00:00:00' AND a < TIMESTAMP "
                                   "'2026-11-03 00:00:00'"},
        {"':from' \":to\" -- :from\n:to",
         "':from' \":to\" -- :from\nTIMESTAMP '2026-11-03 00:00:00'"},
        {":fromage :too :to", ":fromage :too TIMESTAMP '2026-11-03 00:00:00'"},
        {"'it''s :to' :from", "'it''s :to' TIMESTAMP '2026-11-02 00:00:00'"},
        {"'open :to", "'open :to"},
        {"", ""},
    };
    int64_t from_us, to_us;
    assert_true(timestamp_parse(STR("2026-11-02"), &from_us));
    assert_true(timestamp_parse(STR("2026-11-03"), &to_us));
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        BUF_AUTO Buf out = buf_init(1 << 16);
        const SqlRule rule = {.query = str_of(CASES[i].query)};
        support_ok(sql_rule_write(&rule, from_us, to_us, &out, &err), &err);
        support_ok(buf_text(&out, &err), &err);
        assert_string_equal(out.ptr, CASES[i].written);
    }
}

static void windows_are_multiples_from_1970_on(void **state)
{
    (void)state;
    const SqlRule rule = {.window_us = 10};
    assert_int_equal(sql_rule_window(&rule, 0), 0);
    assert_int_equal(sql_rule_window(&rule, 9), 0);
    assert_int_equal(sql_rule_window(&rule, 10), 10);
    assert_int_equal(sql_rule_window(&rule, -1), -10);
    assert_int_equal(sql_rule_window(&rule, -10), -10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_such_a_rule_says_is_read_or_refused),
        cmocka_unit_test(literals_stand_in_the_place_of_from_and_to),
        cmocka_unit_test(windows_are_multiples_from_1970_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
