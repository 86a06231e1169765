#include "lineage/lineage_tree.h"

#include "support/support.h"

enum { ARENA_BYTES_MAX = 1 << 20 };

static Arena *arena;
static LineageTree tree;

static int begin(void **state)
{
    Error err = {0};
    (void)state;
    arena = arena_new(ARENA_BYTES_MAX, &err);
    support_ok(arena && lineage_tree_init(&tree, arena, 4, &err), &err);
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static uint32_t add(LineageKind kind, const char *key, uint32_t parent)
{
    Error err = {0};
    uint32_t number;
    const LineageNode node = {
        .kind = kind, .name = STR("n"), .how = "", .key = str_of(key), .parent = parent};
    support_ok(lineage_tree_add(&tree, &node, &number, &err), &err);
    return number;
}

static void nodes_are_found_by_key_parent_and_head(void **state)
{
    (void)state;
    uint32_t user = add(LINEAGE_USER, "AKIA1", LINEAGE_NONE);
    uint32_t a = add(LINEAGE_SESSION, "ASIA1", user), b = add(LINEAGE_SESSION, "", user);
    assert_int_equal(lineage_tree_find(&tree, STR("ASIA1")), a);
    assert_int_equal(lineage_tree_find(&tree, STR("ASIA2")), LINEAGE_NONE);
    assert_int_equal(lineage_tree_find(&tree, STR("")), LINEAGE_NONE);
    assert_int_equal(lineage_tree_head(&tree, b), user);
    assert_int_equal(lineage_tree_child(&tree, user, LINEAGE_NONE), a);
    assert_int_equal(lineage_tree_child(&tree, user, a), b);
    assert_int_equal(lineage_tree_child(&tree, user, b), LINEAGE_NONE);
    assert_int_equal(lineage_tree_child(&tree, LINEAGE_NONE, LINEAGE_NONE), user);
}

static void a_tree_takes_no_more_than_its_nodes(void **state)
{
    Error err = {0};
    uint32_t number;
    const LineageNode node = {.parent = LINEAGE_NONE};
    (void)state;
    for (int i = 0; i < 4; i++)
        add(LINEAGE_SESSION, "", LINEAGE_NONE);
    assert_true(lineage_tree_is_full(&tree));
    assert_false(lineage_tree_add(&tree, &node, &number, &err));
    assert_int_equal(err.kind, ERROR_LIMIT);
}

static void a_chain_is_whole_when_nothing_is_missing_and_its_head_is_somebody(void **state)
{
    static const LineageGap GAP = {.names = "AssumeRole"};
    (void)state;
    uint32_t head = add(LINEAGE_USER, "AKIA1", LINEAGE_NONE);
    uint32_t last = add(LINEAGE_SESSION, "ASIA1", add(LINEAGE_SESSION, "ASIA2", head));
    assert_true(lineage_tree_is_whole(&tree, last));
    tree.nodes[1].gap = &GAP;
    assert_false(lineage_tree_is_whole(&tree, last));
    assert_true(lineage_tree_is_whole(&tree, head));
    tree.nodes[1].gap = NULL;
    tree.nodes[head].kind = LINEAGE_ACCOUNT;
    assert_false(lineage_tree_is_whole(&tree, last));
    tree.nodes[head].kind = LINEAGE_SESSION;
    assert_false(lineage_tree_is_whole(&tree, last));
}

static void notes_are_bounded_and_conflicts_make_a_chain_doubtful(void **state)
{
    static const LineageNote DEEP = {.kind = LINEAGE_NOTE_LIMIT, .text = "deep"};
    Error err = {0};
    LineageEvent a = {.time_us = 1}, b = {.time_us = 1};
    (void)state;
    uint32_t head = add(LINEAGE_USER, "AKIA1", LINEAGE_NONE);
    uint32_t last = add(LINEAGE_SESSION, "ASIA1", head);
    for (int i = 0; i < LINEAGE_NOTES_MAX + 5; i++)
        support_ok(lineage_tree_note(&tree, last, &DEEP, &err), &err);
    assert_int_equal(tree.nodes[last].note_count, LINEAGE_NOTES_MAX);
    assert_false(lineage_tree_is_doubtful(&tree, last));
    assert_null(lineage_tree_conflict(&a, &b).column);
    a.text[LINEAGE_ARN] = STR("arn:a");
    b.text[LINEAGE_ARN] = STR("arn:b");
    const LineageNote conflict = lineage_tree_conflict(&a, &b);
    assert_string_equal(conflict.column, "useridentity.arn");
    support_ok(lineage_tree_note(&tree, head, &conflict, &err), &err);
    assert_true(lineage_tree_is_doubtful(&tree, last));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nodes_are_found_by_key_parent_and_head, begin, end),
        cmocka_unit_test_setup_teardown(a_tree_takes_no_more_than_its_nodes, begin, end),
        cmocka_unit_test_setup_teardown(
            a_chain_is_whole_when_nothing_is_missing_and_its_head_is_somebody, begin, end),
        cmocka_unit_test_setup_teardown(notes_are_bounded_and_conflicts_make_a_chain_doubtful,
                                        begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
