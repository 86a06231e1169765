#include "verify/coverage.h"

#include <stdio.h>

#include "support/support.h"

#define HOUR   INT64_C(3600000000)
#define MINUTE INT64_C(60000000)

static Coverage *made(void)
{
    Error err = {0};
    Coverage *coverage = coverage_new(&err);
    support_ok(coverage != NULL, &err);
    return coverage;
}

static void add(Coverage *coverage, const char *region, int64_t from, int64_t to)
{
    Error err = {0};
    const int64_t range[2] = {from, to};
    support_ok(coverage_add_digest(coverage, STR("1"), str_of(region), range, &err), &err);
}

static void note(Coverage *coverage, const char *region, int64_t delivered)
{
    Error err = {0};
    const LogName name = {STR("1"), str_of(region), delivered};
    support_ok(coverage_note_log(coverage, STR("b"), str_of(region), &name, &err), &err);
}

static void a_noted_log_must_be_listed(void **state)
{
    Error err = {0};
    Coverage *coverage = made();
    (void)state;
    assert_true(coverage_is_whole(coverage));
    note(coverage, "r", 0);
    assert_false(coverage_is_whole(coverage));
    support_ok(coverage_add_log(coverage, STR("b"), STR("r"), &err), &err);
    assert_true(coverage_is_whole(coverage));
    coverage_free(coverage);
}

static void logs_are_found_again(void **state)
{
    enum { COUNT = 5000 };
    Error err = {0};
    Coverage *coverage = made();
    char key[32];
    (void)state;
    for (int i = 0; i < COUNT; i++) {
        snprintf(key, sizeof key, "key-%d", i);
        support_ok(coverage_add_log(coverage, STR("b"), str_of(key), &err), &err);
    }
    for (int i = 0; i < COUNT; i++) {
        snprintf(key, sizeof key, "key-%d", i);
        assert_true(coverage_has_log(coverage, STR("b"), str_of(key)));
        assert_false(coverage_has_log(coverage, STR("c"), str_of(key)));
    }
    assert_false(coverage_has_log(coverage, STR("b"), STR("key")));
    coverage_free(coverage);
    coverage_free(NULL);
}

static void times_between_digests_that_meet_are_covered(void **state)
{
    Coverage *coverage = made();
    (void)state;
    add(coverage, "r", 5 * HOUR, 6 * HOUR);
    add(coverage, "r", 4 * HOUR, 5 * HOUR);
    add(coverage, "r", HOUR, 2 * HOUR);
    add(coverage, "r", 2 * HOUR, 3 * HOUR); /* not in the order of a walk */
    add(coverage, "s", 0, HOUR);
    assert_true(coverage_covers(coverage, STR("1"), STR("r"), 5 * HOUR));
    assert_true(coverage_covers(coverage, STR("1"), STR("r"), 2 * HOUR));
    assert_true(coverage_covers(coverage, STR("1"), STR("r"), HOUR + 5 * MINUTE));
    assert_false(coverage_covers(coverage, STR("1"), STR("r"), HOUR + 4 * MINUTE));
    assert_false(coverage_covers(coverage, STR("1"), STR("r"), 3 * HOUR + 30 * MINUTE));
    assert_false(coverage_covers(coverage, STR("1"), STR("r"), 6 * HOUR));
    assert_false(coverage_covers(coverage, STR("1"), STR("s"), 2 * HOUR));
    assert_false(coverage_covers(coverage, STR("2"), STR("r"), 2 * HOUR));
    coverage_free(coverage);
}

static void logs_long_after_the_newest_digest_are_told(void **state)
{
    Coverage *coverage = made();
    CoverageOverdue overdue;
    size_t at = 0;
    (void)state;
    add(coverage, "r", HOUR, 2 * HOUR);
    add(coverage, "s", HOUR, 2 * HOUR);
    add(coverage, "t", HOUR, 2 * HOUR);
    note(coverage, "r", 3 * HOUR + 30 * MINUTE);
    note(coverage, "s", 3 * HOUR + 31 * MINUTE);
    note(coverage, "without digests", 9 * HOUR);
    assert_true(coverage_overdue(coverage, &at, &overdue));
    assert_true(str_equal(overdue.region, STR("s")));
    assert_int_equal(overdue.digest_us, 2 * HOUR);
    assert_int_equal(overdue.log_us, 3 * HOUR + 31 * MINUTE);
    assert_false(coverage_overdue(coverage, &at, &overdue));
    assert_false(coverage_covers(coverage, STR("1"), STR("without digests"), 9 * HOUR));
    coverage_free(coverage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_noted_log_must_be_listed),
        cmocka_unit_test(logs_are_found_again),
        cmocka_unit_test(times_between_digests_that_meet_are_covered),
        cmocka_unit_test(logs_long_after_the_newest_digest_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
