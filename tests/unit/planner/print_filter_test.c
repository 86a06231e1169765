#include "support/athena.h"
#include "support/athena_cases.h"
#include "support/support.h"

static void conditions_are_asked_early(void **state)
{
    (void)state;
    assert_athena_cases("unit/planner/print_filter.txt", 22);
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
        cmocka_unit_test(conditions_are_asked_early),
    };
    return cmocka_run_group_tests(tests, NULL, end);
}
