#define _GNU_SOURCE /* memmem */
#include "lake/manifest.h"

#include <string.h>

#include "support/small_table.h"
#include "support/support.h"

static Bound number(int64_t value)
{
    Bound bound = {.len = 8, .exact = true};
    memcpy(bound.bytes, &value, sizeof value);
    return bound;
}

static const uint64_t SPLITS[] = {4};

/* The file of the specification's example. */
static ManifestFile example(ParquetLeaf *leaf)
{
    *leaf = (ParquetLeaf){.bytes = 50,
                          .values = 4,
                          .has_bounds = true,
                          .lower = number(0x1122334455667788),
                          .upper = number(0x2122334455667788)};
    return (ManifestFile){.path = STR("file:///w/t/data/a.parquet"),
                          .order = 1,
                          .day = 19675,
                          .rows = 4,
                          .bytes = 1000,
                          .splits = SPLITS,
                          .split_count = 1,
                          .leaves = leaf};
}

/* "parquet-iceberg", section 13.1, but for the sort order, which is 1 here. */
static void an_entry_has_the_bytes_of_the_specification(void **state)
{
    (void)state;
    static const char BYTES[] = "\x02\x02\xa4\x13\x00\x00"
                                "\x00\x34"
                                "file:///w/t/data/a.parquet\x0ePARQUET"
                                "\x02\xb6\xb3\x02\x08\xd0\x0f"
                                "\x02\x02\x02\x64\x00\x02\x02\x02\x08\x00\x02\x02\x02\x00\x00\x00"
                                "\x02\x02\x02\x10\x88\x77\x66\x55\x44\x33\x22\x11\x00"
                                "\x02\x02\x02\x10\x88\x77\x66\x55\x44\x33\x22\x21\x00"
                                "\x00\x02\x02\x08\x00\x00\x02\x02\x00";
    Error err = {0};
    ParquetLeaf leaf;
    BUF_AUTO Buf encoded = buf_init(1 << 16);
    ManifestFile file = example(&leaf);
    ManifestBuilder builder = manifest_begin(&TINY_TABLE, 1234, 7);
    support_ok(manifest_encode(&TINY_TABLE, &file, &encoded, &err), &err);
    ManifestEntry entry = {.status = MANIFEST_ADDED,
                           .snapshot_id = 1234,
                           .sequence = MANIFEST_INHERITS,
                           .file_sequence = MANIFEST_INHERITS,
                           .day = file.day,
                           .rows = file.rows,
                           .data_file = buf_str(&encoded)};
    support_ok(manifest_add(&builder, &entry, &err), &err);
    assert_int_equal(builder.data.len, sizeof BYTES - 1);
    assert_memory_equal(builder.data.ptr, BYTES, sizeof BYTES - 1);
    manifest_free(&builder);
}

static void add(ManifestBuilder *builder, ManifestStatus status, int64_t sequence, int32_t day)
{
    Error err = {0};
    ParquetLeaf leaf;
    BUF_AUTO Buf encoded = buf_init(1 << 16);
    ManifestFile file = example(&leaf);
    file.day = day;
    support_ok(manifest_encode(&TINY_TABLE, &file, &encoded, &err), &err);
    ManifestEntry entry = {.status = status,
                           .snapshot_id = 50 + status,
                           .sequence = sequence,
                           .file_sequence = sequence,
                           .day = day,
                           .rows = file.rows,
                           .data_file = buf_str(&encoded)};
    support_ok(manifest_add(builder, &entry, &err), &err);
}

static void make(Buf *out, ManifestRow *ret)
{
    Error err = {0};
    ManifestBuilder builder = manifest_begin(&TINY_TABLE, 9, 7);
    add(&builder, MANIFEST_EXISTING, 3, -5);
    add(&builder, MANIFEST_ADDED, MANIFEST_INHERITS, 20);
    add(&builder, MANIFEST_DELETED, 2, 10);
    support_ok(manifest_finish(&builder, 0, out, &err), &err);
    *ret = builder.row;
    manifest_free(&builder);
}

typedef struct Seen {
    size_t count;
    ManifestEntry entries[8];
} Seen;

static bool see(void *context, const ManifestEntry *entry, Error *err)
{
    Seen *seen = context;
    if (seen->count == 8)
        return error_set(err, ERROR_LIMIT, "too many");
    seen->entries[seen->count++] = *entry;
    return true;
}

