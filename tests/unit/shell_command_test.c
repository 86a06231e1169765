#include "support/support.h"

#include "shell_command.h"

static Arena *arena;
static const Catalog *catalog;
static ShellAnswer answer;
static bool quits;
static Buf sql;

static int begin(void **state)
{
    (void)state;
    Error err = {0};
    arena = arena_new(4 << 20, &err);
    catalog = catalog_new(arena, &err);
    support_ok(catalog != NULL, &err);
    sql = buf_init(1 << 20);
    return 0;
}

static int end(void **state)
{
    (void)state;
    buf_free(&sql);
    arena_free(arena);
    support_folder_end();
    return 0;
}

static bool run(const char *line, Error *err)
{
    const ShellCommandInput input = {&answer, catalog, &quits, &sql};
    sql.len = 0;
    error_clear(err);
    bool ok = shell_command_run(&input, str_of(line), err);
    Error later = {0};
    support_ok(buf_text(&sql, &later) != NULL, &later);
    return ok;
}

static void commands_change_how_results_are_written(void **state)
{
    (void)state;
    Error err = {0};
    support_ok(run(".mode csv", &err), &err);
    assert_int_equal(answer.format, OUTPUT_CSV);
    support_ok(run("  .timer   ON ", &err), &err);
    assert_true(answer.timer);
    support_ok(run(".timer off", &err), &err);
    assert_false(answer.timer);
    support_ok(run(".wide on", &err), &err);
    assert_true(answer.wide);
    support_ok(run(".mode parquet '/no such/folder/a b'", &err), &err);
    assert_string_equal(answer.parquet, "/no such/folder/a b");
    support_ok(run(".mode table", &err), &err);
    assert_string_equal(answer.parquet, "");
}

static void a_saved_query_becomes_a_statement(void **state)
{
    (void)state;
    Error err = {0};
    support_ok(run(".saved root-activity account='a \"b'", &err), &err);
    assert_non_null(strstr(sql.ptr, "'a \"b'"));
    support_ok(run(".saved root-activity \"account=it's\"", &err), &err);
    assert_non_null(strstr(sql.ptr, "'it''s'"));
    assert_false(run(".saved root-activity nothing=1", &err));
    assert_int_equal(err.kind, ERROR_USAGE);
}

static void what_is_wrong_is_said(void **state)
{
    static const char *const CASES[][2] = {
        {".moed csv", "'.moed' is no command; did you mean .mode?"},
        {".nonsense", "'.nonsense' is no command; .help lists them"},
        {".mode xml", "'xml' is no mode: table, markdown, csv, json, jsonl or parquet FILE"},
        {".mode parquet", "Parquet needs a file: .mode parquet FILE"},
        {".mode parquet /", "'/' is there already"},
        {".timer maybe", "expected on or off, not 'maybe'"},
        {".schema cloudtral", "no table 'cloudtral'; did you mean 'cloudtrail'?"},
        {".schema nothing_like_it", "no table 'nothing_like_it'; .tables lists them"},
        {".tables now", "it is .tables "},
        {".saved 'a", "a quote is not closed"},
        {".saved 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19", "too many words"},
        {".output /no such", "it is .output [FILE]"},
        {".output '/no such/file'", "cannot create '/no such/file': No such file or directory"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        assert_false(run(CASES[i][0], &err));
        assert_string_equal(err.text, CASES[i][1]);
    }
}

static void quitting_is_told(void **state)
{
    static const char *const LINES[] = {".quit", ".exit"};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        Error err = {0};
        quits = false;
        support_ok(run(LINES[i], &err), &err);
        assert_true(quits);
    }
}

static void each_command_has_its_name(void **state)
{
    (void)state;
    size_t count = 0;
    for (const char *name; (name = shell_command_name(count)) != NULL; count++)
        assert_int_equal(name[0], '.');
    assert_int_equal(count, 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commands_change_how_results_are_written),
        cmocka_unit_test(a_saved_query_becomes_a_statement),
        cmocka_unit_test(what_is_wrong_is_said),
        cmocka_unit_test(quitting_is_told),
        cmocka_unit_test(each_command_has_its_name),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
