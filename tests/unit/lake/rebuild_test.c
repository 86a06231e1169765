#include "lake/rebuild.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/file.h"
#include "base/file_move.h"
#include "base/timestamp.h"
#include "lake/merge.h"
#include "lake/parquet.h"
#include "lake/part.h"
#include "lake/publish.h"
#include "lake/scan_sql.h"
#include "lake/sweep.h"
#include "support/sample.h"
#include "support/support.h"

/* What the lake holds before its state is lost, at the least. */
typedef struct Before {
    char sum[64];
    int64_t rows;
} Before;

static Engine *engine;
static char folder[256];
static int folders;

/* The sample's days are long closed. */
static int64_t much_later(void)
{
    return INT64_C(4102444800000000);
}

static int begin(void **state)
{
    (void)state;
    Error err = {0};
    EngineOptions options = {.memory_bytes = 1u << 30, .threads = 2};
    clock_replace(much_later);
    engine = engine_open(&options, &err);
    support_ok(engine != NULL, &err);
    return 0;
}

static int end(void **state)
{
    (void)state;
    engine_close(engine);
    support_folder_end();
    return 0;
}

static int new_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "%s/lake%d", support_folder(), folders++);
    return 0;
}

static Lake *open_lake(LakeMode mode)
{
    Error err = {0};
    Lake *lake = lake_open(folder, mode, &err);
    support_ok(lake != NULL, &err);
    return lake;
}

static int64_t ask(const char *sql)
{
    Error err = {0};
    int64_t number;
    LAKE_AUTO Lake *lake = open_lake(LAKE_READ);
    support_ok(db_get_int(lake->db, sql, -1, &number, &err), &err);
    return number;
}

/* A checksum over all values of all live rows. */
static Before look(void)
{
    Error err = {0};
    bool row = true;
    static char storage[200][600];
    const char *paths[200];
    size_t count = 0;
    Before before = {0};
    BUF_AUTO Buf sql = buf_init(1 << 20);
    BUF_AUTO Buf text = buf_init(1000);
    LAKE_AUTO Lake *lake = open_lake(LAKE_READ);
    DbStatement *select =
        db_statement(lake->db, "SELECT path FROM parts WHERE removed_seq IS NULL", &err);
    while (db_next(select, &row, &err) && row) {
        assert_true(count < 200);
        paths[count] = storage[count];
        snprintf(storage[count++], 600, "%s/%.*s", lake->folder, STR_ARG(db_text(select, 0)));
    }
    support_ok(buf_printf(&sql, &err, "SELECT count(*) || ' ' || sum(hash(t)) FROM ") &&
                   scan_sql(&sql, paths, count, &err) && buf_printf(&sql, &err, " t") &&
                   buf_text(&sql, &err),
               &err);
    EngineResult *result = engine_query(engine, sql.ptr, &err);
    support_ok(result && engine_next(result, &row, &err) &&
                   engine_value(result, 0, ENGINE_TEXT, &text, &err),
               &err);
    snprintf(before.sum, sizeof before.sum, "%.*s", STR_ARG(buf_str(&text)));
    engine_result_free(result);
    support_ok(db_get_int(lake->db, "SELECT sum(rows) FROM parts WHERE removed_seq IS NULL", 0,
                          &before.rows, &err),
               &err);
    return before;
}

static void assert_same(const Before *before)
{
    Before now = look();
    assert_string_equal(now.sum, before->sum);
    assert_int_equal(ask("SELECT sum(kept) FROM objects"), before->rows);
    assert_int_equal(ask("SELECT sum(entries) FROM runs"), before->rows);
    assert_int_equal(ask("SELECT count(*) FROM objects WHERE read <> kept + duplicate + dropped + "
                         "quarantined"),
                     0);
}

