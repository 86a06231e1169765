#include "support/support.h"

#include "shell_text.h"

static void check_next(const char *text, ShellTextState state, size_t begin, size_t end)
{
    Error err = {0};
    ShellText found;
    support_ok(shell_text_next(str_of(text), &found, &err), &err);
    if (found.state != state || found.begin != begin || found.end != end)
        fail_msg("'%s': state %d, [%zu, %zu)", text, found.state, found.begin, found.end);
}

static void a_statement_ends_at_a_semicolon(void **state)
{
    (void)state;
    check_next("select 1;", SHELL_TEXT_WHOLE, 0, 9);
    check_next("select 1; select 2;", SHELL_TEXT_WHOLE, 0, 9);
    check_next("\n -- why\n select 1\n;", SHELL_TEXT_WHOLE, 10, 20);
    check_next(";", SHELL_TEXT_WHOLE, 0, 1);
}

static void not_inside_quotes_and_comments(void **state)
{
    static const char *const OPEN[] = {"select ';",     "select \"a;",   "select 1 /* ;",
                                       "select 1 -- ;", "select x';",    "select `a;",
                                       "select u&';",   "select 'it''s;"};
    (void)state;
    for (size_t i = 0; i < sizeof OPEN / sizeof *OPEN; i++)
        check_next(OPEN[i], SHELL_TEXT_OPEN, 0, strlen(OPEN[i]));
    check_next("select ';' ;", SHELL_TEXT_WHOLE, 0, 12);
    check_next("select 1 -- ;\n;", SHELL_TEXT_WHOLE, 0, 15);
    check_next("select /* ; */ 1;x", SHELL_TEXT_WHOLE, 0, 17);
}

static void comments_and_space_are_no_statement(void **state)
{
    (void)state;
    check_next("", SHELL_TEXT_BLANK, 0, 0);
    check_next(" \n\t", SHELL_TEXT_BLANK, 0, 0);
    check_next("-- what\n/* and why */\n", SHELL_TEXT_BLANK, 0, 0);
}

static void what_is_no_token_does_not_hide_the_end(void **state)
{
    (void)state;
    check_next("select @ 'a;b' $;x", SHELL_TEXT_WHOLE, 0, 17);
    check_next("select \xe2\x80\x9c;", SHELL_TEXT_WHOLE, 0, 11);
    check_next("select \xff;", SHELL_TEXT_WHOLE, 7, 9); /* the bytes before are not looked at */
    check_next("@", SHELL_TEXT_OPEN, 0, 1);
}

static void a_joined_statement_has_one_line(void **state)
{
    static const char *const CASES[][2] = {
        {"select 1\n  , 2\n;", "select 1 , 2 ;"}, {"select  1;", "select  1;"},
        {"select 1 -- one\n;", "select 1 ;"},     {"select /* x */ 1;", "select 1;"},
        {"select 'a\nb'\n;", "select 'a\nb' ;"},  {"select 'a\nb", "select 'a\nb"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        BUF_AUTO Buf out = buf_init(1000);
        support_ok(shell_text_join(str_of(CASES[i][0]), &out, &err), &err);
        assert_string_equal(buf_text(&out, &err), CASES[i][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_statement_ends_at_a_semicolon),
        cmocka_unit_test(not_inside_quotes_and_comments),
        cmocka_unit_test(comments_and_space_are_no_statement),
        cmocka_unit_test(what_is_no_token_does_not_hide_the_end),
        cmocka_unit_test(a_joined_statement_has_one_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
