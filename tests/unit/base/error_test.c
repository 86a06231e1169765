#include "support/support.h"

#include <errno.h>
#include <string.h>

static void an_error_holds_kind_and_text(void **state)
{
    (void)state;
    Error err = {0};
    assert_false(error_set(&err, ERROR_INPUT, "byte %d of '%s'", 7, "x"));
    assert_int_equal(err.kind, ERROR_INPUT);
    assert_string_equal(err.text, "byte 7 of 'x'");
}

static void control_characters_never_reach_the_terminal(void **state)
{
    (void)state;
    Error err = {0};
    error_set(&err, ERROR_INPUT, "%s", "a\x1b[2Jb\nc\x7f");
    assert_string_equal(err.text, "a?[2Jb?c?");
}

static void errno_decides_the_kind(void **state)
{
    (void)state;
    Error err = {0};
    errno = EACCES;
    assert_false(error_errno(&err, "cannot open '%s'", "f"));
    assert_int_equal(err.kind, ERROR_ACCESS);
    assert_string_equal(err.text, "cannot open 'f': Permission denied");
    errno = EIO;
    error_errno(&err, "x");
    assert_int_equal(err.kind, ERROR_SYSTEM);
}

static void context_goes_before_and_long_texts_are_cut(void **state)
{
    (void)state;
    Error err = {0};
    char text[3 * ERROR_TEXT_MAX];
    error_set(&err, ERROR_LIMIT, "full");
    error_context(&err, "part %d", 3);
    assert_string_equal(err.text, "part 3: full");
    assert_int_equal(err.kind, ERROR_LIMIT);
    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = '\0';
    error_set(&err, ERROR_LIMIT, "%s", text);
    error_context(&err, "%s", text);
    assert_int_equal(strlen(err.text), ERROR_TEXT_MAX - 1);
}

static void every_kind_has_a_word(void **state)
{
    (void)state;
    assert_string_equal(error_kind_name(ERROR_BUSY), "busy");
    assert_string_equal(error_kind_name((ErrorKind)99), "unknown");
    Error err = {ERROR_BUSY, "x"};
    error_clear(&err);
    assert_int_equal(err.kind, ERROR_NONE);
    assert_string_equal(err.text, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_error_holds_kind_and_text),
        cmocka_unit_test(control_characters_never_reach_the_terminal),
        cmocka_unit_test(errno_decides_the_kind),
        cmocka_unit_test(context_goes_before_and_long_texts_are_cut),
        cmocka_unit_test(every_kind_has_a_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
