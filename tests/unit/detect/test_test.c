#include "detect/test.h"

#include <math.h>
#include <stdlib.h>

#include "support/rule_cases.h"
#include "support/support.h"

enum { TEXT_BYTES_MAX = 1 << 22 };

static void numbers_have_one_text_however_they_are_written(void **state)
{
    static const struct {
        const char *json, *text;
    } CASES[] = {
        {"0", "0"},
        {"-1", "-1"},
        {"4625", "4625"},
        {"4625.0", "4625"},
        {"4.625e3", "4625"},
        {"46250E-1", "4625"},
        {"1.50", "1.5"},
        {"0.1", "0.1"},
        {"1e-7", "1e-07"},
        {"123456789012345678", "123456789012345678"},
        {"18446744073709551615", "1.8446744073709552e+19"},
        {"9007199254740993", "9007199254740993"},
        {"-9223372036854775807", "-9223372036854775807"},
        {"true", "true"},
        {"false", "false"},
        {"\"\\u0041\"", "A"},
        {"null", NULL},
        {"[]", NULL},
        {"{}", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        Str text = STR("?");
        BUF_AUTO Buf scratch = buf_init(1000);
        Arena *arena = arena_new(1 << 16, &err);
        const Json *value = json_read(str_of(CASES[i].json), NULL, arena, &err);
        support_ok(value != NULL, &err);
        bool ok = test_text_of(value, &scratch, &text);
        if (ok != (CASES[i].text != NULL) || (ok && !str_equal(text, str_of(CASES[i].text))))
            fail_msg("'%s' is '%.*s'", CASES[i].json, STR_ARG(text));
        arena_free(arena);
    }
}

static void decimal_texts_are_numbers_and_others_are_not(void **state)
{
    static const struct {
        const char *text;
        double number;
        bool whole;
    } NUMBERS[] = {
        {"0", 0, true},
        {"10", 10, true},
        {"-10", -10, true},
        {"007", 7, true},
        {"+5", 5, false},
        {"1.5", 1.5, false},
        {"-.5", -.5, false},
        {"5.", 5, false},
        {"1e3", 1000, false},
        {"1E+3", 1000, false},
        {"1e-2", .01, false},
        {"9223372036854775807", 9223372036854775807.0, true},
        {"9223372036854775808", 9223372036854775808.0, false},
    };
    static const char *const TEXTS[] = {
        "",     " ",
        "-",    "+",
        ".",    "-.",
        "e5",   "1e",
        "1e+",  "1.2.3",
        "0x17", "1_000",
        "1,5",  " 1",
        "1 ",   "--1",
        "inf",  "nan",
        "1f",   "1e5x",
        "1:30", "1111111111111111111111111111111111111111111111111111111111111111"};
    (void)state;
    for (size_t i = 0; i < sizeof NUMBERS / sizeof *NUMBERS; i++) {
        double number = -99;
        int64_t integer = -99;
        bool whole;
        if (!test_number_of(str_of(NUMBERS[i].text), &number, &integer, &whole) ||
            fabs(number - NUMBERS[i].number) > 1e-12 || whole != NUMBERS[i].whole ||
            integer != (whole ? (int64_t)strtoll(NUMBERS[i].text, NULL, 10) : 0))
            fail_msg("'%s' is %g", NUMBERS[i].text, number);
    }
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
        double number;
        int64_t integer;
        bool whole;
        if (test_number_of(str_of(TEXTS[i]), &number, &integer, &whole))
            fail_msg("'%s' is a number", TEXTS[i]);
    }
}

static bool matches(const char *search, const char *event)
{
    Error err = {0};
    BUF_AUTO Buf text = buf_init(TEXT_BYTES_MAX);
    support_ok(buf_printf(&text, &err,
                          "title: t\nlogsource: {product: aws}\ndetection:\n  a: %s\n"
                          "  condition: a\n",
                          search),
               &err);
    RuleSet *set = rule_cases_load(buf_str(&text));
    bool matches = rule_cases_match(rule_cases_only(set), event);
    ruleset_free(set);
    return matches;
}

