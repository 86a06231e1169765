#include "detect/base64.h"

#include "support/support.h"

static void bytes_of_every_length_are_padded_to_four(void **state)
{
    const struct {
        Str bytes;
        const char *coded;
    } CASES[] = {
        {STR(""), ""},
        {STR("f"), "Zg=="},
        {STR("fo"), "Zm8="},
        {STR("foo"), "Zm9v"},
        {STR("foobar"), "Zm9vYmFy"},
        {STR("\0"), "AA=="},
        {STR("\0\0\0"), "AAAA"},
        {STR("\xff\xff\xff"), "////"},
        {STR("\xfb\xf0"), "+/A="},
        {STR("\xff\xfe"
             "p\0i\0n\0g\0"),
         "//5wAGkAbgBnAA=="},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        BUF_AUTO Buf out = buf_init(100);
        support_ok(base64_append(&out, CASES[i].bytes, &err), &err);
        assert_string_equal(buf_text(&out, &err), CASES[i].coded);
    }
}

static void what_does_not_fit_is_an_error(void **state)
{
    Error err = {0};
    BUF_AUTO Buf out = buf_init(7);
    (void)state;
    assert_false(base64_append(&out, STR("foobar"), &err));
    assert_int_equal(err.kind, ERROR_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_of_every_length_are_padded_to_four),
        cmocka_unit_test(what_does_not_fit_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
