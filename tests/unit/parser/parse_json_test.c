#include "support/parse_cases.h"
#include "support/support.h"

static void sql_json_is_read(void **state)
{
    (void)state;
    assert_parse_cases("unit/parser/parse_json.txt", 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sql_json_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
