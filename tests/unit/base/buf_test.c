#include "support/support.h"

#include <string.h>

#include "base/fault.h"

static void bytes_are_appended_and_formatted(void **state)
{
    (void)state;
    Error err = {0};
    BUF_AUTO Buf buf = buf_init(1000);
    assert_true(buf_append_str(&buf, STR("ab"), &err));
    assert_true(buf_printf(&buf, &err, "%d-%s", 12, "x"));
    assert_true(buf_append_byte(&buf, '!', &err));
    assert_string_equal(buf_text(&buf, &err), "ab12-x!");
    assert_int_equal(buf.len, 7);
}

static void the_ceiling_is_an_error_that_says_its_size(void **state)
{
    (void)state;
    Error err = {0};
    BUF_AUTO Buf buf = buf_init(10);
    assert_true(buf_append(&buf, "0123456789", 10, &err));
    assert_false(buf_append_byte(&buf, 'x', &err));
    assert_int_equal(err.kind, ERROR_LIMIT);
    assert_non_null(strstr(err.text, "at most 10 allowed"));
    assert_int_equal(buf.len, 10);
}

static void a_failed_allocation_changes_nothing(void **state)
{
    (void)state;
    Error err = {0};
    BUF_AUTO Buf buf = buf_init(1000);
    assert_true(buf_append(&buf, "abc", 3, &err));
    fault_arm(FAULT_ALLOC, 1);
    assert_false(buf_reserve(&buf, 900, &err));
    fault_arm(FAULT_ALLOC, 0);
    assert_memory_equal(buf.ptr, "abc", 3);
    buf_free(&buf);
    assert_int_equal(buf.max, 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_are_appended_and_formatted),
        cmocka_unit_test(the_ceiling_is_an_error_that_says_its_size),
        cmocka_unit_test(a_failed_allocation_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
