#include "support/parse_cases.h"
#include "support/support.h"

static void relations_are_read(void **state)
{
    (void)state;
    assert_parse_cases("unit/parser/parse_relation.txt", 40);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(relations_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
