#include "support/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/engine.h"
#include "base/file.h"
#include "lake/parquet.h"
#include "lake/parquet_bloom.h"
#include "lake/rows.h"
#include "lake/scan_sql.h"
#include "support/sample.h"

enum { RECORDS = 45000, COLUMNS_ALL = -1 };

static Batch *batch;
static Engine *engine;
static Arena *arena;
static uint32_t *order;
static char path[256];
static ParquetSummary summary;

/* Each leaf read by itself is the one that is read with all others. */
static void assert_leaves(Str bytes)
{
    for (int node = 0; node < FIELD_COUNT; node++) {
        Error err = {0};
        ParquetLeaf leaf;
        const ParquetLeaf *known = &summary.leaves[node];
        if (!field_is_leaf((FieldNode)node))
            continue;
        support_ok(parquet_summary_leaf(bytes, (FieldNode)node, &leaf, &err), &err);
        assert_int_equal(leaf.values, known->values);
        assert_int_equal(leaf.nulls, known->nulls);
        assert_int_equal(leaf.has_bounds, known->has_bounds);
        assert_memory_equal(leaf.lower.bytes, known->lower.bytes, known->lower.len);
        assert_memory_equal(leaf.upper.bytes, known->upper.bytes, known->upper.len);
    }
}

/* How many columns a file of that summary has not whole: a number, or all that there are. */
static void assert_lacking(Str bytes, int expected)
{
    bool lacking[FIELD_COUNT] = {false};
    int count = 0, columns = 0;
    parquet_summary_lacking(bytes, lacking);
    for (int node = 0; node < FIELD_COUNT; node++) {
        assert_true(!lacking[node] || FIELDS[node].parent == F_ROOT);
        columns += FIELDS[node].parent == F_ROOT;
        count += lacking[node];
    }
    assert_int_equal(count, expected == COLUMNS_ALL ? columns : expected);
}

/* Writes all rows of the batch, sorted by time, as one file. */
static void write_file(void)
{
    Error err = {0};
    RowsDay *days;
    size_t day_count;
    uint64_t bytes;
    BUF_AUTO Buf blob = buf_init(1 << 20);
    support_ok(rows_by_day(batch, arena, &order, &days, &day_count, &err), &err);
    ParquetRows rows = {batch, order, batch->rows, NULL, 5};
    ParquetEncoder *encoder = parquet_encoder_new(&err);
    ParquetFile *file = parquet_create(encoder, path, &err);
    support_ok(file != NULL, &err);
    support_ok(parquet_write_rows(file, &rows, &err), &err);
    support_ok(parquet_finish(file, &bytes, &blob, &err), &err);
    parquet_encoder_free(encoder);
    support_ok(parquet_summary_read(buf_str(&blob), &summary, &err), &err);
    assert_lacking(buf_str(&blob), 0);
    assert_leaves(buf_str(&blob));
    assert_int_equal(summary.bytes, bytes);
}

static int begin(void **state)
{
    (void)state;
    Error err = {0};
    BUF_AUTO Buf json = buf_init(256 << 20);
    EngineOptions options = {.memory_bytes = 1u << 30, .threads = 2};
    snprintf(path, sizeof path, "%s/t.parquet", support_folder());
    sample_records(&json, RECORDS);
    batch = sample_batch(buf_str(&json));
    assert_int_equal(batch->rows, RECORDS);
    for (uint32_t i = 0; i < batch->rows; i += 7)
        batch->sample_factor[i] = i % 2 ? 100 : INT32_MAX;
    engine = engine_open(&options, &err);
    arena = arena_new(64 << 20, &err);
    write_file();
    return 0;
}

static int end(void **state)
{
    (void)state;
    parquet_summary_free(&summary);
    engine_close(engine);
    arena_free(arena);
    batch_free(batch);
    support_folder_end();
    return 0;
}

/* Runs "SELECT *what* FROM the file *rest*"; the caller frees the result. */
static EngineResult *ask(const char *what, const char *rest)
{
    Error err = {0};
    BUF_AUTO Buf sql = buf_init(1 << 20);
    const char *paths[] = {path};
    support_ok(buf_printf(&sql, &err, "SELECT %s FROM ", what), &err);
    support_ok(scan_sql(&sql, paths, 1, &err), &err);
    support_ok(buf_printf(&sql, &err, " %s", rest) && buf_text(&sql, &err), &err);
    EngineResult *result = engine_query(engine, sql.ptr, &err);
    support_ok(result != NULL, &err);
    return result;
}

