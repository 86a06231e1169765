#include "support/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/engine.h"
#include "base/file.h"

static Engine *engine;

static int begin(void **state)
{
    (void)state;
    Error err = {0};
    EngineOptions options = {.memory_bytes = 256 << 20, .threads = 2};
    engine = engine_open(&options, &err);
    support_ok(engine != NULL, &err);
    return 0;
}

static int end(void **state)
{
    (void)state;
    engine_close(engine);
    support_folder_end();
    return 0;
}

/* The first value of the first row in a form; the caller frees the Buf. */
static Buf one(const char *sql, EngineForm form)
{
    Error err = {0};
    bool row;
    Buf out = buf_init(1 << 20);
    EngineResult *result = engine_query(engine, sql, &err);
    support_ok(result != NULL, &err);
    support_ok(engine_next(result, &row, &err), &err);
    assert_true(row);
    support_ok(engine_value(result, 0, form, &out, &err), &err);
    support_ok(buf_text(&out, &err) != NULL, &err);
    engine_result_free(result);
    return out;
}

static void every_type_has_a_text_and_a_json_form(void **state)
{
    static const struct {
        const char *sql;
        const char *text;
        const char *json;
    } CASES[] = {
        {"SELECT 1::TINYINT", "1", "1"},
        {"SELECT '-9223372036854775808'::BIGINT", "-9223372036854775808", "-9223372036854775808"},
        {"SELECT 18446744073709551615::UBIGINT", "18446744073709551615", "18446744073709551615"},
        {"SELECT '-170141183460469231731687303715884105728'::HUGEINT",
         "-170141183460469231731687303715884105728", "-170141183460469231731687303715884105728"},
        {"SELECT '340282366920938463463374607431768211455'::UHUGEINT",
         "340282366920938463463374607431768211455", "340282366920938463463374607431768211455"},
        {"SELECT 0.1::DOUBLE", "0.1", "0.1"},
        {"SELECT 0.1::FLOAT", "0.1", "0.1"},
        {"SELECT 'nan'::DOUBLE", "NaN", "\"NaN\""},
        {"SELECT '-inf'::DOUBLE", "-Infinity", "\"-Infinity\""},
        {"SELECT '-0.05'::DECIMAL(4,2)", "-0.05", "-0.05"},
        {"SELECT '12345678901234567890.123'::DECIMAL(38,3)", "12345678901234567890.123",
         "12345678901234567890.123"},
        {"SELECT true", "true", "true"},
        {"SELECT 'a\"b\\c' || chr(10)", "a\"b\\c\n", "\"a\\\"b\\\\c\\u000a\""},
        {"SELECT '\\x00\\xff'::BLOB", "00ff", "\"00ff\""},
        {"SELECT DATE '2026-11-24'", "2026-11-24", "\"2026-11-24\""},
        {"SELECT TIME '01:02:03.5'", "01:02:03.500000", "\"01:02:03.500000\""},
        {"SELECT TIMESTAMP '1969-12-31 23:59:59.5'", "1969-12-31 23:59:59.500000",
         "\"1969-12-31 23:59:59.500000\""},
        {"SELECT TIMESTAMP_MS '2026-11-24 10:35:00'", "2026-11-24 10:35:00",
         "\"2026-11-24 10:35:00\""},
        {"SELECT TIMESTAMPTZ '2026-11-24 10:35:00+09'", "2026-11-24 01:35:00+00",
         "\"2026-11-24 01:35:00+00\""},
        {"SELECT INTERVAL 3 DAY", "0 months 3 days 0.000000 seconds",
         "\"0 months 3 days 0.000000 seconds\""},
        {"SELECT 'f79c3e09-677c-4bbd-a479-3f349cb785e7'::UUID",
         "f79c3e09-677c-4bbd-a479-3f349cb785e7", "\"f79c3e09-677c-4bbd-a479-3f349cb785e7\""},
        {"SELECT 'b'::ENUM('a', 'b')", "b", "\"b\""},
        {"SELECT [1, NULL, 3]", "[1,null,3]", "[1,null,3]"},
        {"SELECT {'a': 'x', 'b': [DATE '2026-01-01']}", "{\"a\":\"x\",\"b\":[\"2026-01-01\"]}",
         "{\"a\":\"x\",\"b\":[\"2026-01-01\"]}"},
        {"SELECT MAP {1: 'x'}", "{\"1\":\"x\"}", "{\"1\":\"x\"}"},
        {"SELECT array_value(1, 2)", "[1,2]", "[1,2]"},
        {"SELECT NULL::INTEGER", "", "null"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        BUF_AUTO Buf text = one(CASES[i].sql, ENGINE_TEXT);
        BUF_AUTO Buf json = one(CASES[i].sql, ENGINE_JSON);
        assert_string_equal(text.ptr, CASES[i].text);
        assert_string_equal(json.ptr, CASES[i].json);
    }
}

static void a_wrong_query_gives_the_engines_words_on_one_line(void **state)
{
    (void)state;
    Error err = {0};
    assert_null(engine_query(engine, "SELECT nothing FROM nowhere", &err));
    assert_int_equal(err.kind, ERROR_USAGE);
    assert_non_null(strstr(err.text, "nowhere"));
    assert_null(strchr(err.text, '\n'));
    assert_null(engine_query(engine,
                             "SELECT sum(x) FROM (SELECT CAST(v AS INTEGER) AS x FROM "
                             "(VALUES ('1'), ('q')) t(v))",
                             &err));
}

static void rows_and_columns_are_walked(void **state)
{
    (void)state;
    Error err = {0};
    bool row;
    EngineResult *result =
        engine_query(engine, "SELECT range AS r, 'x' AS \"a b\", NULL AS n FROM range(5000)", &err);
    support_ok(result != NULL, &err);
    assert_int_equal(engine_columns(result), 3);
    assert_string_equal(engine_column_name(result, 1), "a b");
    assert_string_equal(engine_column_type(result, 0), "BIGINT");
    assert_true(engine_column_is_number(result, 0));
    assert_false(engine_column_is_number(result, 1));
    int rows = 0;
    while (engine_next(result, &row, &err) && row) {
        assert_true(engine_is_null(result, 2));
        assert_false(engine_is_null(result, 0));
        rows++;
    }
    assert_int_equal(rows, 5000);
    engine_result_free(result);
    engine_result_free(NULL);
}

static void whole_numbers_are_read(void **state)
{
    static const char SQL[] = "SELECT -5::BIGINT, 9223372036854775807, NULL, 2.5";
    Error err = {0};
    bool row;
    int64_t number;
    EngineResult *result = engine_query(engine, SQL, &err);
    (void)state;
    support_ok(result && engine_next(result, &row, &err) && row, &err);
    support_ok(engine_long(result, 0, &number, &err), &err);
    assert_int_equal(number, -5);
    support_ok(engine_long(result, 1, &number, &err), &err);
    assert_int_equal(number, INT64_MAX);
    assert_false(engine_long(result, 2, &number, &err));
    assert_false(engine_long(result, 3, &number, &err));
    assert_int_equal(err.kind, ERROR_SYSTEM);
    engine_result_free(result);
}

static void a_locked_engine_reads_its_folder_and_nothing_else(void **state)
{
    (void)state;
    Error err = {0};
    char inside[256], outside[256], sql[600];
    snprintf(inside, sizeof inside, "%s/in", support_folder());
    snprintf(outside, sizeof outside, "%s/secret.csv", support_folder());
    support_ok(file_make_folders(inside, &err), &err);
    support_ok(file_replace(outside, STR("a\n1\n"), &err), &err);
    EngineOptions options = {.memory_bytes = 256 << 20, .threads = 1};
    Engine *locked = engine_open(&options, &err);
    const char *folders[] = {inside};
    snprintf(sql, sizeof sql, "COPY (SELECT 7 AS x) TO '%s/t.parquet'", inside);
    support_ok(engine_run(locked, sql, &err), &err);
    support_ok(engine_lock(locked, folders, 1, &err), &err);
    snprintf(sql, sizeof sql, "SELECT x FROM read_parquet('%s/t.parquet')", inside);
    EngineResult *result = engine_query(locked, sql, &err);
    support_ok(result != NULL, &err);
    engine_result_free(result);
    static const char *const BEFORE[] = {"SELECT * FROM read_csv('", "SELECT * FROM '",
                                         "SELECT * FROM read_text('", "COPY (SELECT 1) TO '",
                                         "ATTACH '"};
    static const char *const BEHIND[] = {"')", "'", "')", ".out'", ".db'"};
    for (size_t i = 0; i < sizeof BEFORE / sizeof *BEFORE; i++) {
        snprintf(sql, sizeof sql, "%s%s%s", BEFORE[i], outside, BEHIND[i]);
        if ((result = engine_query(locked, sql, &err)))
            fail_msg("'%s' was allowed", sql);
    }
    static const char *const SETTINGS[] = {"SET enable_external_access = true",
                                           "SET lock_configuration = false",
                                           "SET memory_limit = '10 GiB'", "INSTALL httpfs"};
    for (size_t i = 0; i < sizeof SETTINGS / sizeof *SETTINGS; i++)
        assert_false(engine_run(locked, SETTINGS[i], &err));
    engine_close(locked);
}

static void count_call(void *context, double percent)
{
    unsigned *calls = context;
    *calls += percent <= 100;
}

static void what_is_spilled_has_a_ceiling(void **state)
{
    (void)state;
    Error err = {0};
    EngineOptions options = {.memory_bytes = 64 << 20,
                             .threads = 1,
                             .temp_folder = support_folder(),
                             .temp_bytes = 16 << 20};
    unsigned calls = 0;
    for (int watched = 0; watched < 2; watched++) {
        Engine *small = engine_open(&options, &err);
        support_ok(small != NULL, &err);
        engine_watch(small, watched ? count_call : NULL, &calls);
        EngineResult *result = engine_query(
            small, "SELECT count(DISTINCT md5(range::VARCHAR)) FROM range(5000000)", &err);
        engine_result_free(result);
        engine_close(small);
        assert_null(result);
        assert_int_equal(err.kind, ERROR_LIMIT);
        assert_non_null(strstr(err.text, "offload"));
        assert_non_null(strstr(err.text, "query.temp allows more"));
        error_clear(&err);
    }
}

static void a_watched_query_tells_how_far_it_is(void **state)
{
    (void)state;
    unsigned calls = 0;
    engine_watch(engine, count_call, &calls);
    Buf out = one("SELECT count(*) FROM range(40000) a, range(40000) b WHERE a.range + b.range > 5",
                  ENGINE_TEXT);
    engine_watch(engine, NULL, NULL);
    buf_free(&out);
    assert_true(calls > 0);
}

static void a_watched_query_fails_as_any_other(void **state)
{
    (void)state;
    Error plain = {0}, watched = {0};
    unsigned calls = 0;
    static const char SQL[] = "SELECT sum(('x' || range)::INT) FROM range(5)";
    assert_null(engine_query(engine, SQL, &plain));
    engine_watch(engine, count_call, &calls);
    assert_null(engine_query(engine, SQL, &watched));
    engine_watch(engine, NULL, NULL);
    assert_int_equal(watched.kind, plain.kind);
    assert_string_equal(watched.text, plain.text);
}

static void quoting_doubles_quotes(void **state)
{
    (void)state;
    Error err = {0};
    BUF_AUTO Buf out = buf_init(100);
    support_ok(engine_quote(&out, STR("it's ''"), &err), &err);
    assert_true(str_equal(buf_str(&out), STR("'it''s '''''")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_has_a_text_and_a_json_form),
        cmocka_unit_test(a_wrong_query_gives_the_engines_words_on_one_line),
        cmocka_unit_test(rows_and_columns_are_walked),
        cmocka_unit_test(whole_numbers_are_read),
        cmocka_unit_test(a_locked_engine_reads_its_folder_and_nothing_else),
        cmocka_unit_test(what_is_spilled_has_a_ceiling),
        cmocka_unit_test(a_watched_query_tells_how_far_it_is),
        cmocka_unit_test(a_watched_query_fails_as_any_other),
        cmocka_unit_test(quoting_doubles_quotes),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
