/* Rules of one set. */
#include "support/rule_cases.h"
#include "support/support.h"
#include "support/text_cases.h"

static void rules_that_name_each_other_are_tied_or_refused(void **state)
{
    (void)state;
    assert_text_cases("unit/detect/ruleset_finish.txt", 15, rule_cases_run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_that_name_each_other_are_tied_or_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
