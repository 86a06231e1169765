#include "detect/test_part.h"

#include "support/support.h"

static void parts_of_dates_are_taken_as_written(void **state)
{
    static const struct {
        const char *text;
        int minute, hour, day, week, month, year;
    } CASES[] = {
        {"2024-05-06T23:59:01Z", 59, 23, 6, 19, 5, 2024},
        {"2024-05-06T23:59:01.123456Z", 59, 23, 6, 19, 5, 2024},
        {"2024-05-06T23:59:01", 59, 23, 6, 19, 5, 2024},
        {"2024-05-06T23:59", 59, 23, 6, 19, 5, 2024},
        {"2024-05-06T23:59Z", 59, 23, 6, 19, 5, 2024},
        {"2024-05-06 23:59:01", 59, 23, 6, 19, 5, 2024},
        {"2024-05-06T23:59:01+02:00", 59, 23, 6, 19, 5, 2024},
        {"2024-05-06T23:59-11:00", 59, 23, 6, 19, 5, 2024},
        {"2016-12-31T23:59:60Z", 59, 23, 31, 52, 12, 2016},
        {"0", 0, 0, 1, 1, 1, 1970},
        {"1715039941", 59, 23, 6, 19, 5, 2024},
        {"1715039941.25", 59, 23, 6, 19, 5, 2024},
        {"1715039941000", 59, 23, 6, 19, 5, 2024},
        {"253402300799", 59, 23, 31, 52, 12, 9999},
        /* weeks at the turn of years */
        {"2021-01-03T00:00Z", 0, 0, 3, 53, 1, 2021},
        {"2021-01-04T00:00Z", 0, 0, 4, 1, 1, 2021},
        {"2024-12-29T00:00Z", 0, 0, 29, 52, 12, 2024},
        {"2024-12-30T00:00Z", 0, 0, 30, 1, 12, 2024},
        {"2026-12-31T00:00Z", 0, 0, 31, 53, 12, 2026},
        {"2024-02-29T00:00Z", 0, 0, 29, 9, 2, 2024},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const int expect[] = {[PART_MINUTE] = CASES[i].minute, [PART_HOUR] = CASES[i].hour,
                              [PART_DAY] = CASES[i].day,       [PART_WEEK] = CASES[i].week,
                              [PART_MONTH] = CASES[i].month,   [PART_YEAR] = CASES[i].year};
        for (int part = PART_MINUTE; part <= PART_YEAR; part++) {
            int got = -1;
            if (!test_part_of(str_of(CASES[i].text), (TestPart)part, &got) || got != expect[part])
                fail_msg("'%s': part %d is %d", CASES[i].text, part, got);
        }
    }
}

static void what_is_no_date_has_no_parts(void **state)
{
    static const char *const TEXTS[] = {"",
                                        "-",
                                        "x",
                                        "2024-05-06",
                                        "2024-05-06T23",
                                        "2024-05-06T23:5",
                                        "2024-05-06T2359",
                                        "2024-05-06X23:59",
                                        "2024-13-06T23:59",
                                        "2024-00-06T23:59",
                                        "2024-05-00T23:59",
                                        "2024-05-32T23:59",
                                        "2024-05-06T24:00",
                                        "2024-05-06T23:60",
                                        "2024/05/06T23:59",
                                        "24-05-06T23:59:01",
                                        "2024-05-06T23:59x",
                                        "2024-05-06T23:59:61",
                                        "2024-05-06T23:59:1",
                                        "2024-05-06T23:59:01ZZ",
                                        "2024-05-06T23:59:01+2",
                                        "2024-05-06T23:59:01 +02:00",
                                        "-1715039941",
                                        "+5",
                                        "1715039941x",
                                        "253402300800000",
                                        "99999999999999999999999",
                                        "1e9",
                                        "aaaa-bb-ccTdd:ee",
                                        "2024-05-06T 3:59",
                                        "+024-05-06T23:59"};
    (void)state;
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
        int part = -1;
        if (test_part_of(str_of(TEXTS[i]), PART_HOUR, &part))
            fail_msg("'%s' was taken", TEXTS[i]);
        assert_int_equal(part, -1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_of_dates_are_taken_as_written),
        cmocka_unit_test(what_is_no_date_has_no_parts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
