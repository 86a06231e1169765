#include "base/file_move.h"

#include <stdio.h>

#include "base/fault.h"
#include "base/file.h"
#include "support/support.h"

static void a_file_moves_once_and_never_over_another(void **state)
{
    (void)state;
    Error err = {0};
    char from[300], to[300];
    BUF_AUTO Buf bytes = buf_init(100);
    snprintf(from, sizeof from, "%s/from", support_folder());
    snprintf(to, sizeof to, "%s/to", support_folder());
    support_ok(file_replace(from, STR("one"), &err), &err);
    fault_arm(FAULT_DURABLE, 1);
    assert_false(file_move(from, to, &err));
    fault_arm(FAULT_DURABLE, 0);
    assert_true(file_exists(from) && !file_exists(to));
    support_ok(file_move(from, to, &err), &err);
    assert_false(file_exists(from));
    support_ok(file_replace(from, STR("two"), &err), &err);
    assert_false(file_move(from, to, &err));
    assert_int_equal(err.kind, ERROR_ACCESS);
    support_ok(file_read(to, &bytes, NULL, &err), &err);
    assert_true(str_equal(buf_str(&bytes), STR("one")));
    assert_false(file_move("/nonexistent/a", "/nonexistent/b", &err));
    support_folder_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_moves_once_and_never_over_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
