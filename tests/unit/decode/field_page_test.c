#include "support/support.h"

#include <string.h>

#include "decode/field.h"
#include "decode/field_page.h"

static void has_a_row_for_every_column(void **state)
{
    (void)state;
    Error err = {0};
    BUF_AUTO Buf out = buf_init(1 << 16);
    support_ok(field_page(&out, &err) && buf_text(&out, &err), &err);
    int lines = 0;
    for (size_t i = 0; i < out.len; i++)
        lines += out.ptr[i] == '\n';
    assert_int_equal(lines, FIELD_COUNT + 2);
}

static void says_path_type_member_and_what_is_special(void **state)
{
    static const char *const ROWS[] = {
        "| `eventid` | 48 | VARCHAR | `eventID` | bloom filter, no dictionary |\n",
        "| `useridentity.sessioncontext.sessionissuer.arn` | 27 | VARCHAR | "
        "`userIdentity.sessionContext.sessionIssuer.arn` | |\n",
        "| `resources.element.arn` | 57 | VARCHAR | `resources[].ARN` | |\n",
        "| `requestparameters` | 44 | VARCHAR, JSON | `requestParameters` | JSON null is usual |\n",
        "| `commit_seq` | 86 | BIGINT |  | where the row came from |\n",
    };
    (void)state;
    Error err = {0};
    BUF_AUTO Buf out = buf_init(1 << 16);
    support_ok(field_page(&out, &err) && buf_text(&out, &err), &err);
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++)
        if (!strstr(out.ptr, ROWS[i]))
            fail_msg("'%s' is missing in:\n%s", ROWS[i], out.ptr);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_a_row_for_every_column),
        cmocka_unit_test(says_path_type_member_and_what_is_special),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
