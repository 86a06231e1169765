#include "base/base64.h"

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
        BUF_AUTO Buf back = buf_init(100);
        support_ok(base64_decode(&back, buf_str(&out), &err), &err);
        assert_true(str_equal(buf_str(&back), CASES[i].bytes));
    }
}

static void what_is_no_base64_is_refused_with_its_place(void **state)
{
    const struct {
        const char *text, *problem;
    } CASES[] = {
        {"Zg", "base64 of 2 letters, no multiple of four"},
        {"Zm9 Yg==", "no base64 at byte 3"},
        {"Zh==", "base64 with bits left over at byte 1"},
        {"Zm9=", "base64 with bits left over at byte 2"},
        {"====", "no base64 at byte 0"},
        {"Zg==Zg==", "no base64 at byte 2"},
        {"Zm-_", "no base64 at byte 2"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        BUF_AUTO Buf out = buf_init(100);
        assert_false(base64_decode(&out, str_of(CASES[i].text), &err));
        assert_string_equal(err.text, CASES[i].problem);
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
        cmocka_unit_test(what_is_no_base64_is_refused_with_its_place),
        cmocka_unit_test(what_does_not_fit_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