/* Records [from, to) of an endless sample; some have no eventID and are all equal. */
static void put_records(Buf *json, int from, int to)
{
    Error err = {0};
    support_ok(buf_append_byte(json, '[', &err), &err);
    for (int i = from; i < to; i++) {
        bool unnamed = i % 10 == 9;
        support_ok(buf_printf(json, &err, "%s{\"eventTime\":\"2026-11-2%dT00:00:%02dZ\"",
                              i > from ? "," : "", unnamed ? 0 : i % 3, unnamed ? 0 : i % 60),
                   &err);
        if (!unnamed)
            support_ok(buf_printf(json, &err,
                                  ",\"eventID\":\"id-%d\",\"recipientAccountId\":\"1\","
                                  "\"userIdentity\":{\"arn\":\"arn:%d\",\"sessionContext\":{"
                                  "\"attributes\":{\"sourceIdentity\":\"s%d\"}}}",
                                  i, i % 7, i % 3),
                       &err);
        support_ok(buf_append_byte(json, '}', &err), &err);
    }
    support_ok(buf_append_byte(json, ']', &err), &err);
}

/* Commits records [from, to) as an object, with one quarantined piece. */
static PartResult commit_object(Lake *lake, ClaimTable *claims, int from, int to)
{
    Error err = {0};
    char key[64];
    int64_t id;
    PartResult result;
    BUF_AUTO Buf json = buf_init(16 << 20);
    put_records(&json, from, to);
    support_ok(receipt_next_id(lake, &id, &err), &err);
    Batch *batch = sample_batch_keyed(buf_str(&json), lake->secret, id);
    snprintf(key, sizeof key, "/k/%d-%d", from, to);
    Receipt receipt = {.object_id = id,
                       .source = STR("file"),
                       .key = str_of(key),
                       .etag = "e",
                       .read = batch->rows + 1,
                       .quarantined = 1,
                       .row_end = batch->rows};
    QuarantinePiece piece = {
        .object_id = id, .record_index = to - from, .bytes = 3, .reason = "test"};
    QuarantineSet pieces = quarantine_new();
    PartInput input = {
        .batch = batch, .receipts = &receipt, .receipt_count = 1, .quarantine = &pieces};
    PartStore *store = part_store_new(lake, claims, &err);
    support_ok(quarantine_add(&pieces, &piece, STR("bad"), &err) &&
                   part_commit(store, &input, &result, &err),
               &err);
    quarantine_free(&pieces);
    part_store_free(store);
    batch_free(batch);
    return result;
}

static PartResult ingest(int from, int to)
{
    Error err = {0};
    LAKE_AUTO Lake *lake = open_lake(LAKE_CREATE);
    ClaimTable *claims = claim_table_new(lake, &err);
    support_ok(claims != NULL, &err);
    PartResult result = commit_object(lake, claims, from, to);
    claim_table_free(claims);
    return result;
}

static void publish(void)
{
    Error err = {0};
    LAKE_AUTO Lake *lake = open_lake(LAKE_WRITE);
    support_ok(publish_lake(lake, &err), &err);
}

static void merge(void)
{
    Error err = {0};
    MergeReport report;
    LAKE_AUTO Lake *lake = open_lake(LAKE_WRITE);
    MergeOptions options = {
        lake, claim_table_new(lake, &err), engine, INT64_MIN, INT64_MAX, NULL, 0, 0};
    support_ok(options.claims && merge_lake(&options, &report, &err), &err);
    assert_true(report.days > 0);
    claim_table_free(options.claims);
}

/* Takes the file *name* below the lake away, out of the lake. */
static void lose(const char *name)
{
    Error err = {0};
    char from[600], to[600];
    snprintf(from, sizeof from, "%s/%s", folder, name);
    snprintf(to, sizeof to, "%s.gone-%d", folder, folders++);
    if (file_exists(from))
        support_ok(file_move(from, to, &err), &err);
}

static void lose_state(void)
{
    lose("state.db");
    lose("state.db-wal");
    lose("state.db-shm");
}

static bool rebuild(RebuildReport *report, Error *err)
{
    RebuildOptions options = {.folder = folder, .engine = engine};
    return rebuild_lake(&options, report, err);
}

static RebuildReport must_rebuild(void)
{
    Error err = {0};
    RebuildReport report;
    support_ok(rebuild(&report, &err), &err);
    return report;
}

