#include "lake/flat_table.h"

#include <stdio.h>
#include <string.h>

#include "base/engine.h"
#include "base/file.h"
#include "support/support.h"

static const Field FIELDS_OF[] = {
    {.parent = F_ROOT, .id = 1, .type = FIELD_LONG, .column = {"n", 1}},
    {.parent = F_ROOT, .id = 2, .type = FIELD_STRING, .column = {"t", 1}},
    {.parent = F_ROOT, .id = 3, .type = FIELD_TIME, .column = {"at", 2}},
    {.parent = F_ROOT, .id = 4, .type = FIELD_INT, .column = {"i", 1}},
    {.parent = F_ROOT, .id = 5, .type = FIELD_STRING, .column = {"none", 4}},
};

enum { COLUMNS = sizeof FIELDS_OF / sizeof *FIELDS_OF, ROWS = 1001 };

static const IcebergTable TABLE = {
    .name = "flat", .fields = FIELDS_OF, .field_count = COLUMNS, .day_of = -1};

static char path[300];

static int end(void **state)
{
    (void)state;
    support_folder_end();
    return 0;
}

/* Every third text is NULL, one is long and ends with the greatest code point. */
static void fill(FlatTable *flat)
{
    Error err = {0};
    char text[200];
    for (int i = 0; i < ROWS; i++) {
        int len = i == 500 ? 190 : snprintf(text, sizeof text, "text %d \xc3\xa4", i);
        if (i == 500)
            memset(text, 'z', sizeof text);
        support_ok(flat_table_number(flat, 0, (int64_t)i - 500, &err), &err);
        if (i % 3)
            support_ok(flat_table_text(flat, 1, (Str){text, (size_t)len}, &err), &err);
        support_ok(flat_table_number(flat, 2, INT64_C(1795219200000000) + i, &err) &&
                       flat_table_number(flat, 3, -i, &err) && flat_table_end_row(flat, &err),
                   &err);
    }
}

static void ask(const char *columns, char ret[200])
{
    Error err = {0};
    bool row;
    BUF_AUTO Buf sql = buf_init(2000);
    BUF_AUTO Buf text = buf_init(1000);
    EngineOptions options = {.memory_bytes = 1u << 28, .threads = 1};
    Engine *engine = engine_open(&options, &err);
    support_ok(engine &&
                   buf_printf(&sql, &err, "SELECT %s FROM read_parquet('%s')", columns, path) &&
                   buf_text(&sql, &err),
               &err);
    EngineResult *result = engine_query(engine, sql.ptr, &err);
    support_ok(result && engine_next(result, &row, &err) &&
                   engine_value(result, 0, ENGINE_TEXT, &text, &err),
               &err);
    snprintf(ret, 200, "%.*s", STR_ARG(buf_str(&text)));
    engine_result_free(result);
    engine_close(engine);
}

static void the_engine_reads_every_value(void **state)
{
    (void)state;
    Error err = {0};
    uint64_t bytes;
    FileInfo info;
    BUF_AUTO Buf blob = buf_init(1 << 16);
    static const struct {
        const char *columns;
        const char *expected;
    } CASES[] = {
        {"count(*)", "1001"},
        {"sum(n)", "0"},
        {"count(t)", "667"},
        {"count(*) FILTER (t = 'text ' || (n + 500) || ' \xc3\xa4')", "666"},
        {"length(max(t))", "190"},
        {"count(none)", "0"},
        {"count(*) FILTER (i = -(n + 500))", "1001"},
        {"count(*) FILTER (epoch_us(\"at\") = 1795219200000000 + n + 500)", "1001"},
        {"typeof(first(\"at\")) || typeof(first(i)) || typeof(first(n))", "TIMESTAMPINTEGERBIGINT"},
    };
    snprintf(path, sizeof path, "%s/flat.parquet", support_folder());
    FlatTable *flat = flat_table_new(&TABLE, &err);
    support_ok(flat != NULL, &err);
    fill(flat);
    flat_table_reset(flat); /* a second filling is as good as the first */
    fill(flat);
    assert_int_equal(flat_table_rows(flat), ROWS);
    support_ok(flat_table_write(flat, path, &bytes, &blob, &err), &err);
    assert_false(flat_table_write(flat, path, &bytes, &blob, &err)); /* it must not exist */
    flat_table_free(flat);
    support_ok(file_info(path, &info, &err), &err);
    assert_int_equal(info.bytes, bytes);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char found[200];
        ask(CASES[i].columns, found);
        assert_string_equal(found, CASES[i].expected);
    }
}

