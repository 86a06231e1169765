#include "findings/asff.h"

#include "support/finding.h"
#include "support/support.h"

static void findings_are_written_in_full(void **state)
{
    (void)state;
    finding_assert_format(asff_append, "asff");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(findings_are_written_in_full),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
