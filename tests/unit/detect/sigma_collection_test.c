/* Collections of documents. */
#include "support/rule_cases.h"
#include "support/support.h"
#include "support/text_cases.h"

static void directives_make_rules_of_documents(void **state)
{
    (void)state;
    assert_text_cases("unit/detect/sigma_collection.txt", 14, rule_cases_run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(directives_make_rules_of_documents),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