/* The path of a part below the lake. */
static void part_path(const char *sql, char ret[600])
{
    Error err = {0};
    bool row;
    LAKE_AUTO Lake *lake = open_lake(LAKE_READ);
    DbStatement *select = db_statement(lake->db, sql, &err);
    support_ok(select && db_next(select, &row, &err) && row, &err);
    snprintf(ret, 600, "%.*s", STR_ARG(db_text(select, 0)));
    db_reset(select);
}

/* Ten objects, merged, published, and two more behind that. */
static Before make_lake(void)
{
    for (int i = 0; i < 10; i++)
        ingest(i * 90, i * 90 + 100);
    merge();
    publish();
    ingest(1000, 1100);
    ingest(1050, 1200);
    return look();
}

static void every_event_comes_back_once(void **state)
{
    (void)state;
    Before before = make_lake();
    int64_t objects = ask("SELECT count(*) FROM objects");
    int64_t pieces = ask("SELECT count(*) FROM quarantine");
    int64_t last_seq = ask("SELECT max(seq) FROM commits");
    lose_state();
    RebuildReport report = must_rebuild();
    assert_same(&before);
    assert_int_equal(report.events, before.rows);
    assert_string_equal(report.aside, "");
    assert_int_equal(report.missing + report.broken + report.repeated, 0);
    assert_int_equal(ask("SELECT count(*) FROM objects"), objects);
    assert_int_equal(ask("SELECT count(*) FROM quarantine"), pieces);
    assert_true(ask("SELECT max(seq) FROM commits") > last_seq);
    /* The same objects add nothing, also those with records that have no eventID. */
    for (int i = 0; i < 10; i++)
        assert_int_equal(ingest(i * 90, i * 90 + 100).kept, 0);
    assert_int_equal(ingest(1050, 1200).kept, 0);
    assert_string_equal(look().sum, before.sum);
    /* 9 of the new ones are equal to one another and to others: the object's number counts. */
    assert_int_equal(ingest(5000, 5100).kept, 90);
}

static void the_old_state_is_kept_and_gives_its_secret(void **state)
{
    (void)state;
    Error err = {0};
    RebuildReport report;
    Before before = make_lake();
    int64_t prints = ask("SELECT sum(entries) FROM runs");
    LAKE_AUTO Lake *lake = open_lake(LAKE_READ);
    assert_false(rebuild(&report, &err));
    assert_int_equal(err.kind, ERROR_ACCESS);
    assert_non_null(strstr(err.text, "--force"));
    RebuildOptions options = {.folder = folder, .engine = engine, .force = true};
    support_ok(rebuild_lake(&options, &report, &err), &err);
    assert_same(&before);
    assert_string_equal(report.aside, "state.db.lost-1");
    LAKE_AUTO Lake *now = open_lake(LAKE_READ);
    assert_memory_equal(now->secret, lake->secret, sizeof now->secret);
    assert_string_equal(now->uuid, lake->uuid);
    assert_int_equal(ask("SELECT sum(entries) FROM runs"), prints);
}

static void a_damaged_state_is_kept_as_it_was(void **state)
{
    (void)state;
    Error err = {0};
    char path[600];
    BUF_AUTO Buf bytes = buf_init(1000);
    Before before = make_lake();
    lose_state();
    snprintf(path, sizeof path, "%s/state.db", folder);
    support_ok(file_replace(path, STR("this is no database at all"), &err), &err);
    RebuildReport report = must_rebuild();
    assert_same(&before);
    snprintf(path, sizeof path, "%s/%s", folder, report.aside);
    support_ok(file_read(path, &bytes, NULL, &err), &err);
    assert_true(str_equal(buf_str(&bytes), STR("this is no database at all")));
}

static void without_what_is_published_merged_files_tell(void **state)
{
    (void)state;
    Before before = make_lake();
    lose_state();
    lose("catalog.db");
    lose("cloudtrail/metadata/version-hint.text");
    RebuildReport report = must_rebuild();
    assert_same(&before);
    assert_true(report.newer == report.files && report.superseded > 0);
}

