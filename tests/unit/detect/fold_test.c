#include "detect/fold.h"

#include "support/support.h"

static const char *fold(Str text, Buf *out)
{
    Error err = {0};
    out->len = 0;
    support_ok(fold_append(out, text, &err), &err);
    return buf_text(out, &err);
}

static void text_is_compared_in_lower_case(void **state)
{
    static const struct {
        const char *text, *low;
    } CASES[] = {
        {"", ""},
        {"AbZ09[`{@", "abz09[`{@"},
        {"ÄÖÜß", "äöüß"},
        {"ÀÉÎÕÜÞ×÷", "àéîõüþ×÷"},
        {"ΑΒΓΩΣς", "αβγωσς"},
        {"ЀЖЯѠ", "ѐжяѡ"},
        {"ĀāŸŻ", "āāÿż"},
        {"ǅ", "ǆ"},
        {"ẞ", "ß"},
        {"K", "k"},
        {"Ⱥ", "ⱥ"},
        {"İ", "i"}, /* its simple lower case, as of lower() in SQL */
        {"ﬁ", "ﬁ"},
        {"中文", "中文"},
        {"𐐀𝐀", "𐐨𝐀"},
        /* bytes that are no UTF-8 stay */
        {"A\xff"
         "B\xc3",
         "a\xff"
         "b\xc3"},
        {"\xed\xa0\x80X", "\xed\xa0\x80x"},
        {"\xc0\x81Y", "\xc0\x81y"},
    };
    BUF_AUTO Buf out = buf_init(1000);
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const char *low = fold(str_of(CASES[i].text), &out);
        if (strcmp(low, CASES[i].low) != 0)
            fail_msg("'%s' is '%s'", CASES[i].text, low);
    }
}

/* As in the table, looked up slowly. */
static uint32_t lower_of(uint32_t point)
{
    static const struct {
        uint32_t first, last;
        int32_t step, delta;
    } RANGES[] = {
#define FOLD(first, last, step, delta) {first, last, step, delta},
#include "detect/fold_table.h"
#undef FOLD
    };
    if (point < 0x80)
        return point >= 'A' && point <= 'Z' ? point + 32 : point;
    for (size_t i = 0; i < sizeof RANGES / sizeof *RANGES; i++)
        if (point >= RANGES[i].first && point <= RANGES[i].last &&
            (point - RANGES[i].first) % (uint32_t)RANGES[i].step == 0)
            return point + (uint32_t)RANGES[i].delta;
    return point;
}

static size_t encode(uint32_t point, char ret[4])
{
    if (point < 0x80) {
        ret[0] = (char)point;
        return 1;
    }
    size_t len = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    for (size_t i = len - 1; i > 0; i--, point >>= 6)
        ret[i] = (char)(0x80 | (point & 0x3f));
    ret[0] = (char)((len == 2 ? 0xc0 : len == 3 ? 0xe0 : 0xf0) | point);
    return len;
}

static void every_character_of_unicode_has_the_lower_case_of_the_table(void **state)
{
    BUF_AUTO Buf out = buf_init(100), again = buf_init(100);
    (void)state;
    for (uint32_t point = 1; point < 0x110000; point++) {
        char text[4], expect[4];
        if (point >= 0xd800 && point < 0xe000)
            continue;
        Str whole = {text, encode(point, text)};
        Str low = {expect, encode(lower_of(point), expect)};
        fold(whole, &out);
        if (!str_equal(buf_str(&out), low))
            fail_msg("U+%04X", point);
        fold(buf_str(&out), &again);
        if (!str_equal(buf_str(&out), buf_str(&again)))
            fail_msg("U+%04X is not folded at once", point);
    }
}

static void plain_lower_case_needs_no_folding(void **state)
{
    (void)state;
    assert_true(fold_is_folded(STR("")));
    assert_true(fold_is_folded(STR("abc-09 {}@[")));
    assert_false(fold_is_folded(STR("abC")));
    assert_false(fold_is_folded(STR("ä")));
    assert_false(fold_is_folded(STR("a\xff")));
}

static void what_does_not_fit_is_an_error(void **state)
{
    Error err = {0};
    BUF_AUTO Buf out = buf_init(2);
    (void)state;
    assert_false(fold_append(&out, STR("ABC"), &err));
    assert_int_equal(err.kind, ERROR_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_compared_in_lower_case),
        cmocka_unit_test(every_character_of_unicode_has_the_lower_case_of_the_table),
        cmocka_unit_test(plain_lower_case_needs_no_folding),
        cmocka_unit_test(what_does_not_fit_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
