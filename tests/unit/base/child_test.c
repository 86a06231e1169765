/* Other programs are run without a shell, and what they print and how they end is bounded. */
#include "support/support.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/child.h"
#include "base/fault.h"

enum { OUTPUT_MAX = 1000, PATIENCE_US = 60000000 };

/* Runs a script of the shell, which only tests want. */
static bool run_script(const char *script, int64_t timeout_us, Buf *output, Error *err)
{
    char shell[] = "sh", option[] = "-c", text[500];
    char *words[] = {shell, option, text, NULL};
    snprintf(text, sizeof text, "%s", script);
    error_clear(err);
    return child_run(words, timeout_us, output, err);
}

static void what_it_prints_comes_behind_what_was_there(void **state)
{
    (void)state;
    Error err = {0};
    BUF_AUTO Buf output = buf_init(OUTPUT_MAX);
    char program[] = "printf", format[] = "%s|", words_of[] = "$HOME *; `x`";
    char *words[] = {program, format, words_of, NULL};
    support_ok(buf_append_str(&output, STR("a "), &err), &err);
    support_ok(child_run(words, PATIENCE_US, &output, &err), &err);
    assert_int_equal(output.len, strlen("a $HOME *; `x`|"));
    assert_memory_equal(output.ptr, "a $HOME *; `x`|", output.len);
}

static void it_has_the_environment_and_no_file_of_ours(void **state)
{
    (void)state;
    Error err = {0};
    BUF_AUTO Buf output = buf_init(OUTPUT_MAX);
    int open_here = open("/dev/null", O_RDONLY); /* not marked close-on-exec */
    setenv("SPOOR_CHILD_TEST", "told", 1);
    support_ok(run_script("echo $SPOOR_CHILD_TEST; cat; for f in /proc/self/fd/*; do "
                          "[ -e $f ] && [ ${f##*/} -gt 2 ] && readlink $f; done; true",
                          PATIENCE_US, &output, &err),
               &err);
    close(open_here);
    unsetenv("SPOOR_CHILD_TEST");
    assert_int_equal(output.len, 5);
    assert_memory_equal(output.ptr, "told\n", 5);
}

static void its_end_is_judged(void **state)
{
    (void)state;
    static const struct {
        const char *script;
        ErrorKind kind;
        const char *text;
    } CASES[] = {
        {"echo secret; exit 3", ERROR_ACCESS, "'sh' ended with status 3"},
        {"kill -9 $$", ERROR_ACCESS, "'sh' was ended by signal 9"},
        {"yes secret", ERROR_LIMIT, "'sh' printed more than 1000 bytes"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        BUF_AUTO Buf output = buf_init(OUTPUT_MAX);
        assert_false(run_script(CASES[i].script, PATIENCE_US, &output, &err));
        assert_string_equal(err.text, CASES[i].text);
        assert_int_equal(err.kind, CASES[i].kind);
    }
}

static void a_full_output_is_none_too_much(void **state)
{
    (void)state;
    Error err = {0};
    BUF_AUTO Buf output = buf_init(5);
    support_ok(run_script("echo four", PATIENCE_US, &output, &err), &err);
    assert_memory_equal(output.ptr, "four\n", 5);
}

static void it_is_not_waited_for_beyond_the_time_given(void **state)
{
    (void)state;
    static const char *const SCRIPTS[] = {"exec sleep 60", "exec >/dev/null; exec sleep 60"};
    for (size_t i = 0; i < sizeof SCRIPTS / sizeof *SCRIPTS; i++) {
        Error err = {0};
        BUF_AUTO Buf output = buf_init(OUTPUT_MAX);
        assert_false(run_script(SCRIPTS[i], 50000, &output, &err));
        assert_string_equal(err.text, "'sh' did not end in time");
        assert_int_equal(err.kind, ERROR_BUSY);
    }
}

static void a_program_that_is_missing_is_named(void **state)
{
    (void)state;
    Error err = {0};
    BUF_AUTO Buf output = buf_init(OUTPUT_MAX);
    char program[] = "no-such-program", argument[] = "secret";
    char *words[] = {program, argument, NULL};
    assert_false(child_run(words, PATIENCE_US, &output, &err));
    assert_string_equal(err.text, "cannot run 'no-such-program': No such file or directory");
    assert_int_equal(err.kind, ERROR_ACCESS);
}

static void failing_steps_are_told(void **state)
{
    (void)state;
    for (uint64_t nth = 1; nth <= 2; nth++) {
        Error err = {0};
        BUF_AUTO Buf output = buf_init(OUTPUT_MAX);
        fault_arm(FAULT_SYSCALL, nth);
        assert_false(run_script("echo", PATIENCE_US, &output, &err));
        fault_arm(FAULT_SYSCALL, 0);
        assert_int_not_equal(err.kind, ERROR_NONE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_it_prints_comes_behind_what_was_there),
        cmocka_unit_test(it_has_the_environment_and_no_file_of_ours),
        cmocka_unit_test(its_end_is_judged),
        cmocka_unit_test(a_full_output_is_none_too_much),
        cmocka_unit_test(it_is_not_waited_for_beyond_the_time_given),
        cmocka_unit_test(a_program_that_is_missing_is_named),
        cmocka_unit_test(failing_steps_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
