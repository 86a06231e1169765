#include "support/support.h"

#include <stdio.h>
#include <string.h>

#include "base/fault.h"
#include "base/file.h"
#include "base/file_copy.h"

static void a_copy_is_whole_or_absent(void **state)
{
    (void)state;
    Error err = {0};
    char from[256], to[256];
    uint64_t bytes;
    static char text[3 << 20];
    BUF_AUTO Buf back = buf_init(4 << 20);
    snprintf(from, sizeof from, "%s/from", support_folder());
    snprintf(to, sizeof to, "%s/to", support_folder());
    memset(text, 'x', sizeof text);
    text[2 << 20] = 'y';
    support_ok(file_replace(from, (Str){text, sizeof text}, &err), &err);
    support_ok(file_copy(from, to, &bytes, &err), &err);
    assert_int_equal(bytes, sizeof text);
    support_ok(file_read(to, &back, NULL, &err), &err);
    assert_memory_equal(back.ptr, text, sizeof text);
    assert_false(file_copy(from, to, NULL, &err));
    support_ok(file_remove(to, &err), &err);
    fault_arm(FAULT_DURABLE, 3);
    assert_false(file_copy(from, to, NULL, &err));
    fault_arm(FAULT_DURABLE, 0);
    assert_false(file_exists(to));
    support_folder_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_copy_is_whole_or_absent)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
