#include "lake/day_slices.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "lake/day_writer.h"
#include "lake/layout.h"
#include "lake/scan_sql.h"
#include "support/new_lake.h"
#include "support/sample.h"
#include "support/support.h"

enum { FILES_MAX = 60, ROWS_MAX = 4000, OBJECT = 100000, DAY = 20454 /* 2026-01-01 */ };

#define ORDER " ORDER BY eventsource, eventname, eventtime, object_id, record_index"
#define Y50   "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy"
#define Y200  Y50 Y50 Y50 Y50

/* As JSON; NULL: a record without it. The last two begin with the same DAY_SLICE_TEXT characters.
 */
static const char *const TEXTS[] = {
    NULL,       "\"a\"", "\"b.amazonaws.com\"", "\"it's\"",      "\"a\\u0000b\"", "\"\\u00e4\\\"\"",
    "\"null\"", "\"\"",  "\"" Y200 "\"",        "\"" Y200 "1\"", "\"" Y200 "2\""};

enum { TEXT_COUNT = sizeof TEXTS / sizeof *TEXTS };

static Engine *engine;
static ParquetEncoder *encoder;
static char paths[FILES_MAX][600];
static const char *inputs[FILES_MAX];
static size_t file_count;
static uint64_t seed = 11;

static uint32_t chance(uint32_t below)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 33) % below;
}

static int begin(void **state)
{
    (void)state;
    Error err = {0};
    const EngineOptions options = {.memory_bytes = 1u << 30, .threads = 2};
    engine = engine_open(&options, &err);
    encoder = parquet_encoder_new(&err);
    support_ok(engine && encoder, &err);
    return 0;
}

static int end(void **state)
{
    (void)state;
    engine_close(engine);
    parquet_encoder_free(encoder);
    support_folder_end();
    return 0;
}

static void put_record(Buf *json, const char *source, const char *name, uint32_t second)
{
    Error err = {0};
    support_ok(buf_printf(json, &err, "{\"eventTime\":\"2026-01-01T%02u:%02u:%02uZ\"",
                          second / 3600, second / 60 % 60, second % 60) &&
                   (!source || buf_printf(json, &err, ",\"eventSource\":%s", source)) &&
                   (!name || buf_printf(json, &err, ",\"eventName\":%s", name)) &&
                   buf_printf(json, &err, ",\"eventID\":\"%zu\"}\n", json->len),
               &err);
}

/* Writes the records as the next file, of an object of its own, in the order given. */
static void add_file(const Buf *json)
{
    static uint32_t order[ROWS_MAX];
    Error err = {0};
    uint64_t bytes;
    BUF_AUTO Buf summary = buf_init(1 << 20);
    char *path = paths[file_count];
    Batch *batch = sample_batch_keyed(buf_str(json), sample_secret(), (int64_t)file_count + 1);
    const ParquetRows rows = {batch, order, batch->rows, NULL, 7};
    for (uint32_t i = 0; i < batch->rows; i++)
        order[i] = i;
    snprintf(path, sizeof paths[0], "%s/%zu.parquet", support_folder(), file_count);
    support_ok(file_remove(path, &err), &err);
    ParquetFile *file = parquet_create(encoder, path, &err);
    support_ok(file && parquet_write_rows(file, &rows, &err) &&
                   parquet_finish(file, &bytes, &summary, &err),
               &err);
    inputs[file_count++] = path;
    batch_free(batch);
}

/* *files* of *records* by chance. */
static void add_random(size_t files, uint32_t records)
{
    file_count = 0;
    for (size_t f = 0; f < files; f++) {
        BUF_AUTO Buf json = buf_init(8 << 20);
        uint32_t texts = 1 + chance(TEXT_COUNT), seconds = 1 + chance(300);
        for (uint32_t i = 0; i < records; i++)
            put_record(&json, TEXTS[chance(texts)], TEXTS[chance(texts)], chance(seconds));
        add_file(&json);
    }
}