static const struct {
    const char *search, *event;
    bool matches;
} CASES[] = {
    /* numbers */
    {"{f: 9007199254740993}", "{\"f\": 9007199254740993}", true},
    {"{f: 9007199254740993}", "{\"f\": 9007199254740992}", false},
    {"{f: 9007199254740993}", "{\"f\": \"9007199254740992\"}", false},
    {"{f: 1.5}", "{\"f\": \"1.50\"}", true},
    {"{f: 1}", "{\"f\": \"1.0\"}", true},
    {"{f: 1}", "{\"f\": \"01\"}", true},
    {"{f: 1}", "{\"f\": \"1x\"}", false},
    {"{f: 1}", "{\"f\": [0, [1]]}", true},
    {"{f: 1}", "{\"f\": {\"g\": 1}}", false},
    {"{f: 1}", "{\"f\": null}", false},
    {"{f: '1.5'}", "{\"f\": 1.50}", true},
    {"{f: '1e3'}", "{\"f\": 1e3}", false},
    {"{f: '1000'}", "{\"f\": 1e3}", true},
    {"{f|gte: -1.5}", "{\"f\": \"-1.5\"}", true},
    {"{f|gt: -1.5}", "{\"f\": \"-1.5\"}", false},
    {"{f|lt: 5}", "{\"f\": true}", false},
    {"{f|lt: 5}", "{\"f\": {\"g\": 1}}", false},
    {"{f|lt: 5}", "{\"f\": [9, 1]}", true},
    {"{f|lt: .inf}", "{\"f\": 1e308}", true},
    /* booleans */
    {"{f: true}", "{\"f\": \"TRUE\"}", true},
    {"{f: true}", "{\"f\": \"yes\"}", false},
    {"{f: false}", "{\"f\": 0}", false},
    {"{f: false}", "{\"f\": null}", false},
    {"{f: 'tr*'}", "{\"f\": true}", true},
    {"{f|re: '^false$'}", "{\"f\": false}", true},
    /* nothing */
    {"{f: ~}", "{\"f\": [null]}", false},
    {"{f: ~}", "{\"f\": {}}", false},
    {"{f.g: ~}", "{\"f\": [{\"g\": 1}, {\"g\": null}]}", true},
    {"{f.g: ~}", "{\"f\": []}", true},
    {"{f|exists: true}", "{\"f\": []}", true},
    {"{f.g|exists: false}", "{\"f\": {\"g\": null}}", false},
    {"{f|neq: ~}", "{}", false},
    {"{f|neq: ~}", "{\"f\": 0}", true},
    /* objects */
    {"{f|contains: '\"g\":1'}", "{\"f\": {\"g\": 1}}", true},
    {"{f|contains: '\"g\": 1'}", "{\"f\": {\"g\": 1}}", false},
    {"{f: '{}'}", "{\"f\": {}}", true},
    {"{f: x}", "{\"f\": {\"g\": [{\"h\": \"X\"}]}}", true},
    {"{f: g}", "{\"f\": {\"g\": 1}}", false},
    {"{f|re: '\"a\":.*\"b\"'}", "{\"f\": {\"a\": 1, \"b\": 2}}", true},
    {"{f|contains: '\"h\":1'}", "{\"f\": {\"g\": {\"h\": 1}}}", true},
    {"{f|contains: '\"h\":1'}", "{\"f\": [{\"h\": 1}]}", true},
    {"{f|cidr: 10.0.0.0/8}", "{\"f\": {\"g\": \"10.0.0.1\"}}", false},
    {"{f|cidr: 10.0.0.0/8}", "{\"f\": [\"x\", \"10.0.0.1\"]}", true},
    {"{f|cidr: 10.0.0.0/8}", "{\"f\": 10}", false},
    {"{f|hour: 5}", "{\"f\": {\"g\": \"2024-01-02T05:00Z\"}}", false},
    {"{f|hour: 5}", "{\"f\": [\"2024-01-02T05:00Z\"]}", true},
    {"{f|hour|gte: 5}", "{\"f\": 1704171600}", true},
    {"{f|hour|lt: 5}", "{\"f\": \"not a date\"}", false},
    /* other fields */
    {"{a|fieldref: b}", "{\"a\": \"ÄX\", \"b\": \"äx\"}", true},
    {"{a|fieldref|cased: b}", "{\"a\": \"ÄX\", \"b\": \"äx\"}", false},
    {"{a|fieldref: b}", "{\"a\": 1, \"b\": \"1\"}", true},
    {"{a|fieldref: b}", "{\"a\": 1.0, \"b\": 1}", true},
    {"{a|fieldref: b}", "{\"a\": true, \"b\": \"True\"}", true},
    {"{a|fieldref: b}", "{\"a\": null, \"b\": null}", false},
    {"{a|fieldref: b}", "{\"a\": {}, \"b\": {}}", false},
    {"{a|fieldref: b}", "{\"a\": [1, 2], \"b\": [[3], [2]]}", true},
    {"{a|fieldref: b}", "{\"a\": [1, 2], \"b\": [3]}", false},
    {"{a.x|fieldref: b.y}", "{\"a\": [{\"x\": 1}, {\"x\": 2}], \"b\": {\"y\": 2}}", true},
    {"{a|fieldref|contains: b}", "{\"a\": \"x\", \"b\": \"\"}", true},
    {"{a|fieldref|contains: b}", "{\"a\": \"x\", \"b\": \"xy\"}", false},
    {"{a|fieldref|startswith: b}", "{\"a\": \"XY\", \"b\": \"x\"}", true},
    {"{a|fieldref|endswith: b}", "{\"a\": \"XY\", \"b\": \"x\"}", false},
    {"{a|fieldref: a}", "{\"a\": \"x\"}", true},
    /* keywords */
    {"[x]", "{\"a\": {\"b\": [[{\"c\": \"aXb\"}]]}}", true},
    {"['\"c\"']", "{\"a\": {\"c\": 1}}", false},
    {"[12]", "{\"a\": 4123}", true},
    {"[tru]", "{\"a\": true}", true},
    {"['*']", "{\"a\": null}", false},
    {"['*']", "{\"a\": 0}", true},
    {"{'|startswith': x}", "{\"a\": \"ax\", \"b\": \"xa\"}", true},
    {"{'|startswith': x}", "{\"a\": \"ax\"}", false},
    /* characters, not bytes */
    {"{f: '?'}", "{\"f\": \"\\ud83d\\ude00\"}", true},
    {"{f: 'Ä*Ö'}", "{\"f\": \"äxö\"}", true},
    {"{f|contains: \"a\\0b\"}", "{\"f\": \"xA\\u0000B\"}", true},
    {"{f: a}", "{\"f\": \"a\\u0000\"}", false},
};

