/* Correlations. */
#include "support/rule_cases.h"
#include "support/support.h"
#include "support/text_cases.h"

static void correlations_are_taken_or_refused(void **state)
{
    (void)state;
    assert_text_cases("unit/detect/sigma_correlation.txt", 84, rule_cases_run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(correlations_are_taken_or_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