/* Which rows *files* hold under *where*, in order. */
static size_t list_rows(const char *const *files, size_t count, const char *where,
                        const char *order, int64_t *ret)
{
    Error err = {0};
    bool row = true;
    size_t rows = 0;
    BUF_AUTO Buf sql = buf_init(1 << 20);
    support_ok(buf_printf(&sql, &err, "SELECT object_id * %d + record_index FROM ", OBJECT) &&
                   scan_sql(&sql, files, count, &err) &&
                   buf_printf(&sql, &err, " WHERE %s%s", where, order) && buf_text(&sql, &err),
               &err);
    EngineResult *result = engine_query(engine, sql.ptr, &err);
    support_ok(result != NULL, &err);
    while (engine_next(result, &row, &err) && row) {
        assert_true(rows < ROWS_MAX);
        support_ok(engine_long(result, 0, &ret[rows++], &err), &err);
    }
    engine_result_free(result);
    return rows;
}

/* What walking all slices gives. */
typedef struct Walk {
    int64_t rows[ROWS_MAX];
    size_t count, slices, largest;
} Walk;

/* Splits what has more than *rows_max* rows, as long as that can be done. */
static void walk(Walk *walk, const char *where, uint64_t rows_max)
{
    Error err = {0};
    const char *slice;
    *walk = (Walk){.count = 0};
    DaySlices *slices = day_slices_new(engine, inputs, file_count, where, &err);
    support_ok(slices != NULL, &err);
    while ((slice = day_slices_next(slices))) {
        static int64_t rows[ROWS_MAX];
        bool split = false;
        size_t count = list_rows(inputs, file_count, slice, ORDER, rows);
        if (count > rows_max)
            support_ok(day_slices_split(slices, rows_max, &split, &err), &err);
        if (split)
            continue;
        assert_true(walk->count + count <= ROWS_MAX);
        memcpy(walk->rows + walk->count, rows, count * sizeof *rows);
        walk->count += count;
        walk->slices++;
        walk->largest = count > walk->largest ? count : walk->largest;
    }
    assert_null(day_slices_next(slices));
    day_slices_free(slices);
}

/* All slices together are the rows under *where*, each once and in order. */
static void assert_walk(const Walk *walk, const char *where)
{
    static int64_t all[ROWS_MAX];
    size_t count = list_rows(inputs, file_count, where, ORDER, all);
    assert_int_equal(walk->count, count);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(walk->rows[i], all[i]);
}

static void slices_hold_every_row_once_and_in_order(void **state)
{
    (void)state;
    static Walk now;
    for (int trial = 0; trial < 12; trial++) {
        const char *where = trial % 3 == 0 ? "eventname = 'a' OR eventsource IS NULL" : NULL;
        add_random(1 + chance(4), 1 + chance(200));
        walk(&now, where, 1 + chance(60));
        assert_walk(&now, where ? where : "true");
    }
}

static void many_files_are_cut_as_one(void **state)
{
    (void)state;
    static Walk now;
    add_random(FILES_MAX, 10);
    walk(&now, NULL, 100);
    assert_walk(&now, "true");
    assert_true(now.slices >= 6);
}

static void a_call_with_many_rows_is_cut_by_time_then_by_object(void **state)
{
    (void)state;
    static Walk now;
    file_count = 0;
    for (uint32_t f = 0; f < 4; f++) {
        BUF_AUTO Buf json = buf_init(8 << 20);
        for (uint32_t i = 0; i < 250; i++)
            put_record(&json, "\"s3\"", "\"Get\"", i < 200 ? i * 4 + f : 5000);
        put_record(&json, "\"iam\"", f ? "\"Get\"" : NULL, 5);
        add_file(&json);
    }
    walk(&now, NULL, 100);
    assert_walk(&now, "true");
    /* iam; 800 seconds; 50 rows of one second in each of four files */
    assert_int_equal(now.slices, 1 + 8 + 2);
    assert_int_equal(now.largest, 100);
    walk(&now, NULL, 30);
    assert_walk(&now, "true");
    assert_int_equal(now.largest, 50);
}

