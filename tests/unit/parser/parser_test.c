#include "base/fault.h"
#include "parser/parser.h"
#include "support/parse_cases.h"
#include "support/support.h"

#include <string.h>

static void statements_are_read_or_refused(void **state)
{
    (void)state;
    assert_parse_cases("unit/parser/parser.txt", 75);
}

static void parameters_are_counted(void **state)
{
    Error err = {0};
    ParserStatement statement;
    Arena *arena = arena_new(PARSER_ARENA_BYTES, &err);
    (void)state;
    support_ok(parser_read(STR("SELECT ?, (SELECT ? FROM t LIMIT ?) FROM u WHERE a IN (?, '?')"),
                           arena, &statement, NULL, &err),
               &err);
    assert_int_equal(statement.parameters, 4);
    arena_free(arena);
}

/* A node's place is where it stands. */
static void nodes_know_their_place(void **state)
{
    static const struct {
        AstKind kind;
        const char *text;
    } CASES[] = {
        {AST_QUERY, "SELECT a AS x, f(b)[1] FROM s.t AS u WHERE (c) = 'd' ORDER BY 1 DESC"},
        {AST_SELECT, "SELECT a AS x, f(b)[1] FROM s.t AS u WHERE (c) = 'd'"},
        {AST_ITEM, "a AS x"},
        {AST_NAME, "x"},
        {AST_SUBSCRIPT, "f(b)[1]"},
        {AST_CALL, "f(b)"},
        {AST_FROM, "FROM s.t AS u"},
        {AST_ALIAS, "s.t AS u"},
        {AST_PATH, "s.t"},
        {AST_WHERE, "WHERE (c) = 'd'"},
        {AST_COMPARISON, "(c) = 'd'"},
        {AST_STRING, "'d'"},
        {AST_ORDER_BY, "ORDER BY 1 DESC"},
        {AST_SORT, "1 DESC"},
    };
    const Str sql = STR("SELECT a AS x, f(b)[1] FROM s.t AS u WHERE (c) = 'd' ORDER BY 1 DESC");
    Error err = {0};
    ParserStatement statement;
    Arena *arena = arena_new(PARSER_ARENA_BYTES, &err);
    const Ast *stack[16] = {NULL};
    (void)state;
    support_ok(parser_read(sql, arena, &statement, NULL, &err), &err);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        size_t depth = 0;
        const Ast *found = NULL;
        stack[depth++] = statement.root;
        while (depth && !found) {
            const Ast *node = stack[--depth];
            if (node->kind == CASES[i].kind)
                found = node;
            if (node->next)
                stack[depth++] = node->next;
            if (node->first)
                stack[depth++] = node->first;
        }
        assert_non_null(found);
        Str text = str_slice(sql, found->place.at, found->place.end);
        if (!str_equal(text, str_of(CASES[i].text)))
            fail_msg("%s is '%.*s'", ast_kind_name(CASES[i].kind), STR_ARG(text));
    }
    arena_free(arena);
}

static void the_culprit_is_given_in_bytes(void **state)
{
    static const struct {
        const char *sql;
        uint32_t at, end;
    } CASES[] = {
        {"SELECT \n a, , b", 12, 13}, {"SELECT '\u00fc' FROM 'x'", 17, 20},
        {"SELECT (1", 9, 9},          {"SELECT 'a", 7, 8},
        {"INSERT INTO t", 0, 6},      {"SELECT * FROM f(x)", 14, 15},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        ParserStatement statement;
        Place culprit = {99, 99};
        Arena *arena = arena_new(PARSER_ARENA_BYTES, &err);
        assert_false(parser_read(str_of(CASES[i].sql), arena, &statement, &culprit, &err));
        assert_int_equal(culprit.at, CASES[i].at);
        assert_int_equal(culprit.end, CASES[i].end);
        arena_free(arena);
    }
}

static void an_endless_text_is_refused(void **state)
{
    static char sql[PARSER_SQL_BYTES_MAX + 1];
    Error err = {0};
    ParserStatement statement;
    Arena *arena = arena_new(PARSER_ARENA_BYTES, &err);
    (void)state;
    memset(sql, ' ', sizeof sql);
    memcpy(sql, "SELECT 1", 8);
    assert_false(parser_read((Str){sql, sizeof sql}, arena, &statement, NULL, &err));
    assert_string_equal(err.text, "the statement has 262145 bytes; at most 262144 are taken");
    support_ok(parser_read((Str){sql, sizeof sql - 1}, arena, &statement, NULL, &err), &err);
    arena_free(arena);
}

static void a_full_arena_is_told(void **state)
{
    (void)state;
    Error err = {0};
    ParserStatement statement;
    size_t size = 0;
    for (bool ok = false; !ok; size += 64) {
        Arena *arena = arena_new(size, &err);
        ok = parser_read(STR("SELECT CAST(a AS row(b int)), count(*) OVER (ORDER BY 'x''y'),\n"
                             "TRIM('x' FROM C), X'00', U&'a', 1.5, 0x10, ?, -1, json_array(1)\n"
                             "FROM t u CROSS JOIN UNNEST(v) WHERE d IN (1) OR e LIKE 'f' LIMIT 1"),
                         arena, &statement, NULL, &err);
        assert_true(ok || err.kind == ERROR_LIMIT);
        arena_free(arena);
        assert_true(size < 1 << 20);
    }
}

static void any_allocation_may_fail(void **state)
{
    (void)state;
    Error err = {0};
    ParserStatement statement;
    bool ok = false;
    for (unsigned nth = 1; !ok; nth++) {
        Arena *arena = arena_new(PARSER_ARENA_BYTES, &err);
        fault_arm(FAULT_ALLOC, nth);
        ok = parser_read(STR("SELECT a, b FROM t WHERE c"), arena, &statement, NULL, &err);
        fault_arm(FAULT_ALLOC, 0);
        arena_free(arena);
        assert_true(ok || err.text[0]);
        assert_true(nth < 100);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statements_are_read_or_refused),
        cmocka_unit_test(parameters_are_counted),
        cmocka_unit_test(nodes_know_their_place),
        cmocka_unit_test(the_culprit_is_given_in_bytes),
        cmocka_unit_test(an_endless_text_is_refused),
        cmocka_unit_test(a_full_arena_is_told),
        cmocka_unit_test(any_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
