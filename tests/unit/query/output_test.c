#include "support/support.h"

#include <string.h>

#include "query/output.h"

static Engine *engine;

static int begin(void **state)
{
    (void)state;
    Error err = {0};
    EngineOptions options = {.memory_bytes = 256 << 20, .threads = 1};
    engine = engine_open(&options, &err);
    support_ok(engine != NULL, &err);
    return 0;
}

static int end(void **state)
{
    (void)state;
    engine_close(engine);
    return 0;
}

static void a_result_is_written_in_each_format(void **state)
{
    static const char SQL[] =
        "SELECT * FROM (VALUES (1, 'a,\"b', NULL), (20, '=cmd()', 'x\x1b[2J'),"
        " (-3, 'ab', '-1')) t(n, \"a text\", o)";
    static const struct {
        OutputFormat format;
        const char *text;
    } CASES[] = {
        {OUTPUT_TABLE, " n  a text  o\n"
                       "--  ------  -----\n"
                       " 1  a,\"b    \n"
                       "20  =cmd()  x␛[2J\n"
                       "-3  ab      -1\n"},
        {OUTPUT_MARKDOWN, "| n | a text | o |\n"
                          "|---:|---|---|\n"
                          "| 1 | a,\"b |  |\n"
                          "| 20 | =cmd() | x␛\\[2J |\n"
                          "| -3 | ab | -1 |\n"},
        {OUTPUT_CSV, "n,a text,o\n"
                     "1,\"a,\"\"b\",\n"
                     "20,\"'=cmd()\",x\x1b[2J\n"
                     "-3,ab,\"'-1\"\n"},
        {OUTPUT_JSONL, "{\"n\":1,\"a text\":\"a,\\\"b\",\"o\":null}\n"
                       "{\"n\":20,\"a text\":\"=cmd()\",\"o\":\"x\\u001b[2J\"}\n"
                       "{\"n\":-3,\"a text\":\"ab\",\"o\":\"-1\"}\n"},
        {OUTPUT_JSON, "[\n{\"n\":1,\"a text\":\"a,\\\"b\",\"o\":null},\n"
                      "{\"n\":20,\"a text\":\"=cmd()\",\"o\":\"x\\u001b[2J\"},\n"
                      "{\"n\":-3,\"a text\":\"ab\",\"o\":\"-1\"}\n]\n"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        char text[2000] = "";
        uint64_t rows;
        FILE *out = fmemopen(text, sizeof text, "w");
        EngineResult *result = engine_query(engine, SQL, &err);
        support_ok(result != NULL, &err);
        support_ok(
            output_write(result, &(OutputStyle){.format = CASES[i].format}, out, &rows, &err),
            &err);
        engine_result_free(result);
        fclose(out);
        assert_int_equal(rows, 3);
        assert_string_equal(text, CASES[i].text);
    }
}

static void an_empty_result_is_an_empty_array_or_no_lines(void **state)
{
    static const struct {
        OutputFormat format;
        const char *text;
    } CASES[] = {{OUTPUT_JSON, "[]\n"}, {OUTPUT_JSONL, ""}, {OUTPUT_CSV, "x\n"}};
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        char text[100] = "";
        uint64_t rows;
        const OutputStyle style = {.format = CASES[i].format};
        FILE *out = fmemopen(text, sizeof text, "w");
        EngineResult *result = engine_query(engine, "SELECT 1 AS x WHERE false", &err);
        support_ok(output_write(result, &style, out, &rows, &err), &err);
        engine_result_free(result);
        fclose(out);
        assert_string_equal(text, CASES[i].text);
    }
}

static void a_long_table_says_what_was_left_out(void **state)
{
    (void)state;
    Error err = {0};
    static char text[1 << 21];
    uint64_t rows;
    FILE *out = fmemopen(text, sizeof text, "w");
    EngineResult *result =
        engine_query(engine, "SELECT repeat('x', 200) AS x, 1 AS y FROM range(10005)", &err);
    support_ok(output_write(result, &(OutputStyle){.format = OUTPUT_TABLE}, out, &rows, &err),
               &err);
    engine_result_free(result);
    fclose(out);
    assert_int_equal(rows, 10005);
    assert_non_null(strstr(text, "... 5 more rows"));
    assert_non_null(strstr(text, "xxx...  1\n"));
}

/* What draws "SELECT repeat('x', 200)" on a terminal of that width, or on none. */
static size_t width_drawn(unsigned width)
{
    Error err = {0};
    char text[1024] = {0};
    uint64_t rows;
    FILE *out = fmemopen(text, sizeof text, "w");
    EngineResult *result = engine_query(engine, "SELECT repeat('x', 200) AS x", &err);
    OutputStyle style = {.format = OUTPUT_TABLE, .width = width};
    support_ok(output_write(result, &style, out, &rows, &err), &err);
    engine_result_free(result);
    fclose(out);
    return strcspn(strrchr(text, 'x') + 1, "\n") +
           strspn(strchr(strchr(text, '\n') + 1, '\n') + 1, "x");
}

static void a_column_alone_has_the_whole_terminal(void **state)
{
    (void)state;
    assert_int_equal(width_drawn(0), 200);
    assert_int_equal(width_drawn(120), 120);
    assert_int_equal(width_drawn(40), 40);
}

static void more_rows_than_allowed_end_the_output_with_an_error(void **state)
{
    (void)state;
    static const OutputFormat FORMATS[] = {OUTPUT_CSV, OUTPUT_TABLE};
    for (size_t i = 0; i < 2; i++) {
        Error err = {0};
        char text[200] = "";
        uint64_t rows;
        FILE *out = fmemopen(text, sizeof text, "w");
        EngineResult *result = engine_query(engine, "SELECT 7 AS x FROM range(4)", &err);
        const OutputStyle style = {.format = FORMATS[i], .rows_max = 3};
        assert_false(output_write(result, &style, out, &rows, &err));
        engine_result_free(result);
        fclose(out);
        assert_int_equal(err.kind, ERROR_LIMIT);
        assert_non_null(strstr(err.text, "query.rows"));
        assert_string_equal(text, i ? "" : "x\n7\n7\n7\n");
    }
}

static void control_characters_do_not_reach_a_terminal(void **state)
{
    (void)state;
    char first[] = "a\x1b[2J\tb\n\r\xc2", second[] = "\x9b\xc3\xa9";
    unsigned char last = 0;
    output_clean(first, sizeof first - 1, &last);
    output_clean(second, sizeof second - 1, &last);
    assert_string_equal(first, "a?[2J\tb\n?\xc2");
    assert_string_equal(second, "\xb7\xc3\xa9");
}

static void formats_have_words(void **state)
{
    (void)state;
    assert_int_equal(output_format("csv"), OUTPUT_CSV);
    assert_int_equal(output_format("jsonl"), OUTPUT_JSONL);
    assert_int_equal(output_format("xml"), OUTPUT_FORMATS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_result_is_written_in_each_format),
        cmocka_unit_test(an_empty_result_is_an_empty_array_or_no_lines),
        cmocka_unit_test(a_long_table_says_what_was_left_out),
        cmocka_unit_test(a_column_alone_has_the_whole_terminal),
        cmocka_unit_test(more_rows_than_allowed_end_the_output_with_an_error),
        cmocka_unit_test(control_characters_do_not_reach_a_terminal),
        cmocka_unit_test(formats_have_words),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
