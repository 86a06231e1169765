#include "natives/time_pattern.h"

#include "support/support.h"

static const int64_t MOMENT_US = INT64_C(1709618828123000); /* 2024-03-05 06:07:08.123 */

static void assert_written(TimePatternStyle style, const char *text, int64_t us, const char *wanted)
{
    Error err = {0};
    TimePattern pattern;
    BUF_AUTO Buf out = buf_init(4096);
    const TimePatternClock clock = {us, -12600, STR("-03:30")};
    support_ok(time_pattern_read(style, str_of(text), &pattern, &err), &err);
    support_ok(time_pattern_write(&pattern, &clock, &out, &err), &err);
    support_ok(buf_text(&out, &err), &err);
    assert_string_equal(out.ptr, wanted);
}

static void times_are_written_by_joda_letters(void **state)
{
    (void)state;
    assert_written(TIME_PATTERN_JODA, "yyyy-MM-dd'T'HH:mm:ss.SSS", MOMENT_US,
                   "2024-03-05T06:07:08.123");
    assert_written(TIME_PATTERN_JODA, "EEEE, d MMMM yy G", MOMENT_US, "Tuesday, 5 March 24 AD");
    assert_written(TIME_PATTERN_JODA, "'it''s' h a", MOMENT_US, "it's 6 AM");
    assert_written(TIME_PATTERN_JODA, "Z ZZ ZZZ", MOMENT_US, "-0330 -03:30 -03:30");
    assert_written(TIME_PATTERN_JODA, "x-'W'ww-e DDD", MOMENT_US, "2024-W10-2 065");
    assert_written(TIME_PATTERN_JODA, "yyyy-MM-dd HH:mm:ss", -1000000, "1969-12-31 23:59:59");
    assert_written(TIME_PATTERN_JODA, "k K H h", 0, "24 0 0 12");
}

static void times_are_written_by_mysql_letters(void **state)
{
    (void)state;
    assert_written(TIME_PATTERN_MYSQL, "%Y-%m-%d %T.%f", MOMENT_US, "2024-03-05 06:07:08.123000");
    assert_written(TIME_PATTERN_MYSQL, "%W %e %M %y %r", MOMENT_US,
                   "Tuesday 5 March 24 06:07:08 AM");
    assert_written(TIME_PATTERN_MYSQL, "%%%q", MOMENT_US, "%q");
}

static void assert_no_pattern(TimePatternStyle style, const char *text)
{
    Error err = {0};
    TimePattern pattern;
    assert_false(time_pattern_read(style, str_of(text), &pattern, &err));
    assert_int_equal(err.kind, ERROR_USAGE);
}

static void what_is_no_pattern_is_refused(void **state)
{
    (void)state;
    assert_no_pattern(TIME_PATTERN_JODA, "");
    assert_no_pattern(TIME_PATTERN_JODA, "yyyy b");
    assert_no_pattern(TIME_PATTERN_JODA, "yyyy 'T");
    assert_no_pattern(TIME_PATTERN_MYSQL, "%D");
    assert_no_pattern(TIME_PATTERN_MYSQL, "%Y %");
}

static void too_many_parts_are_refused(void **state)
{
    Error err = {0};
    TimePattern pattern;
    char text[2 * TIME_PATTERN_ITEMS_MAX + 3];
    (void)state;
    for (size_t i = 0; i + 1 < sizeof text; i++)
        text[i] = i % 2 ? '-' : 'd';
    text[sizeof text - 1] = '\0';
    assert_false(time_pattern_read(TIME_PATTERN_JODA, str_of(text), &pattern, &err));
    assert_int_equal(err.kind, ERROR_LIMIT);
}

static void assert_parsed(TimePatternStyle style, const char *text, const char *given,
                          int64_t wanted)
{
    Error err = {0};
    TimePattern pattern;
    int64_t us = 0;
    support_ok(time_pattern_read(style, str_of(text), &pattern, &err), &err);
    support_ok(time_pattern_parse(&pattern, str_of(given), &us, &err), &err);
    assert_int_equal(us, wanted);
}