static void few_rows_are_one_slice_and_equal_ones_are_not_split(void **state)
{
    (void)state;
    Error err = {0};
    bool split;
    BUF_AUTO Buf json = buf_init(8 << 20);
    file_count = 0;
    for (int i = 0; i < 20; i++)
        put_record(&json, "\"s3\"", NULL, 7);
    add_file(&json);
    DaySlices *slices = day_slices_new(engine, inputs, 1, NULL, &err);
    assert_non_null(day_slices_next(slices));
    support_ok(day_slices_split(slices, 20, &split, &err), &err);
    assert_false(split);
    support_ok(day_slices_split(slices, 1, &split, &err), &err);
    assert_false(split);
    assert_null(day_slices_next(slices));
    day_slices_free(slices);
    slices = day_slices_new(engine, inputs, 1, "eventname = 'none'", &err);
    assert_non_null(day_slices_next(slices));
    support_ok(day_slices_split(slices, 1, &split, &err), &err);
    assert_false(split);
    day_slices_free(slices);
}

static void a_file_that_is_not_there_is_an_error(void **state)
{
    (void)state;
    Error err = {0};
    bool split;
    const char *const missing = "/nonexistent/a.parquet";
    DaySlices *slices = day_slices_new(engine, &missing, 1, NULL, &err);
    assert_non_null(day_slices_next(slices));
    assert_false(day_slices_split(slices, 1, &split, &err));
    assert_non_null(strstr(err.text, "/nonexistent/a.parquet"));
    day_slices_free(slices);
}

/* ---- the same when a day is written ---- */

/* Copies the inputs with *writer* and expects their rows in its files, in order. */
static void assert_copied(DayWriter *writer, const char *keep)
{
    Error err = {0};
    static int64_t written[ROWS_MAX], all[ROWS_MAX];
    char path[LAYOUT_PATH_BYTES];
    LedgerSum sum, expected;
    uint64_t rows;
    support_ok(day_writer_begin(writer, DAY, 1, &err), &err);
    support_ok(layout_data_file(path, DAY, 1, writer->uuid, 0, &err), &err);
    char whole[LAYOUT_PATH_BYTES];
    support_ok(layout_path(whole, &err, writer->lake->folder, "%s", path) &&
                   layout_make_folder_of(whole, &err),
               &err);
    writer->inputs = inputs;
    writer->input_count = file_count;
    support_ok(day_writer_copy(writer, engine, keep, &err), &err);
    size_t count = list_rows(inputs, file_count, keep ? keep : "true", ORDER, all);
    assert_int_equal(writer->file_count, count > 0);
    assert_int_equal(day_writer_total(writer, &sum), count);
    support_ok(day_writer_sum(writer, engine, keep, &expected, &rows, &err), &err);
    assert_int_equal(rows, count);
    assert_true(ledger_sum_equal(&sum, &expected));
    if (count == 0)
        return;
    const char *file = whole;
    assert_string_equal(writer->files[0].path, path);
    assert_int_equal(list_rows(&file, 1, "true", "", written), count);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(written[i], all[i]);
    day_writer_remove(writer);
}

static void a_day_is_written_in_order_however_it_is_sliced(void **state)
{
    (void)state;
    Error err = {0};
    static DayWriter writer;
    Lake *lake = new_lake();
    Arena *arena = arena_new(16 << 20, &err);
    support_ok(lake && arena && day_writer_open(&writer, lake, arena, &err), &err);
    for (int trial = 0; trial < 8; trial++) {
        add_random(1 + chance(4), 1 + chance(300));
        writer.slice_rows = trial == 0 ? DAY_WRITER_ROWS : 1 + chance(80);
        assert_copied(&writer, trial % 2 ? "eventname = 'a' OR eventname IS NULL" : NULL);
    }
    day_writer_close(&writer);
    arena_free(arena);
    lake_close(lake);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slices_hold_every_row_once_and_in_order),
        cmocka_unit_test(many_files_are_cut_as_one),
        cmocka_unit_test(a_call_with_many_rows_is_cut_by_time_then_by_object),
        cmocka_unit_test(few_rows_are_one_slice_and_equal_ones_are_not_split),
        cmocka_unit_test(a_file_that_is_not_there_is_an_error),
        cmocka_unit_test(a_day_is_written_in_order_however_it_is_sliced),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
