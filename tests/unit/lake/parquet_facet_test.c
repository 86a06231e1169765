#include "lake/parquet_facet.h"

#include <stdio.h>

#include "base/engine.h"
#include "base/file.h"
#include "decode/batch_facet.h"
#include "derive/derive_batch.h"
#include "lake/parquet.h"
#include "lake/reread.h"
#include "lake/scan_sql.h"
#include "support/sample.h"
#include "support/support.h"

static const char RECORDS[] =
    "{\"Records\":[{\"eventTime\":\"2024-01-02T03:04:05Z\",\"eventID\":\"a\",\"sourceIPAddress\":"
    "\"52.1.2.3\",\"userAgent\":\"aws-cli/2.1\"},{\"eventTime\":\"2024-01-02T03:04:06Z\","
    "\"eventID\":\"b\",\"sourceIPAddress\":\"10.0.0.1\"},{\"eventTime\":\"2024-01-02T03:04:07Z\","
    "\"eventID\":\"c\"}]}";

enum { ROWS = 3 };

static Engine *engine;
static Derive *derive;
static const uint32_t ORDER[ROWS] = {2, 0, 1};

static const char *path_of(const char *name)
{
    static char paths[8][512];
    static unsigned next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", support_folder(), name);
    return path;
}

static int begin(void **state)
{
    Error err = {0};
    const EngineOptions options = {.memory_bytes = 1u << 30, .threads = 1};
    char lists[1100];
    Config *config = config_new(&err);
    (void)state;
    support_ok(file_replace(path_of("a.txt"), STR("52.1.0.0/16\n"), &err), &err);
    support_ok(file_replace(path_of("b.txt"), STR("52.1.2.3\n10.0.0.1\n"), &err), &err);
    snprintf(lists, sizeof lists, "%s,%s", path_of("a.txt"), path_of("b.txt"));
    support_ok(config_set(config, CONFIG_DERIVE_LISTS, str_of(lists), "--test", &err), &err);
    derive = derive_open(config, &err);
    engine = engine_open(&options, &err);
    support_ok(derive && engine, &err);
    config_free(config);
    return 0;
}

static int end(void **state)
{
    (void)state;
    derive_release(derive);
    engine_close(engine);
    support_folder_end();
    return 0;
}

static void write_batch(const Batch *batch, const char *path, Buf *ret_summary)
{
    Error err = {0};
    uint64_t bytes;
    ParquetRows rows = {batch, ORDER, batch->rows, NULL, 5};
    ParquetEncoder *encoder = parquet_encoder_new(&err);
    ParquetFile *file = encoder ? parquet_create(encoder, path, &err) : NULL;
    support_ok(file && parquet_write_rows(file, &rows, &err) &&
                   parquet_finish(file, &bytes, ret_summary, &err),
               &err);
    parquet_encoder_free(encoder);
}

static Batch *new_batch(bool derived)
{
    Error err = {0};
    Batch *batch = sample_batch(STR(RECORDS));
    assert_int_equal(batch->rows, ROWS);
    if (derived)
        support_ok(derive_batch(derive, batch, &err), &err);
    return batch;
}

/* What the engine reads of *expression* in the order of eventid, joined. */
static void assert_reads(const char *path, const char *expression, const char *expected)
{
    Error err = {0};
    bool row = false;
    const char *paths[] = {path};
    BUF_AUTO Buf sql = buf_init(1 << 20);
    BUF_AUTO Buf text = buf_init(1 << 20);
    support_ok(buf_printf(&sql, &err,
                          "SELECT string_agg(coalesce(CAST(%s AS VARCHAR), '-'), ' ' ORDER BY "
                          "eventid, derived IS NULL) FROM ",
                          expression) &&
                   scan_sql(&sql, paths, 1, &err) && buf_text(&sql, &err),
               &err);
    EngineResult *result = engine_query(engine, sql.ptr, &err);
    support_ok(result && engine_next(result, &row, &err) && row &&
                   engine_value(result, 0, ENGINE_TEXT, &text, &err),
               &err);
    if (!str_equal(buf_str(&text), str_of(expected)))
        fail_msg("%s: %.*s, expected %s", expression, STR_ARG(buf_str(&text)), expected);
    engine_result_free(result);
}

