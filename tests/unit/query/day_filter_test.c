#include "query/day_filter.h"

#include <string.h>

#include "support/support.h"

enum { TEXT_BYTES = 1 << 16, DAYS = 3 };

/* 2026-10-18, 2026-10-19, 2027-01-01 */
static const int32_t DAY_NUMBERS[DAYS] = {20744, 20745, 20819};

static void conditions_on_days_alone_are_found(void **state)
{
    static const struct {
        const char *expression;
        bool parts;
        const char *conditions;
    } CASES[] = {
        {"(s1_year = '2026')", false, "(s1_year = '2026')"},
        {"s1_timestamp>='2026/10/01' AND s1_timestamp<'2026/11/01'", false,
         "(s1_timestamp>='2026/10/01' AND s1_timestamp<'2026/11/01')"},
        {"((s1_year = '2026') AND (s1_eventname = 'x'))", true, "((s1_year = '2026'))"},
        {"((s1_year = '2026') AND (s1_eventname = 'x'))", false, ""},
        {"((s1_year = '2026') OR (s1_eventname = 'x'))", true, ""},
        {"(concat(s1_year, ' AND ', month) > 'it''s AND') AND (s1_day = '1')", true,
         "((concat(s1_year, ' AND ', month) > 'it''s AND')) AND ((s1_day = '1'))"},
        {"(s1_day BETWEEN s1_month AND s1_year)", true, "(s1_day BETWEEN s1_month AND s1_year)"},
        {"(s2_year = '2026')", false, ""},
        {"(s1_year = s2_year)", false, ""},
        {"(year(s1_eventtime) = 2026)", false, ""},
        {"('2026' = '2026')", false, ""},
        {"(s1_year = (SELECT 1))", false, ""},
        {"(s1_year = \"s1_eventname\")", false, ""},
        {"(s1_year = '2026'", false, ""},
        {"(s1_year = 'open)", false, ""},
        {"s1_year = '1') OR (1 = 1", false, ""},
        {"", true, ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        BUF_AUTO Buf found = buf_init(TEXT_BYTES);
        support_ok(day_filter_add(str_of(CASES[i].expression), 1, CASES[i].parts, &found, &err) &&
                       buf_text(&found, &err),
                   &err);
        if (strcmp(found.ptr, CASES[i].conditions) != 0)
            fail_msg("%s\n  gave '%s'", CASES[i].expression, found.ptr);
    }
}

static void days_on_which_they_do_not_hold_are_refused(void **state)
{
    static const struct {
        const char *conditions;
        bool wanted[DAYS];
    } CASES[] = {
        {"(s1_year = '2026')", {true, true, false}},
        {"(s1_month = '10') AND (day = '19')", {false, true, false}},
        {"(s1_timestamp > '2026/10/18')", {false, true, true}},
        {"(nullif(s1_day, '01') = '18')", {true, false, false}},
        {"(s1_day = no_such_function(s1_year))", {true, true, true}},
        {"(CAST(s1_timestamp AS INTEGER) = 1)", {true, true, true}},
        {"", {true, true, true}},
    };
    Error err = {0};
    EngineOptions options = {.memory_bytes = 1 << 28, .threads = 1};
    Engine *engine = engine_open(&options, &err);
    (void)state;
    support_ok(engine != NULL, &err);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        bool wanted[DAYS];
        const DayFilterDays days = {DAY_NUMBERS, wanted, DAYS};
        support_ok(day_filter_run(engine, str_of(CASES[i].conditions), 1, &days, &err), &err);
        if (memcmp(wanted, CASES[i].wanted, sizeof wanted) != 0)
            fail_msg("%s gave %d %d %d", CASES[i].conditions, wanted[0], wanted[1], wanted[2]);
    }
    engine_close(engine);
}

static void conditions_are_written_without_the_scan(void **state)
{
    Error err = {0};
    BUF_AUTO Buf text = buf_init(TEXT_BYTES);
    (void)state;
    support_ok(day_filter_write(STR("(s12_year = 's1_day') AND (upper(day) < s12_timestamp)"),
                                &text, &err) &&
                   buf_text(&text, &err),
               &err);
    assert_string_equal(text.ptr, "(year = 's1_day') AND (upper(day) < timestamp)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conditions_on_days_alone_are_found),
        cmocka_unit_test(days_on_which_they_do_not_hold_are_refused),
        cmocka_unit_test(conditions_are_written_without_the_scan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
