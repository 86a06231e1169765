/* Names of threat lists of matches. */
#include "hunt/listed.h"

#include "support/support.h"

static void names_are_taken_one_after_the_other(void **state)
{
    static const struct {
        const char *text, *names; /* in brackets */
    } CASES[] = {{"", ""},
                 {"a", "[a]"},
                 {"a, b", "[a][b]"},
                 {"a,b", "[a,b]"},
                 {"a, , b", "[a][][b]"},
                 {"a b, c d, e", "[a b][c d][e]"},
                 {"a, b,", "[a][b,]"}};
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        BUF_AUTO Buf got = buf_init(1 << 10);
        Str text = str_of(CASES[i].text);
        for (size_t at = 0; at < text.len;) {
            Str name = listed_next(text, &at);
            support_ok(buf_printf(&got, &err, "[%.*s]", STR_ARG(name)), &err);
        }
        assert_int_equal(got.len, strlen(CASES[i].names));
        assert_true(str_equal(buf_str(&got), str_of(CASES[i].names)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_taken_one_after_the_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