static void assert_derived(const char *path)
{
    assert_reads(path, "derived.address_kind", "public private -");
    assert_reads(path, "derived.threat_lists", "[a, b] [b] -");
    assert_reads(path, "derived.client_version", "2.1 - -");
    assert_reads(path, "derived.is_console", "false false false");
    assert_reads(path, "derived.is_human", "- - -");
    assert_reads(path, "derived.country", "- - -");
    assert_reads(path, "derived IS NULL", "false false false");
}

static void members_read_back_as_they_were(void **state)
{
    BUF_AUTO Buf summary = buf_init(1 << 20);
    Error err = {0};
    ParquetLeaf leaf;
    Batch *batch = new_batch(true);
    (void)state;
    write_batch(batch, path_of("one.parquet"), &summary);
    assert_derived(path_of("one.parquet"));
    support_ok(parquet_summary_leaf(buf_str(&summary), F_D_THREAT_LIST, &leaf, &err), &err);
    assert_int_equal(leaf.values, ROWS + 1);
    assert_int_equal(leaf.nulls, 1);
    assert_false(leaf.has_bounds);
    batch_free(batch);
}

static void without_it_the_whole_struct_is_null(void **state)
{
    BUF_AUTO Buf summary = buf_init(1 << 20);
    Batch *batch = new_batch(false);
    (void)state;
    write_batch(batch, path_of("none.parquet"), &summary);
    assert_reads(path_of("none.parquet"), "derived IS NULL", "true true true");
    bool lacking[FIELD_COUNT] = {false};
    parquet_summary_lacking(buf_str(&summary), lacking);
    assert_null(memchr(lacking, true, sizeof lacking));
    batch_free(batch);
}

static void rows_read_again_keep_it(void **state)
{
    Error err = {0};
    int64_t commit_seqs[2 * ROWS];
    BUF_AUTO Buf summary = buf_init(1 << 20);
    Batch *batch = batch_new(100, (size_t)64 << 20, sample_secret(), &err);
    const char *path = path_of("one.parquet");
    (void)state;
    Reread *reread = reread_new(engine, &path, 1, NULL, &err);
    support_ok(reread && reread_fill(reread, batch, ROWS, commit_seqs, &err), &err);
    assert_int_equal(batch->rows, ROWS);
    assert_true(batch->derived.filled);
    write_batch(batch, path_of("again.parquet"), &summary);
    assert_derived(path_of("again.parquet"));
    reread_free(reread);
    batch_free(batch);
}

static void rows_with_and_without_it_mix(void **state)
{
    Error err = {0};
    int64_t commit_seqs[2 * ROWS];
    BUF_AUTO Buf summary = buf_init(1 << 20);
    Batch *batch = batch_new(100, (size_t)64 << 20, sample_secret(), &err);
    const char *paths[] = {path_of("none.parquet"), path_of("one.parquet")};
    static const uint32_t ALL[2 * ROWS] = {0, 1, 2, 3, 4, 5};
    (void)state;
    Reread *reread = reread_new(engine, paths, 2, NULL, &err);
    support_ok(reread && reread_fill(reread, batch, 2 * ROWS, commit_seqs, &err), &err);
    assert_int_equal(batch->rows, 2 * ROWS);
    uint64_t bytes;
    ParquetRows rows = {batch, ALL, 2 * ROWS, NULL, 5};
    ParquetEncoder *encoder = parquet_encoder_new(&err);
    ParquetFile *file = parquet_create(encoder, path_of("mixed.parquet"), &err);
    support_ok(file && parquet_write_rows(file, &rows, &err) &&
                   parquet_finish(file, &bytes, &summary, &err),
               &err);
    assert_reads(path_of("mixed.parquet"),
                 "CASE WHEN derived IS NULL THEN 'n' ELSE coalesce(derived.address_kind, '') || "
                 "len(coalesce(derived.threat_lists, [])) END",
                 "public2 n private1 n 0 n");
    parquet_encoder_free(encoder);
    reread_free(reread);
    batch_free(batch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_read_back_as_they_were),
        cmocka_unit_test(without_it_the_whole_struct_is_null),
        cmocka_unit_test(rows_read_again_keep_it),
        cmocka_unit_test(rows_with_and_without_it_mix),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
