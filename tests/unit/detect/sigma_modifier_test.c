/* What modifiers make of texts: the tables of Sigma's page. */
#include "detect/sigma_modifier.h"

#include "support/rule_cases.h"
#include "support/support.h"

enum { TEXT_BYTES_MAX = 1 << 20 };

/* A set with one rule whose search is "field|chain: value", placeholders out of YAML. */
static RuleSet *load(const char *chain, const char *value, const char *placeholders)
{
    Error err = {0};
    const Yaml *map = NULL;
    BUF_AUTO Buf text = buf_init(TEXT_BYTES_MAX);
    Arena *arena = arena_new(TEXT_BYTES_MAX, &err);
    YamlReader *reader = yaml_open(str_of(placeholders), "placeholders", &err);
    support_ok(reader && yaml_next(reader, arena, &map, &err), &err);
    const RuleSetOptions options = {.placeholders = map};
    RuleSet *set = ruleset_new(&options, &err);
    support_ok(set && buf_printf(&text, &err,
                                 "title: t\nlogsource: {product: aws}\nlevel: low\ndetection:\n"
                                 "  a:\n    f|%s: %s\n  condition: a\n",
                                 chain, value),
               &err);
    support_ok(ruleset_add_text(set, buf_str(&text), "f.yml", &err) && ruleset_finish(set, &err),
               &err);
    yaml_close(reader);
    arena_free(arena);
    return set;
}

/* The texts of the rule's test: exact ones sorted, a blank between them. */
static void append_exact(const RuleSet *set, Buf *out)
{
    Error err = {0};
    const Rule *rule = rule_cases_only(set);
    assert_int_equal(rule->expr->kind, EXPR_ITEM);
    const Test *test = rule->expr->test;
    for (uint32_t i = 0; i < test->exact_count; i++)
        support_ok(buf_printf(out, &err, "%s%.*s", i ? " " : "", STR_ARG(test->exact[i])), &err);
    assert_int_equal(test->glob_count, 0);
}

