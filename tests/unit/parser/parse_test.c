#include "parser/parse.h"
#include "parser/parser.h"
#include "support/support.h"

#include <string.h>

enum { SQL_BYTES_MAX = PARSER_SQL_BYTES_MAX };

static Arena *arena;

static int begin(void **state)
{
    Error err = {0};
    (void)state;
    arena = arena_new(PARSER_ARENA_BYTES, &err);
    return arena == NULL;
}

static int end(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

/* *before*, *repeated* so many times, *middle*, *closing* as often, *after*. */
typedef struct Nest {
    const char *before, *repeated, *middle, *closing, *after;
} Nest;

static void build(const Nest *nest, unsigned times, Buf *sql)
{
    Error err = {0};
    bool ok = buf_append_str(sql, str_of(nest->before), &err);
    for (unsigned i = 0; ok && i < times; i++)
        ok = buf_append_str(sql, str_of(nest->repeated), &err);
    ok = ok && buf_append_str(sql, str_of(nest->middle), &err);
    for (unsigned i = 0; ok && i < times; i++)
        ok = buf_append_str(sql, str_of(nest->closing), &err);
    ok = ok && buf_append_str(sql, str_of(nest->after), &err);
    support_ok(ok, &err);
}

static bool read(const Nest *nest, unsigned times, ParserStatement *ret, Error *err)
{
    BUF_AUTO Buf sql = buf_init(SQL_BYTES_MAX);
    build(nest, times, &sql);
    arena_reset(arena);
    bool ok = parser_read(buf_str(&sql), arena, ret, NULL, err);
    assert_true(!ok || ast_check(ret->root, err));
    return ok;
}

static const Nest NESTS[] = {
    {"SELECT ", "(", "1", ")", ""},
    {"SELECT ", "(1, ", "1", ")", ""},
    {"SELECT ", "- ", "1", "", ""},
    {"SELECT ", "NOT ", "a", "", ""},
    {"SELECT ", "f(", "a", ")", ""},
    {"SELECT ", "a[", "1", "]", ""},
    {"SELECT ", "x -> ", "x", "", ""},
    {"SELECT ", "ARRAY[", "1", "]", ""},
    {"SELECT ", "CASE WHEN a THEN ", "1", " END", ""},
    {"SELECT ", "CAST(", "1", " AS int)", ""},
    {"SELECT ", "trim(", "a", ")", ""},
    {"SELECT ", "extract(day FROM ", "a", ")", ""},
    {"SELECT ", "trim(a FROM ", "a", ")", ""},
    {"SELECT ", "position(a IN ", "a", ")", ""},
    {"SELECT ", "position(", "a", " IN a)", ""},
    {"SELECT ", "substring(", "a", " FROM 1)", ""},
    {"SELECT ", "normalize(", "a", ")", ""},
    {"SELECT ", "listagg(", "a", ") WITHIN GROUP (ORDER BY a)", ""},
    {"SELECT ", "a LIKE f(", "a", ")", ""},
    {"SELECT ", "a BETWEEN 1 AND f(", "a", ")", ""},
    {"SELECT ", "a IN (", "1", ")", ""},
    {"SELECT ", "json_array(", "1", ")", ""},
    {"SELECT ", "json_value(", "a", ", '$')", ""},
    {"SELECT ", "json_value(a, '$' DEFAULT ", "a", " ON EMPTY)", ""},
    {"SELECT ", "json_object(a: ", "1", ")", ""},
    {"SELECT ", "count(*) FILTER (WHERE ", "a", ")", ""},
    {"SELECT 1 GROUP BY ", "f(", "a", ")", ""},
    {"SELECT 1 GROUP BY ROLLUP (", "f(", "a", ")", ")"},
    {"SELECT 1 FROM a FOR VERSION AS OF ", "trim(", "a", ")", ""},
    {"SELECT 1 FROM a TABLESAMPLE SYSTEM (", "f(", "a", ")", ")"},
    {"EXECUTE a USING ", "f(", "a", ")", ""},
    {"SELECT ", "sum(a) OVER (ORDER BY ", "1", ")", ""},
    {"SELECT ", "(SELECT ", "1", ")", ""},
    {"SELECT ", "EXISTS (SELECT ", "1", ")", ""},
    {"SELECT ", "a = ANY (SELECT ", "1", ")", ""},
    {"", "(", "SELECT 1", ")", ""},
    {"", "WITH a AS (", "SELECT 1", ") SELECT 1", ""},
    {"SELECT 1 FROM ", "(", "a", ")", ""},
    {"SELECT 1 FROM ", "(SELECT 1 FROM ", "a", ")", ""},
    {"SELECT 1 FROM ", "LATERAL (SELECT 1 FROM ", "a", ")", ""},
    {"SELECT 1 FROM ", "a JOIN ", "b", " ON c", ""},
    {"SELECT CAST(a AS ", "array(", "int", ")", ")"},
    {"SELECT CAST(a AS ", "array<", "int", ">", ")"},
    {"SELECT CAST(a AS ", "row(a ", "int", ")", ")"},
};

static void what_is_nested_within_reason_is_taken(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof NESTS / sizeof *NESTS; i++) {
        Error err = {0};
        ParserStatement statement;
        if (!read(&NESTS[i], 60, &statement, &err))
            fail_msg("%s: %s", NESTS[i].repeated, err.text);
    }
}