static void values_of_every_type_are_compared_as_specified(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        if (matches(CASES[i].search, CASES[i].event) != CASES[i].matches)
            fail_msg("%s and %s", CASES[i].search, CASES[i].event);
}

static void append(Buf *out, const char *part, int times)
{
    Error err = {0};
    for (int i = 0; i < times; i++)
        support_ok(buf_append_str(out, str_of(part), &err), &err);
}

static void values_are_looked_for_to_a_depth(void **state)
{
    Error err = {0};
    static const struct {
        const char *open, *close;
    } NESTS[] = {{"[", "]"}, {"{\"g\":", "}"}};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        BUF_AUTO Buf event = buf_init(TEXT_BYTES_MAX);
        append(&event, "{\"f\":", 1);
        append(&event, NESTS[i].open, 62);
        append(&event, "\"x\"", 1);
        append(&event, NESTS[i].close, 62);
        append(&event, "}", 1);
        assert_true(matches("{f: x}", buf_text(&event, &err)));
        assert_true(matches("[x]", event.ptr));
        assert_false(matches("{f: y}", event.ptr));
    }
}

static void hostile_events_end(void **state)
{
    Error err = {0};
    BUF_AUTO Buf event = buf_init(TEXT_BYTES_MAX);
    (void)state;
    append(&event, "{\"f\": [", 1);
    append(&event, "{\"g\": \"aaaa\"},", 20000);
    append(&event, "1], \"h\": \"", 1);
    append(&event, "a", 1 << 20);
    append(&event, "\"}", 1);
    assert_false(matches("{f.g: b}", buf_text(&event, &err)));
    assert_false(matches("{h: '*a*a*a*a*a*b*'}", event.ptr));
    assert_false(matches("{h|re: '(a+)+$b'}", event.ptr));
    assert_false(matches("[b]", event.ptr));
    assert_false(matches("{f|fieldref: h}", event.ptr));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_have_one_text_however_they_are_written),
        cmocka_unit_test(decimal_texts_are_numbers_and_others_are_not),
        cmocka_unit_test(values_of_every_type_are_compared_as_specified),
        cmocka_unit_test(values_are_looked_for_to_a_depth),
        cmocka_unit_test(hostile_events_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
