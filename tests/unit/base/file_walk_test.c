#include "support/support.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

/* What a walk saw: names joined by commas, and the troubles. */
typedef struct Seen {
    char names[1000];
    int troubles;
    int stop_after;
} Seen;

static const char *at(const char *name)
{
    static char path[512];
    snprintf(path, sizeof path, "%s/%s", support_folder(), name);
    return path;
}

static void make(const char *name)
{
    Error err = {0};
    support_ok(file_replace(at(name), STR("x"), &err), &err);
}

static bool visit(void *context, const char *path, const FileInfo *info, Error *err)
{
    Seen *seen = context;
    size_t used = strlen(seen->names);
    assert_int_equal(info->bytes, 1);
    snprintf(seen->names + used, sizeof seen->names - used, "%s%s", used ? "," : "",
             path + strlen(support_folder()) + 1);
    return --seen->stop_after != 0 || error_set(err, ERROR_LIMIT, "enough");
}

static void trouble(void *context, const char *path, const Error *err)
{
    Seen *seen = context;
    assert_non_null(strstr(path, "gone"));
    assert_int_not_equal(err->kind, ERROR_NONE);
    seen->troubles++;
}

static int begin(void **state)
{
    (void)state;
    Error err = {0};
    support_ok(file_make_folders(at("t/b/deep"), &err), &err);
    make("t/z");
    make("t/b/deep/2");
    make("t/b/1");
    make("t/a");
    make("t/b.x");
    assert_int_equal(symlink("nowhere", at("t/gone")), 0);
    assert_int_equal(symlink(".", at("t/loop")), 0);
    return 0;
}

static int end(void **state)
{
    (void)state;
    support_folder_end();
    return 0;
}

static void files_come_in_byte_order_and_trouble_is_told(void **state)
{
    (void)state;
    Error err = {0};
    Seen seen = {0};
    support_ok(file_walk(at("t/"), visit, trouble, &seen, &err), &err);
    assert_string_equal(seen.names, "t/a,t/b/1,t/b/deep/2,t/b.x,t/z");
    assert_int_equal(seen.troubles, 1);
}

static void a_single_file_is_a_walk_of_one(void **state)
{
    (void)state;
    Error err = {0};
    Seen seen = {0};
    support_ok(file_walk(at("t/z"), visit, NULL, &seen, &err), &err);
    assert_string_equal(seen.names, "t/z");
    assert_false(file_walk(at("nothing"), visit, NULL, &seen, &err));
    assert_int_equal(err.kind, ERROR_ACCESS);
}

static void the_visitor_can_stop_the_walk(void **state)
{
    (void)state;
    Error err = {0};
    Seen seen = {.stop_after = 2};
    assert_false(file_walk(at("t"), visit, trouble, &seen, &err));
    assert_string_equal(err.text, "enough");
    assert_string_equal(seen.names, "t/a,t/b/1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_come_in_byte_order_and_trouble_is_told),
        cmocka_unit_test(a_single_file_is_a_walk_of_one),
        cmocka_unit_test(the_visitor_can_stop_the_walk),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
