#include "support/support.h"

static void texts_compare_by_bytes_then_length(void **state)
{
    (void)state;
    assert_true(str_compare(STR("a"), STR("b")) < 0);
    assert_true(str_compare(STR("ab"), STR("a")) > 0);
    assert_int_equal(str_compare(STR("a"), STR("a")), 0);
    assert_true(str_compare(STR("\xff"), STR("a")) > 0);
    assert_true(str_equal_nocase(STR("AbC"), STR("aBc")));
    assert_false(str_equal_nocase(STR("[bC"), STR("{Bc")));
}

static void slices_stay_inside(void **state)
{
    (void)state;
    assert_true(str_equal(str_slice(STR("abc"), 1, 99), STR("bc")));
    assert_int_equal(str_slice(STR("abc"), 9, 99).len, 0);
    assert_true(str_starts(STR("abc"), STR("ab")));
    assert_false(str_starts(STR("a"), STR("ab")));
    assert_true(str_ends(STR("abc"), STR("bc")));
    assert_int_equal(str_find_byte(STR("abca"), 'a', 1), 3);
    assert_int_equal(str_find_byte(STR("abc"), 'z', 0), 3);
    assert_true(str_equal(str_trim(STR(" \t x y\n")), STR("x y")));
}

static void a_base_name_follows_the_last_slash(void **state)
{
    (void)state;
    assert_true(str_equal(str_base_name(STR("file:///a/b.c")), STR("b.c")));
    assert_true(str_equal(str_base_name(STR("b.c")), STR("b.c")));
    assert_true(str_equal(str_base_name(STR("a/")), STR("")));
    assert_true(str_equal(str_base_name(STR("")), STR("")));
}

static void numbers_are_digits_without_overflow(void **state)
{
    (void)state;
    uint64_t number = 7;
    assert_true(str_to_u64(STR("18446744073709551615"), &number));
    assert_true(number == UINT64_MAX);
    static const char *const BAD[] = {"", "18446744073709551616", "-1", "1 ", "0x1"};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        assert_false(str_to_u64(str_of(BAD[i]), &number));
}

static void distance_counts_edits(void **state)
{
    (void)state;
    assert_int_equal(str_distance(STR("lake"), STR("lake")), 0);
    assert_int_equal(str_distance(STR("lake"), STR("late")), 1);
    assert_int_equal(str_distance(STR(""), STR("abc")), 3);
    assert_int_equal(str_distance(STR("kitten"), STR("sitting")), 3);
}

static void a_prefix_never_cuts_a_character(void **state)
{
    (void)state;
    Str text = STR("a\xc3\xa4\xe2\x82\xac"); /* a, a-umlaut, euro */
    static const size_t EXPECTED[] = {0, 1, 1, 3, 3, 3, 6, 6};
    for (size_t max = 0; max < sizeof EXPECTED / sizeof *EXPECTED; max++)
        assert_int_equal(str_utf8_prefix(text, max), EXPECTED[max]);
}

static void a_name_stands_alone(void **state)
{
    static const struct {
        const char *text, *name;
        bool found;
    } CASES[] = {
        {"SELECT r1.\"day\" FROM x", "day", true},
        {"SELECT today, day_1, 2day", "day", false},
        {"day", "day", true},
        {"$eventtime", "eventtime", false},
        {"days day", "day", true},
        {"da", "day", false},
        {"", "day", false},
        {"x", "", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        if (str_has_name(str_of(CASES[i].text), str_of(CASES[i].name)) != CASES[i].found)
            fail_msg("'%s' in '%s'", CASES[i].name, CASES[i].text);
}

static void wildcards_match(void **state)
{
    static const struct {
        const char *pattern, *text;
        bool matches;
    } CASES[] = {
        {"*", "", true},          {"", "", true},
        {"", "a", false},         {"a*c", "abbc", true},
        {"a*c", "abcd", false},   {"?", "", false},
        {"?b", "ab", true},       {"*ab*ab", "abxab", true},
        {"*ab*ab", "xab", false}, {"a", "A", false},
        {"***a", "bca", true},    {"a*", "b", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        if (str_matches(str_of(CASES[i].pattern), str_of(CASES[i].text)) != CASES[i].matches)
            fail_msg("'%s' and '%s'", CASES[i].pattern, CASES[i].text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wildcards_match),
        cmocka_unit_test(a_name_stands_alone),
        cmocka_unit_test(texts_compare_by_bytes_then_length),
        cmocka_unit_test(slices_stay_inside),
        cmocka_unit_test(a_base_name_follows_the_last_slash),
        cmocka_unit_test(numbers_are_digits_without_overflow),
        cmocka_unit_test(distance_counts_edits),
        cmocka_unit_test(a_prefix_never_cuts_a_character),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
