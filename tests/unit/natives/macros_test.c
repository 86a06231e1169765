/* The macros that a statement names are there, those that they name as well, and no others. */
#include "natives/macros.h"

#include "natives/natives.h"
#include "support/support.h"

enum { CELL_BYTES = 256 };

static Engine *open_engine(void)
{
    Error err = {0};
    const EngineOptions options = {.memory_bytes = (uint64_t)256 << 20, .threads = 1};
    Engine *engine = engine_open(&options, &err);
    support_ok(engine && natives_register(engine, &err), &err);
    return engine;
}

static void assert_answer(Engine *engine, const char *sql, const char *expected)
{
    Error err = {0};
    bool row = false;
    BUF_AUTO Buf cell = buf_init(CELL_BYTES);
    EngineResult *result =
        macros_create(engine, str_of(sql), &err) ? engine_query(engine, sql, &err) : NULL;
    support_ok(result && engine_next(result, &row, &err) && row &&
                   engine_value(result, 0, ENGINE_TEXT, &cell, &err) && buf_text(&cell, &err),
               &err);
    engine_result_free(result);
    assert_string_equal(cell.ptr, expected);
}

/* Each of an engine that has no macros yet. */
static void a_macro_brings_those_that_it_names(void **state)
{
    static const struct {
        const char *sql, *expected;
    } CASES[] = {
        {"SELECT athena_interval_year_text(INTERVAL '14 months')", "1-2"},
        {"SELECT athena_readable(3661)", "1 hour, 1 minute, 1 second"},
        {"SELECT athena_log2(8)", "3.0"},
        {"SELECT athena_log10(100)", "2.0"},
        {"SELECT athena_lpad('7', 3, '0')", "007"},
        {"SELECT athena_rpad('7', 3, '0')", "700"},
        {"SELECT athena_split_most('a,b,c', ',', 2)[2]", "b,c"},
        {"SELECT athena_split_to_map('a=1', ',', '=')['a']", "1"},
        {"SELECT athena_url_host('https://h.example:8443/p?q=1')", "h.example"},
        {"SELECT athena_url_port('https://h.example:8443/p?q=1')", "8443"},
        {"SELECT athena_url_parameter('https://h.example/p?q=1', 'q')", "1"},
        {"SELECT athena_regexp_position('xaya', 'a', 1, 2)", "4"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Engine *engine = open_engine();
        assert_answer(engine, CASES[i].sql, CASES[i].expected);
        engine_close(engine);
    }
}

static void a_second_statement_names_them_again(void **state)
{
    Engine *engine = open_engine();
    (void)state;
    assert_answer(engine, "SELECT athena_lpad('7', 2, '0')", "07");
    assert_answer(engine, "SELECT athena_lpad('8', 2, '0') || athena_rpad('8', 2, '0')", "0880");
    engine_close(engine);
}

static void what_is_not_named_is_not_made(void **state)
{
    Error err = {0};
    Engine *engine = open_engine();
    (void)state;
    support_ok(macros_create(engine, STR("SELECT athena_lpad('athena_signs')"), &err), &err);
    assert_answer(engine,
                  "SELECT string_agg(function_name, ' ' ORDER BY function_name) FROM "
                  "duckdb_functions() WHERE function_type = 'macro' AND function_name LIKE "
                  "'athena!_%' ESCAPE '!'",
                  "athena_lpad athena_pad_check");
    engine_close(engine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_macro_brings_those_that_it_names),
        cmocka_unit_test(a_second_statement_names_them_again),
        cmocka_unit_test(what_is_not_named_is_not_made),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