static int64_t number(const Bound *bound)
{
    int64_t value;
    memcpy(&value, bound->bytes, sizeof value);
    return value;
}

static void the_summary_counts_and_bounds(void **state)
{
    (void)state;
    Error err = {0};
    uint64_t bytes;
    ParquetSummary summary;
    BUF_AUTO Buf blob = buf_init(1 << 16);
    snprintf(path, sizeof path, "%s/second.parquet", support_folder());
    FlatTable *flat = flat_table_new(&TABLE, &err);
    fill(flat);
    support_ok(flat_table_write(flat, path, &bytes, &blob, &err), &err);
    flat_table_free(flat);
    support_ok(parquet_summary_read_of(buf_str(&blob), FIELDS_OF, COLUMNS, &summary, &err), &err);
    assert_int_equal(summary.rows, ROWS);
    assert_int_equal(summary.bytes, bytes);
    assert_int_equal(summary.group_count, 1);
    assert_int_equal(summary.split_offsets[0], 4);
    assert_true(number(&summary.leaves[0].lower) == -500 &&
                number(&summary.leaves[0].upper) == 500);
    assert_int_equal(summary.leaves[1].nulls, 334);
    assert_int_equal(summary.leaves[1].values, ROWS);
    assert_true(summary.leaves[1].has_bounds && !summary.leaves[1].upper.exact);
    assert_int_equal(summary.leaves[1].upper.len, BOUNDS_BYTES_MAX);
    assert_int_equal(summary.leaves[1].upper.bytes[BOUNDS_BYTES_MAX - 1], 'z' + 1);
    assert_int_equal(summary.leaves[4].nulls, ROWS);
    assert_false(summary.leaves[4].has_bounds);
    parquet_summary_free(&summary);
}

/* The bounds of a column's texts alone in a file; false when it has none. */
static bool text_bounds(const Str *texts, size_t count, ParquetLeaf *ret)
{
    Error err = {0};
    uint64_t bytes;
    ParquetSummary summary;
    BUF_AUTO Buf blob = buf_init(1 << 16);
    snprintf(path, sizeof path, "%s/bounds.parquet", support_folder());
    FlatTable *flat = flat_table_new(&TABLE, &err);
    for (size_t i = 0; i < count; i++)
        support_ok(flat_table_text(flat, 1, texts[i], &err) && flat_table_end_row(flat, &err),
                   &err);
    support_ok(flat_table_write(flat, path, &bytes, &blob, &err), &err);
    flat_table_free(flat);
    support_ok(file_remove(path, &err), &err);
    support_ok(parquet_summary_read_of(buf_str(&blob), FIELDS_OF, COLUMNS, &summary, &err), &err);
    *ret = summary.leaves[1];
    parquet_summary_free(&summary);
    return ret->has_bounds;
}

static void texts_are_bounded_by_the_least_and_the_greatest(void **state)
{
    (void)state;
    ParquetLeaf leaf;
    char greatest[4 * (BOUNDS_BYTES_MAX + 1)];
    for (size_t i = 0; i < sizeof greatest; i++)
        greatest[i] = "\xf4\x8f\xbf\xbf"[i % 4];
    const Str texts[] = {STR("m"),  STR("b"), STR(""),
                         STR("zz"), STR("z"), {greatest, sizeof greatest}};
    assert_true(text_bounds(texts, 5, &leaf));
    assert_true(leaf.lower.len == 0 && leaf.lower.exact);
    assert_true(str_equal((Str){leaf.upper.bytes, leaf.upper.len}, STR("zz")));
    assert_true(text_bounds(texts, 2, &leaf));
    assert_true(str_equal((Str){leaf.lower.bytes, leaf.lower.len}, STR("b")));
    assert_false(text_bounds(texts, 6, &leaf)); /* nothing lies above the last one */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_engine_reads_every_value),
        cmocka_unit_test(texts_are_bounded_by_the_least_and_the_greatest),
        cmocka_unit_test(the_summary_counts_and_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, end);
}
