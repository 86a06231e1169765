#include "support/support.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/file.h"
#include "derive/derive_batch.h"
#include "lake/backup.h"
#include "lake/merge.h"
#include "lake/merge_choose.h"
#include "lake/part.h"
#include "lake/scan_sql.h"
#include "lake/sweep.h"
#include "support/sample.h"

enum { RECORDS = 1000, PARTS = 10 };

static Lake *lake;
static ClaimTable *claims;
static Engine *engine;
static char folder[256];
static char before[64];

/* A checksum over all values of all rows, as the engine computes it; the caller compares texts. */
static void checksum(const char *lake_folder, char ret[64])
{
    Error err = {0};
    bool row = true;
    char *paths[64];
    size_t count = 0;
    BUF_AUTO Buf sql = buf_init(1 << 20);
    BUF_AUTO Buf text = buf_init(1000);
    DbStatement *select =
        db_statement(lake->db, "SELECT path FROM parts WHERE removed_seq IS NULL", &err);
    while (db_next(select, &row, &err) && row) {
        static char storage[64][600];
        paths[count] = storage[count];
        snprintf(storage[count++], 600, "%s/%.*s", lake_folder, STR_ARG(db_text(select, 0)));
    }
    support_ok(buf_printf(&sql, &err, "SELECT count(*) || ' ' || sum(hash(t)) FROM ") &&
                   scan_sql(&sql, (const char *const *)(void *)paths, count, &err) &&
                   buf_printf(&sql, &err, " t") && buf_text(&sql, &err),
               &err);
    EngineResult *result = engine_query(engine, sql.ptr, &err);
    support_ok(result && engine_next(result, &row, &err) &&
                   engine_value(result, 0, ENGINE_TEXT, &text, &err),
               &err);
    snprintf(ret, 64, "%.*s", STR_ARG(buf_str(&text)));
    engine_result_free(result);
}

/* PARTS parts of RECORDS different records, over two days; every other one is older than the column
 * `derived`, as far as its rows tell, and some rows stand for more than themselves. */
static void fill_lake(void)
{
    Error err = {0};
    PartStore *store = part_store_new(lake, claims, &err);
    QuarantineSet none = quarantine_new();
    Config *config = config_new(&err);
    Derive *derive = derive_open(config, &err);
    for (int p = 0; p < PARTS; p++) {
        BUF_AUTO Buf json = buf_init(64 << 20);
        PartResult result;
        sample_records(&json, RECORDS);
        Batch *batch = sample_batch_keyed(buf_str(&json), lake->secret, p + 1);
        for (uint32_t i = 0; i < batch->rows; i++)
            batch->identity_hash[i] += (uint64_t)p * 1000003;
        for (uint32_t i = 0; i < batch->rows; i += 10 + (uint32_t)p)
            batch->sample_factor[i] = 100 * (p + 1);
        support_ok(p % 2 || derive_batch(derive, batch, &err), &err);
        Receipt receipt = {.object_id = p + 1,
                           .source = STR("file"),
                           .key = STR("/k"),
                           .read = RECORDS,
                           .row_end = RECORDS};
        PartInput input = {
            .batch = batch, .receipts = &receipt, .receipt_count = 1, .quarantine = &none};
        support_ok(part_commit(store, &input, &result, &err), &err);
        assert_int_equal(result.kept, RECORDS);
        batch_free(batch);
    }
    part_store_free(store);
    derive_release(derive);
    config_free(config);
}

/* The sample's days are long closed. */
static int64_t much_later(void)
{
    return INT64_C(4102444800000000);
}

static int begin(void **state)
{
    (void)state;
    Error err = {0};
    clock_replace(much_later);
    EngineOptions options = {.memory_bytes = 1u << 30, .threads = 2};
    snprintf(folder, sizeof folder, "%s/lake", support_folder());
    lake = lake_open(folder, LAKE_CREATE, &err);
    support_ok(lake != NULL, &err);
    claims = claim_table_new(lake, &err);
    engine = engine_open(&options, &err);
    support_ok(claims && engine, &err);
    fill_lake();
    checksum(lake->folder, before);
    return 0;
}

static int end(void **state)
{
    (void)state;
    engine_close(engine);
    claim_table_free(claims);
    lake_close(lake);
    support_folder_end();
    return 0;
}

