#include "support/support.h"

#include <stdio.h>

#include "base/file.h"
#include "collect/folder.h"

static void all_files_below_are_listed_under_absolute_paths(void **state)
{
    (void)state;
    Error err = {0};
    char path[512];
    BUF_AUTO Buf text = buf_init(1000);
    snprintf(path, sizeof path, "%s/a/b", support_folder());
    support_ok(file_make_folders(path, &err), &err);
    snprintf(path, sizeof path, "%s/a/b/../b/x.json", support_folder());
    support_ok(file_replace(path, STR("1234"), &err), &err);
    snprintf(path, sizeof path, "%s/a/list-public-keys.json", support_folder());
    support_ok(file_replace(path, STR("{}"), &err), &err); /* beside the objects, none of them */
    ObjectList *list = object_list_new(&err);
    snprintf(path, sizeof path, "%s/a/b/..", support_folder());
    support_ok(folder_list(list, path, NULL, NULL, &err), &err);
    assert_int_equal(object_list_count(list), 1);
    assert_int_equal(object_list_at(list, 0)->bytes, 4);
    support_ok(object_list_path(object_list_at(list, 0), &text, &err), &err);
    snprintf(path, sizeof path, "%s/a/b/x.json", support_folder());
    assert_string_equal(text.ptr, path);
    assert_false(folder_list(list, "/nonexistent/folder", NULL, NULL, &err));
    assert_int_equal(err.kind, ERROR_ACCESS);
    object_list_free(list);
    support_folder_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_files_below_are_listed_under_absolute_paths)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