static bool is_list_leaf(FieldNode node)
{
    return field_repetition_max(node) > 0;
}

/* Every text leaf of every row, as the engine reads it, against the batch. */
static void every_text_reads_back_as_it_was(void **state)
{
    (void)state;
    for (int n = 0; n < FIELD_COUNT; n++) {
        FieldNode node = (FieldNode)n;
        FieldType type = FIELDS[n].type;
        if ((type != FIELD_STRING && type != FIELD_JSON) || is_list_leaf(node))
            continue;
        char column[200];
        Error err = {0};
        bool row;
        BUF_AUTO Buf text = buf_init(1 << 20);
        field_path(node, column, sizeof column);
        EngineResult *result = ask(column, "");
        for (uint32_t i = 0; i < batch->rows; i++) {
            uint32_t code = batch_code(batch, node, order[i]);
            support_ok(engine_next(result, &row, &err), &err);
            assert_true(row);
            assert_int_equal(engine_is_null(result, 0), code == 0);
            text.len = 0;
            support_ok(engine_value(result, 0, ENGINE_TEXT, &text, &err), &err);
            if (code && !str_equal(buf_str(&text), batch_value(batch_column(batch, node), code)))
                fail_msg("%s of row %u is '%.*s'", column, i, STR_ARG(buf_str(&text)));
        }
        support_ok(engine_next(result, &row, &err), &err);
        assert_false(row);
        engine_result_free(result);
    }
}

/* One number of a query over the file. */
static uint64_t count(const char *what, const char *rest)
{
    Error err = {0};
    bool row;
    uint64_t number = 0;
    BUF_AUTO Buf text = buf_init(1000);
    EngineResult *result = ask(what, rest);
    support_ok(engine_next(result, &row, &err), &err);
    assert_true(row);
    support_ok(engine_value(result, 0, ENGINE_TEXT, &text, &err), &err);
    assert_true(str_to_u64(buf_str(&text), &number));
    engine_result_free(result);
    return number;
}

static void numbers_times_and_booleans_read_back(void **state)
{
    (void)state;
    uint64_t sum = 0, yes = 0, none = 0, late = 0;
    for (uint32_t i = 0; i < batch->rows; i++) {
        sum += (uint64_t)batch->record_index[i];
        yes += batch->read_only[i] == 1;
        none += batch->read_only[i] == 2;
        late += batch->event_time[i] >= INT64_C(1795564800000000); /* 2026-11-25 */
    }
    assert_int_equal(count("sum(record_index)", ""), sum);
    assert_int_equal(count("count(*)", "WHERE readonly"), yes);
    assert_int_equal(count("count(*)", "WHERE readonly IS NULL"), none);
    assert_int_equal(count("count(*)", "WHERE eventtime >= TIMESTAMP '2026-11-25'"), late);
    assert_int_equal(count("count(*)", "WHERE object_id = 77 AND commit_seq = 5"), batch->rows);
    assert_int_equal(count("count(*)", "WHERE managementevent IS NULL"), batch->rows);
}

static void factors_read_back_and_null_stands_for_one(void **state)
{
    uint64_t stands_for = 0, sampled = 0;
    (void)state;
    for (uint32_t i = 0; i < batch->rows; i++) {
        stands_for += batch->sample_factor[i] ? (uint64_t)batch->sample_factor[i] : 1;
        sampled += batch->sample_factor[i] != 0;
    }
    assert_int_equal(count("sum(coalesce(sample_factor, 1))", ""), stands_for);
    assert_int_equal(count("count(sample_factor)", ""), sampled);
    assert_int_equal(summary.leaves[F_SAMPLE_FACTOR].nulls, batch->rows - sampled);
    assert_false(summary.leaves[F_SAMPLE_FACTOR].has_bounds);
}

static void lists_keep_null_empty_and_entries_apart(void **state)
{
    (void)state;
    assert_int_equal(count("count(*)", "WHERE resources IS NULL"), RECORDS / 2);
    assert_int_equal(count("count(*)", "WHERE len(resources) = 0"), RECORDS / 4);
    assert_int_equal(count("count(*)",
                           "WHERE len(resources) = 3 AND resources[1].arn = 'arn:x' AND "
                           "resources[2].arn IS NULL AND resources[2].accountid = '1' "
                           "AND resources[3] IS NOT NULL"),
                     RECORDS / 4);
}

