#include "lake/manifest_list.h"

#include <string.h>

#include "support/small_table.h"
#include "support/support.h"

static const ManifestRow ROWS[] = {
    {.path = {"file:///m0.avro", 15},
     .length = 7113,
     .sequence = 5,
     .min_sequence = 2,
     .snapshot_id = 77,
     .files = {1, 2, 3},
     .rows = {10, 20, 30},
     .day_min = -3,
     .day_max = 19675},
    {.path = {"file:///m1.avro", 15},
     .length = 1,
     .sequence = 6,
     .min_sequence = 6,
     .snapshot_id = 78,
     .files = {0, 1, 0},
     .rows = {0, 9, 0},
     .day_min = 4,
     .day_max = 4},
};

static void make(const IcebergTable *table, Buf *out)
{
    Error err = {0};
    ManifestListOwner owner = {78, -1, 6};
    support_ok(manifest_list_write(table, &owner, ROWS, 2, out, &err), &err);
}

static void what_was_written_comes_back(void **state)
{
    (void)state;
    Error err = {0};
    BUF_AUTO Buf bytes = buf_init(1 << 20);
    BUF_AUTO Buf rows = buf_init(1 << 20);
    make(&SMALL_TABLE, &bytes);
    support_ok(manifest_list_read(buf_str(&bytes), &rows, &err), &err);
    assert_int_equal(rows.len, sizeof ROWS);
    const ManifestRow *row = (const ManifestRow *)(const void *)rows.ptr;
    for (int i = 0; i < 2; i++) {
        assert_true(str_equal(row[i].path, ROWS[i].path));
        assert_int_equal(row[i].length, ROWS[i].length);
        assert_int_equal(row[i].sequence, ROWS[i].sequence);
        assert_int_equal(row[i].min_sequence, ROWS[i].min_sequence);
        assert_int_equal(row[i].snapshot_id, ROWS[i].snapshot_id);
        assert_memory_equal(row[i].files, ROWS[i].files, sizeof row->files);
        assert_memory_equal(row[i].rows, ROWS[i].rows, sizeof row->rows);
        assert_int_equal(row[i].day_min, ROWS[i].day_min);
        assert_int_equal(row[i].day_max, ROWS[i].day_max);
    }
}

static void a_table_without_days_has_no_day_bounds(void **state)
{
    (void)state;
    Error err = {0};
    IcebergTable table = SMALL_TABLE;
    BUF_AUTO Buf bytes = buf_init(1 << 20);
    BUF_AUTO Buf rows = buf_init(1 << 20);
    table.day_of = -1;
    make(&table, &bytes);
    support_ok(manifest_list_read(buf_str(&bytes), &rows, &err), &err);
    const ManifestRow *row = (const ManifestRow *)(const void *)rows.ptr;
    assert_true(row[0].day_min > row[0].day_max);
}

static void the_header_names_the_snapshot(void **state)
{
    (void)state;
    Error err = {0};
    AvroFile file;
    BUF_AUTO Buf bytes = buf_init(1 << 20);
    make(&SMALL_TABLE, &bytes);
    support_ok(avro_open(&file, buf_str(&bytes), &err), &err);
    assert_true(str_equal(avro_value(&file, STR("snapshot-id")), STR("78")));
    assert_true(str_equal(avro_value(&file, STR("parent-snapshot-id")), STR("null")));
    assert_true(str_equal(avro_value(&file, STR("format-version")), STR("2")));
}

static void a_damaged_list_is_refused(void **state)
{
    (void)state;
    BUF_AUTO Buf bytes = buf_init(1 << 20);
    make(&SMALL_TABLE, &bytes);
    size_t refused = 0;
    for (size_t len = 0; len < bytes.len; len++) {
        Error err = {0};
        BUF_AUTO Buf rows = buf_init(1 << 20);
        refused += !manifest_list_read((Str){bytes.ptr, len}, &rows, &err);
    }
    assert_int_equal(refused, bytes.len - 1); /* without any block it is empty, not damaged */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_written_comes_back),
        cmocka_unit_test(a_table_without_days_has_no_day_bounds),
        cmocka_unit_test(the_header_names_the_snapshot),
        cmocka_unit_test(a_damaged_list_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