static void times_are_read(void **state)
{
    (void)state;
    assert_parsed(TIME_PATTERN_JODA, "yyyy-MM-dd HH:mm:ss.SSS", "2024-03-05 06:07:08.123",
                  MOMENT_US);
    assert_parsed(TIME_PATTERN_JODA, "yyyyMMddHHmmss", "20240305060708", MOMENT_US - 123000);
    assert_parsed(TIME_PATTERN_JODA, "d MMM yyyy h a", "5 mar 2024 12 AM",
                  INT64_C(1709596800000000));
    assert_parsed(TIME_PATTERN_JODA, "HH:mm Z", "00:30 +09:00", -INT64_C(30600000000));
    assert_parsed(TIME_PATTERN_MYSQL, "%Y-%m-%d", "2024-03-05", INT64_C(1709596800000000));
    assert_parsed(TIME_PATTERN_MYSQL, "%x-%v", "2021-01", INT64_C(1609718400000000));
}

static void assert_not_parsed(const char *text, const char *given, const char *wanted)
{
    Error err = {0};
    TimePattern pattern;
    int64_t us;
    support_ok(time_pattern_read(TIME_PATTERN_JODA, str_of(text), &pattern, &err), &err);
    assert_false(time_pattern_parse(&pattern, str_of(given), &us, &err));
    assert_int_equal(err.kind, ERROR_USAGE);
    assert_string_equal(err.text, wanted);
}

static void texts_that_do_not_fit_are_refused(void **state)
{
    (void)state;
    assert_not_parsed("yyyy-MM", "2024", "Invalid format: \"2024\" is too short");
    assert_not_parsed("yyyy-MM", "2024-x", "Invalid format: \"2024-x\" is malformed at \"x\"");
    assert_not_parsed("yyyy-MM-dd", "2023-02-29",
                      "Cannot parse \"2023-02-29\": month 2 has no day 29");
    assert_not_parsed("HH", "24", "Cannot parse \"24\": hour 24 is not from 0 to 23");
}

static void iso_texts_are_moments(void **state)
{
    static const struct {
        const char *text;
        int64_t us;
    } TEXTS[] = {{"1970-01-01T00:00:01Z", 1000000},
                 {"1970-01-01T09:00:00+09:00", 0},
                 {"1970-01-02", INT64_C(86400000000)},
                 {"1970-002", INT64_C(86400000000)},
                 {"1970-W01-5", INT64_C(86400000000)},
                 {"1970", 0},
                 {"1970-01-01T00:00:00.1239Z", 123000},
                 {"1970-01-01T00:00,5", 30000000},
                 {"1970-01-01T", 0},
                 {"T00:00:02", 2000000}};
    static const char *const OTHERS[] = {
        "", "x", "1970-13-01", "1970-01-01T25", "1970-01-01 00:00:00", "1970-01-01T00:00:00Zx"};
    (void)state;
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
        Error err = {0};
        int64_t us = -1;
        support_ok(time_pattern_iso(str_of(TEXTS[i].text), &us, &err), &err);
        assert_int_equal(us, TEXTS[i].us);
    }
    for (size_t i = 0; i < sizeof OTHERS / sizeof *OTHERS; i++) {
        Error err = {0};
        int64_t us;
        if (time_pattern_iso(str_of(OTHERS[i]), &us, &err))
            fail_msg("'%s' was taken", OTHERS[i]);
    }
}

static void iso_days_have_no_time(void **state)
{
    Error err = {0};
    int32_t day = 0;
    (void)state;
    support_ok(time_pattern_iso_day(STR("2024-W10-2"), &day, &err), &err);
    assert_int_equal(day, 19787);
    assert_false(time_pattern_iso_day(STR("2024-03-05T00:00:00Z"), &day, &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_are_written_by_joda_letters),
        cmocka_unit_test(times_are_written_by_mysql_letters),
        cmocka_unit_test(what_is_no_pattern_is_refused),
        cmocka_unit_test(too_many_parts_are_refused),
        cmocka_unit_test(times_are_read),
        cmocka_unit_test(texts_that_do_not_fit_are_refused),
        cmocka_unit_test(iso_texts_are_moments),
        cmocka_unit_test(iso_days_have_no_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