static void structs_keep_null_and_empty_apart(void **state)
{
    (void)state;
    assert_int_equal(count("count(*)", "WHERE useridentity IS NULL"), RECORDS / 5 * 2);
    assert_int_equal(count("count(*)",
                           "WHERE useridentity.sessioncontext.sessionissuer IS NOT NULL "
                           "AND useridentity.sessioncontext.sessionissuer.arn IS NULL"),
                     RECORDS / 5);
}

static void hoisted_columns_find_one_record(void **state)
{
    (void)state;
    assert_int_equal(count("count(*)", "WHERE eventid = 'id-31234'"), 1);
    assert_int_equal(count("count(*)", "WHERE eventid = 'id-none'"), 0);
    assert_int_equal(count("count(*)", "WHERE accesskey_id IS DISTINCT FROM "
                                       "useridentity.accesskeyid OR principal_arn IS DISTINCT FROM "
                                       "useridentity.arn OR session_issuer_arn IS DISTINCT FROM "
                                       "useridentity.sessioncontext.sessionissuer.arn"),
                     0);
}

/* Chunks of the file that fulfil *condition*. */
static int64_t chunks(const char *condition)
{
    Error err = {0};
    bool row = false;
    int64_t found = 0;
    BUF_AUTO Buf sql = buf_init(1 << 16);
    support_ok(buf_printf(&sql, &err, "SELECT count(*) FROM parquet_metadata('%s') WHERE %s", path,
                          condition) &&
                   buf_text(&sql, &err),
               &err);
    EngineResult *result = engine_query(engine, sql.ptr, &err);
    support_ok(result && engine_next(result, &row, &err) && engine_long(result, 0, &found, &err),
               &err);
    engine_result_free(result);
    return found;
}

static void a_chunk_is_compressed_when_that_saves_something(void **state)
{
    (void)state;
    int64_t packed = chunks("compression = 'ZSTD'"),
            stored = chunks("compression = 'UNCOMPRESSED'");
    assert_true(packed > 0);
    assert_true(stored > 0);
    assert_int_equal(packed + stored, chunks("true"));
    assert_int_equal(chunks("compression = 'ZSTD' AND path_in_schema = 'eventid'"),
                     summary.group_count);
    assert_int_equal(
        chunks("compression = 'ZSTD' AND total_uncompressed_size - total_compressed_size < 1024"),
        0);
    assert_int_equal(
        chunks("compression <> 'ZSTD' AND total_uncompressed_size <> total_compressed_size"), 0);
}

static bool may_hold(const char *file, uint64_t bytes, FieldNode node, const char *text)
{
    const Str texts[] = {str_of(text)};
    return parquet_bloom_may_hold(file, bytes, node, texts, 1);
}

static void filters_tell_which_ids_a_file_has(void **state)
{
    char id[32];
    int absent = 0;
    (void)state;
    for (int i = 0; i < 1000; i++) {
        snprintf(id, sizeof id, "id-%d", i * (RECORDS / 1000));
        assert_true(may_hold(path, summary.bytes, F_EVENT_ID, id));
        snprintf(id, sizeof id, "none-%d", i);
        absent += may_hold(path, summary.bytes, F_EVENT_ID, id);
    }
    assert_true(absent < 100); /* of each row group one in a hundred */
    const Str several[] = {STR("none-1"), STR("id-31234")};
    assert_true(parquet_bloom_may_hold(path, summary.bytes, F_EVENT_ID, several, 2));
}

/* A column that is null in a row group has no filter there, nor any value. */
static void what_is_null_throughout_holds_nothing(void **state)
{
    (void)state;
    const ParquetLeaf *leaf = &summary.leaves[F_ISSUED_ACCESSKEY_ID];
    assert_int_equal(leaf->nulls, leaf->values);
    assert_false(may_hold(path, summary.bytes, F_ISSUED_ACCESSKEY_ID, "ASIA0000000000000001"));
    assert_false(may_hold(path, summary.bytes, F_ISSUED_ACCESSKEY_ID, ""));
}

