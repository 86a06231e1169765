#include "support/support.h"

#include <string.h>

#include "lake/bounds.h"

static void a_short_text_bounds_itself(void **state)
{
    (void)state;
    Bound upper;
    Bound lower = bounds_lower(STR("abc"));
    assert_true(bounds_upper(STR("abc"), &upper));
    assert_int_equal(lower.len, 3);
    assert_true(lower.exact && upper.exact);
    assert_memory_equal(upper.bytes, "abc", 3);
}

/* *count* copies of *unit*, then *tail*. */
static Str repeat(const char *unit, size_t count, const char *tail, char *out)
{
    size_t len = 0;
    for (size_t i = 0; i < count; i++, len += strlen(unit))
        memcpy(out + len, unit, strlen(unit));
    memcpy(out + len, tail, strlen(tail));
    return (Str){out, len + strlen(tail)};
}

static void a_long_text_is_bounded_from_both_sides(void **state)
{
    static const struct {
        const char *unit;
        size_t count;
        const char *tail;
        size_t lower_len;
        const char *upper_end; /* NULL: no upper bound */
    } CASES[] = {
        {"a", 65, "", 64, "b"},
        {"a", 63, "\xc3\xa4zz", 63, "b"},
        {"\xc3\xa4", 33, "", 64, "\xc3\xa5"},            /* a-umlaut -> a-ring */
        {"a", 61, "\xed\x9f\xbfzz", 64, "\xee\x80\x80"}, /* U+D7FF -> U+E000 */
        {"a", 60, "\xf4\x8f\xbf\xbfz", 64, "b"},         /* U+10FFFF is dropped */
        {"\xf4\x8f\xbf\xbf", 17, "", 64, NULL},
        {"a", 62, "\x7f\x7f\x7f", 64, "\xc2\x80"}, /* DEL -> U+0080: the last one is dropped */
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char buffer[200];
        Bound upper;
        Str text = repeat(CASES[i].unit, CASES[i].count, CASES[i].tail, buffer);
        Bound lower = bounds_lower(text);
        bool any = bounds_upper(text, &upper);
        assert_false(lower.exact);
        assert_int_equal(lower.len, CASES[i].lower_len);
        assert_true(str_compare((Str){lower.bytes, lower.len}, text) <= 0);
        if (any)
            assert_true(upper.len <= BOUNDS_BYTES_MAX);
        if (any)
            assert_true(str_compare((Str){upper.bytes, upper.len}, text) > 0);
        assert_int_equal(any, CASES[i].upper_end != NULL);
        if (CASES[i].upper_end) {
            size_t len = strlen(CASES[i].upper_end);
            assert_true(any && !upper.exact);
            assert_memory_equal(upper.bytes + upper.len - len, CASES[i].upper_end, len);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_short_text_bounds_itself),
        cmocka_unit_test(a_long_text_is_bounded_from_both_sides),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
