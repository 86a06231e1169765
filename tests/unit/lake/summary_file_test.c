#include "support/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "derive/derive_batch.h"
#include "lake/expire.h"
#include "lake/merge.h"
#include "lake/part.h"
#include "lake/summary_check.h"
#include "lake/summary_file.h"
#include "lake/summary_fill.h"
#include "lake/summary_sql.h"
#include "lake/sweep.h"
#include "support/sample.h"

enum { PARTS = 6, RECORDS = 2500, DISTINCT = 9000, PATHS_MAX = 64 };

static Lake *lake;
static ClaimTable *claims;
static Engine *engine;
static Derive *derive;
static uint64_t seed = 11;

static uint32_t draw(uint32_t below)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(seed >> 33) % below;
}

/* The identity of event *n*: a role's session, a user, a service, one that only an account tells,
 * none; what the caller is follows from the first part that is there. */
static bool put_identity(Buf *out, uint32_t n, Error *err)
{
    switch (n % 6) {
    case 0:
        return buf_printf(out, err,
                          "\"userIdentity\":{\"type\":\"AssumedRole\",\"principalId\":\"ARO:s%u\","
                          "\"arn\":\"arn:aws:sts::111122223333:assumed-role/r/s%u\",\"accountId\":"
                          "\"111122223333\",\"sessionContext\":{\"sessionIssuer\":{\"type\":"
                          "\"Role\",\"arn\":\"arn:aws:iam::111122223333:role/r\"}}},",
                          n, n);
    case 1:
        return buf_printf(out, err,
                          "\"userIdentity\":{\"type\":\"IAMUser\",\"arn\":"
                          "\"arn:aws:iam::111122223333:user/u%u\",\"userName\":\"u%u\"},",
                          n % 4, n % 4);
    case 2:
        return buf_printf(out, err,
                          "\"userIdentity\":{\"type\":\"AWSService\",\"invokedBy\":"
                          "\"ec2.amazonaws.com\"},");
    case 3:
        return buf_printf(out, err,
                          "\"userIdentity\":{\"type\":\"AWSAccount\",\"principalId\":\"\","
                          "\"accountId\":\"444455556666\"},");
    case 4:
        return buf_printf(out, err,
                          "\"userIdentity\":{\"type\":\"AWSAccount\",\"principalId\":\"AID\"},");
    default:
        return true;
    }
}

/* What became of event *n*: nothing, a denial in its forms, another error, a message alone. */
static bool put_outcome(Buf *out, uint32_t n, Error *err)
{
    static const char *const OUTCOMES[] = {
        "",
        "",
        "\"errorCode\":\"AccessDenied\",",
        "\"errorCode\":\"Client.UnauthorizedOperation\",",
        "\"errorCode\":\"Forbidden\",\"errorMessage\":\"no\",",
        "\"errorCode\":\"Throttling\",",
        "\"errorMessage\":\"Failed authentication\",",
    };
    return buf_printf(out, err, "%s", OUTCOMES[n / 6 % 7]);
}

/* Event *n*, the same whenever it is asked for. Some have no readOnly, as old records. */
static void put_event(Buf *out, uint32_t n)
{
    Error err = {0};
    static const char *const READ_ONLY[] = {"", "\"readOnly\":true,", "\"readOnly\":false,"};
    support_ok(
        buf_printf(out, &err, "{\"eventVersion\":\"1.08\",") && put_identity(out, n, &err) &&
            put_outcome(out, n, &err) &&
            buf_printf(out, &err,
                       "%s\"eventTime\":\"2026-10-%02uT%02u:%02u:%02uZ\",\"eventSource\":"
                       "\"s%u.amazonaws.com\",\"eventName\":\"Call%u\",\"awsRegion\":\"r-%u\","
                       "\"eventCategory\":\"%s\",\"eventID\":\"e-%u\","
                       "\"recipientAccountId\":\"11112222333%u\"}\n",
                       READ_ONLY[n % 3], 5 + n % 2, n / 2 % 5, n % 60, n / 7 % 60, n % 2, n % 3,
                       n % 2, n % 5 ? "Management" : "Data", n, n % 2),
        &err);
}

/* Commits *count* events from anywhere: many come again. Half of the parts are from before the
 * column `derived`. */