static void base64offset_gives_the_three_spellings(void **state)
{
    static const struct {
        const char *chain, *value, *texts;
    } CASES[] = {
        {"base64offset|cased", "foobar", "Zm9vYmFy Zvb2Jhc mb29iYX"},
        {"base64offset|cased", "foo", "Zm9v Zvb mb2"},
        {"base64offset|cased", "/bin/bash", "9iaW4vYmFza L2Jpbi9iYXNo vYmluL2Jhc2"},
        {"base64offset|cased", "'::FromBase64String'",
         "6OkZyb21CYXNlNjRTdHJpbm OjpGcm9tQmFzZTY0U3RyaW5n o6RnJvbUJhc2U2NFN0cmluZ"},
        {"wide|base64offset|cased", "ping", "AAaQBuAGcA cABpAG4AZw wAGkAbgBnA"},
        {"base64offset|cased", "fo", "Zm Zv mb"},
        {"base64offset|cased", "f", "Z m"},
        {"base64offset", "foo", "mb2 zm9v zvb"},
        /* bytes count, not characters */
        {"base64offset|cased", "ä", "Dp Ok w6"},
        {"base64|cased", "foobar", "Zm9vYmFy"},
        {"base64|cased", "'a\\*'", "YSo="},
        {"base64|base64|cased", "foobar", "Wm05dlltRnk="},
        {"utf16le|base64|cased", "ping", "cABpAG4AZwA="},
        {"utf16be|base64|cased", "ping", "AHAAaQBuAGc="},
        {"utf16|base64|cased", "ping", "//5wAGkAbgBnAA=="},
        {"wide|base64|cased", "\"\\U0001F600\"", "PdgA3g=="},
        {"utf16be|base64|cased", "\"\\U0001F600\"", "2D3eAA=="},
        {"utf16be|base64|cased", "\"\\u20ac\"", "IKw="},
        {"base64|cased", "''", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        BUF_AUTO Buf out = buf_init(TEXT_BYTES_MAX);
        RuleSet *set = load(CASES[i].chain, CASES[i].value, "{}");
        append_exact(set, &out);
        if (strcmp(buf_text(&out, &err), CASES[i].texts) != 0)
            fail_msg("%s: %s is '%s'", CASES[i].chain, CASES[i].value, out.ptr);
        ruleset_free(set);
    }
}

/* How many texts the value stands for: five for each dash. */
static unsigned alternatives(const char *chain, const char *value)
{
    unsigned count = 1;
    RuleSet *set = load(chain, value, "{}");
    const Test *test = rule_cases_only(set)->expr->test;
    assert_int_equal(test->glob_count + test->exact_count, 1);
    for (uint32_t i = 0; test->glob_count && i < test->globs[0]->count; i++)
        count *= test->globs[0]->pieces[i].kind == GLOB_DASH ? 5 : 1;
    ruleset_free(set);
    return count;
}

static void windash_varies_the_dashes_that_begin_a_flag(void **state)
{
    static const struct {
        const char *value;
        unsigned count;
    } CASES[] = {
        {"'-f'", 5},     {"' -x /y'", 25},      {"'-param-1 -param2'", 25},
        {"'--help'", 5}, {"'a/f'", 1},          {"'a - b'", 1},
        {"'-'", 1},      {"'1-2'", 1},          {"'http://x'", 5},
        {"'–f'", 5},     {"'—f'", 5},           {"'―f'", 5},
        {"'‐f'", 1},     {"'-_'", 5},           {"'*-f'", 5},
        {"'-*f'", 1},    {"'?-f'", 5},          {"'-\\*'", 1},
        {"''", 1},       {"\"\\xe2\\x80\"", 1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        if (alternatives("windash", CASES[i].value) != CASES[i].count)
            fail_msg("%s: %u", CASES[i].value, alternatives("windash", CASES[i].value));
    assert_int_equal(alternatives("contains|windash", "' -f '"), 5);
    assert_int_equal(alternatives("windash|contains|windash", "' -f '"), 5);
}

static void windash_keeps_what_other_modifiers_made(void **state)
{
    static const struct {
        const char *chain, *value, *event;
        bool matches;
    } CASES[] = {
        {"windash|contains", "' -F '", "{\"f\": \"cmd /f x\"}", true},
        {"cased|windash|contains", "' -F '", "{\"f\": \"cmd /f x\"}", false},
        {"cased|windash|contains", "' -F '", "{\"f\": \"cmd —F x\"}", true},
        {"startswith|windash", "-f", "{\"f\": \"/foo\"}", true},
        {"endswith|windash", "-f", "{\"f\": \"x /f\"}", true},
        {"contains|all|windash", "[' -a', ' -b']", "{\"f\": \"x /a —b\"}", true},
        {"contains|all|windash", "[' -a', ' -b']", "{\"f\": \"x /a\"}", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        RuleSet *set = load(CASES[i].chain, CASES[i].value, "{}");
        if (rule_cases_match(rule_cases_only(set), CASES[i].event) != CASES[i].matches)
            fail_msg("%s: %s and %s", CASES[i].chain, CASES[i].value, CASES[i].event);
        ruleset_free(set);
    }
}

static void sides_are_opened_once(void **state)
{
    static const struct {
        const char *chain, *value;
        GlobShape shape;
    } CASES[] = {
        {"contains", "x", GLOB_INFIX},          {"contains", "'*x*'", GLOB_INFIX},
        {"startswith", "x", GLOB_PREFIX},       {"startswith", "'x*'", GLOB_PREFIX},
        {"endswith", "x", GLOB_SUFFIX},         {"startswith|endswith", "x", GLOB_INFIX},
        {"contains", "''", GLOB_INFIX},         {"contains", "'a*b'", GLOB_GENERAL},
        {"contains", "'\\temp\\'", GLOB_INFIX},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        RuleSet *set = load(CASES[i].chain, CASES[i].value, "{}");
        const Test *test = rule_cases_only(set)->expr->test;
        if (test->glob_count != 1 || test->globs[0]->shape != CASES[i].shape)
            fail_msg("%s: %s", CASES[i].chain, CASES[i].value);
        ruleset_free(set);
    }
}

static void placeholders_are_filled_with_all_their_values(void **state)
{
    static const char MAP[] = "{name: [one, two], one: 1, stars: ['a*'], servers: [s1, s2, s3], "
                              "'a b': x, self: '%self%', two step: '%name%'}";
    static const struct {
        const char *value, *texts;
    } CASES[] = {
        {"'%name%'", "one two"},
        {"'x%name%y'", "xoney xtwoy"},
        {"'%name%-%servers%'", "one-s1 one-s2 one-s3 two-s1 two-s2 two-s3"},
        {"'%one%'", "1"},
        {"'%a b%'", "x"},
        {"'\\%plain%name%'", "%plainone %plaintwo"},
        {"'100\\%'", "100%"},
        {"'100%'", "100%"},
        {"'%%'", "%%"},
        {"plain", "plain"},
        {"'%two step%'", "one two"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        BUF_AUTO Buf out = buf_init(TEXT_BYTES_MAX);
        RuleSet *set = load("expand", CASES[i].value, MAP);
        append_exact(set, &out);
        if (strcmp(buf_text(&out, &err), CASES[i].texts) != 0)
            fail_msg("%s is '%s'", CASES[i].value, out.ptr);
        ruleset_free(set);
    }
    RuleSet *set = load("expand", "'%stars%'", MAP);
    assert_true(rule_cases_match(rule_cases_only(set), "{\"f\": \"abc\"}"));
    ruleset_free(set);
    set = load("re|expand", "'^%name%$'", MAP);
    assert_true(rule_cases_match(rule_cases_only(set), "{\"f\": \"two\"}"));
    assert_false(rule_cases_match(rule_cases_only(set), "{\"f\": \"twos\"}"));
    ruleset_free(set);
}

static void expect_refused(const char *chain, const char *value, const char *map, const char *text)
{
    RuleSet *set = load(chain, value, map);
    assert_int_equal(ruleset_count(set), 0);
    assert_int_equal(ruleset_error_count(set), 1);
    assert_string_equal(ruleset_problem(set, ruleset_problem_count(set) - 1)->text.ptr, text);
    ruleset_free(set);
}

static void placeholders_that_stand_for_nothing_refuse_the_rule(void **state)
{
    Error err = {0};
    BUF_AUTO Buf many = buf_init(TEXT_BYTES_MAX);
    (void)state;
    expect_refused("expand", "'%x%'", "{}", "nothing says what '%x%' stands for");
    expect_refused("expand", "'%x%'", "~", "nothing says what '%x%' stands for");
    expect_refused("expand", "'%x%'", "{X: 1}", "nothing says what '%x%' stands for");
    expect_refused("expand", "'%x%'", "{x: []}", "'%x%' stands for no value");
    expect_refused("expand", "'%x%'", "{x: ~}", "a value of '%x%' is nothing");
    expect_refused("expand", "'%x%'", "{x: {a: b}}", "a value of '%x%' is a map");
    expect_refused("expand", "'%x%'", "{x: [a, [b]]}", "a value of '%x%' is a list");
    expect_refused("expand", "'%x%'", "{x: '%x%'}", "too many placeholders, at '%x%'");
    support_ok(buf_printf(&many, &err, "{x: [a0"), &err);
    for (int i = 1; i < SIGMA_ALTERNATIVES_MAX + 1; i++)
        support_ok(buf_printf(&many, &err, ", a%d", i), &err);
    support_ok(buf_printf(&many, &err, "]}"), &err);
    expect_refused("expand", "'%x%'", buf_text(&many, &err),
                   "placeholders stand for more than 1024 values");
    expect_refused("expand", "'%x%%x%%x%%x%%x%%x%%x%%x%%x%%x%%x%'", "{x: [a, b]}",
                   "too many placeholders, at '%x%'");
}

static void texts_that_grow_beyond_measure_refuse_the_rule(void **state)
{
    (void)state;
    expect_refused("base64offset|contains", "''", "{}", "'base64offset' of an empty text");
    expect_refused("base64offset|base64offset|base64offset|base64offset|base64offset|base64offset|"
                   "base64offset|contains",
                   "foobar", "{}", "more than 1024 alternatives");
    expect_refused("wide|wide|wide|wide|wide|wide|wide|wide|wide|wide|wide|wide|wide|wide|wide",
                   "foobar", "{}", "the value becomes longer than 32768 bytes");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(base64offset_gives_the_three_spellings),
        cmocka_unit_test(windash_varies_the_dashes_that_begin_a_flag),
        cmocka_unit_test(windash_keeps_what_other_modifiers_made),
        cmocka_unit_test(sides_are_opened_once),
        cmocka_unit_test(placeholders_are_filled_with_all_their_values),
        cmocka_unit_test(placeholders_that_stand_for_nothing_refuse_the_rule),
        cmocka_unit_test(texts_that_grow_beyond_measure_refuse_the_rule),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
