#include "support/parse_cases.h"
#include "support/support.h"

static void operators_and_predicates_bind_as_in_trino(void **state)
{
    (void)state;
    assert_parse_cases("unit/parser/parse_expression.txt", 55);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(operators_and_predicates_bind_as_in_trino),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
