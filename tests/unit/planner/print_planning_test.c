#include "support/athena.h"
#include "support/athena_cases.h"
#include "support/support.h"

static void less_is_planned_where_the_filters_stay_the_same(void **state)
{
    (void)state;
    assert_athena_cases("unit/planner/print_planning.txt", 8);
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
        cmocka_unit_test(less_is_planned_where_the_filters_stay_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, end);
}
