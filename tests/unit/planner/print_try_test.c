#include "support/athena.h"
#include "support/athena_cases.h"
#include "support/support.h"

static void what_fails_is_null(void **state)
{
    (void)state;
    assert_athena_cases("unit/planner/print_try.txt", 10);
}

static int end(void **state)
{
    (void)state;
    athena_end();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_fails_is_null),
    };
    return cmocka_run_group_tests(tests, NULL, end);
}
