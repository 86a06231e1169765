#include "decode/text.h"

#include "support/support.h"

static void reads_times_in_the_forms_that_are_seen(void **state)
{
    static const struct {
        const char *text;
        int64_t us; /* -1: refused */
        bool strict;
    } CASES[] = {
        {"2023-07-10T11:42:36Z", 1688989356000000, true},
        {"1970-01-01T00:00:00Z", 0, true},
        {"2024-02-29T23:59:59Z", 1709251199000000, true},
        {"2023-02-29T00:00:00Z", -1, false},
        {"2023-13-01T00:00:00Z", -1, false},
        {"2023-01-00T00:00:00Z", -1, false},
        {"2023-01-01T24:00:00Z", -1, false},
        {"2023-01-01T00:60:00Z", -1, false},
        {"2023-01-01T00:00:0xZ", -1, false},
        {"20131102T010628Z", 1383354388000000, false},
        {"2023-07-10T11:42:36.123456789Z", 1688989356123456, false},
        {"2023-07-10T11:42:36+09:00", 1688956956000000, false},
        {"2023-07-10T11:42:36-0130", 1688994756000000, false},
        {"2023-07-10 11:42:36", 1688989356000000, false},
        {"2023-07-10T11:42:36.Z", -1, false},
        {"2023-07-10T11:42:36+9", -1, false},
        {"1688989356", 1688989356000000, false},
        {"1688989356.5", 1688989356500000, false},
        {"1688989356123", 1688989356123000, false},
        {"", -1, false},
        {"yesterday", -1, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        int64_t us = -1, strict = -1;
        bool any = text_time_any(str_of(CASES[i].text), &us);
        if (any != (CASES[i].us >= 0) || us != CASES[i].us)
            fail_msg("'%s' gave %lld", CASES[i].text, (long long)us);
        assert_int_equal(text_time(str_of(CASES[i].text), &strict), CASES[i].strict);
        if (CASES[i].strict) {
            char back[TEXT_TIME_BYTES];
            assert_int_equal(strict, CASES[i].us);
            text_time_format(us, back);
            assert_string_equal(back, CASES[i].text);
        }
    }
}

static void formats_every_day_back_as_it_was_read(void **state)
{
    (void)state;
    for (int64_t day = -800000; day < 800000; day += 97) {
        char text[TEXT_TIME_BYTES];
        int64_t us = day * 86400000000, back;
        text_time_format(us, text);
        if (text[0] == '-')
            continue;
        assert_true(text_time(str_of(text), &back));
        assert_int_equal(back, us);
    }
}

static void resolves_escapes(void **state)
{
    static const struct {
        const char *raw, *plain;
    } CASES[] = {
        {"abc", "abc"},
        {"", ""},
        {"\\\"\\\\\\/\\b\\f\\n\\r\\t", "\"\\/\b\f\n\r\t"},
        {"\\u0041\\u00e4\\u20ac\\ud83d\\ude00", "A\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"},
        {"x\\ud800y", "x\xef\xbf\xbdy"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        BUF_AUTO Buf text = buf_init(1000);
        Error err = {0};
        support_ok(text_unescape(&text, str_of(CASES[i].raw), &err), &err);
        assert_true(str_equal(buf_str(&text), str_of(CASES[i].plain)));
    }
}

static void tells_escapes_from_what_is_none(void **state)
{
    static const struct {
        const char *text;
        unsigned len;
        uint32_t code;
    } CASES[] = {
        {"\\n", 2, '\n'},
        {"\\u0041", 6, 'A'},
        {"\\ud83d\\ude00", 12, 0x1f600},
        {"\\ud83d\\u0041", 6, 0xd83d},
        {"\\udc00", 6, 0xdc00},
        {"\\x", 0, 0},
        {"\\u12", 0, 0},
        {"\\", 0, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        uint32_t code = 0;
        const char *text = CASES[i].text;
        assert_int_equal(text_escape(text, text + strlen(text), &code), CASES[i].len);
        assert_int_equal(code, CASES[i].code);
    }
}

static void checks_utf8_at_every_position(void **state)
{
    (void)state;
    for (size_t at = 0; at < 24; at++) {
        char text[32];
        memset(text, 'a', sizeof text);
        assert_true(text_utf8_valid(text, 24));
        memcpy(text + at, "\xe2\x82\xac", 3);
        assert_true(text_utf8_valid(text, at + 3));
        assert_false(text_utf8_valid(text, at + 2));
        text[at + 2] = 'a';
        assert_false(text_utf8_valid(text, 24 + 3));
    }
}

static void gives_one_spelling_to_equal_values(void **state)
{
    static const struct {
        const char *json, *canonical;
    } CASES[] = {
        {"{\"a\":[1,\"b\"]}", "{\"a\":[1,\"b\"]}"},
        {" { \"a\" :\n[ 1 , \"b c\" ] } ", "{\"a\":[1,\"b c\"]}"},
        {"{\"\\u0061\":\"\\/\\u00e4\\n\\\"\"}", "{\"a\":\"/\xc3\xa4\\n\\\"\"}"},
        {"\"\\\\\"", "\"\\\\\""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        BUF_AUTO Buf text = buf_init(1000);
        Error err = {0};
        support_ok(text_canonical(&text, str_of(CASES[i].json), &err), &err);
        assert_true(str_equal(buf_str(&text), str_of(CASES[i].canonical)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_times_in_the_forms_that_are_seen),
        cmocka_unit_test(formats_every_day_back_as_it_was_read),
        cmocka_unit_test(resolves_escapes),
        cmocka_unit_test(tells_escapes_from_what_is_none),
        cmocka_unit_test(checks_utf8_at_every_position),
        cmocka_unit_test(gives_one_spelling_to_equal_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
