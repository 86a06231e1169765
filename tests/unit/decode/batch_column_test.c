#include "decode/batch_column.h"

#include <stdio.h>

#include "base/hash.h"
#include "support/support.h"

static uint8_t secret[BATCH_SECRET_BYTES];

static uint32_t find(BatchColumn *column, const char *text, size_t *held)
{
    Error err = {0};
    uint32_t code = 0;
    Str value = str_of(text);
    support_ok(batch_column_find(column, value, hash_keyed64(secret, value.ptr, value.len), held,
                                 &code, &err),
               &err);
    assert_true(str_equal(batch_value(column, code), value));
    return code;
}

static void holds_each_value_once(void **state)
{
    enum { VALUES = 3000 };
    BatchColumn column = {0};
    size_t held = 0;
    char text[32];
    (void)state;
    batch_column_reset(&column, false, 1 << 20);
    for (uint32_t round = 0; round < 3; round++)
        for (uint32_t i = 0; i < VALUES; i++) {
            snprintf(text, sizeof text, "value-%u", i);
            assert_int_equal(find(&column, text, &held), i + 1);
        }
    assert_int_equal(column.entry_count, VALUES);
    assert_true(column.lookup);
    assert_true(held >= VALUES * 8);
    assert_true(batch_column_again(&column, STR("value-2999")));
    assert_false(batch_column_again(&column, STR("value-2998")));
    batch_column_free(&column);
}

static void gives_up_its_table_when_all_values_differ(void **state)
{
    BatchColumn column = {0};
    size_t held = 0;
    char text[32];
    (void)state;
    batch_column_reset(&column, false, 1 << 22);
    for (uint32_t i = 0; i < 20000; i++) {
        snprintf(text, sizeof text, "value-%u", i);
        assert_int_equal(find(&column, text, &held), i + 1);
    }
    assert_false(column.lookup);
    assert_int_equal(find(&column, "value-1", &held), 20001);
    batch_column_reset(&column, false, 1 << 22);
    assert_true(column.lookup);
    assert_int_equal(find(&column, "value-1", &held), 1);
    assert_int_equal(find(&column, "", &held), 2);
    batch_column_free(&column);
}

static void keeps_no_table_for_unique_values(void **state)
{
    BatchColumn column = {0};
    size_t held = 0;
    (void)state;
    batch_column_reset(&column, true, 1 << 10);
    assert_int_equal(find(&column, "a", &held), 1);
    assert_int_equal(find(&column, "b", &held), 2);
    assert_int_equal(find(&column, "a", &held), 3);
    assert_null(column.slots);
    batch_column_free(&column);
}

static void refuses_more_bytes_than_its_ceiling(void **state)
{
    BatchColumn column = {0};
    size_t held = 0;
    uint32_t code = 77;
    Error err = {0};
    (void)state;
    batch_column_reset(&column, false, 8);
    assert_false(batch_column_find(&column, STR("longer than eight"), 1, &held, &code, &err));
    assert_int_equal(err.kind, ERROR_LIMIT);
    assert_int_equal(code, 77);
    assert_int_equal(column.entry_count, 0);
    batch_column_free(&column);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(holds_each_value_once),
        cmocka_unit_test(gives_up_its_table_when_all_values_differ),
        cmocka_unit_test(keeps_no_table_for_unique_values),
        cmocka_unit_test(refuses_more_bytes_than_its_ceiling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
