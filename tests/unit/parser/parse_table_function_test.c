#include "support/support.h"

#include <string.h>

#include "parser/parser.h"

enum { ARENA_BYTES_MAX = 16 << 20, LONG = 2000 };

static Arena *arena;

static int begin(void **state)
{
    Error err = {0};
    (void)state;
    arena = arena_new(ARENA_BYTES_MAX, &err);
    support_ok(arena != NULL, &err);
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

/* How many nodes of *kind* have *text*; all stand within *within*. */
static size_t count_nodes(const Ast *node, AstKind kind, Str text, Place within)
{
    size_t count = node->kind == kind && str_equal(node->text, text);
    assert_true(node->place.at >= within.at && node->place.end <= within.end);
    for (const Ast *child = node->first; child; child = child->next)
        count += count_nodes(child, kind, text, within);
    return count;
}

static const Ast *find_node(const Ast *node, AstKind kind)
{
    if (node->kind == kind)
        return node;
    for (const Ast *child = node->first; child; child = child->next) {
        const Ast *found = find_node(child, kind);
        if (found)
            return found;
    }
    return NULL;
}

static const Ast *read_derived(const char *sql)
{
    Error err = {0};
    ParserStatement statement;
    support_ok(parser_read(str_of(sql), arena, &statement, NULL, &err), &err);
    support_ok(ast_check(statement.root, &err), &err);
    const Ast *derived = find_node(statement.root, AST_DERIVED);
    assert_non_null(derived);
    return derived;
}

static void a_function_is_the_query_that_it_stands_for_at_its_own_place(void **state)
{
    (void)state;
    const Ast *derived = read_derived("SELECT * FROM Lineage('ASIA1') AS l WHERE depth > 0");
    assert_int_equal(derived->place.at, 14);
    assert_int_equal(derived->place.end, 30);
    assert_int_equal(count_nodes(derived, AST_STRING, STR("ASIA1"), derived->place), 2);
}

static void an_argument_is_a_string_whatever_it_holds(void **state)
{
    (void)state;
    const Ast *derived =
        read_derived("SELECT * FROM lineage('x'') UNION SELECT 1 --$1') JOIN t ON true");
    assert_int_equal(
        count_nodes(derived, AST_STRING, STR("x') UNION SELECT 1 --$1"), derived->place), 2);
}

static void a_long_argument_is_refused(void **state)
{
    char sql[LONG + 100] = "SELECT * FROM lineage('";
    Error err = {0};
    ParserStatement statement;
    size_t at = strlen(sql);
    (void)state;
    memset(sql + at, 'A', LONG);
    memcpy(sql + at + LONG, "')", 3);
    assert_false(parser_read(str_of(sql), arena, &statement, NULL, &err));
    assert_string_equal(err.text, "line 1:23: the argument is longer than 1000 bytes");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_function_is_the_query_that_it_stands_for_at_its_own_place,
                                        begin, end),
        cmocka_unit_test_setup_teardown(an_argument_is_a_string_whatever_it_holds, begin, end),
        cmocka_unit_test_setup_teardown(a_long_argument_is_refused, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
