#include "natives/regexp_literals.h"

#include "support/support.h"

/* *expected* is empty when none are known. */
static void check(const char *pattern, const char *expected)
{
    BUF_AUTO Buf out = buf_init(4096);
    Error err = {0};
    bool found;
    assert_true(regexp_literals_write(str_of(pattern), &out, &found, &err));
    assert_int_equal(found, expected[0] != '\0');
    if (found)
        assert_true(str_equal(buf_str(&out), str_of(expected)));
}

static void a_match_holds_one_of_the_literals(void **state)
{
    static const struct {
        const char *pattern, *literals;
    } CASES[] = {
        {"kali", "c|kali"},
        {"(?i)(Kali|parrot)", "i|kali|parrot"},
        {"^(Delete|Terminate)", "c|Delete|Terminate"},
        {"(RolePolicy|CreatePolicy)$", "c|RolePolicy|CreatePolicy"},
        {"a|bc", ""},
        {"Get(Object|Bucket)Acl", "c|Object|Bucket"},
        {"Bucket(A|B)", "c|Bucket"},
        {"ab*cde", "c|cde"},
        {"abc?", "c|ab"},
        {"abc+", "c|abc"},
        {"ab{0,2}cd", "c|cd"},
        {"(abc)?de", "c|de"},
        {"(abc)+", "c|abc"},
        {"(abc|d*)ef", "c|ef"},
        {"aws\\.amazon", "c|aws.amazon"},
        {"\\bec2\\d+abcd", "c|abcd"},
        {"[abc]+xyz.*longer", "c|longer"},
        {"(?:one|two)three", "c|three"},
        {"abc?\?de", "c|ab"},
        {"^Console$", "c|Console"},
        {"f\xc3\xbcr", ""},
        {"gr\xc3\xbc\xc3\x9f"
         "en",
         "c|gr"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        check(CASES[i].pattern, CASES[i].literals);
}

static void what_is_not_understood_has_none(void **state)
{
    static const char *const PATTERNS[] = {"",          ".*",      "(?s)abc",   "a(?i)bc",
                                           "\\Qabc\\E", "\\x41bc", "\\p{L}abc", "[[:alpha:]]bc",
                                           "(abc",      "abc)",    "(?P<n>ab)", "abc|",
                                           "\\",        "[abc",    "*abc",      "a{2",
                                           "x\\|y"};
    char deep[200];
    (void)state;
    for (size_t i = 0; i < sizeof PATTERNS / sizeof *PATTERNS; i++)
        check(PATTERNS[i], "");
    memset(deep, '(', 60);
    memcpy(deep + 60, "abc", 3);
    memset(deep + 63, ')', 60);
    deep[123] = '\0';
    check(deep, "");
}

static void too_many_literals_are_none(void **state)
{
    BUF_AUTO Buf pattern = buf_init(4096);
    Error err = {0};
    (void)state;
    for (int i = 0; i < REGEXP_LITERALS_MAX + 1; i++)
        assert_true(buf_printf(&pattern, &err, "%sword%d", i ? "|" : "", i));
    assert_non_null(buf_text(&pattern, &err));
    check(pattern.ptr, "");
    pattern.len = 0;
    for (int i = 0; i < REGEXP_LITERALS_BYTES_MAX + 1; i++)
        assert_true(buf_append_byte(&pattern, 'a', &err));
    assert_non_null(buf_text(&pattern, &err));
    check(pattern.ptr, "");
}

static void texts_are_searched(void **state)
{
    char text[REGEXP_LITERALS_TEXT_MAX + 1];
    (void)state;
    assert_true(regexp_literals_held(STR("aws-cli KaLi"), STR("i|kali|parrot")));
    assert_false(regexp_literals_held(STR("aws-cli kal"), STR("i|kali|parrot")));
    assert_false(regexp_literals_held(STR("KALI"), STR("c|kali")));
    assert_true(regexp_literals_held(STR("x parrot"), STR("c|kali|parrot")));
    assert_false(regexp_literals_held(STR(""), STR("c|kali")));
    assert_true(regexp_literals_held(STR("\xe2\x84\xaa"), STR("i|kali")));
    memset(text, 'x', sizeof text);
    assert_true(regexp_literals_held((Str){text, sizeof text}, STR("i|kali")));
    assert_false(regexp_literals_held((Str){text, sizeof text}, STR("c|kali")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_match_holds_one_of_the_literals),
        cmocka_unit_test(what_is_not_understood_has_none),
        cmocka_unit_test(too_many_literals_are_none),
        cmocka_unit_test(texts_are_searched),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
