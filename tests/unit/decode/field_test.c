#include "decode/field.h"

#include "support/support.h"

static void never_gives_an_id_or_a_name_twice(void **state)
{
    (void)state;
    for (FieldNode a = 0; a < FIELD_COUNT; a++)
        for (FieldNode b = a + 1; b < FIELD_COUNT; b++) {
            assert_true(FIELDS[a].id != FIELDS[b].id);
            assert_false(FIELDS[a].parent == FIELDS[b].parent &&
                         str_equal(FIELDS[a].column, FIELDS[b].column));
        }
}

static void lists_children_behind_their_parent(void **state)
{
    (void)state;
    for (FieldNode node = 0; node < FIELD_COUNT; node++) {
        FieldNode parent = FIELDS[node].parent;
        assert_true(parent < node);
        assert_true(parent == F_ROOT || !field_is_leaf(parent));
        assert_int_equal(FIELDS[field_top(node)].parent, F_ROOT);
    }
}

static void writes_paths_and_levels(void **state)
{
    char path[128];
    (void)state;
    assert_int_equal(field_path(F_SCI_ARN, path, sizeof path), 45);
    assert_string_equal(path, "useridentity.sessioncontext.sessionissuer.arn");
    assert_int_equal(field_definition_max(F_SCI_ARN), 4);
    assert_int_equal(field_repetition_max(F_SCI_ARN), 0);
    assert_int_equal(field_definition_max(F_RES_ARN), 4);
    assert_int_equal(field_repetition_max(F_RES_ARN), 1);
    assert_int_equal(field_path(F_SCI_ARN, path, 5), 4);
}

static void a_hoisted_column_copies_a_leaf_of_its_type(void **state)
{
    (void)state;
    assert_int_equal(field_source(F_ACCESSKEY_ID), F_UI_ACCESS_KEY_ID);
    assert_int_equal(field_source(F_EVENT_ID), F_EVENT_ID);
    for (FieldNode node = 0; node < FIELD_COUNT; node++) {
        FieldNode source = field_source(node);
        assert_int_equal(FIELDS[source].type, FIELDS[node].type);
        assert_true(source == node || FIELDS[node].parent == F_ROOT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(never_gives_an_id_or_a_name_twice),
        cmocka_unit_test(lists_children_behind_their_parent),
        cmocka_unit_test(writes_paths_and_levels),
        cmocka_unit_test(a_hoisted_column_copies_a_leaf_of_its_type),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