static void a_merged_file_counts_when_an_input_is_gone(void **state)
{
    (void)state;
    char path[600];
    Before before = make_lake();
    part_path("SELECT path FROM parts WHERE removed_seq IS NOT NULL ORDER BY id LIMIT 1", path);
    lose_state();
    lose("catalog.db");
    lose("cloudtrail/metadata/version-hint.text");
    lose(path);
    must_rebuild();
    assert_same(&before);
}

static void the_hint_stands_in_for_the_catalog(void **state)
{
    (void)state;
    Before before = make_lake();
    lose_state();
    lose("catalog.db");
    RebuildReport report = must_rebuild();
    assert_same(&before);
    assert_true(report.newer > 0 && report.newer < report.files);
}

/* A file that a killed writer left: records [from, to), for a commit that never was. */
static void leave_orphan(int from, int to, int64_t seq)
{
    Error err = {0};
    char path[600];
    uint64_t bytes;
    uint32_t order[1000];
    uint32_t count = 0;
    BUF_AUTO Buf json = buf_init(16 << 20);
    BUF_AUTO Buf summary = buf_init(1 << 20);
    put_records(&json, from, to);
    Batch *batch = sample_batch_keyed(buf_str(&json), sample_secret(), 500);
    int32_t day = INT32_MAX;
    for (uint32_t i = 0; i < batch->rows; i++)
        if (timestamp_day(batch->event_time[i]) < day)
            day = timestamp_day(batch->event_time[i]);
    for (uint32_t i = 0; i < batch->rows; i++)
        if (timestamp_day(batch->event_time[i]) == day)
            order[count++] = i;
    snprintf(path, sizeof path, "%s/cloudtrail/data/eventtime_day=2026-11-20", folder);
    support_ok(file_make_folders(path, &err), &err);
    snprintf(path, sizeof path,
             "%s/cloudtrail/data/eventtime_day=2026-11-20/%010" PRId64 "-x-0.parquet", folder, seq);
    ParquetEncoder *encoder = parquet_encoder_new(&err);
    ParquetFile *file = parquet_create(encoder, path, &err);
    ParquetRows rows = {batch, order, count, NULL, seq};
    support_ok(file && parquet_write_rows(file, &rows, &err) &&
                   parquet_finish(file, &bytes, &summary, &err),
               &err);
    parquet_encoder_free(encoder);
    batch_free(batch);
}

static void what_a_killed_writer_left_is_not_taken_twice(void **state)
{
    (void)state;
    Before before = make_lake();
    leave_orphan(1000, 1050, 77);
    lose_state();
    RebuildReport report = must_rebuild();
    assert_same(&before);
    assert_int_equal(report.repeated, 1);
    assert_true(ask("SELECT max(seq) FROM commits") > 77);
}

static void of_a_half_known_file_the_new_events_are_kept(void **state)
{
    (void)state;
    make_lake();
    int64_t rows = ask("SELECT sum(rows) FROM parts WHERE removed_seq IS NULL");
    leave_orphan(1150, 1250, 77); /* 1200 to 1249 are not in */
    lose_state();
    RebuildReport report = must_rebuild();
    assert_int_equal(report.rewritten, 1);
    int64_t more = ask("SELECT sum(rows) FROM parts WHERE removed_seq IS NULL") - rows;
    assert_int_equal(more, 15); /* those of that day; equal ones without a name are in */
    assert_int_equal(ask("SELECT sum(kept) FROM objects"), rows + more);
    Before before = look();
    lose_state(); /* once more: what was rewritten stands for the file it came from */
    must_rebuild();
    assert_string_equal(look().sum, before.sum);
}

static void a_file_that_is_not_whole_is_left_out(void **state)
{
    (void)state;
    Error err = {0};
    char path[600], from[600], to[700];
    BUF_AUTO Buf bytes = buf_init(16 << 20);
    Before before = make_lake();
    part_path("SELECT path FROM parts WHERE removed_seq IS NULL ORDER BY id LIMIT 1", path);
    snprintf(from, sizeof from, "%.299s/%.299s", folder, path);
    support_ok(file_read(from, &bytes, NULL, &err), &err);
    snprintf(to, sizeof to, "%.*s/0000000099-y-0.parquet", (int)(strrchr(from, '/') - from), from);
    support_ok(file_replace(to, (Str){bytes.ptr, bytes.len / 2}, &err), &err);
    lose_state();
    RebuildReport report = must_rebuild();
    assert_same(&before);
    assert_int_equal(report.broken, 1);
}

