#include "support/support.h"

#include "base/clock.h"
#include "base/timestamp.h"

static void times_are_read_in_all_their_forms(void **state)
{
    static const struct {
        const char *text;
        int64_t us;
    } CASES[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"1970-01-01", 0},
        {"2026-11-24T10:35:00Z", 1795516500000000},
        {"2026-11-24 10:35:00", 1795516500000000},
        {"2026-11-24T19:35:00+09:00", 1795516500000000},
        {"2026-11-24T05:35:00-0500", 1795516500000000},
        {"20131102T010628Z", 1383354388000000},
        {"2024-02-29T23:59:59.5Z", 1709251199500000},
        {"1969-12-31T23:59:59.999999Z", -1},
        {"0001-01-01", -62135596800000000},
        {"9999-12-31T23:59:59Z", 253402300799000000},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        int64_t us = -7;
        if (!timestamp_parse(str_of(CASES[i].text), &us) || us != CASES[i].us)
            fail_msg("'%s' gave %lld", CASES[i].text, (long long)us);
    }
}

static void what_is_no_time_is_refused(void **state)
{
    static const char *const CASES[] = {"",
                                        "2026",
                                        "2026-13-01",
                                        "2026-02-30",
                                        "2025-02-29",
                                        "2026-11-24T",
                                        "2026-11-24T24:00:00Z",
                                        "2026-11-24T10:35",
                                        "0000-01-01",
                                        "2026-11-24T10:35:00Zx",
                                        "2026-11-24T10:35:00.",
                                        "2026-11-24T10:35:00+99:00",
                                        "26-11-24"};
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        int64_t us;
        if (timestamp_parse(str_of(CASES[i]), &us))
            fail_msg("'%s' was taken", CASES[i]);
    }
}

static void what_is_written_is_read_back(void **state)
{
    (void)state;
    char text[TIMESTAMP_TEXT_BYTES];
    for (int64_t us = -62135596800000000; us < 253402300799000000; us += 1234567890123457) {
        int64_t back;
        timestamp_format(us, text);
        assert_true(timestamp_parse(str_of(text), &back));
        assert_true(us == back);
        assert_true(timestamp_day(us) * TIMESTAMP_DAY_US <= us);
        assert_true((timestamp_day(us) + INT64_C(1)) * TIMESTAMP_DAY_US > us);
    }
    timestamp_format_day(20781, text);
    assert_string_equal(text, "2026-11-24");
}

static int64_t fixed_now(void)
{
    return 1795516500000000;
}

static void operators_write_durations_and_words(void **state)
{
    (void)state;
    Error err = {0};
    int64_t us;
    assert_true(timestamp_parse_duration(STR("15m"), &us, &err));
    assert_true(us == 900000000);
    assert_true(timestamp_parse_duration(STR("2w"), &us, &err));
    assert_true(us == INT64_C(1209600000000));
    assert_false(timestamp_parse_duration(STR("5y"), &us, &err));
    assert_int_equal(err.kind, ERROR_USAGE);
    clock_replace(fixed_now);
    support_ok(timestamp_set_zone("Asia/Seoul", &err), &err);
    support_ok(timestamp_parse_operator(STR("today"), &us, &err), &err);
    assert_true(us == 1795446000000000); /* 2026-11-23T15:00:00Z */
    support_ok(timestamp_parse_operator(STR("2026-11-24T10:35:00"), &us, &err), &err);
    assert_true(us == 1795516500000000 - INT64_C(9) * 3600 * 1000000);
    char text[TIMESTAMP_TEXT_BYTES];
    timestamp_format_zone(1795516500000000, text);
    assert_string_equal(text, "2026-11-24 19:35:00 KST");
    support_ok(timestamp_set_zone("UTC", &err), &err);
    assert_false(timestamp_set_zone("Mars/Base", &err));
    assert_false(timestamp_set_zone("../../etc/passwd", &err));
    assert_false(timestamp_parse_operator(STR("soon"), &us, &err));
    clock_replace(NULL);
}

static void times_of_day_are_minutes(void **state)
{
    static const struct {
        const char *text;
        int minute; /* -1: it is none */
    } CASES[] = {{"00:00", 0},  {"9:30", 570}, {"09:30", 570}, {"23:59", 1439}, {"24:00", 1440},
                 {"24:01", -1}, {"25:00", -1}, {"9:60", -1},   {"9:5", -1},     {"009:30", -1},
                 {":30", -1},   {"0930", -1},  {"", -1},       {"9:3x", -1},    {"09:300", -1}};
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        int minute = -1;
        (void)timestamp_parse_minute(str_of(CASES[i].text), &minute);
        if (minute != CASES[i].minute)
            fail_msg("'%s' gave %d", CASES[i].text, minute);
    }
}

static void hours_are_a_beginning_and_a_length(void **state)
{
    static const struct {
        const char *text;
        int from, minutes; /* minutes 0: it is none */
    } CASES[] = {{"09:00-18:00", 540, 540},
                 {"22:00-06:00", 1320, 480},
                 {"00:00-24:00", 0, 1440},
                 {"22:00 - 24:00", 1320, 120},
                 {"23:59-00:00", 1439, 1},
                 {"09:00-09:00", 0, 0},
                 {"24:00-06:00", 0, 0},
                 {"09:00", 0, 0},
                 {"9-17", 0, 0},
                 {"", 0, 0}};
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        int from = 0, minutes = 0;
        bool ok = timestamp_parse_hours(str_of(CASES[i].text), &from, &minutes);
        if (ok != (CASES[i].minutes > 0) || (ok && from != CASES[i].from) ||
            minutes != CASES[i].minutes)
            fail_msg("'%s' gave %d and %d", CASES[i].text, from, minutes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_of_day_are_minutes),
        cmocka_unit_test(hours_are_a_beginning_and_a_length),
        cmocka_unit_test(times_are_read_in_all_their_forms),
        cmocka_unit_test(what_is_no_time_is_refused),
        cmocka_unit_test(what_is_written_is_read_back),
        cmocka_unit_test(operators_write_durations_and_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