static void commit(uint32_t part, uint32_t count)
{
    Error err = {0};
    BUF_AUTO Buf json = buf_init(64 << 20);
    PartResult result;
    QuarantineSet none = quarantine_new();
    for (uint32_t i = 0; i < count; i++)
        put_event(&json, draw(DISTINCT));
    Batch *batch = sample_batch_keyed(buf_str(&json), lake->secret, part + 1);
    support_ok(part % 2 || derive_batch(derive, batch, &err), &err);
    Receipt receipt = {.object_id = part + 1,
                       .source = STR("file"),
                       .key = STR("/k"),
                       .read = count,
                       .row_end = count};
    PartStore *store = part_store_new(lake, claims, &err);
    PartInput input = {
        .batch = batch, .receipts = &receipt, .receipt_count = 1, .quarantine = &none};
    support_ok(store && part_commit(store, &input, &result, &err), &err);
    part_store_free(store);
    batch_free(batch);
}

static int64_t much_later(void)
{
    return INT64_C(4102444800000000);
}

static int begin(void **state)
{
    (void)state;
    Error err = {0};
    char folder[256];
    clock_replace(much_later);
    snprintf(folder, sizeof folder, "%s/lake", support_folder());
    lake = lake_open(folder, LAKE_CREATE, &err);
    support_ok(lake != NULL, &err);
    EngineOptions options = {.memory_bytes = 1u << 30, .threads = 2};
    claims = claim_table_new(lake, &err);
    engine = engine_open(&options, &err);
    Config *config = config_new(&err);
    derive = config ? derive_open(config, &err) : NULL;
    config_free(config);
    support_ok(claims && engine && derive, &err);
    return 0;
}

