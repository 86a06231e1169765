#include "lake/bounds.h"

#include <string.h>

#include "support/support.h"

#define TEN   "abcdefghij"
#define SIXTY TEN TEN TEN TEN TEN TEN

typedef struct Case {
    const char *what;
    Str value;
    Str lower;
    Str upper;
    bool exact;
    bool has_upper;
} Case;

static const Case CASES[] = {
    {"short", {"abc", 3}, {"abc", 3}, {"abc", 3}, true, true},
    {"empty", {"", 0}, {"", 0}, {"", 0}, true, true},
    {"64 bytes", {SIXTY "1234", 64}, {SIXTY "1234", 64}, {SIXTY "1234", 64}, true, true},
    {"65 bytes", {SIXTY "12345", 65}, {SIXTY "1234", 64}, {SIXTY "1235", 64}, false, true},
    {"cut within a code point",
     {SIXTY "123\xc3\xa4x", 66},
     {SIXTY "123", 63},
     {SIXTY "124", 63},
     false,
     true},
    {"last code point grows a byte",
     {SIXTY "1\x7f\xc3\xa4zzz", 67},
     {SIXTY "1\x7f\xc3\xa4", 64},
     {SIXTY "1\x7f\xc3\xa5", 64},
     false,
     true},
    {"before the surrogates",
     {SIXTY "1\xed\x9f\xbfz", 65},
     {SIXTY "1\xed\x9f\xbf", 64},
     {SIXTY "1\xee\x80\x80", 64},
     false,
     true},
    {"the greatest code point is dropped",
     {SIXTY "\xf4\x8f\xbf\xbfz", 65},
     {SIXTY "\xf4\x8f\xbf\xbf", 64},
     {TEN TEN TEN TEN TEN "abcdefghik", 60},
     false,
     true},
};

static Str text_of(const Bound *bound)
{
    return (Str){bound->bytes, bound->len};
}

static void bounds_lie_on_their_sides(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const Case *c = &CASES[i];
        Bound lower = bounds_lower(c->value);
        Bound upper;
        bool has_upper = bounds_upper(c->value, &upper);
        if (!str_equal(text_of(&lower), c->lower) || has_upper != c->has_upper ||
            !str_equal(text_of(&upper), c->upper) || lower.exact != c->exact)
            fail_msg("%s: lower '%.*s', upper '%.*s'", c->what, STR_ARG(text_of(&lower)),
                     STR_ARG(text_of(&upper)));
        assert_true(str_compare(text_of(&lower), c->value) <= 0);
        assert_true(str_compare(text_of(&upper), c->value) >= 0);
    }
}

static void a_text_of_greatest_code_points_has_no_upper_bound(void **state)
{
    (void)state;
    char text[68];
    Bound upper;
    for (size_t i = 0; i < sizeof text; i += 4)
        memcpy(text + i, "\xf4\x8f\xbf\xbf", 4);
    assert_false(bounds_upper((Str){text, sizeof text}, &upper));
}

static void cutting_counts_code_points(void **state)
{
    (void)state;
    Bound cut;
    Bound bound = bounds_lower(STR("\xc3\xa4\xc3\xb6\xc3\xbcxyz"));
    assert_true(bounds_cut_lower(&bound, 4, &cut));
    assert_true(str_equal(text_of(&cut), STR("\xc3\xa4\xc3\xb6\xc3\xbcx")));
    assert_false(cut.exact);
    assert_true(bounds_cut_upper(&bound, 4, &cut));
    assert_true(str_equal(text_of(&cut), STR("\xc3\xa4\xc3\xb6\xc3\xbcy")));
    assert_true(bounds_cut_upper(&bound, 6, &cut));
    assert_true(str_equal(text_of(&cut), text_of(&bound)));
    assert_true(cut.exact);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bounds_lie_on_their_sides),
        cmocka_unit_test(a_text_of_greatest_code_points_has_no_upper_bound),
        cmocka_unit_test(cutting_counts_code_points),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
