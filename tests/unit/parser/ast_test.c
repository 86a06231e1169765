#include "parser/ast.h"
#include "support/support.h"

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

static Ast *make(AstKind kind, const char *text)
{
    Error err = {0};
    Ast *node = ast_new(arena, kind, (Place){0, 1}, &err);
    support_ok(node != NULL, &err);
    if (text)
        node->text = str_of(text);
    return node;
}

static Ast *add(Ast *parent, Ast *child)
{
    Error err = {0};
    support_ok(ast_append(parent, child, &err), &err);
    return parent;
}

static void children_keep_their_order(void **state)
{
    (void)state;
    Ast *a = make(AST_COLUMN, "a"), *b = make(AST_INTEGER, "1"), *c = make(AST_COLUMN, "c");
    Ast *row = add(add(add(make(AST_ROW, NULL), a), b), c);
    assert_int_equal(row->count, 3);
    assert_ptr_equal(ast_child(row, 0), a);
    assert_ptr_equal(ast_child(row, 2), c);
    assert_null(ast_child(row, 3));
    assert_ptr_equal(row->last, c);
    assert_ptr_equal(ast_find(row, AST_INTEGER), b);
    assert_null(ast_find(row, AST_STRING));
    assert_null(ast_find(NULL, AST_STRING));
    assert_int_equal(row->height, 2);
}

static void a_tree_does_not_grow_beyond_its_ceiling(void **state)
{
    Error err = {0};
    Ast *node = make(AST_COLUMN, "a");
    (void)state;
    while (node->height < AST_HEIGHT_MAX)
        node = add(make(AST_NOT, NULL), node);
    assert_false(ast_append(make(AST_NOT, NULL), node, &err));
    assert_int_equal(err.kind, ERROR_USAGE);
}

static void a_chain_of_fields_is_its_parts(void **state)
{
    const Ast *parts[3];
    (void)state;
    Ast *table = make(AST_COLUMN, "t");
    Ast *column = add(make(AST_FIELD, "c"), table);
    Ast *field = add(make(AST_FIELD, "f"), column);
    assert_int_equal(ast_chain(field, parts, 3), 3);
    assert_ptr_equal(parts[0], table);
    assert_ptr_equal(parts[1], column);
    assert_ptr_equal(parts[2], field);
    assert_int_equal(ast_chain(table, parts, 3), 1);
    assert_ptr_equal(parts[0], table);
    assert_int_equal(ast_chain(field, parts, 2), 0);
    Ast *call = add(make(AST_FIELD, "f"), make(AST_CALL, "g"));
    assert_int_equal(ast_chain(call, parts, 3), 0);
    assert_int_equal(ast_chain(make(AST_NULL, NULL), parts, 3), 0);
}

static void a_dump_shows_all_there_is(void **state)
{
    BUF_AUTO Buf out = buf_init(1000);
    Error err = {0};
    (void)state;
    Ast *call = make(AST_CALL, "count");
    call->flags = AST_DISTINCT | AST_STAR;
    add(add(call, make(AST_COLUMN, "a b")), make(AST_STRING, ""));
    add(add(call, make(AST_STRING, "it's \"so\"\n")), make(AST_NULL, NULL));
    support_ok(ast_dump(call, &out, &err) && buf_append_byte(&out, 0, &err), &err);
    assert_string_equal(out.ptr, "(call:distinct:star count (column \"a b\") (string \"\") "
                                 "(string \"it's \\\"so\\\"\\n\") (null))");
}

static void a_dump_keeps_to_the_ceiling(void **state)
{
    BUF_AUTO Buf out = buf_init(10);
    Error err = {0};
    (void)state;
    assert_false(ast_dump(make(AST_STRING, "too long for ten"), &out, &err));
    assert_int_equal(err.kind, ERROR_LIMIT);
}

/* The table itself: names differ, and a kind's class says what its name is good for. */
static void the_table_is_sound(void **state)
{
    (void)state;
    for (int a = 0; a < AST_KINDS; a++) {
        assert_true(ast_kind_name((AstKind)a)[0] != '\0');
        for (int b = 0; b < a; b++)
            assert_string_not_equal(ast_kind_name((AstKind)a), ast_kind_name((AstKind)b));
    }
    assert_int_equal(ast_class(AST_SELECT), AST_CLASS_QUERY);
    assert_int_equal(ast_class(AST_JOIN), AST_CLASS_RELATION);
    assert_int_equal(ast_class(AST_CALL), AST_CLASS_EXPR);
    assert_int_equal(ast_class(AST_EXPLAIN), AST_CLASS_STATEMENT);
    assert_true(ast_kind_flags(AST_CAST) == AST_TRY);
    assert_string_equal(ast_kind_shape(AST_JOIN), "Relation Relation on|using?");
    assert_string_equal(ast_kind_text(AST_AND), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(children_keep_their_order),
        cmocka_unit_test(a_tree_does_not_grow_beyond_its_ceiling),
        cmocka_unit_test(a_chain_of_fields_is_its_parts),
        cmocka_unit_test(a_dump_shows_all_there_is),
        cmocka_unit_test(a_dump_keeps_to_the_ceiling),
        cmocka_unit_test(the_table_is_sound),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
