#include "parser/place.h"
#include "support/support.h"

static void a_byte_has_its_line_and_column(void **state)
{
    static const struct {
        const char *sql;
        uint32_t at, line, column;
    } CASES[] = {
        {"", 0, 1, 1},
        {"abc", 0, 1, 1},
        {"abc", 2, 1, 3},
        {"abc", 3, 1, 4},
        {"abc", 99, 1, 4},
        {"a\nbc", 1, 1, 2},
        {"a\nbc", 2, 2, 1},
        {"a\nbc", 3, 2, 2},
        {"a\r\nb", 3, 2, 1},
        {"\n\n\nx", 3, 4, 1},
        {"\u00fcn\u00ef|", 5, 1, 4},
        {"\U0001f600|", 4, 1, 2},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        uint32_t line, column;
        place_line(str_of(CASES[i].sql), CASES[i].at, &line, &column);
        assert_int_equal(line, CASES[i].line);
        assert_int_equal(column, CASES[i].column);
    }
}

static void a_quote_is_safe_and_short(void **state)
{
    static const struct {
        const char *text, *quote;
    } CASES[] = {
        {"", ""},
        {"plain", "plain"},
        {"a\nb\tc\x1b[0m\x7f", "a?b?c?[0m?"},
        {"\xc2\x80\xc2\x9f\u00a0\u00adx", "??\u00a0?x"},
        {"\u200b\u200f\u202a\u202e\u2066\u2069\u2028\ufeff", "????????"},
        {"\U000e0041", "?"},
        {"\u00fcn\u00ef \uac00 \U0001f600", "\u00fcn\u00ef \uac00 \U0001f600"},
        {"0123456789012345678901234567890123456789", "0123456789012345678901234567890123456789"},
        {"01234567890123456789012345678901234567890",
         "0123456789012345678901234567890123456789..."},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char out[PLACE_QUOTE_BYTES];
        Str quote = place_quote(str_of(CASES[i].text), out);
        assert_string_equal(out, CASES[i].quote);
        assert_int_equal(quote.len, str_of(out).len);
    }
}

static void an_error_names_its_place(void **state)
{
    Error err = {0};
    (void)state;
    assert_false(place_error(STR("a\n  b"), (Place){4, 5}, &err, "no column '%s'", "b"));
    assert_int_equal(err.kind, ERROR_USAGE);
    assert_string_equal(err.text, "line 2:3: no column 'b'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_byte_has_its_line_and_column),
        cmocka_unit_test(a_quote_is_safe_and_short),
        cmocka_unit_test(an_error_names_its_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
