#include "base/yaml_scalar.h"

#include <math.h>

#include "support/support.h"

static Yaml resolve(const char *text)
{
    Yaml node = {.kind = YAML_TEXT, .text = str_of(text)};
    yaml_scalar_resolve(&node);
    return node;
}

static void words_of_nothing_are_null(void **state)
{
    static const char *const NULLS[] = {"", "~", "null", "Null", "NULL"};
    (void)state;
    for (size_t i = 0; i < sizeof NULLS / sizeof *NULLS; i++)
        if (resolve(NULLS[i]).kind != YAML_NULL_VALUE)
            fail_msg("'%s' is not null", NULLS[i]);
}

static void words_of_yes_and_no_are_booleans(void **state)
{
    static const char *const YES[] = {"yes",  "Yes", "YES", "true", "True",
                                      "TRUE", "on",  "On",  "ON"};
    static const char *const NO[] = {"no",    "No",  "NO",  "false", "False",
                                     "FALSE", "off", "Off", "OFF"};
    (void)state;
    for (size_t i = 0; i < sizeof YES / sizeof *YES; i++) {
        Yaml yes = resolve(YES[i]), no = resolve(NO[i]);
        if (yes.kind != YAML_BOOLEAN || !yes.boolean || no.kind != YAML_BOOLEAN || no.boolean)
            fail_msg("'%s' or '%s'", YES[i], NO[i]);
    }
}

static void integers_of_every_base_have_their_value(void **state)
{
    static const struct {
        const char *text;
        int64_t value;
    } INTEGERS[] = {
        {"0", 0},
        {"-0", 0},
        {"+5", 5},
        {"-17", -17},
        {"0x17", 23},
        {"0xFf", 255},
        {"-0x10", -16},
        {"0b101", 5},
        {"017", 15},
        {"00", 0},
        {"-017", -15},
        {"1_000", 1000},
        {"0x1_0", 16},
        {"12:30:45", 45045},
        {"1:0", 60},
        {"-1:30", -90},
        {"190:20:30", 685230},
        {"9223372036854775807", INT64_MAX},
        {"-9223372036854775807", -INT64_MAX},
        {"0x7fffffffffffffff", INT64_MAX},
    };
    (void)state;
    for (size_t i = 0; i < sizeof INTEGERS / sizeof *INTEGERS; i++) {
        Yaml node = resolve(INTEGERS[i].text);
        if (node.kind != YAML_INTEGER || node.integer != INTEGERS[i].value ||
            node.real != (double)INTEGERS[i].value)
            fail_msg("'%s' is %s %lld", INTEGERS[i].text, yaml_kind_name(&node),
                     (long long)node.integer);
    }
}

static void floats_need_a_point(void **state)
{
    static const struct {
        const char *text;
        double value;
    } FLOATS[] = {
        {"1.5", 1.5},
        {"-1.5", -1.5},
        {"1.", 1},
        {".5", .5},
        {"+.5", .5},
        {"1.5e+3", 1500},
        {"1.5E-1", .15},
        {"1_000.5", 1000.5},
        {".inf", (double)INFINITY},
        {"-.Inf", -(double)INFINITY},
        {"+.INF", (double)INFINITY},
    };
    (void)state;
    for (size_t i = 0; i < sizeof FLOATS / sizeof *FLOATS; i++) {
        Yaml node = resolve(FLOATS[i].text);
        if (node.kind != YAML_FLOAT || !(node.real >= FLOATS[i].value) ||
            node.real > FLOATS[i].value)
            fail_msg("'%s' is %s %g", FLOATS[i].text, yaml_kind_name(&node), node.real);
    }
    Yaml no_number = resolve(".nan");
    assert_true(no_number.kind == YAML_FLOAT && isnan(no_number.real));
}

static void days_and_times_are_dates(void **state)
{
    static const char *const DATES[] = {"2024-01-02", "2024-01-02T03:04:05Z", "2024-01-02 03:04:05",
                                        "2024-01-02t3:04:05.1+01:00", "9999-99-99"};
    (void)state;
    for (size_t i = 0; i < sizeof DATES / sizeof *DATES; i++)
        if (resolve(DATES[i]).kind != YAML_DATE)
            fail_msg("'%s' is no date", DATES[i]);
}

static void everything_else_stays_text(void **state)
{
    static const char *const TEXTS[] = {
        "y", "n", "Y", "tRue", "yEs", "nul", "NuLL", "~x",
        /* numbers that YAML 1.1 does not know */
        "08", "019", "0x", "0xg", "0b", "0b2", "0o17", "1e3", "1.5e3", "1e", "1.5e+", "-", "+", ".",
        "+.", "_1", "_1.5", "._5", "1.2.3", "1,000", "--1", "1-", " 1", "1 ", "9223372036854775808",
        "-9223372036854775808", "0x8000000000000000",
        "99999999999999999999999999999999999999999999999999999999999999999999.5",
        /* base 60 with parts that are none */
        "12:60", "12:345", "12:", ":30", "1::2", "0:30", "99999999999999999999:30",
        "9223372036854775807:59:59", "1:2:3:4:5:6:7:8:9:10:11:12:13:14",
        /* dates that go on otherwise */
        "2024-1-2", "2024-01-0", "2024-01-02x", "2024-01-02 was a day", "2024-01-02T", "2024-01",
        "2024/01/02", ".infinity", ".nAn", "inf", "arn:aws:iam::1:root", "10.0.0.0/8"};
    (void)state;
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
        Yaml node = resolve(TEXTS[i]);
        if (node.kind != YAML_TEXT)
            fail_msg("'%s' is %s", TEXTS[i], yaml_kind_name(&node));
        assert_string_equal(node.text.ptr, TEXTS[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_of_nothing_are_null),
        cmocka_unit_test(words_of_yes_and_no_are_booleans),
        cmocka_unit_test(integers_of_every_base_have_their_value),
        cmocka_unit_test(floats_need_a_point),
        cmocka_unit_test(days_and_times_are_dates),
        cmocka_unit_test(everything_else_stays_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