static int64_t ask(const char *sql)
{
    Error err = {0};
    int64_t number;
    support_ok(db_get_int(lake->db, sql, -1, &number, &err), &err);
    return number;
}

#define LIVE_FILES "SELECT count(*) FROM parts WHERE removed_seq IS NULL"

/* Of a day's RECORDS * PARTS / 2: it takes many slices. */
enum { SLICE_ROWS = 4100, ROUND_FILES = 4 };

static bool merge(MergeReport *report, Error *err)
{
    MergeOptions options = {lake,      claims, engine,     INT64_MIN,
                            INT64_MAX, NULL,   SLICE_ROWS, ROUND_FILES};
    return merge_lake(&options, report, err);
}

/* A closed day has two files at most; one whose hour of grace is not over is none. */
static int64_t next_day(void)
{
    return INT64_C(1795651200000000) + 30 * 60 * INT64_C(1000000); /* 2026-11-26T00:30 */
}

static void what_is_due_is_counted_for_closed_days(void **state)
{
    (void)state;
    Error err = {0};
    MergeDue due;
    support_ok(merge_due(lake, &due, &err), &err);
    assert_int_equal(due.days, 2);
    assert_int_equal(due.files, 2 * (PARTS - 2));
    clock_replace(next_day);
    support_ok(merge_due(lake, &due, &err), &err);
    clock_replace(much_later);
    assert_int_equal(due.days, 1);
    assert_int_equal(due.files, PARTS - 2);
}

static void a_failed_step_of_a_merge_changes_nothing(void **state)
{
    (void)state;
    Error err = {0};
    MergeReport report;
    int64_t files = ask(LIVE_FILES);
    char now[64];
    for (uint64_t step = 1;; step += 3) {
        fault_arm(FAULT_DURABLE, step);
        bool ok = merge(&report, &err);
        fault_arm(FAULT_DURABLE, 0);
        if (ok)
            fail_msg("step %d failed unnoticed", (int)step);
        checksum(lake->folder, now);
        assert_string_equal(now, before);
        if (ask(LIVE_FILES) != files)
            break; /* the first day is merged: later steps belong to the second */
    }
}

static atomic_bool stopping;

/* The end is asked for when a merge looks which days are closed: before it reads. */
static int64_t stop_meanwhile(void)
{
    atomic_store(&stopping, true);
    return much_later();
}

static void a_merge_that_is_stopped_changes_nothing(void **state)
{
    (void)state;
    Error err = {0};
    MergeReport report;
    SweepReport sweep;
    const MergeOptions options = {lake, claims, engine, INT64_MIN, INT64_MAX, &stopping, 0, 0};
    int64_t files = ask(LIVE_FILES);
    for (int i = 0; i < 2; i++) { /* the day at hand is given up; then none is begun */
        clock_replace(stop_meanwhile);
        support_ok(merge_lake(&options, &report, &err), &err);
        clock_replace(much_later);
        assert_int_equal(report.days, 0);
        assert_int_equal(ask(LIVE_FILES), files);
    }
    support_ok(sweep_lake(lake, true, &sweep, &err), &err);
    assert_int_equal(sweep.files, 0);
}

static void merging_keeps_every_value_in_few_files(void **state)
{
    (void)state;
    Error err = {0};
    MergeReport report;
    MergeDue due;
    SweepReport sweep;
    char now[64];
    support_ok(merge(&report, &err), &err);
    checksum(lake->folder, now);
    assert_string_equal(now, before);
    assert_int_equal(ask(LIVE_FILES), 2);
    /* Many small files were merged in rounds, which count as one merge of a day. */
    assert_true(ask("SELECT count(*) FROM commits WHERE kind = 'merge'") > 2);
    assert_int_equal(report.days, 2);
    assert_int_equal(report.files_after, 2);
    assert_int_equal(report.rows, RECORDS * PARTS);
    assert_int_equal(ask("SELECT count(*) FROM runs"), 2);
    assert_int_equal(ask("SELECT sum(entries) FROM runs"), RECORDS * PARTS);
    support_ok(merge_due(lake, &due, &err), &err);
    assert_int_equal(due.files, 0);
    support_ok(merge(&report, &err), &err);
    assert_int_equal(report.days, 0);
    support_ok(sweep_lake(lake, true, &sweep, &err), &err);
    assert_int_equal(sweep.missing, 0);
}