static void what_is_nested_too_deep_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof NESTS / sizeof *NESTS; i++) {
        Error err = {0};
        ParserStatement statement;
        size_t step = strlen(NESTS[i].repeated) + strlen(NESTS[i].closing);
        unsigned most = (unsigned)((SQL_BYTES_MAX - 100) / step);
        for (unsigned times = PARSER_NESTING_MAX + 1; times; times = times < most ? most : 0) {
            assert_false(read(&NESTS[i], times, &statement, &err));
            assert_int_equal(err.kind, ERROR_USAGE);
            if (!strstr(err.text, "nested deeper than 200 levels"))
                fail_msg("%s: %s", NESTS[i].repeated, err.text);
        }
    }
}

/* What grows to the right without nesting is no deeper for it, or has a ceiling, too. */
static void long_chains_are_flat(void **state)
{
    static const Nest CHAINS[] = {
        {"SELECT a", " OR a = 1", "", "", ""},
        {"SELECT a", " AND a", "", "", ""},
        {"SELECT 1", " + 1", "", "", ""},
        {"SELECT a", " || 'x'", "", "", ""},
        {"SELECT 1", " UNION ALL SELECT 1", "", "", ""},
        {"SELECT 1", " INTERSECT SELECT 1", "", "", ""},
        {"SELECT 1", ", 1", "", "", ""},
        {"SELECT 1 FROM t", ", t", "", "", ""},
        {"VALUES 1", ", (1, 2)", "", "", ""},
        {"SELECT a IN (1", ", 1", ")", "", ""},
        {"SELECT CASE", " WHEN a THEN b", " END", "", ""},
        {"SELECT 1 GROUP BY a", ", (a, b)", "", "", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CHAINS / sizeof *CHAINS; i++) {
        Error err = {0};
        ParserStatement statement;
        if (!read(&CHAINS[i], 10000, &statement, &err))
            fail_msg("%s: %s", CHAINS[i].repeated, err.text);
        assert_true(statement.root->height < 10);
    }
}

static void chains_that_grow_a_tree_have_a_ceiling(void **state)
{
    static const Nest CHAINS[] = {
        {"SELECT a", " + 1 - 1", "", "", ""},
        {"SELECT a", ".b", "", "", ""},
        {"SELECT a", "[1]", "", "", ""},
        {"SELECT 1 FROM a", " CROSS JOIN a", "", "", ""},
        {"SELECT 1", " UNION SELECT 1 EXCEPT SELECT 1", "", "", ""},
        {"SELECT a", " AT TIME ZONE 'UTC'", "", "", ""},
        {"SELECT CAST(a AS int", " array", ")", "", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CHAINS / sizeof *CHAINS; i++) {
        Error err = {0};
        ParserStatement statement;
        if (!read(&CHAINS[i], 600, &statement, &err))
            fail_msg("%s: %s", CHAINS[i].repeated, err.text);
        assert_true(statement.root->height <= AST_HEIGHT_MAX);
        assert_false(read(&CHAINS[i], 5000, &statement, &err));
        assert_int_equal(err.kind, ERROR_USAGE);
        if (!strstr(err.text, "has more than 1500 steps"))
            fail_msg("%s: %s", CHAINS[i].repeated, err.text);
    }
}

/* Trees that are as large as a statement allows fit the arena that the header promises. */
static void any_statement_fits_the_arena(void **state)
{
    static const Nest WIDEST[] = {
        {"SELECT a", ",a", "", "", ""},
        {"SELECT A", ",A", "", "", ""},
        {"SELECT *", ",*", "", "", ""},
        {"SELECT ?", ",?", "", "", ""},
        {"SELECT 1", ",1", "", "", ""},
        {"SELECT 1.", ",1.", "", "", ""},
        {"SELECT a", "+a", "", "", ""},
        {"SELECT 1 FROM a", ",a", "", "", ""},
        {"SELECT 1 FROM a", ",a b", "", "", ""},
        {"SELECT 1 GROUP BY a", ",()", "", "", ""},
        {"SELECT 1 ORDER BY a", ",a", "", "", ""},
        {"SELECT f(-a", ",-a", ")", "", ""},
        {"SELECT a b", ",a b", "", "", ""},
        {"SELECT a", ",f()", "", "", ""},
        {"SELECT a", ",x->-x", "", "", ""},
        {"SELECT a", ",-+-+a[-1]", "", "", ""},
        {"SELECT 1 FROM a", ",a b(c)", "", "", ""},
        {"SELECT a", ",'a''b'", "", "", ""},
    };
    size_t most = 0;
    (void)state;
    for (size_t i = 0; i < sizeof WIDEST / sizeof *WIDEST; i++) {
        Error err = {0};
        ParserStatement statement;
        unsigned times = (unsigned)((SQL_BYTES_MAX - 30) / strlen(WIDEST[i].repeated));
        if (!read(&WIDEST[i], times, &statement, &err))
            fail_msg("%s: %s", WIDEST[i].repeated, err.text);
        if (arena_used(arena) > most)
            most = arena_used(arena);
    }
    print_message("at most %zu MiB of %d\n", most >> 20, PARSER_ARENA_BYTES >> 20);
    assert_true(most <= PARSER_ARENA_BYTES / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_nested_within_reason_is_taken),
        cmocka_unit_test(what_is_nested_too_deep_is_refused),
        cmocka_unit_test(long_chains_are_flat),
        cmocka_unit_test(chains_that_grow_a_tree_have_a_ceiling),
        cmocka_unit_test(any_statement_fits_the_arena),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
