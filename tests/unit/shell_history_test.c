#include "support/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/file.h"
#include "shell_history.h"

static char path[SHELL_HISTORY_PATH_BYTES];
static Buf seen;
static unsigned count;

static int begin(void **state)
{
    (void)state;
    char home[400];
    snprintf(home, sizeof home, "%s/state", support_folder());
    seen = buf_init(1 << 20);
    count = 0;
    assert_int_equal(setenv("XDG_STATE_HOME", home, 1), 0);
    assert_true(shell_history_path(path));
    return 0;
}

static int end(void **state)
{
    (void)state;
    buf_free(&seen);
    support_folder_end();
    return 0;
}

static void take(void *context, Str entry)
{
    (void)context;
    Error err = {0};
    count++;
    support_ok(buf_printf(&seen, &err, "[%.*s]", STR_ARG(entry)), &err);
}

static void load(void)
{
    Error err = {0};
    seen.len = 0;
    count = 0;
    shell_history_load(path, take, NULL);
    support_ok(buf_text(&seen, &err) != NULL, &err);
}

static void statements_come_back_as_they_were(void **state)
{
    (void)state;
    struct stat info;
    load();
    assert_int_equal(count, 0);
    shell_history_add(path, STR("select 1;"));
    shell_history_add(path, STR("select 'a\nb\\n';"));
    load();
    assert_string_equal(seen.ptr, "[select 1;][select 'a\nb\\n';]");
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
}

static void only_the_last_are_kept(void **state)
{
    (void)state;
    char text[40];
    for (unsigned i = 0; i < SHELL_HISTORY_MAX + 50; i++) {
        snprintf(text, sizeof text, "select %u;", i);
        shell_history_add(path, str_of(text));
    }
    load();
    assert_int_equal(count, SHELL_HISTORY_MAX);
    assert_true(str_starts(buf_str(&seen), STR("[select 50;][select 51;]")));
    load(); /* the file was cut */
    assert_int_equal(count, SHELL_HISTORY_MAX);
}

static void a_home_that_cannot_be_written_is_no_failure(void **state)
{
    (void)state;
    shell_history_add("/proc/nowhere/history", STR("select 1;"));
    shell_history_load("/proc/nowhere/history", take, NULL);
    assert_int_equal(count, 0);
}

static void without_a_home_there_is_no_file(void **state)
{
    (void)state;
    assert_int_equal(unsetenv("XDG_STATE_HOME"), 0);
    assert_int_equal(setenv("HOME", "/h", 1), 0);
    assert_true(shell_history_path(path));
    assert_string_equal(path, "/h/.local/state/spoor/history");
    assert_int_equal(unsetenv("HOME"), 0);
    assert_false(shell_history_path(path));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(statements_come_back_as_they_were, begin, end),
        cmocka_unit_test_setup_teardown(only_the_last_are_kept, begin, end),
        cmocka_unit_test_setup_teardown(a_home_that_cannot_be_written_is_no_failure, begin, end),
        cmocka_unit_test_setup_teardown(without_a_home_there_is_no_file, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
