#include "support/support.h"

#include <stdio.h>

#include "base/fault.h"
#include "base/file.h"
#include "base/file_map.h"

static void a_file_is_seen_as_memory(void **state)
{
    (void)state;
    Error err = {0};
    FileMap map;
    char path[256];
    snprintf(path, sizeof path, "%s/f", support_folder());
    support_ok(file_replace(path, STR("hello"), &err), &err);
    support_ok(file_map_open(&map, path, &err), &err);
    assert_int_equal(map.len, 5);
    assert_memory_equal(map.bytes, "hello", 5);
    file_map_close(&map);
    assert_null(map.bytes);
    support_ok(file_replace(path, STR(""), &err), &err);
    support_ok(file_map_open(&map, path, &err), &err);
    assert_int_equal(map.len, 0);
    file_map_close(&map);
    fault_arm(FAULT_SYSCALL, 1);
    assert_false(file_map_open(&map, path, &err));
    fault_arm(FAULT_SYSCALL, 0);
    support_folder_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_file_is_seen_as_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
