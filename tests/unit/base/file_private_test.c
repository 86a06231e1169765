#include "base/file_private.h"

#include <stdio.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/file.h"
#include "support/support.h"

static void a_copy_stays_as_it_was(void **state)
{
    static char text[3 << 20];
    char path[256], copy[FILE_PRIVATE_PATH_BYTES];
    Error err = {0};
    BUF_AUTO Buf back = buf_init(4 << 20);
    (void)state;
    snprintf(path, sizeof path, "%s/file", support_folder());
    memset(text, 'x', sizeof text);
    text[(2 << 20) + 1] = 'y';
    support_ok(file_replace(path, (Str){text, sizeof text}, &err), &err);
    int fd = file_private_open(path, copy, &err);
    support_ok(fd >= 0, &err);
    assert_int_equal(truncate(path, 0), 0);
    support_ok(file_read(copy, &back, NULL, &err), &err);
    assert_int_equal(back.len, sizeof text);
    assert_memory_equal(back.ptr, text, sizeof text);
    file_private_close(fd);
    file_private_close(-1);
    assert_int_equal(file_private_open("/nowhere/at/all", copy, &err), -1);
    assert_int_equal(err.kind, ERROR_ACCESS);
}

static void failures_of_the_system_are_told(void **state)
{
    char path[256], copy[FILE_PRIVATE_PATH_BYTES];
    Error err = {0};
    (void)state;
    snprintf(path, sizeof path, "%s/other", support_folder());
    support_ok(file_replace(path, STR("text"), &err), &err);
    int refused = 0;
    for (uint64_t number = 1; number <= 8; number++) {
        error_clear(&err);
        fault_arm(FAULT_SYSCALL, number);
        int fd = file_private_open(path, copy, &err);
        fault_arm(FAULT_SYSCALL, 0);
        refused += fd < 0 && err.kind != ERROR_NONE;
        assert_true(fd >= 0 || err.kind != ERROR_NONE);
        file_private_close(fd);
    }
    assert_true(refused >= 2);
    support_folder_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_copy_stays_as_it_was),
        cmocka_unit_test(failures_of_the_system_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
