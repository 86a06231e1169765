#include "detect/regex.h"

#include "base/buf.h"
#include "support/support.h"

static void what_cannot_be_bounded_is_refused(void **state)
{
    static const struct {
        const char *pattern, *name;
    } CASES[] = {
        {"a(?=b)", "look-ahead is not supported in regular expressions (byte 1)"},
        {"a(?!b)", "look-ahead is"},
        {"(?<=a)b", "look-behind is"},
        {"(?<!a)b", "look-behind is"},
        {"(?>a)b", "an atomic group is"},
        {"(?(1)a|b)", "a condition is"},
        {"a(?R)?b", "recursion is"},
        {"a(?0)?b", "recursion is"},
        {"(?<n>a)(?1)", "recursion is"},
        {"(?<n>a)(?-1)", "recursion is"},
        {"(?+1)(?<n>a)", "recursion is"},
        {"(?<n>a)(?&n)", "recursion is"},
        {"(?P<n>a)(?P>n)", "recursion is"},
        {"(?P<n>a)(?P=n)", "a back-reference is"},
        {"(?<n>a)\\k<n>", "a back-reference is"},
        {"(a)\\1", "a back-reference is"},
        {"(a)\\g{1}", "a back-reference is"},
        {"a(?C1)b", "a callout is"},
        {"(*COMMIT)a", "a verb is"},
        {"(*positive_lookahead:a)", "a verb is"},
        {"a*+b", "a possessive quantifier is"},
        {"a++b", "a possessive quantifier is"},
        {"a?+b", "a possessive quantifier is"},
        {"a{2}+b", "a possessive quantifier is"},
        {"\\Ka", "\\C or \\K is"},
        {"\\C", "\\C or \\K is"},
        /* what seems to hide it */
        {"[(](?=b)", "look-ahead is"},
        {"[]](?=b)", "look-ahead is"},
        {"[^]](?=b)", "look-ahead is"},
        {"[[:alpha:]](?=b)", "look-ahead is"},
        {"[\\]](?=b)", "look-ahead is"},
        {"\\[(?=b)", "look-ahead is"},
        {"\\Q[\\E(?=b)", "look-ahead is"},
        {"(?#[)(?=b)", "look-ahead is"},
        {"\\\\(?=b)", "look-ahead is"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        Regex *regex = regex_new(str_of(CASES[i].pattern), 0, &err);
        if (regex || err.kind != ERROR_INPUT ||
            strncmp(err.text, CASES[i].name, strlen(CASES[i].name)) != 0)
            fail_msg("'%s': %s", CASES[i].pattern, regex ? "was taken" : err.text);
    }
}

static void what_is_no_pattern_says_where(void **state)
{
    static const struct {
        const char *pattern, *text;
    } CASES[] = {
        {"a(", "the regular expression is wrong at byte 2: missing closing parenthesis"},
        {"a)", "the regular expression is wrong at byte 1: unmatched closing parenthesis"},
        {"[a", "the regular expression is wrong at byte 2: missing terminating ] for character "
               "class"},
        {"*a", "the regular expression is wrong at byte 0: quantifier does not follow a repeatable "
               "item"},
        {"a\\", "the regular expression is wrong at byte 2: \\ at end of pattern"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        assert_null(regex_new(str_of(CASES[i].pattern), 0, &err));
        assert_int_equal(err.kind, ERROR_INPUT);
        assert_string_equal(err.text, CASES[i].text);
    }
    Error err = {0};
    static char wide[(1 << 16) + 1];
    memset(wide, 'a', sizeof wide);
    assert_null(regex_new((Str){wide, sizeof wide}, 0, &err));
    assert_string_equal(err.text, "a regular expression has at most 65536 bytes");
    regex_free(NULL);
}

static void patterns_are_found_anywhere(void **state)
{
    static const struct {
        const char *pattern, *text;
        unsigned flags;
        bool found;
    } CASES[] = {
        {"b", "abc", 0, true},
        {"", "", 0, true},
        {"^b", "abc", 0, false},
        {"B", "abc", 0, false},
        {"B", "abc", REGEX_IGNORE_CASE, true},
        {"Ä", "ä", REGEX_IGNORE_CASE, true},
        {"(?i)B", "abc", 0, true},
        {"^b$", "a\nb", 0, false},
        {"^b$", "a\nb", REGEX_LINES, true},
        {"a.b", "a\nb", 0, false},
        {"a.b", "a\nb", REGEX_DOT_ALL, true},
        {"A.B", "a\nb", REGEX_DOT_ALL | REGEX_IGNORE_CASE, true},
        {"^.$", "€", 0, true},
        {"^.$", "😀", 0, true},
        {"^a{1000,}$", "aaa", 0, false},
        {"(?:x|y)+?z", "xyz", 0, true},
        {"\\bfoo\\b", "a foo b", 0, true},
        {"\\d{12}", "arn:123456789012:", 0, true},
        {"\\w+\\s\\S", "ab c", 0, true},
        /* what only looks as if it were refused */
        {"\\(?=b", "(=b", 0, true},
        {"[(?=]", "?", 0, true},
        {"[*+]+", "*+", 0, true},
        {"[a*]+b", "*b", 0, true},
        {"a\\++b", "a++b", 0, true},
        {"\\Q(?=\\E", "(?=", 0, true},
        {"(?#(?=)a", "a", 0, true},
        {"(?-i)a", "a", 0, true},
        /* texts that are no UTF-8 */
        {"b",
         "\xff"
         "b",
         0, true},
        {"^..$", "\xff\xff", 0, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        Regex *regex = regex_new(str_of(CASES[i].pattern), CASES[i].flags, &err);
        support_ok(regex != NULL, &err);
        if (regex_match(regex, str_of(CASES[i].text)) != CASES[i].found)
            fail_msg("'%s' and '%s'", CASES[i].pattern, CASES[i].text);
        regex_free(regex);
    }
}

static void a_match_that_takes_too_long_is_none(void **state)
{
    static const char *const PATTERNS[] = {"(a+)+$", "(a|aa)+$", "(a*)*b", "(.*)(.*)(.*)(.*)(.*)x",
                                           "^(([a-z])+.)+[A-Z]([a-z])+$"};
    Error err = {0};
    BUF_AUTO Buf text = buf_init(1 << 20);
    (void)state;
    for (int i = 0; i < (1 << 20) - 1; i++)
        support_ok(buf_append_byte(&text, 'a', &err), &err);
    support_ok(buf_append_byte(&text, '!', &err), &err);
    for (size_t i = 0; i < sizeof PATTERNS / sizeof *PATTERNS; i++) {
        Regex *regex = regex_new(str_of(PATTERNS[i]), 0, &err);
        support_ok(regex != NULL, &err);
        assert_false(regex_match(regex, buf_str(&text)));
        assert_false(regex_match(regex, str_slice(buf_str(&text), text.len - 200, text.len)));
        regex_free(regex);
    }
}

static void patterns_and_texts_may_hold_nul(void **state)
{
    Error err = {0};
    (void)state;
    Regex *regex = regex_new(STR("a\0b"), 0, &err);
    support_ok(regex != NULL, &err);
    assert_true(regex_match(regex, STR("xa\0b")));
    assert_false(regex_match(regex, STR("xa\0c")));
    regex_free(regex);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_cannot_be_bounded_is_refused),
        cmocka_unit_test(what_is_no_pattern_says_where),
        cmocka_unit_test(patterns_are_found_anywhere),
        cmocka_unit_test(a_match_that_takes_too_long_is_none),
        cmocka_unit_test(patterns_and_texts_may_hold_nul),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
