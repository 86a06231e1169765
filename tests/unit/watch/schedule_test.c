#include "watch/schedule.h"

#include "base/clock.h"
#include "support/support.h"

enum { DEADLINE_US = 20000000, STEP_US = 10000 };

/* A job that counts; it fails as often as *failures* says, and has more to do once. */
typedef struct Counter {
    atomic_int runs, failures;
    atomic_bool more;
} Counter;

static bool count(void *context, bool *ret_more, Error *err)
{
    Counter *counter = context;
    atomic_fetch_add(&counter->runs, 1);
    *ret_more = atomic_exchange(&counter->more, false);
    return atomic_load(&counter->failures) == 0 ||
           (atomic_fetch_sub(&counter->failures, 1), error_set(err, ERROR_BUSY, "not now"));
}

static void wait_for(Counter *counter, int runs)
{
    int64_t end = clock_monotonic_us() + DEADLINE_US;
    while (atomic_load(&counter->runs) < runs && clock_monotonic_us() < end)
        clock_sleep_us(STEP_US);
    assert_true(atomic_load(&counter->runs) >= runs);
}

static void jobs_run_at_their_times(void **state)
{
    Error err = {0};
    atomic_bool stopping = false;
    Counter often = {0}, seldom = {.more = true}, failing = {.failures = 2};
    const ScheduleJob jobs[] = {{"often", 1000, count, &often},
                                {"seldom", INT64_C(3600000000), count, &seldom},
                                {"failing", 1000, count, &failing}};
    (void)state;
    Schedule *schedule = schedule_start(jobs, 3, &stopping, &err);
    support_ok(schedule != NULL, &err);
    wait_for(&often, 3);
    wait_for(&seldom, 2); /* once, and once more at once */
    wait_for(&failing, 4);
    schedule_end(schedule);
    assert_true(atomic_load(&stopping));
    assert_int_equal(atomic_load(&seldom.runs), 2);
    schedule_end(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jobs_run_at_their_times),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
