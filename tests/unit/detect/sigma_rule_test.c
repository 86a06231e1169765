/* Attributes of rules. */
#include "support/rule_cases.h"
#include "support/support.h"
#include "support/text_cases.h"

static void attributes_are_taken_or_refused(void **state)
{
    (void)state;
    assert_text_cases("unit/detect/sigma_rule.txt", 29, rule_cases_run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(attributes_are_taken_or_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
