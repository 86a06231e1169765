#include "support/support.h"

#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "sql_sink.h"

static char path[400];

static int begin(void **state)
{
    (void)state;
    snprintf(path, sizeof path, "%s/result", support_folder());
    return 0;
}

static int end(void **state)
{
    (void)state;
    support_folder_end();
    return 0;
}

static void assert_file(const char *expected)
{
    Error err = {0};
    BUF_AUTO Buf text = buf_init(1000);
    support_ok(file_read(path, &text, NULL, &err) && buf_text(&text, &err), &err);
    assert_string_equal(text.ptr, expected);
}

static void a_file_is_made_once_there_is_something(void **state)
{
    (void)state;
    Error err = {0};
    SqlSink sink = sql_sink_new(path);
    assert_false(file_exists(path));
    support_ok(sql_sink_put(&sink, STR("a\033b"), &err), &err);
    support_ok(sql_sink_end(&sink, true, &err), &err);
    assert_file("a\033b");
}

static void an_empty_result_is_an_empty_file(void **state)
{
    (void)state;
    Error err = {0};
    SqlSink sink = sql_sink_new(path);
    support_ok(sql_sink_end(&sink, true, &err), &err);
    assert_file("");
}

static void a_failure_makes_no_file(void **state)
{
    (void)state;
    Error err = {0};
    SqlSink sink = sql_sink_new(path);
    assert_false(sql_sink_end(&sink, false, &err));
    assert_int_equal(err.kind, ERROR_NONE);
    assert_false(file_exists(path));
}

static void half_a_result_is_removed(void **state)
{
    (void)state;
    Error err = {0};
    SqlSink sink = sql_sink_new(path);
    support_ok(sql_sink_put(&sink, STR("half"), &err), &err);
    assert_true(file_exists(path));
    assert_false(sql_sink_end(&sink, false, &err));
    assert_int_equal(err.kind, ERROR_NONE);
    assert_false(file_exists(path));
}

static void a_file_that_is_there_stays(void **state)
{
    (void)state;
    Error err = {0};
    SqlSink first = sql_sink_new(path), second = sql_sink_new(path);
    support_ok(sql_sink_put(&first, STR("first"), &err), &err);
    support_ok(sql_sink_end(&first, true, &err), &err);
    assert_false(sql_sink_put(&second, STR("second"), &err));
    assert_non_null(strstr(err.text, "cannot create"));
    assert_false(sql_sink_end(&second, false, &err));
    assert_file("first");
}

static void a_file_that_is_kept_open_takes_more(void **state)
{
    (void)state;
    Error err = {0};
    FILE *file = fopen(path, "wx");
    assert_non_null(file);
    for (int i = 0; i < 2; i++) {
        SqlSink sink = sql_sink_new(path);
        sink.out = file;
        sink.keep_open = true;
        support_ok(sql_sink_put(&sink, STR("x"), &err), &err);
        support_ok(sql_sink_end(&sink, true, &err), &err);
    }
    assert_file("xx");
    assert_int_equal(fclose(file), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_file_is_made_once_there_is_something, begin, end),
        cmocka_unit_test_setup_teardown(an_empty_result_is_an_empty_file, begin, end),
        cmocka_unit_test_setup_teardown(a_failure_makes_no_file, begin, end),
        cmocka_unit_test_setup_teardown(half_a_result_is_removed, begin, end),
        cmocka_unit_test_setup_teardown(a_file_that_is_there_stays, begin, end),
        cmocka_unit_test_setup_teardown(a_file_that_is_kept_open_takes_more, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