static void what_was_written_comes_back(void **state)
{
    (void)state;
    Error err = {0};
    BUF_AUTO Buf bytes = buf_init(1 << 20);
    ManifestRow row;
    Seen seen = {0};
    make(&bytes, &row);
    for (int status = 0; status < 3; status++) {
        assert_int_equal(row.files[status], 1);
        assert_int_equal(row.rows[status], 4);
    }
    assert_int_equal(row.min_sequence, 3);
    assert_int_equal(row.day_min, -5);
    assert_int_equal(row.day_max, 20);
    support_ok(manifest_read(&TINY_TABLE, buf_str(&bytes), &row, see, &seen, &err), &err);
    assert_int_equal(seen.count, 3);
    static const int64_t SEQUENCES[] = {3, 7, 2}; /* the added one inherits */
    static const int32_t DAYS[] = {-5, 20, 10};
    for (int i = 0; i < 3; i++) {
        assert_int_equal(seen.entries[i].status, i);
        assert_int_equal(seen.entries[i].sequence, SEQUENCES[i]);
        assert_int_equal(seen.entries[i].day, DAYS[i]);
        assert_int_equal(seen.entries[i].snapshot_id, 50 + i);
        assert_int_equal(seen.entries[i].bytes, 1000);
        assert_true(str_equal(seen.entries[i].path, STR("file:///w/t/data/a.parquet")));
    }
}

static void texts_are_cut_and_list_leaves_have_no_bounds(void **state)
{
    (void)state;
    Error err = {0};
    BUF_AUTO Buf encoded = buf_init(1 << 16);
    ParquetLeaf leaves[SMALL_FIELDS] = {0};
    Str text = STR("abcdefghijklmnopqrstuvwxyz");
    for (int i = 0; i < SMALL_FIELDS; i++) {
        leaves[i] = (ParquetLeaf){.bytes = 1, .values = 1, .has_bounds = true};
        leaves[i].lower = leaves[i].upper = number(77);
    }
    leaves[SMALL_NAME].lower = leaves[SMALL_NAME].upper = bounds_lower(text);
    leaves[SMALL_KEY].lower = leaves[SMALL_KEY].upper = bounds_lower(STR("KEYBOUND"));
    ManifestFile file = {.path = STR("file:///x"), .leaves = leaves};
    support_ok(manifest_encode(&SMALL_TABLE, &file, &encoded, &err), &err);
    assert_non_null(memmem(encoded.ptr, encoded.len,
                           "\x20"
                           "abcdefghijklmnop",
                           17));
    assert_non_null(memmem(encoded.ptr, encoded.len,
                           "\x20"
                           "abcdefghijklmnoq",
                           17));
    assert_null(memmem(encoded.ptr, encoded.len, "KEYBOUND", 8));
    assert_non_null(memmem(encoded.ptr, encoded.len, "\x02\x08\x02\x02", 4)); /* four leaves */
}

static void a_damaged_manifest_is_refused(void **state)
{
    (void)state;
    BUF_AUTO Buf bytes = buf_init(1 << 20);
    ManifestRow row;
    make(&bytes, &row);
    size_t refused = 0;
    for (size_t len = 0; len < bytes.len; len++) {
        Error err = {0};
        Seen seen = {0};
        refused += !manifest_read(&TINY_TABLE, (Str){bytes.ptr, len}, &row, see, &seen, &err);
    }
    assert_int_equal(refused, bytes.len - 1); /* without any block it is empty, not damaged */
}

static void a_manifest_of_another_writer_is_refused(void **state)
{
    (void)state;
    Error err = {0};
    BUF_AUTO Buf bytes = buf_init(1 << 20);
    ManifestRow row;
    Seen seen = {0};
    IcebergTable other = TINY_TABLE;
    other.day_of = -1;
    make(&bytes, &row);
    assert_false(manifest_read(&other, buf_str(&bytes), &row, see, &seen, &err));
    assert_int_equal(err.kind, ERROR_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_entry_has_the_bytes_of_the_specification),
        cmocka_unit_test(what_was_written_comes_back),
        cmocka_unit_test(texts_are_cut_and_list_leaves_have_no_bounds),
        cmocka_unit_test(a_damaged_manifest_is_refused),
        cmocka_unit_test(a_manifest_of_another_writer_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