static int end(void **state)
{
    (void)state;
    derive_release(derive);
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

/* How many live files there are, and how many of them have counted rows, which must be right. */
static int count_checked(int *ret_files)
{
    Error err = {0};
    bool row = true;
    int found = 0;
    DbStatement *select =
        db_statement(lake->db, "SELECT path FROM parts WHERE removed_seq IS NULL", &err);
    for (*ret_files = 0; db_next(select, &row, &err) && row; ++*ret_files) {
        SummaryVerdict verdict;
        support_ok(summary_check_file(engine, lake->folder, db_text(select, 0), &verdict, &err),
                   &err);
        assert_int_not_equal(verdict, SUMMARY_DIFFERS);
        found += verdict == SUMMARY_SAME;
    }
    support_ok(err.kind == ERROR_NONE, &err);
    return found;
}

/* The first column of the first row of "SELECT *what* FROM" the rows of all live files. */
static int64_t ask_summary(const char *what)
{
    Error err = {0};
    bool row = true;
    static char storage[PATHS_MAX][600];
    const char *paths[PATHS_MAX];
    ScanFiles files = {.paths = paths};
    BUF_AUTO Buf sql = buf_init(1 << 20), text = buf_init(1000);
    DbStatement *select =
        db_statement(lake->db, "SELECT path FROM parts WHERE removed_seq IS NULL", &err);
    while (db_next(select, &row, &err) && row) {
        snprintf(storage[files.count], 600, "%s/%.*s", lake->folder, STR_ARG(db_text(select, 0)));
        paths[files.count] = storage[files.count];
        files.count++;
    }
    support_ok(buf_printf(&sql, &err, "SELECT %s FROM (", what) &&
                   summary_sql(&sql, lake->folder, &files, &err) &&
                   buf_append_byte(&sql, ')', &err) && buf_text(&sql, &err),
               &err);
    EngineResult *result = engine_query(engine, sql.ptr, &err);
    support_ok(result && engine_next(result, &row, &err) && row &&
                   engine_value(result, 0, ENGINE_TEXT, &text, &err) && buf_text(&text, &err),
               &err);
    engine_result_free(result);
    return strtoll(text.ptr, NULL, 10);
}

#define EVENTS "SELECT sum(rows) FROM parts WHERE removed_seq IS NULL"

static void what_was_counted_is_what_is_there_in_any_order_of_arrival(void **state)
{
    (void)state;
    int files;
    for (uint32_t p = 0; p < PARTS; p++)
        commit(p, p == PARTS - 1 ? 300 : RECORDS);
    int counted = count_checked(&files);
    assert_true(counted > 0 && counted < files); /* the last part's files are small */
    assert_int_equal(ask_summary("sum(events)"), ask(EVENTS));
    assert_int_equal(ask(EVENTS), ask("SELECT sum(kept) FROM objects"));
    assert_true(ask("SELECT sum(duplicate) FROM objects") > 0);
    assert_true(ask_summary("count(*)") < ask(EVENTS) / 2);
    assert_int_equal(ask_summary("count(DISTINCT outcome)"), 3);
    assert_int_equal(ask_summary("count_if(hour <> date_trunc('hour', first_time) OR hour <> "
                                 "date_trunc('hour', last_time) OR first_time > last_time)"),
                     0);
    assert_int_equal(ask_summary("count_if(outcome = 'denied' AND errorcode = 'Throttling')"), 0);
    assert_int_equal(ask_summary("count_if(caller IS NULL) - count_if(identity_type IS NULL)"), 0);
}

static void a_merge_counts_what_it_writes_and_expiry_takes_both(void **state)
{
    (void)state;
    Error err = {0};
    MergeReport report;
    SweepReport sweep;
    int files;
    int64_t events = ask_summary("sum(events)");
    MergeOptions options = {lake, claims, engine, INT64_MIN, INT64_MAX, NULL, 0, 0};
    support_ok(merge_lake(&options, &report, &err), &err);
    assert_int_equal(report.days, 2);
    int counted = count_checked(&files);
    assert_int_equal(counted, files);
    assert_int_equal(ask_summary("sum(events)"), events);
    support_ok(db_exec(lake->db, "UPDATE parts SET removed_at_us = 0 WHERE removed_seq", &err),
               &err);
    ExpireReport expired;
    const PublishPolicy policy = {.age_max_ms = 1, .count_max = 1};
    support_ok(expire_lake(lake, &policy, &expired, &err), &err);
    support_ok(sweep_lake(lake, true, &sweep, &err), &err);
    assert_int_equal(sweep.files, 0);
    assert_int_equal(expired.files, report.files_before);
}

static void what_was_lost_or_never_counted_is_counted_later(void **state)
{
    (void)state;
    Error err = {0};
    int files, counted = count_checked(&files);
    uint64_t filled;
    char path[LAYOUT_PATH_BYTES];
    atomic_bool stopping = true;
    int64_t events = ask_summary("sum(events)");
    support_ok(layout_path(path, &err, lake->folder, LAYOUT_SUMMARY) &&
                   file_remove_tree(path, &err),
               &err);
    assert_int_equal(ask_summary("sum(events)"), events);
    support_ok(summary_fill(lake, engine, &stopping, &filled, &err), &err);
    assert_int_equal(filled, 0);
    support_ok(summary_fill(lake, engine, NULL, &filled, &err), &err);
    assert_int_equal(filled, counted);
    assert_int_equal(count_checked(&files), counted);
    assert_int_equal(ask_summary("sum(events)"), events);
}

static void a_row_that_was_changed_is_seen(void **state)
{
    (void)state;
    Error err = {0};
    bool row;
    char data[600], path[LAYOUT_PATH_BYTES], copy[LAYOUT_PATH_BYTES];
    SummaryVerdict verdict;
    BUF_AUTO Buf sql = buf_init(1 << 20);
    DbStatement *select =
        db_statement(lake->db, "SELECT path FROM parts WHERE removed_seq IS NULL", &err);
    support_ok(db_next(select, &row, &err) && row, &err);
    snprintf(data, sizeof data, "%.*s", STR_ARG(db_text(select, 0)));
    db_reset(select);
    support_ok(summary_file_path(path, lake->folder, str_of(data), &err) &&
                   layout_path(copy, &err, lake->folder, "tmp/changed.parquet"),
               &err);
    support_ok(buf_printf(&sql, &err,
                          "COPY (SELECT * REPLACE (events + (eventname = 'Call1')::INT AS events) "
                          "FROM read_parquet('%s')) TO '%s' (FORMAT parquet)",
                          path, copy) &&
                   buf_text(&sql, &err) && engine_run(engine, sql.ptr, &err),
               &err);
    assert_int_equal(rename(copy, path), 0);
    support_ok(summary_check_file(engine, lake->folder, str_of(data), &verdict, &err), &err);
    assert_int_equal(verdict, SUMMARY_DIFFERS);
    support_ok(file_replace(path, STR("no table"), &err), &err);
    support_ok(summary_check_file(engine, lake->folder, str_of(data), &verdict, &err), &err);
    assert_int_equal(verdict, SUMMARY_DIFFERS);
    support_ok(summary_file_remove(lake->folder, str_of(data), &err), &err);
    support_ok(summary_check_file(engine, lake->folder, str_of(data), &verdict, &err), &err);
    assert_int_equal(verdict, SUMMARY_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_counted_is_what_is_there_in_any_order_of_arrival),
        cmocka_unit_test(a_merge_counts_what_it_writes_and_expiry_takes_both),
        cmocka_unit_test(what_was_lost_or_never_counted_is_counted_later),
        cmocka_unit_test(a_row_that_was_changed_is_seen),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
