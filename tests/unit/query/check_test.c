#include "support/support.h"

#include <string.h>

#include "query/check.h"

static Engine *engine;

static int begin(void **state)
{
    (void)state;
    Error err = {0};
    EngineOptions options = {.memory_bytes = 256 << 20, .threads = 1};
    engine = engine_open(&options, &err);
    support_ok(engine != NULL, &err);
    support_ok(engine_run(engine, "CREATE TABLE cloudtrail (eventname VARCHAR, n INTEGER[])", &err),
               &err);
    return 0;
}

static int end(void **state)
{
    (void)state;
    engine_close(engine);
    return 0;
}

static void reading_statements_pass(void **state)
{
    static const char *const CASES[] = {
        "SELECT 1",
        "  select count(*) from cloudtrail -- all",
        "WITH x AS (SELECT 1 AS a) SELECT * FROM x;",
        "VALUES (1), (2)",
        "FROM cloudtrail",
        "DESCRIBE cloudtrail",
        "DESCRIBE SELECT 1",
        "SUMMARIZE cloudtrail",
        "SHOW TABLES",
        "EXPLAIN SELECT 1",
        "explain analyze SELECT 1",
        "SELECT * FROM cloudtrail, unnest(n)",
        "SELECT * FROM range(10)",
        "SELECT 'read_csv(''x'')' AS \"a.b\"",
        "SELECT '/etc/passwd'",
        "SELECT * FROM json_each('{\"type\":\"TABLE_FUNCTION\"}')",
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        if (!check_statement(engine, str_of(CASES[i]), &err))
            fail_msg("'%s' was refused: %s", CASES[i], err.text);
    }
}

static void all_else_is_refused_with_its_reason(void **state)
{
    static const struct {
        const char *sql;
        const char *words;
    } CASES[] = {
        {"INSERT INTO cloudtrail VALUES ('x', NULL)", "only reading statements"},
        {"DROP TABLE cloudtrail", "only reading statements"},
        {"COPY cloudtrail TO '/tmp/x'", "only reading statements"},
        {"EXPLAIN ANALYZE COPY cloudtrail TO '/tmp/x'", "only reading statements"},
        {"EXPLAIN DROP TABLE cloudtrail", "only reading statements"},
        {"SET threads = 1", "only reading statements"},
        {"ATTACH 'x.db'", "only reading statements"},
        {"INSTALL httpfs", "only reading statements"},
        {"SELECT 1; SELECT 2", "one statement"},
        {"SELECT 1; DROP TABLE cloudtrail", "only reading statements"},
        {"", "one statement"},
        {"SELEC 1", "syntax error"},
        {"SELECT * FROM read_csv('/etc/passwd')", "'read_csv' is not within reach"},
        {"SELECT * FROM (SELECT 1) t, lateral (SELECT * FROM glob('*')) u", "'glob'"},
        {"SELECT (SELECT count(*) FROM read_text('/etc/passwd'))", "'read_text'"},
        {"WITH x AS (FROM read_parquet('a')) FROM x", "'read_parquet'"},
        {"SELECT * FROM query('SELECT 1')", "'query'"},
        {"SELECT * FROM duckdb_settings()", "'duckdb_settings'"},
        {"SELECT * FROM '/etc/passwd'", "files are not within reach"},
        {"SELECT * FROM \"a.parquet\"", "files are not within reach"},
        {"SELECT * FROM 'https://x/y.csv'", "files are not within reach"},
        {"SELECT * FROM cloudtrail WHERE eventname IN (SELECT x FROM 'a.csv')",
         "files are not within reach"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        if (check_statement(engine, str_of(CASES[i].sql), &err))
            fail_msg("'%s' was allowed", CASES[i].sql);
        assert_int_equal(err.kind, ERROR_USAGE);
        if (!strstr(err.text, CASES[i].words))
            fail_msg("'%s' said: %s", CASES[i].sql, err.text);
    }
}

static void an_endless_text_is_refused(void **state)
{
    (void)state;
    Error err = {0};
    assert_false(check_statement(engine, (Str){"x", CHECK_SQL_BYTES_MAX + 1}, &err));
    assert_int_equal(err.kind, ERROR_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reading_statements_pass),
        cmocka_unit_test(all_else_is_refused_with_its_reason),
        cmocka_unit_test(an_endless_text_is_refused),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
