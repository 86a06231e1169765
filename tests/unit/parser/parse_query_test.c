#include "support/parse_cases.h"
#include "support/support.h"

static void queries_and_their_clauses_are_read(void **state)
{
    (void)state;
    assert_parse_cases("unit/parser/parse_query.txt", 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(queries_and_their_clauses_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
