#include "query/saved.h"

#include <string.h>

#include "query/statement.h"
#include "support/support.h"

enum { ARENA_BYTES = 256 << 20, TEXT_BYTES = 1 << 20 };

static const char TEXT[] =
    "-- title: T\n-- question: Q?\n-- group: g\n"
    "-- parameter: who varchar -- a name\n"
    "-- parameter: days integer = 7 -- how many\n"
    "-- parameter: some varchar list = 'a', 'b' -- names -- and more\n"
    "-- parameter: free date list = NULL -- days\n"
    "-- parameter: since timestamp = TIMESTAMP '2024-01-01 00:00:00' -- when\n"
    "SELECT ':who', \":who\" -- :who\n"
    "FROM t WHERE a = :who AND b > :days AND c IN (:some) AND e IN (:free) AND d > "
    ":since\n";

static Saved read_saved(void)
{
    Error err = {0};
    Saved saved;
    support_ok(saved_read(STR("x"), str_of(TEXT), &saved, &err), &err);
    return saved;
}

static void assert_written(const SavedValue *values, size_t count, const char *expected)
{
    Error err = {0};
    BUF_AUTO Buf out = buf_init(TEXT_BYTES);
    Saved saved = read_saved();
    support_ok(saved_write(&saved, values, count, &out, &err) && buf_text(&out, &err), &err);
    assert_string_equal(out.ptr, expected);
}

static void values_are_written_as_literals(void **state)
{
    const SavedValue values[] = {{STR("who"), STR("o'neil' OR TRUE --")},
                                 {STR("some"), STR("x, y'z")},
                                 {STR("free"), STR("2024-05-09,,2024-05-20 ")},
                                 {STR("since"), STR("2025-02-03T04:05:06Z")}};
    (void)state;
    assert_written(
        values, 4,
        "SELECT ':who', \":who\" -- :who\n"
        "FROM t WHERE a = 'o''neil'' OR TRUE --' AND b > 7 AND c IN ('x', 'y''z') AND e "
        "IN (DATE '2024-05-09', DATE '2024-05-20') AND d > TIMESTAMP '2025-02-03 04:05:06'");
}

static void a_list_without_a_day_is_null(void **state)
{
    const SavedValue values[] = {{STR("who"), STR("a")}, {STR("free"), STR(" , ")}};
    (void)state;
    assert_written(values, 2,
                   "SELECT ':who', \":who\" -- :who\n"
                   "FROM t WHERE a = 'a' AND b > 7 AND c IN ('a', 'b') AND e IN (NULL) AND d > "
                   "TIMESTAMP '2024-01-01 00:00:00'");
}

static void assert_refused(SavedValue value, const char *words)
{
    Error err = {0};
    BUF_AUTO Buf out = buf_init(TEXT_BYTES);
    Saved saved = read_saved();
    const SavedValue values[] = {{STR("who"), STR("a")}, value};
    assert_false(saved_write(&saved, values, 2, &out, &err));
    if (!strstr(err.text, words))
        fail_msg("'%s' does not say '%s'", err.text, words);
}

static void wrong_values_are_refused(void **state)
{
    Error err = {0};
    BUF_AUTO Buf out = buf_init(TEXT_BYTES);
    Saved saved = read_saved();
    (void)state;
    assert_refused((SavedValue){STR("days"), STR("7; DROP")}, "days is an integer, not '7; DROP'");
    assert_refused((SavedValue){STR("since"), STR("soon")}, "parameter since");
    assert_refused((SavedValue){STR("free"), STR("2024-5-9")}, "parameter free: '2024-5-9' is no");
    assert_refused((SavedValue){STR("day"), STR("1")}, "no parameter 'day'");
    assert_false(saved_write(&saved, NULL, 0, &out, &err));
    assert_non_null(strstr(err.text, "parameter who must be given: -p who=... (a name)"));
}

static void a_text_that_is_none_is_refused(void **state)
{
    static const char *const CASES[] = {
        "SELECT 1", "-- title: t\n-- question: q\n-- group: g\n", "-- titel: t\nSELECT 1",
        "-- parameter: x money = 1 -- w\nSELECT 1", "-- parameter: x varchar = 'a'\nSELECT 1"};
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        Saved saved;
        assert_false(saved_read(STR("x"), str_of(CASES[i]), &saved, &err));
        assert_int_equal(err.kind, ERROR_INPUT);
    }
}

static void a_misspelt_name_finds_its_neighbour(void **state)
{
    Error err = {0};
    Saved saved;
    (void)state;
    assert_false(saved_find(STR("root-activty"), &saved, &err));
    assert_non_null(strstr(err.text, "did you mean 'root-activity'?"));
    error_clear(&err);
    support_ok(saved_find(STR("root-activity"), &saved, &err), &err);
    assert_true(saved.parameter_count == 1);
}

/* A value for a parameter that has no default. */
static Str example_of(Str type)
{
    return str_equal(type, STR("varchar")) ? STR("x") : STR("2024-01-01");
}

/* At least 60 of them, each of which is a statement that names and types take. */
static void all_queries_of_the_binary_are_statements(void **state)
{
    Saved saved;
    size_t count = 0;
    (void)state;
    for (; saved_at(count, &saved); count++) {
        Error err = {0};
        BUF_AUTO Buf sql = buf_init(TEXT_BYTES);
        SavedValue values[SAVED_PARAMETERS_MAX];
        size_t given = 0;
        for (uint32_t i = 0; i < saved.parameter_count; i++)
            if (!saved.parameters[i].standard.len)
                values[given++] =
                    (SavedValue){saved.parameters[i].name, example_of(saved.parameters[i].type)};
        support_ok(saved_write(&saved, values, given, &sql, &err), &err);
        Arena *arena = arena_new(ARENA_BYTES, &err);
        StatementStore *store = statement_store_new(&err);
        const Catalog *catalog = arena && store ? catalog_new(arena, &err) : NULL;
        support_ok(catalog != NULL, &err);
        const StatementInput input = {buf_str(&sql), catalog, store, arena};
        Statement statement;
        if (!statement_read(&input, &statement, NULL, &err))
            fail_msg("%.*s: %s", STR_ARG(saved.name), err.text);
        statement_store_free(store);
        arena_free(arena);
    }
    assert_true(count >= 60);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_written_as_literals),
        cmocka_unit_test(a_list_without_a_day_is_null),
        cmocka_unit_test(wrong_values_are_refused),
        cmocka_unit_test(a_text_that_is_none_is_refused),
        cmocka_unit_test(a_misspelt_name_finds_its_neighbour),
        cmocka_unit_test(all_queries_of_the_binary_are_statements),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
