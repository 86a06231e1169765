#include "support/athena.h"
#include "support/athena_cases.h"
#include "support/support.h"

static void texts_bound_the_moment(void **state)
{
    (void)state;
    assert_athena_cases("unit/planner/print_iso.txt", 15);
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
        cmocka_unit_test(texts_bound_the_moment),
    };
    return cmocka_run_group_tests(tests, NULL, end);
}