static void a_copy_and_its_restoration_hold_the_same(void **state)
{
    (void)state;
    Error err = {0};
    BackupReport report;
    char copy[300], back[300], now[64];
    snprintf(copy, sizeof copy, "%s/copy", support_folder());
    snprintf(back, sizeof back, "%s/back", support_folder());
    support_ok(backup_make(lake, copy, &report, &err), &err);
    assert_true(report.files > 2);
    assert_false(backup_make(lake, copy, &report, &err));
    assert_non_null(strstr(err.text, "not empty"));
    support_ok(backup_restore(copy, back, &report, &err), &err);
    checksum(back, now);
    assert_string_equal(now, before);
    assert_false(backup_restore("/nonexistent", back, &report, &err));
    assert_int_equal(err.kind, ERROR_ACCESS);
}

/* ---- beside appends ---- */

enum { BESIDE_PARTS = 60, BESIDE_RECORDS = 40 };

static atomic_bool appended;

/* Appends small parts; every second one repeats the part before it, which must stay out. */
static void *append_parts(void *context)
{
    Error err = {0};
    uint64_t *kept = context;
    PartStore *store = part_store_new(lake, claims, &err);
    QuarantineSet none = quarantine_new();
    for (int p = 0; p < BESIDE_PARTS; p++) {
        BUF_AUTO Buf json = buf_init(64 << 20);
        PartResult result;
        sample_records(&json, BESIDE_RECORDS);
        Batch *batch = sample_batch_keyed(buf_str(&json), lake->secret, p + 1);
        for (uint32_t i = 0; i < batch->rows; i++)
            batch->identity_hash[i] += (uint64_t)(p / 2 + 1) << 32;
        Receipt receipt = {.object_id = 1000 + p,
                           .source = STR("file"),
                           .key = STR("/beside"),
                           .read = BESIDE_RECORDS,
                           .row_end = BESIDE_RECORDS};
        PartInput input = {
            .batch = batch, .receipts = &receipt, .receipt_count = 1, .quarantine = &none};
        if (!part_commit(store, &input, &result, &err))
            break;
        *kept += result.kept;
        batch_free(batch);
    }
    part_store_free(store);
    atomic_store(&appended, true);
    return err.kind == ERROR_NONE ? NULL : context;
}

static void merging_beside_appends_loses_and_doubles_nothing(void **state)
{
    (void)state;
    Error err = {0};
    MergeReport report;
    SweepReport sweep;
    pthread_t thread;
    void *failed;
    uint64_t kept = 0, merges = 0;
    int64_t rows = ask("SELECT sum(rows) FROM parts WHERE removed_seq IS NULL");
    assert_int_equal(pthread_create(&thread, NULL, append_parts, &kept), 0);
    while (!atomic_load(&appended)) {
        support_ok(merge(&report, &err), &err);
        merges += report.days;
    }
    pthread_join(thread, &failed);
    assert_null(failed);
    support_ok(merge(&report, &err), &err);
    assert_true(merges + report.days > 1);
    assert_int_equal(kept, BESIDE_PARTS / 2 * BESIDE_RECORDS);
    assert_int_equal(ask("SELECT sum(rows) FROM parts WHERE removed_seq IS NULL"),
                     rows + (int64_t)kept);
    assert_true(ask("SELECT max(n) FROM (SELECT count(*) AS n FROM parts WHERE removed_seq IS NULL "
                    "GROUP BY day)") <= MERGE_CLOSED_FILES);
    assert_int_equal(ask("SELECT sum(entries) FROM runs"), rows + (int64_t)kept);
    support_ok(sweep_lake(lake, true, &sweep, &err), &err);
    assert_int_equal(sweep.missing, 0);
    assert_int_equal(sweep.files, 0); /* former runs are gone, thrown away merges too */
    checksum(lake->folder, before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_due_is_counted_for_closed_days),
        cmocka_unit_test(a_failed_step_of_a_merge_changes_nothing),
        cmocka_unit_test(a_merge_that_is_stopped_changes_nothing),
        cmocka_unit_test(merging_keeps_every_value_in_few_files),
        cmocka_unit_test(merging_beside_appends_loses_and_doubles_nothing),
        cmocka_unit_test(a_copy_and_its_restoration_hold_the_same),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
