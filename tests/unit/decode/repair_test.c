#include "decode/repair.h"

#include "base/json.h"
#include "decode/record.h"
#include "support/support.h"

static const struct {
    const char *raw, *text, *altered;
} CASES[] = {
    {"{\"a\":1}", "{\"a\":1}", ""},
    {"{\"a\":\"x\xffy\"}", "{\"a\":\"x\xef\xbf\xbdy\"}", "\"utf8:a\""},
    {"{\"a\":\"\\ud800\"}", "{\"a\":\"\\ufffd\"}", "\"surrogate:a\""},
    {"{\"a\":\"\\x\"}", "{\"a\":\"\\\\x\"}", "\"escape:a\""},
    {"{\"a\":\"\n\"}", "{\"a\":\"\\u000a\"}", "\"control:a\""},
    {"{\"a\":01,\"b\":NaN,\"c\":1e}", "{\"a\":\"01\",\"b\":\"NaN\",\"c\":\"1e\"}",
     "\"literal:a\",\"literal:b\",\"literal:c\""},
    {"{\"a\":-1.5E+3,\"b\":0,\"c\":null}", "{\"a\":-1.5E+3,\"b\":0,\"c\":null}", ""},
    {"{\"a\":}", "{\"a\":null}", "\"syntax:a\""},
    {"{\"a\":1,,\"b\":2,}", "{\"a\":1,\"b\":2}", ""},
    {"{\"a\" 1}", "{\"a\":1}", "\"syntax:a\""},
    {"{a:1}", "{\"a\":1}", "\"syntax:\""},
    {"{\"a\":[1}", "{\"a\":[1]}", "\"syntax:a\""},
    {"{\"a\":[1,{\"b\":[\"c\"", "{\"a\":[1,{\"b\":[\"c\"]}]}", "\"syntax:a\""},
    {"{\"a\":\"no end", "{\"a\":\"no end\"}", "\"syntax:a\""},
    {"{\"a\":\"\xff\",\"b\":\"\xff\xfe\"}",
     "{\"a\":\"\xef\xbf\xbd\",\"b\":\"\xef\xbf\xbd\xef\xbf\xbd\"}", "\"utf8:a\",\"utf8:b\""},
    {"{:::}", NULL, NULL},
    {"{]}", NULL, NULL},
    {"{", NULL, NULL},
};

static void check_strict(Str text, const char *name)
{
    static const JsonLimits LIMITS = {.depth_max = RECORD_DEPTH_MAX, .duplicates_allowed = true};
    Error err = {0};
    Arena *arena = arena_new(64 << 20, &err);
    if (!json_read(text, &LIMITS, arena, &err))
        fail_msg("'%s' became '%.*s': %s", name, STR_ARG(text), err.text);
    arena_free(arena);
}

static void makes_strict_json_of_anything(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        BUF_AUTO Buf text = buf_init(1 << 16), altered = buf_init(1 << 16);
        Error err = {0};
        support_ok(repair_record(str_of(CASES[i].raw), false, &text, &altered, &err), &err);
        check_strict(buf_str(&text), CASES[i].raw);
        if (!CASES[i].text)
            continue;
        assert_string_equal(buf_text(&text, &err), CASES[i].text);
        assert_string_equal(buf_text(&altered, &err), CASES[i].altered);
    }
}

static void makes_strict_json_of_random_bytes(void **state)
{
    static const char BYTES[] = "{}[]\",:\\u0d8e-1.tfn \n\xff\xc3\xa4";
    uint64_t seed = 11;
    (void)state;
    for (int round = 0; round < 20000; round++) {
        char raw[48] = "{";
        for (size_t i = 1; i + 1 < sizeof raw; i++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            raw[i] = BYTES[(seed >> 33) % (sizeof BYTES - 1)];
        }
        BUF_AUTO Buf text = buf_init(1 << 16), altered = buf_init(1 << 16);
        Error err = {0};
        support_ok(repair_record(str_of(raw), round % 2, &text, &altered, &err), &err);
        check_strict(buf_str(&text), raw);
    }
}

static void finds_the_end_of_a_value(void **state)
{
    static const struct {
        const char *text;
        int end; /* -1: none */
    } ENDS[] = {
        {"{}x", 2},   {"{\"}\":[]}x", 8}, {"[[1],{}]x", 8},   {"\"a\\\"b\"x", 6},
        {"{", -1},    {"\"abc", -1},      {"\"abc\\", -1},    {"123,", 3},
        {"true}", 4}, {"", -1},           {"{\"\\\"}\"}", 7}, {"}", 1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof ENDS / sizeof *ENDS; i++) {
        const char *text = ENDS[i].text, *end = repair_skip(text, text + strlen(text));
        assert_int_equal(end ? end - text : -1, ENDS[i].end);
    }
}

static void keeps_a_cut_record_small(void **state)
{
    BUF_AUTO Buf raw = buf_init(1 << 26), text = buf_init(1 << 26), altered = buf_init(1 << 16);
    Error err = {0};
    (void)state;
    support_ok(buf_append_str(&raw, STR("{\"userAgent\":["), &err), &err);
    while (raw.len < REPAIR_MEMBER_BYTES_MAX * 2)
        support_ok(buf_append_str(&raw, STR("[],"), &err), &err);
    support_ok(buf_append_str(&raw, STR("0]"), &err), &err);
    for (int i = 0; raw.len < 8 << 20; i++)
        support_ok(buf_printf(&raw, &err, ",\"new%d\":[[]]", i), &err);
    support_ok(buf_append_str(&raw, STR(",\"eventName\":\"Last\"}"), &err), &err);
    support_ok(repair_record(buf_str(&raw), true, &text, &altered, &err), &err);
    check_strict(buf_str(&text), "a long record");
    assert_true(text.len < REPAIR_UNKNOWN_BYTES_MAX + 1000);
    assert_true(str_ends(buf_str(&text), STR(",\"eventName\":\"Last\"}")));
    assert_non_null(strstr(buf_text(&altered, &err), "\"cut:userAgent\""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(makes_strict_json_of_anything),
        cmocka_unit_test(makes_strict_json_of_random_bytes),
        cmocka_unit_test(finds_the_end_of_a_value),
        cmocka_unit_test(keeps_a_cut_record_small),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
