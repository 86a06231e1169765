#include "base/json.h"

#include "support/support.h"

typedef struct Case {
    const char *text;
    const char *expect; /* compact form, or NULL when it must be refused */
} Case;

static const Case CASES[] = {
    {"null", "null"},
    {" true ", "true"},
    {"\tfalse\r\n", "false"},
    {"0", "0"},
    {"-0", "-0"},
    {"12.50e+07", "12.50e+07"},
    {"123456789012345678901234567890", "123456789012345678901234567890"},
    {"1E5", "1E5"},
    {"01", NULL},
    {"-", NULL},
    {"+1", NULL},
    {".5", NULL},
    {"1.", NULL},
    {"1e", NULL},
    {"NaN", NULL},
    {"tru", NULL},
    {"", NULL},
    {" ", NULL},
    {"[]", "[]"},
    {"[1, 2 ,3]", "[1,2,3]"},
    {"[1,]", NULL},
    {"[,1]", NULL},
    {"[1 2]", NULL},
    {"[1", NULL},
    {"[1}", NULL},
    {"{}", "{}"},
    {"{\"a\" : {\"b\":[null]}}", "{\"a\":{\"b\":[null]}}"},
    {"{\"a\":1,}", NULL},
    {"{a:1}", NULL},
    {"{\"a\" 1}", NULL},
    {"{\"a\":1,\"a\":2}", NULL},
    {"{\"a\":1,\"\\u0061\":2}", NULL},
    {"{\"a\":1,\"b\":2,\"c\":3,\"d\":4,\"e\":5,\"f\":6,\"g\":7,\"h\":8,\"i\":9,\"j\":1,\"k\":2,"
     "\"l\":3,\"m\":4,\"b\":5}",
     NULL},
    {"\"a long plain text with a quote \\\" far behind\"",
     "\"a long plain text with a quote \\\" far behind\""},
    {"\"sixteen bytes ..\ncontrol\"", NULL},
    {"\"sixteen bytes ..\xff\"", NULL},
    {"1 2", NULL},
    {"\"\"", "\"\""},
    {"\"\\u0041\\/\\n\\\"\"", "\"A/\\n\\\"\""},
    {"\"\\ud83d\\ude00\"", "\"\xf0\x9f\x98\x80\""},
    {"\"\\ud83d\"", NULL},
    {"\"\\ud83d\\u0041\"", NULL},
    {"\"\\ude00\"", NULL},
    {"\"\\u12\"", NULL},
    {"\"\\x\"", NULL},
    {"\"\\", NULL},
    {"\"a", NULL},
    {"\"a\nb\"", NULL},
    {"\"\xc3\xa4\"", "\"\xc3\xa4\""},
    {"\"\xc3\"", NULL},
    {"\"\xc0\xaf\"", NULL},
    {"\"\xed\xa0\x80\"", NULL},
    {"\"\xf4\x90\x80\x80\"", NULL},
    {"\xef\xbb\xbf{}", NULL},
};

static void reads_valid_and_refuses_invalid_documents(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        Arena *arena = arena_new(1 << 20, &err);
        const Json *tree = json_read(str_of(CASES[i].text), NULL, arena, &err);
        if (!tree != !CASES[i].expect)
            fail_msg("'%s': %s", CASES[i].text, tree ? "was read" : err.text);
        BUF_AUTO Buf out = buf_init(1 << 16);
        if (tree) {
            support_ok(json_append(&out, tree, &err), &err);
            assert_string_equal(buf_text(&out, &err), CASES[i].expect);
        } else {
            assert_int_equal(err.kind, ERROR_INPUT);
        }
        arena_free(arena);
    }
}

static void stops_at_the_depth_ceiling(void **state)
{
    (void)state;
    Error err = {0};
    Arena *arena = arena_new(1 << 20, &err);
    JsonLimits limits = {.depth_max = 3};
    assert_non_null(json_read(STR("[[[1]]]"), &limits, arena, &err));
    assert_null(json_read(STR("[[[[1]]]]"), &limits, arena, &err));
    assert_int_equal(err.kind, ERROR_LIMIT);
    limits.depth_max = 100000;
    char deep[1000];
    memset(deep, '[', sizeof deep);
    assert_null(json_read((Str){deep, sizeof deep}, &limits, arena, &err));
    assert_int_equal(err.kind, ERROR_LIMIT);
    arena_free(arena);
}

static void finds_members_and_marks_shadowed_ones(void **state)
{
    (void)state;
    Error err = {0};
    Arena *arena = arena_new(1 << 20, &err);
    JsonLimits limits = {.depth_max = 9, .duplicates_allowed = true};
    Str text = STR("{\"a\":1,\"b\":{\"c\":\"x\"},\"a\":-2,\"d\":9223372036854775808}");
    const Json *tree = json_read(text, &limits, arena, &err);
    assert_non_null(tree);
    int64_t number = 0;
    assert_true(json_int(json_member(tree, STR("a")), &number));
    assert_int_equal(number, -2);
    assert_true(tree->first->shadowed);
    assert_true(str_equal(json_text(json_path(tree, STR("b.c")), STR("")), STR("x")));
    assert_true(str_equal(json_member(tree, STR("b"))->raw, STR("{\"c\":\"x\"}")));
    assert_false(json_int(json_member(tree, STR("d")), &number));
    assert_null(json_path(tree, STR("b.d")));
    arena_free(arena);
}

static void compares_as_values(void **state)
{
    static const struct {
        const char *a, *b;
        bool equal;
    } PAIRS[] = {
        {"{\"a\":1,\"b\":[2]}", "{\"b\":[2],\"a\":1}", true},
        {"{\"a\":1}", "{\"a\":1,\"b\":null}", false},
        {"{\"a\":1}", "{\"b\":1}", false},
        {"[1,2]", "[2,1]", false},
        {"\"\\u0041\"", "\"A\"", true},
        {"1.0", "1", false},
        {"null", "false", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof PAIRS / sizeof *PAIRS; i++) {
        Error err = {0};
        Arena *arena = arena_new(1 << 20, &err);
        const Json *a = json_read(str_of(PAIRS[i].a), NULL, arena, &err);
        const Json *b = json_read(str_of(PAIRS[i].b), NULL, arena, &err);
        assert_true(json_equal(a, b) == PAIRS[i].equal);
        arena_free(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_valid_and_refuses_invalid_documents),
        cmocka_unit_test(stops_at_the_depth_ceiling),
        cmocka_unit_test(finds_members_and_marks_shadowed_ones),
        cmocka_unit_test(compares_as_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
