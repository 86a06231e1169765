#include "support/support.h"

#include <stdatomic.h>

#include "base/pool.h"

static atomic_int sum;
static atomic_int seen_workers;

static void add(void *argument, int worker)
{
    atomic_fetch_add(&sum, *(int *)argument);
    atomic_fetch_or(&seen_workers, 1 << worker);
}

static void every_job_runs_once_before_the_wait_ends(void **state)
{
    (void)state;
    Error err = {0};
    int numbers[1000];
    Pool *pool = pool_new(3, 2, &err);
    support_ok(pool != NULL, &err);
    for (int i = 0; i < 1000; i++) {
        numbers[i] = i;
        pool_run(pool, add, &numbers[i]);
    }
    pool_wait(pool);
    assert_int_equal(atomic_load(&sum), 499500);
    assert_int_equal(atomic_load(&seen_workers) & ~7, 0);
    pool_run(pool, add, &numbers[1]);
    pool_free(pool);
    assert_int_equal(atomic_load(&sum), 499501);
    pool_free(NULL);
}

static void there_is_a_processor(void **state)
{
    (void)state;
    assert_true(pool_processors() >= 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_job_runs_once_before_the_wait_ends),
        cmocka_unit_test(there_is_a_processor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
