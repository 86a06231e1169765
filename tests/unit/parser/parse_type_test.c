#include "support/parse_cases.h"
#include "support/support.h"

static void types_are_read(void **state)
{
    (void)state;
    assert_parse_cases("unit/parser/parse_type.txt", 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(types_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