static void a_damaged_published_file_is_never_passed_over(void **state)
{
    (void)state;
    Error err = {0};
    char path[600], whole[600];
    RebuildReport report;
    BUF_AUTO Buf bytes = buf_init(16 << 20);
    make_lake();
    publish();
    part_path("SELECT path FROM parts WHERE removed_seq IS NULL ORDER BY id LIMIT 1", path);
    snprintf(whole, sizeof whole, "%.299s/%.299s", folder, path);
    support_ok(file_read(whole, &bytes, NULL, &err), &err);
    support_ok(file_replace(whole, (Str){bytes.ptr, bytes.len / 2}, &err), &err);
    lose_state();
    assert_false(rebuild(&report, &err));
    assert_int_equal(err.kind, ERROR_INPUT);
    assert_non_null(strstr(err.text, path));
    lose(path);
    report = must_rebuild();
    assert_int_equal(report.missing, 1);
    assert_string_equal(report.first_missing, path);
    assert_true(ingest(0, 100).kept > 0); /* what was lost comes again from its source */
}

static void an_interrupted_rebuild_is_run_again(void **state)
{
    (void)state;
    Error err = {0};
    RebuildReport report;
    Before before = make_lake();
    leave_orphan(1150, 1199, 77);
    lose_state();
    bool ended = false;
    for (uint64_t step = 1; !ended; step++) {
        char path[600];
        fault_arm(FAULT_DURABLE, step);
        ended = rebuild(&report, &err);
        fault_arm(FAULT_DURABLE, 0);
        error_clear(&err);
        snprintf(path, sizeof path, "%s/state.db", folder);
        if (file_exists(path)) /* put in place: only the publication was left */
            break;
        assert_true(step < 1000);
    }
    if (!ended) {
        LAKE_AUTO Lake *lake = open_lake(LAKE_WRITE);
        support_ok(publish_lake(lake, &err), &err);
    }
    assert_same(&before);
}

static void nothing_makes_a_new_state_over_old_files(void **state)
{
    (void)state;
    Error err = {0};
    SweepReport sweep;
    Before before = make_lake();
    lose_state();
    assert_null(lake_open(folder, LAKE_CREATE, &err));
    assert_non_null(strstr(err.text, "spoor lake rebuild"));
    assert_null(lake_open(folder, LAKE_READ, &err));
    assert_non_null(strstr(err.text, "spoor lake rebuild"));
    must_rebuild();
    {
        LAKE_AUTO Lake *lake = open_lake(LAKE_WRITE);
        lake->opened_at_us = INT64_MAX; /* all that is named by nothing goes */
        support_ok(sweep_lake(lake, false, &sweep, &err), &err);
        assert_int_equal(sweep.missing, 0);
        assert_true(sweep.files > 0);
    }
    assert_same(&before);
    snprintf(folder, sizeof folder, "%s/none", support_folder());
    RebuildReport report;
    assert_false(rebuild(&report, &err));
    assert_int_equal(err.kind, ERROR_ACCESS);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup(name, new_folder)
    const struct CMUnitTest tests[] = {
        CASE(every_event_comes_back_once),
        CASE(the_old_state_is_kept_and_gives_its_secret),
        CASE(a_damaged_state_is_kept_as_it_was),
        CASE(without_what_is_published_merged_files_tell),
        CASE(a_merged_file_counts_when_an_input_is_gone),
        CASE(the_hint_stands_in_for_the_catalog),
        CASE(what_a_killed_writer_left_is_not_taken_twice),
        CASE(of_a_half_known_file_the_new_events_are_kept),
        CASE(a_file_that_is_not_whole_is_left_out),
        CASE(a_damaged_published_file_is_never_passed_over),
        CASE(an_interrupted_rebuild_is_run_again),
        CASE(nothing_makes_a_new_state_over_old_files),
    };
#undef CASE
    return cmocka_run_group_tests(tests, begin, end);
}
