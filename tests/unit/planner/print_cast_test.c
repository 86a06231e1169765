#include "support/athena.h"
#include "support/athena_cases.h"
#include "support/support.h"

static void casts_give_what_their_cases_say(void **state)
{
    (void)state;
    assert_athena_cases("unit/planner/print_cast.txt", 62);
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
        cmocka_unit_test(casts_give_what_their_cases_say),
    };
    return cmocka_run_group_tests(tests, NULL, end);
}
