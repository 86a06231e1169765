#include "decode/batch_facet.h"

#include "batch_rows.h"

static const char ONE[] = "{\"Records\":[{" ROW_TIME "},{" ROW_TIME "}]}";

static void every_member_has_a_facet(void **state)
{
    (void)state;
    assert_int_equal(BATCH_FACETS[0], F_DERIVED + 1);
    for (unsigned id = 0; id < FACET_COUNT; id++) {
        assert_true(BATCH_FACETS[id + 1] - BATCH_FACETS[id] <= FACET_MEMBERS_MAX);
        assert_int_equal(batch_facet_of(BATCH_FACETS[id]), id);
        assert_int_equal(batch_facet_of(BATCH_FACETS[id + 1] - 1), id);
    }
    assert_int_equal(field_top(BATCH_FACETS[FACET_COUNT] - 1), F_DERIVED);
}

static void equal_members_are_one_value(void **state)
{
    Error err = {0};
    uint32_t value, again, many = 5000;
    Batch *batch = rows_of(ONE);
    (void)state;
    for (uint32_t i = 0; i < many; i++) {
        const uint32_t codes[FACET_MEMBERS_MAX] = {1, i};
        support_ok(batch_facet_find(batch, FACET_CLIENT, codes, &value, &err), &err);
        support_ok(batch_facet_find(batch, FACET_CLIENT, codes, &again, &err), &err);
        assert_int_equal(value, i + 1);
        assert_int_equal(again, value);
    }
    assert_int_equal(batch->derived.facets[FACET_CLIENT].value_count, many + 1);
    assert_int_equal(batch->derived.facets[FACET_CLIENT].values[1][many], many - 1);
    assert_true(batch->derived.facets[FACET_CLIENT].any[0]);
    assert_false(batch->derived.facets[FACET_CLIENT].any[2]);
    batch_reset(batch);
    assert_int_equal(batch->derived.facets[FACET_CLIENT].value_count, 0);
    assert_false(batch->derived.facets[FACET_CLIENT].any[0]);
    const uint32_t first[FACET_MEMBERS_MAX] = {7};
    support_ok(batch_facet_find(batch, FACET_CLIENT, first, &value, &err), &err);
    assert_int_equal(value, 1);
    batch_free(batch);
}

static void what_no_file_may_hold_is_null(void **state)
{
    static const struct {
        Str text;
        uint32_t code;
    } CASES[] = {{{"DE", 2}, 1},        {{NULL, 0}, 0}, {{"a\0b", 3}, 0}, {{"\xff", 1}, 0},
                 {{"K\xc3\xb6", 3}, 2}, {{"DE", 2}, 1}, {{"", 0}, 3}};
    Error err = {0};
    Batch *batch = rows_of(ONE);
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        uint32_t code;
        support_ok(batch_facet_text(batch, F_D_COUNTRY, CASES[i].text, &code, &err), &err);
        assert_int_equal(code, CASES[i].code);
    }
    batch_free(batch);
}

static void rows_begin_with_nothing(void **state)
{
    Error err = {0};
    Batch *batch = rows_of(ONE);
    (void)state;
    uint32_t *rows = batch_facet_rows(batch, FACET_ACTION, &err);
    support_ok(rows != NULL, &err);
    assert_int_equal(rows[1], 0);
    rows[1] = 5;
    assert_ptr_equal(batch_facet_rows(batch, FACET_ACTION, &err), rows);
    assert_int_equal(rows[1], 5);
    batch_reset(batch);
    rows = batch_facet_rows(batch, FACET_ACTION, &err);
    assert_int_equal(rows[1], 0);
    batch_free(batch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_member_has_a_facet),
        cmocka_unit_test(equal_members_are_one_value),
        cmocka_unit_test(what_no_file_may_hold_is_null),
        cmocka_unit_test(rows_begin_with_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
