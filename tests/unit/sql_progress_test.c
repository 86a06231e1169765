#include "support/support.h"

#include "sql_progress.h"

static void the_line_fits_the_terminal(void **state)
{
    (void)state;
    static const struct {
        int percent;
        unsigned width;
        const char *expected;
    } CASES[] = {
        {50, 80, "[============            ]  50%  1.2 s  Ctrl-C ends the query"},
        {0, 80, "[                        ]   0%  1.2 s  Ctrl-C ends the query"},
        {100, 80, "[========================] 100%  1.2 s  Ctrl-C ends the query"},
        {-1, 80, "1.2 s  Ctrl-C ends the query"},
        {-1, 20, "1.2 s"},
        {-1, 3, ""},
        {100, 50, "[========================] 100%  1.2 s"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char text[SQL_PROGRESS_BYTES];
        Str line = sql_progress_text(1234567, CASES[i].percent, CASES[i].width, text);
        assert_string_equal(text, CASES[i].expected);
        assert_true(line.len < CASES[i].width || line.len == 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_line_fits_the_terminal)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
