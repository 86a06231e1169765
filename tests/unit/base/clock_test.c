#include "support/support.h"

#include <stdlib.h>

#include "base/clock.h"

static int64_t five(void)
{
    return 5;
}

static void the_wall_clock_can_be_replaced_and_brought_back(void **state)
{
    (void)state;
    clock_replace(five);
    assert_int_equal(clock_now_us(), 5);
    clock_replace(NULL);
    assert_true(clock_now_us() > INT64_C(1700000000000000));
}

static void the_environment_shifts_the_wall_clock_of_a_test_build(void **state)
{
    (void)state;
    int64_t now = clock_now_us();
    setenv("SPOOR_CLOCK_OFFSET_S", "-86400", 1);
    int64_t yesterday = clock_now_us();
    unsetenv("SPOOR_CLOCK_OFFSET_S");
    assert_true(now - yesterday > INT64_C(86000000000) && now - yesterday <= INT64_C(86400000000));
}

static void sleeping_takes_its_time(void **state)
{
    (void)state;
    int64_t before = clock_monotonic_us();
    clock_sleep_us(2000);
    assert_true(clock_monotonic_us() - before >= 2000);
    clock_sleep_us(0);
    clock_sleep_us(-1);
}

static void the_monotonic_clock_never_goes_back(void **state)
{
    (void)state;
    int64_t before = clock_monotonic_us();
    for (int i = 0; i < 1000; i++) {
        int64_t now = clock_monotonic_us();
        assert_true(now >= before);
        before = now;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sleeping_takes_its_time),
        cmocka_unit_test(the_wall_clock_can_be_replaced_and_brought_back),
        cmocka_unit_test(the_environment_shifts_the_wall_clock_of_a_test_build),
        cmocka_unit_test(the_monotonic_clock_never_goes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
