#include "parser/parser.h"
#include "support/support.h"

#include <string.h>

static Arena *arena;

static int begin(void **state)
{
    Error err = {0};
    (void)state;
    arena = arena_new(1 << 20, &err);
    return arena == NULL;
}

static int end(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

/* The tree of "SELECT a, b FROM t WHERE a = 1": a good one to break. */
static Ast *good_tree(void)
{
    Error err = {0};
    ParserStatement statement;
    support_ok(parser_read(STR("SELECT a, b FROM t WHERE a = 1"), arena, &statement, NULL, &err),
               &err);
    support_ok(ast_check(statement.root, &err), &err);
    return statement.root;
}

static void assert_broken(const Ast *tree, const char *words)
{
    Error err = {0};
    assert_false(ast_check(tree, &err));
    assert_int_equal(err.kind, ERROR_SYSTEM);
    if (!strstr(err.text, words))
        fail_msg("said: %s", err.text);
}

static void a_kind_that_is_none_is_found(void **state)
{
    (void)state;
    Ast *tree = good_tree();
    tree->kind = AST_KINDS;
    assert_broken(tree, "a node has the kind");
}

static void a_foreign_flag_is_found(void **state)
{
    (void)state;
    Ast *tree = good_tree();
    tree->first->flags = AST_DISTINCT;
    support_ok(ast_check(tree, &(Error){0}), &(Error){0});
    tree->first->flags = AST_NEGATED;
    assert_broken(tree, "'select' at byte 0 has a flag");
}

static void a_text_too_many_or_too_few_is_found(void **state)
{
    (void)state;
    Ast *tree = good_tree();
    tree->first->text = STR("x");
    assert_broken(tree, "'select' at byte 0 has a text");
    tree = good_tree();
    tree->first->first->first->text = (Str){NULL, 0};
    assert_broken(tree, "'column' at byte 7 has a text");
}

static void a_child_in_the_wrong_place_is_found(void **state)
{
    (void)state;
    Ast *tree = good_tree();
    Ast *item = tree->first->first;
    item->kind = AST_WHERE;
    assert_broken(tree, "'select' at byte 0 has other children");
    item->kind = AST_ALL_COLUMNS;
    assert_broken(tree, "'all' at byte 7 has other children");
    item->kind = AST_ALIAS;
    assert_broken(tree, "has other children");
}

static void a_missing_child_is_found(void **state)
{
    (void)state;
    Ast *tree = good_tree();
    Ast *where = ast_find(tree->first, AST_WHERE);
    where->first = where->last = NULL;
    where->count = 0;
    where->height = 1;
    assert_broken(tree, "'where' at byte 19 has other children");
}

static void wrong_sums_are_found(void **state)
{
    (void)state;
    Ast *tree = good_tree();
    tree->height++;
    assert_broken(tree, "'query' at byte 0 has a wrong height");
    tree = good_tree();
    tree->first->count--;
    assert_broken(tree, "'select' at byte 0 has lost a child");
    tree = good_tree();
    tree->first->first->place.end = 99;
    assert_broken(tree, "'item' at byte 7 lies outside its parent");
}

/* Every shape of the table reads as one: a leaf of each kind is judged by it. */
static void every_shape_is_read(void **state)
{
    (void)state;
    for (int kind = 0; kind < AST_KINDS; kind++) {
        Error err = {0};
        Ast *node = ast_new(arena, (AstKind)kind, (Place){0, 1}, &err);
        support_ok(node != NULL, &err);
        if (ast_kind_text((AstKind)kind)[0])
            node->text = STR("x");
        Str shape = str_of(ast_kind_shape((AstKind)kind));
        bool needs_none = true;
        for (size_t i = 0; i < shape.len; i++)
            if (i + 1 == shape.len || shape.ptr[i + 1] == ' ')
                needs_none &= shape.ptr[i] == '?' || shape.ptr[i] == '*';
        assert_int_equal(ast_check(node, &err), needs_none);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_kind_that_is_none_is_found),
        cmocka_unit_test(a_foreign_flag_is_found),
        cmocka_unit_test(a_text_too_many_or_too_few_is_found),
        cmocka_unit_test(a_child_in_the_wrong_place_is_found),
        cmocka_unit_test(a_missing_child_is_found),
        cmocka_unit_test(wrong_sums_are_found),
        cmocka_unit_test(every_shape_is_read),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
