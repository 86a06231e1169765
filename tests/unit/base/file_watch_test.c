#include "base/file_watch.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/file.h"
#include "support/support.h"

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

/* Paths below the folder, each with a comma behind it. */
static bool note(void *context, const char *path, Error *err)
{
    char *seen = context;
    size_t used = strlen(seen);
    snprintf(seen + used, 1000 - used, "%s,", path + strlen(support_folder()) + 1);
    return used < 900 || error_set(err, ERROR_LIMIT, "enough");
}

/* Whether what came names *name*. */
static bool came(FileWatch *watch, const char *name)
{
    char seen[1000] = "", wanted[100];
    Error err = {0};
    assert_true(file_watch_wait(watch, 5000));
    support_ok(file_watch_take(watch, note, seen, &err), &err);
    snprintf(wanted, sizeof wanted, "%s,", name);
    return strstr(seen, wanted) != NULL;
}

static void files_and_folders_that_come_are_told(void **state)
{
    (void)state;
    Error err = {0};
    support_ok(file_make_folders(at("w/a/b"), &err), &err);
    FileWatch *watch = file_watch_new(&err);
    support_ok(watch && file_watch_add(watch, at("w"), &err), &err);
    assert_false(file_watch_wait(watch, 0));
    make("w/one");
    assert_true(came(watch, "w/one"));
    make("w/a/b/two");
    assert_true(came(watch, "w/a/b/two"));
    make("outside");
    assert_false(file_watch_wait(watch, 0));
    char from[512];
    snprintf(from, sizeof from, "%s", at("outside"));
    assert_int_equal(rename(from, at("w/a/moved")), 0);
    assert_true(came(watch, "w/a/moved"));
    support_ok(file_make_folders(at("w/c/d/e"), &err), &err);
    make("w/c/d/e/early");
    assert_true(came(watch, "w/c"));
    make("w/c/d/e/late");
    assert_true(came(watch, "w/c/d/e/late"));
    support_ok(file_remove_tree(at("w/a"), &err), &err);
    make("w/last");
    assert_true(came(watch, "w/last"));
    file_watch_free(watch);
}

static void a_file_is_not_watched_and_a_link_not_followed(void **state)
{
    (void)state;
    Error err = {0};
    support_ok(file_make_folders(at("x"), &err) && file_make_folders(at("y"), &err), &err);
    make("x/file");
    char target[512];
    snprintf(target, sizeof target, "%s", at("y"));
    assert_int_equal(symlink(target, at("x/link")), 0);
    FileWatch *watch = file_watch_new(&err);
    support_ok(watch && file_watch_add(watch, at("x/file"), &err) &&
                   file_watch_add(watch, at("none"), &err) && file_watch_add(watch, at("x"), &err),
               &err);
    make("y/unseen");
    assert_false(file_watch_wait(watch, 0));
    file_watch_free(watch);
}

static void what_fails_is_told(void **state)
{
    (void)state;
    Error err = {0};
    char seen[1000] = "";
    fault_arm(FAULT_SYSCALL, 1);
    assert_null(file_watch_new(&err));
    fault_arm(FAULT_SYSCALL, 0);
    support_ok(file_make_folders(at("z"), &err), &(Error){0});
    err = (Error){0};
    FileWatch *watch = file_watch_new(&err);
    fault_arm(FAULT_SYSCALL, 1); /* no room: ENOSPC */
    assert_false(file_watch_add(watch, at("z"), &err));
    assert_int_equal(err.kind, ERROR_LIMIT);
    err = (Error){0};
    fault_arm(FAULT_SYSCALL, 1);
    assert_false(file_watch_take(watch, note, seen, &err));
    fault_arm(FAULT_SYSCALL, 0);
    assert_int_equal(err.kind, ERROR_SYSTEM);
    file_watch_free(watch);
}

static int end(void **state)
{
    (void)state;
    support_folder_end();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_and_folders_that_come_are_told),
        cmocka_unit_test(a_file_is_not_watched_and_a_link_not_followed),
        cmocka_unit_test(what_fails_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, end);
}
