#include "support/support.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "lake/part.h"
#include "query/session.h"
#include "support/sample.h"

enum { RECORDS = 1000 };

static Lake *lake;
static Config *config;

static void fill_lake(void)
{
    Error err = {0};
    PartResult result;
    BUF_AUTO Buf json = buf_init(64 << 20);
    sample_records(&json, RECORDS);
    Batch *batch = sample_batch(buf_str(&json));
    ClaimTable *claims = claim_table_new(lake, &err);
    PartStore *store = part_store_new(lake, claims, &err);
    QuarantineSet pieces = quarantine_new();
    QuarantinePiece piece = {.object_id = 1, .bytes = 1, .reason = "why", .record_index = 3};
    support_ok(quarantine_add(&pieces, &piece, STR("x"), &err), &err);
    Receipt receipt = {.object_id = 1,
                       .source = STR("file"),
                       .key = STR("/k"),
                       .sha256 = {0xab, 0xcd},
                       .read = RECORDS,
                       .row_end = RECORDS};
    PartInput input = {
        .batch = batch, .receipts = &receipt, .receipt_count = 1, .quarantine = &pieces};
    support_ok(part_commit(store, &input, &result, &err), &err);
    quarantine_free(&pieces);
    part_store_free(store);
    claim_table_free(claims);
    batch_free(batch);
}

static int begin(void **state)
{
    (void)state;
    Error err = {0};
    char folder[256];
    snprintf(folder, sizeof folder, "%s/lake", support_folder());
    lake = lake_open(folder, LAKE_CREATE, &err);
    config = config_new(&err);
    support_ok(lake && config, &err);
    return 0;
}

static int end(void **state)
{
    (void)state;
    config_free(config);
    lake_close(lake);
    support_folder_end();
    return 0;
}

static Session *open_session(int64_t since_us, int64_t until_us)
{
    Error err = {0};
    const SessionOptions options = {.config = config, .since_us = since_us, .until_us = until_us};
    Session *session = session_open(lake, &options, &err);
    support_ok(session != NULL, &err);
    return session;
}

/* The first value of the first row of *sql* must be *expected*. */
static void expect(Session *session, const char *sql, const char *expected)
{
    Error err = {0};
    bool row;
    BUF_AUTO Buf text = buf_init(1 << 20);
    EngineResult *result = session_query(session, str_of(sql), &err);
    support_ok(result != NULL, &err);
    support_ok(engine_next(result, &row, &err), &err);
    assert_true(row);
    support_ok(engine_value(result, 0, ENGINE_TEXT, &text, &err) && buf_text(&text, &err), &err);
    if (strcmp(text.ptr, expected) != 0)
        fail_msg("%s\n  gave '%s', not '%s'", sql, text.ptr, expected);
    engine_result_free(result);
}

static void an_empty_lake_has_all_tables(void **state)
{
    (void)state;
    Session *session = open_session(INT64_MIN, INT64_MAX);
    expect(session, "SELECT count(useridentity.arn) FROM cloudtrail", "0");
    expect(session, "SELECT count(*) FROM cloudtrail_logs", "0");
    expect(session, "SELECT count(*) FROM objects", "0");
    expect(session, "SELECT count(*) FROM quarantine", "0");
    session_close(session);
}

static void tables_show_what_is_in(void **state)
{
    (void)state;
    fill_lake();
    Session *session = open_session(INT64_MIN, INT64_MAX);
    expect(session, "SELECT count(*) FROM cloudtrail", "1000");
    expect(session, "SELECT kept FROM objects WHERE key = '/k'", "1000");
    expect(session, "SELECT substr(sha256, 1, 6) FROM objects", "abcd00");
    expect(session, "SELECT reason FROM quarantine WHERE key = '/k' AND NOT stored", "why");
    expect(session, "SELECT count(eventname) FROM cloudtrail", "1000");
    assert_int_equal(session_scanned(session).files, 2);
    assert_true(session_scanned(session).bytes > 1000);
    session_close(session);
}