/* The footer of many row groups is read in a second step. */
static void filters_behind_a_long_footer_are_found(void **state)
{
    enum { GROUPS = 40, ROWS = 500, GUESS = 16 << 10 };
    Error err = {0};
    char many[300], id[32];
    uint64_t bytes;
    uint32_t footer;
    int absent = 0;
    BUF_AUTO Buf blob = buf_init(1 << 20);
    (void)state;
    snprintf(many, sizeof many, "%s/many.parquet", support_folder());
    ParquetEncoder *encoder = parquet_encoder_new(&err);
    ParquetFile *file = parquet_create(encoder, many, &err);
    support_ok(file != NULL, &err);
    for (size_t group = 0; group < GROUPS; group++) {
        const ParquetRows rows = {batch, order + group * ROWS, ROWS, NULL, 5};
        support_ok(parquet_write_rows(file, &rows, &err), &err);
    }
    support_ok(parquet_finish(file, &bytes, &blob, &err), &err);
    parquet_encoder_free(encoder);
    support_ok(file_read_at(many, bytes - 8, (char *)&footer, sizeof footer, &err), &err);
    assert_true(footer > GUESS);
    for (int i = 0; i < 100; i++) {
        uint32_t code = batch_code(batch, F_EVENT_ID, order[i * (GROUPS * ROWS / 100)]);
        const Str present = batch_value(batch_column(batch, F_EVENT_ID), code);
        assert_true(parquet_bloom_may_hold(many, bytes, F_EVENT_ID, &present, 1));
        snprintf(id, sizeof id, "none-%d", i);
        absent += may_hold(many, bytes, F_EVENT_ID, id);
    }
    assert_true(absent < 60);
}

static void a_file_without_filters_may_hold_everything(void **state)
{
    Error err = {0};
    char other[300];
    FileInfo info;
    BUF_AUTO Buf bytes = buf_init(256 << 20);
    (void)state;
    assert_true(may_hold(path, summary.bytes, F_EVENT_NAME, "none"));
    assert_true(may_hold(path, 4, F_EVENT_ID, "none"));
    assert_true(may_hold(path, summary.bytes - 1, F_EVENT_ID, "none"));
    assert_true(may_hold("/nowhere", summary.bytes, F_EVENT_ID, "none"));
    support_ok(file_read(path, &bytes, &info, &err), &err);
    snprintf(other, sizeof other, "%s/damaged.parquet", support_folder());
    memset(bytes.ptr + bytes.len - 600, 0xff, 500);
    support_ok(file_replace(other, buf_str(&bytes), &err), &err);
    assert_true(may_hold(other, summary.bytes, F_EVENT_ID, "none"));
    support_ok(file_remove(other, &err), &err);
}

static void the_summary_counts_and_bounds_each_leaf(void **state)
{
    (void)state;
    const ParquetLeaf *id = &summary.leaves[F_EVENT_ID];
    const ParquetLeaf *error = &summary.leaves[F_ERROR_CODE];
    int64_t least;
    assert_int_equal(summary.rows, RECORDS);
    assert_int_equal(summary.group_count, 1);
    assert_int_equal(summary.split_offsets[0], 4);
    assert_int_equal(id->values, RECORDS);
    assert_int_equal(id->nulls, 0);
    assert_true(id->has_bounds);
    assert_memory_equal(id->lower.bytes, "id-0", 4);
    assert_memory_equal(id->upper.bytes, "id-9999", 7);
    assert_int_equal(error->nulls, RECORDS - RECORDS / 4);
    memcpy(&least, summary.leaves[F_EVENT_TIME].lower.bytes, sizeof least);
    assert_true(least == batch->event_time[order[0]]);
    assert_false(summary.leaves[F_EDGE_DEVICE_DETAILS].has_bounds);
    assert_true(summary.leaves[F_RES_ARN].values > RECORDS);
}

static void a_damaged_summary_is_refused(void **state)
{
    (void)state;
    static const char *const CASES[] = {"", "\x02", "\x01\x05\x05\xff\xff\xff\xff\x0f", "\x01\x05"};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        ParquetSummary read;
        ParquetLeaf leaf;
        assert_false(parquet_summary_leaf(str_of(CASES[i]), F_EVENT_ID, &leaf, &err));
        assert_int_equal(err.kind, ERROR_INPUT);
        error_clear(&err);
        assert_false(parquet_summary_read(str_of(CASES[i]), &read, &err));
        assert_lacking(str_of(CASES[i]), COLUMNS_ALL);
        assert_int_equal(err.kind, ERROR_INPUT);
    }
}

/* The summary of a file that was written before *field* was a field, and with the *id* that nobody
 * knows (0: none). */
