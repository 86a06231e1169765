/* Each code and warning of the engine, as cases in plain text. */
#include "support/rule_cases.h"
#include "support/support.h"
#include "support/text_cases.h"

static void what_is_wrong_with_rules_is_told_with_its_code(void **state)
{
    (void)state;
    assert_text_cases("unit/detect/sigma_rejects.txt", 152, rule_cases_run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_wrong_with_rules_is_told_with_its_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