static void files_that_several_scans_read_count_once(void **state)
{
    (void)state;
    Session *session = open_session(INT64_MIN, INT64_MAX);
    expect(session,
           "SELECT count(*) FROM (SELECT eventname FROM cloudtrail UNION ALL SELECT eventname FROM "
           "cloudtrail WHERE eventtime < TIMESTAMP '2026-11-25 00:00:00')",
           "1900");
    assert_int_equal(session_scanned(session).files, 2);
    assert_int_equal(session_scanned(session).days, 2);
    assert_int_equal(session_scannable(session).files, 2);
    assert_int_equal(session_scannable(session).days, 2);
    session_close(session);
}

/* "athena", section 1: the documented table's types. */
static void cloudtrail_logs_has_the_documented_shape(void **state)
{
    (void)state;
    Session *session = open_session(INT64_MIN, INT64_MAX);
    expect(session, "SELECT eventtime FROM cloudtrail_logs WHERE eventid = 'id-0'",
           "2026-11-24T00:00:00Z");
    expect(session,
           "SELECT count(*) FROM cloudtrail_logs WHERE readonly = 'true' AND "
           "eventtime LIKE '2026-11-24%'",
           "84");
    expect(session, "SELECT typeof(readonly) FROM cloudtrail_logs LIMIT 1", "varchar");
    expect(session,
           "SELECT useridentity.sessioncontext.webidfederationdata.attributes['a:b'] FROM "
           "cloudtrail_logs WHERE eventid = 'id-2'",
           "2");
    expect(session, "SELECT typeof(resources) FROM cloudtrail_logs LIMIT 1",
           "array(row(arn varchar, accountid varchar, type varchar))");
    expect(session, "SHOW COLUMNS FROM cloudtrail_logs LIKE 'event_d'", "eventid");
    session_close(session);
}

static void a_range_of_times_limits_what_is_seen(void **state)
{
    (void)state;
    int64_t day = INT64_C(1795564800000000); /* 2026-11-25 */
    Session *session = open_session(day, INT64_MAX);
    expect(session, "SELECT count(*) FROM cloudtrail", "100");
    expect(session, "SELECT min(eventtime) >= TIMESTAMP '2026-11-25' FROM cloudtrail", "true");
    assert_int_equal(session_scanned(session).files, 1);
    session_close(session);
    session = open_session(INT64_MIN, day);
    expect(session, "SELECT count(*) FROM cloudtrail", "900");
    session_close(session);
}

static void nothing_else_is_within_reach(void **state)
{
    static const char *const CASES[] = {"SELECT * FROM read_text('/etc/passwd')",
                                        "DROP VIEW cloudtrail",
                                        "SELECT * FROM spoor_objects()",
                                        "CREATE TABLE x (y INTEGER)",
                                        "SET threads = 1",
                                        "SELECT * FROM '/etc/passwd'"};
    (void)state;
    Session *session = open_session(INT64_MIN, INT64_MAX);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        EngineResult *result = session_query(session, str_of(CASES[i]), &err);
        if (result)
            fail_msg("'%s' was allowed", CASES[i]);
        assert_int_equal(err.kind, ERROR_USAGE);
    }
    session_close(session);
}

static void a_result_is_exported_as_parquet(void **state)
{
    (void)state;
    Error err = {0};
    const char *path;
    char magic[4];
    uint64_t rows;
    Session *session = open_session(INT64_MIN, INT64_MAX);
    support_ok(
        session_export(session, STR("SELECT eventname FROM cloudtrail;"), &path, &rows, &err),
        &err);
    assert_int_equal(rows, RECORDS);
    support_ok(file_read_at(path, 0, magic, 4, &err), &err);
    assert_memory_equal(magic, "PAR1", 4);
    support_ok(session_export(session, STR("SELECT 1"), &path, &rows, &err), &err);
    assert_int_equal(rows, 1);
    assert_false(session_export(session, STR("SELECT 1) TO '/tmp/x'; --"), &path, &rows, &err));
    session_close(session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_lake_has_all_tables),
        cmocka_unit_test(tables_show_what_is_in),
        cmocka_unit_test(files_that_several_scans_read_count_once),
        cmocka_unit_test(cloudtrail_logs_has_the_documented_shape),
        cmocka_unit_test(a_range_of_times_limits_what_is_seen),
        cmocka_unit_test(nothing_else_is_within_reach),
        cmocka_unit_test(a_result_is_exported_as_parquet),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
