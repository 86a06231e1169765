/* Modifiers of fields. */
#include "support/rule_cases.h"
#include "support/support.h"
#include "support/text_cases.h"

static void modifiers_stand_where_they_may(void **state)
{
    (void)state;
    assert_text_cases("unit/detect/sigma_chain.txt", 58, rule_cases_run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(modifiers_stand_where_they_may),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