static void write_summary(FieldNode field, int id, Buf *ret)
{
    static Field fields[FIELD_COUNT];
    Error err = {0};
    ParquetLeaf kept = summary.leaves[field];
    memcpy(fields, FIELDS, sizeof fields);
    if (id)
        fields[F_EVENT_ID].id = id;
    summary.leaves[field] = (ParquetLeaf){0};
    support_ok(parquet_summary_write(&summary, fields, FIELD_COUNT, ret, &err), &err);
    summary.leaves[field] = kept;
}

static void a_summary_tells_what_its_file_lacks(void **state)
{
    BUF_AUTO Buf old = buf_init(1 << 20), odd = buf_init(1 << 20);
    bool lacking[FIELD_COUNT] = {false};
    (void)state;
    write_summary(F_D_CITY, 0, &old);
    assert_lacking(buf_str(&old), 1);
    parquet_summary_lacking(buf_str(&old), lacking);
    assert_true(lacking[F_DERIVED]);
    write_summary(F_D_CITY, 9999, &odd);
    assert_lacking(buf_str(&odd), COLUMNS_ALL);
}

static int64_t arns(void)
{
    return (int64_t)(summary.leaves[F_UI_ARN].values - summary.leaves[F_UI_ARN].nulls);
}

/* Counts rows with a principal of two files, of which one has no column derived. */
static void assert_pair(const char *first, const char *second, Str asked)
{
    Error err = {0};
    BUF_AUTO Buf sql = buf_init(1 << 20), text = buf_init(1 << 10);
    const char *const paths[] = {first, second};
    ScanFiles files = {.paths = paths, .count = 2};
    bool row;
    files.lacking[F_DERIVED] = true;
    support_ok(buf_printf(&sql, &err, "SELECT count(useridentity.arn) FROM ") &&
                   scan_sql_named(&sql, &files, asked, &err) && buf_text(&sql, &err),
               &err);
    EngineResult *result = engine_query(engine, sql.ptr, &err);
    support_ok(result != NULL, &err);
    support_ok(engine_next(result, &row, &err), &err);
    support_ok(engine_value(result, 0, ENGINE_TEXT, &text, &err), &err);
    assert_int_equal(strtoll(text.ptr, NULL, 10), 2 * arns());
    engine_result_free(result);
}

static void a_column_that_nobody_asks_for_may_be_missing(void **state)
{
    Error err = {0};
    char old[300];
    BUF_AUTO Buf sql = buf_init(1 << 20);
    (void)state;
    snprintf(old, sizeof old, "%s/old.parquet", support_folder());
    support_ok(buf_printf(&sql, &err,
                          "COPY (SELECT * EXCLUDE (derived) FROM read_parquet('%s')) TO '%s'", path,
                          old) &&
                   buf_text(&sql, &err) && engine_run(engine, sql.ptr, &err),
               &err);
    assert_pair(path, old, STR("eventtime, useridentity"));
    assert_pair(old, path, STR("eventtime, useridentity"));
}

static void an_abandoned_file_leaves_nothing(void **state)
{
    (void)state;
    Error err = {0};
    char other[300];
    snprintf(other, sizeof other, "%s/half.parquet", support_folder());
    ParquetRows rows = {batch, order, 10, NULL, 5};
    ParquetEncoder *encoder = parquet_encoder_new(&err);
    ParquetFile *file = parquet_create(encoder, other, &err);
    support_ok(file && parquet_write_rows(file, &rows, &err), &err);
    parquet_abandon(file);
    assert_false(file_exists(other));
    parquet_encoder_free(encoder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_text_reads_back_as_it_was),
        cmocka_unit_test(numbers_times_and_booleans_read_back),
        cmocka_unit_test(factors_read_back_and_null_stands_for_one),
        cmocka_unit_test(lists_keep_null_empty_and_entries_apart),
        cmocka_unit_test(structs_keep_null_and_empty_apart),
        cmocka_unit_test(hoisted_columns_find_one_record),
        cmocka_unit_test(a_chunk_is_compressed_when_that_saves_something),
        cmocka_unit_test(filters_tell_which_ids_a_file_has),
        cmocka_unit_test(what_is_null_throughout_holds_nothing),
        cmocka_unit_test(filters_behind_a_long_footer_are_found),
        cmocka_unit_test(a_file_without_filters_may_hold_everything),
        cmocka_unit_test(the_summary_counts_and_bounds_each_leaf),
        cmocka_unit_test(a_damaged_summary_is_refused),
        cmocka_unit_test(a_summary_tells_what_its_file_lacks),
        cmocka_unit_test(a_column_that_nobody_asks_for_may_be_missing),
        cmocka_unit_test(an_abandoned_file_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
