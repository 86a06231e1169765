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

static bool append(void *context, Str bytes, Error *err)
{
    return buf_append_str(context, bytes, err);
}

/* What *sql* gives; the number of its rows in *ret_rows*. False with *err*. */
static bool write_query(const char *sql, OutputOptions options, Buf *out, uint64_t *ret_rows,
                        Error *err)
{
    const OutputSink sink = {append, out};
    EngineResult *result = engine_query(engine, sql, err);
    support_ok(result != NULL, err);
    bool ok = output_write(result, &options, &sink, ret_rows, err);
    engine_result_free(result);
    support_ok(buf_text(out, err) != NULL, err);
    return ok;
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
                       "20  =cmd()  x?[2J\n"
                       "-3  ab      -1\n"},
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
        uint64_t rows;
        BUF_AUTO Buf text = buf_init(2000);
        support_ok(write_query(SQL, (OutputOptions){CASES[i].format, false, 3}, &text, &rows, &err),
                   &err);
        assert_int_equal(rows, 3);
        assert_string_equal(text.ptr, CASES[i].text);
    }
}

static void an_empty_json_result_is_an_empty_array(void **state)
{
    (void)state;
    Error err = {0};
    uint64_t rows;
    BUF_AUTO Buf text = buf_init(100);
    support_ok(write_query("SELECT 1 WHERE false", (OutputOptions){OUTPUT_JSON, false, 0}, &text,
                           &rows, &err),
               &err);
    assert_string_equal(text.ptr, "[]\n");
}

static void a_long_table_says_what_was_left_out(void **state)
{
    (void)state;
    Error err = {0};
    uint64_t rows;
    BUF_AUTO Buf text = buf_init(1 << 20);
    support_ok(write_query("SELECT repeat('x', 200) AS x FROM range(10005)",
                           (OutputOptions){OUTPUT_TABLE, false, 0}, &text, &rows, &err),
               &err);
    assert_int_equal(rows, 10005);
    assert_non_null(strstr(text.ptr, "... 5 more rows"));
    assert_non_null(strstr(text.ptr, "xxx...\n"));
}

static void more_rows_than_allowed_end_the_output_with_an_error(void **state)
{
    static const struct {
        OutputFormat format;
        const char *text;
    } CASES[] = {
        {OUTPUT_TABLE, "range\n-----\n    0\n    1\n"},
        {OUTPUT_CSV, "range\n0\n1\n"},
        {OUTPUT_JSONL, "{\"range\":0}\n{\"range\":1}\n"},
        {OUTPUT_JSON, "[\n{\"range\":0},\n{\"range\":1}"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        uint64_t rows;
        BUF_AUTO Buf text = buf_init(1000);
        assert_false(write_query("SELECT * FROM range(3)",
                                 (OutputOptions){CASES[i].format, false, 2}, &text, &rows, &err));
        assert_int_equal(err.kind, ERROR_LIMIT);
        assert_string_equal(err.text, "the result has more than 2 rows and ends here: query.rows "
                                      "allows no more");
        assert_int_equal(rows, 2);
        assert_string_equal(text.ptr, CASES[i].text);
    }
}

static bool refuse(void *context, Str bytes, Error *err)
{
    (void)bytes;
    ++*(int *)context;
    return error_set(err, ERROR_SYSTEM, "the disk is full");
}

static void a_sink_that_fails_ends_the_writing(void **state)
{
    (void)state;
    Error err = {0};
    int calls = 0;
    uint64_t rows;
    const OutputSink sink = {refuse, &calls};
    EngineResult *result = engine_query(engine, "SELECT * FROM range(1000000)", &err);
    support_ok(result != NULL, &err);
    assert_false(output_write(result, &(OutputOptions){OUTPUT_CSV, false, 0}, &sink, &rows, &err));
    engine_result_free(result);
    assert_int_equal(calls, 1);
    assert_string_equal(err.text, "the disk is full");
    assert_true(rows < 1000000);
}

static void control_characters_do_not_reach_a_terminal(void **state)
{
    char first[] = "a\x1b[2J\tb\n\x7f\xc2";
    char second[] = "\x9b\xc3\xa9";
    unsigned char last = 0;
    (void)state;
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
        cmocka_unit_test(an_empty_json_result_is_an_empty_array),
        cmocka_unit_test(a_long_table_says_what_was_left_out),
        cmocka_unit_test(more_rows_than_allowed_end_the_output_with_an_error),
        cmocka_unit_test(a_sink_that_fails_ends_the_writing),
        cmocka_unit_test(control_characters_do_not_reach_a_terminal),
        cmocka_unit_test(formats_have_words),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
