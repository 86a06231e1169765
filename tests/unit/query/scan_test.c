#include "query/scan.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "lake/part.h"
#include "query/explain.h"
#include "query/session.h"
#include "query/statement.h"
#include "support/sample.h"
#include "support/support.h"

enum { FILES = 12, RECORDS = 50, ROUNDS = 300, TEXT_BYTES = 1 << 20 };

static Lake *lake;
static Config *config;
static uint64_t seed = 7;

static unsigned roll(unsigned below)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(seed >> 33) % below;
}

static const char *const SOURCES[] = {"ec2.amazonaws.com", "iam.amazonaws.com", "s3.amazonaws.com",
                                      "sts.amazonaws.com"};
static const char *const REGIONS[] = {"eu-west-1", "us-east-1", "us-west-2"};
static const char *const NAMES[] = {"PutObject", "PutRole", "GetObject", "RunInstances"};

/* Records of one file: some hours, and one or two of the sources and regions. */
static void put_records(Buf *out, int file)
{
    Error err = {0};
    support_ok(buf_printf(out, &err, "{\"Records\":["), &err);
    for (int i = 0; i < RECORDS; i++) {
        int minute = file * 700 + (int)roll(900);
        support_ok(
            buf_printf(
                out, &err,
                "%s{\"eventVersion\":\"1.08\",\"eventID\":\"e-%d-%d\",\"eventTime\":\"2026-11-"
                "%02dT%02d:%02d:%02dZ\",\"eventSource\":\"%s\",\"eventName\":\"%s\","
                "\"awsRegion\":\"%s\",\"recipientAccountId\":\"%012d\","
                "\"userIdentity\":{\"type\":\"%s\",\"arn\":\"arn:aws:iam::1:user/u%u\"}%s}",
                i ? "," : "", file, i, 1 + minute / 1440, minute / 60 % 24, minute % 60,
                (int)roll(60), SOURCES[((unsigned)file + roll(2)) % 4], NAMES[roll(4)],
                REGIONS[((unsigned)file / 2 + roll(2)) % 3], file % 3 + 1,
                roll(2) ? "Root" : "IAMUser", roll(20),
                roll(3)    ? ""
                : file % 3 ? ",\"errorCode\":\"AccessDenied\""
                           : ",\"errorCode\":\"AccessDenied\",\"errorMessage\":\"no\""),
            &err);
    }
    support_ok(buf_printf(out, &err, "]}"), &err);
}

static void commit_file(ClaimTable *claims, int file)
{
    Error err = {0};
    PartResult result;
    BUF_AUTO Buf json = buf_init(TEXT_BYTES);
    put_records(&json, file);
    Batch *batch = sample_batch(buf_str(&json));
    PartStore *store = part_store_new(lake, claims, &err);
    QuarantineSet pieces = quarantine_new();
    char key[16];
    snprintf(key, sizeof key, "/k%d", file);
    Receipt receipt = {.object_id = file + 1,
                       .source = STR("file"),
                       .key = str_of(key),
                       .read = RECORDS,
                       .row_end = RECORDS};
    PartInput input = {
        .batch = batch, .receipts = &receipt, .receipt_count = 1, .quarantine = &pieces};
    support_ok(part_commit(store, &input, &result, &err), &err);
    quarantine_free(&pieces);
    part_store_free(store);
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
    ClaimTable *claims = claim_table_new(lake, &err);
    for (int file = 0; file < FILES; file++)
        commit_file(claims, file);
    claim_table_free(claims);
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

static Session *open_session(void)
{
    Error err = {0};
    SessionOptions options = {.config = config, .since_us = INT64_MIN, .until_us = INT64_MAX};
    Session *session = session_open(lake, &options, &err);
    support_ok(session != NULL, &err);
    return session;
}

static void first_value(Session *session, Str sql, Buf *out)
{
    Error err = {0};
    bool row;
    out->len = 0;
    EngineResult *result = session_query(session, sql, &err);
    if (!result)
        fail_msg("%.*s\n  %s", STR_ARG(sql), err.text);
    support_ok(engine_next(result, &row, &err) && row &&
                   engine_value(result, 0, ENGINE_TEXT, out, &err) && buf_text(out, &err),
               &err);
    engine_result_free(result);
}

/* A condition on what a partitioned table has for the day. */
static bool put_day_condition(Buf *out, Error *err)
{
    static const char *const FORMS[] = {
        "\"timestamp\" >= '2026/11/%02u'",
        "day = '%02u'",
        "CAST(day AS integer) < %u",
        "concat(year, '/', month, '/', day) <= '2026/11/%02u'",
        "NOT year || day = '2026%02u'",
        "coalesce(nullif(day, '%02u'), '') = ''",
        "date_parse(\"timestamp\", '%Y/%m/%d') > TIMESTAMP '2026-11-%02u 00:00:00'"};
    const char *form = FORMS[roll(sizeof FORMS / sizeof *FORMS)];
    char text[256];
    unsigned day = 1 + roll(7);
    const char *hole = strstr(form, strstr(form, "%02u") ? "%02u" : "%u");
    size_t before = (size_t)(hole - form), width = hole[1] == 'u' ? 2 : 4;
    snprintf(text, sizeof text, width == 2 ? "%.*s%u%s" : "%.*s%02u%s", (int)before, form, day,
             hole + width);
    return buf_printf(out, err, "%s", text);
}

/* A condition that is about NULL: no error message is in two of three files, no user name in any.
 */
static bool put_null_condition(Buf *out, Error *err)
{
    static const char *const COLUMNS[] = {"errorcode", "errormessage", "useridentity.username",
                                          "derived.threat_lists", "resources"};
    return buf_printf(out, err, "%s IS %sNULL", COLUMNS[roll(5)], roll(2) ? "NOT " : "");
}

/* A condition on one column, on the time in the words of *logs* or of the typed table. */
static void put_condition(Buf *out, bool logs, int depth)
{
    static const char *const OPS[] = {"=", "<", "<=", ">", ">="};
    Error err = {0};
    bool ok = true;
    unsigned minute = roll(FILES * 700);
    if (logs && roll(4) == 0) {
        support_ok(put_day_condition(out, &err), &err);
        return;
    }
    if (!logs && roll(5) == 0) {
        support_ok(put_null_condition(out, &err), &err);
        return;
    }
    switch (roll(depth ? 9 : 7)) {
    case 0:
    case 1:
        ok = buf_printf(out, &err, "eventtime %s %s'2026-11-%02u%c%02u:%02u:00%s'", OPS[roll(5)],
                        logs ? "" : "TIMESTAMP ", 1 + minute / 1440, logs ? 'T' : ' ',
                        minute / 60 % 24, minute % 60, logs ? "Z" : "");
        break;
    case 2:
        ok = logs ? buf_printf(out, &err, "eventtime LIKE '2026-11-%02u%%'", 1 + minute / 1440)
                  : buf_printf(out, &err,
                               "eventtime BETWEEN TIMESTAMP '2026-11-02 00:00:00' AND "
                               "TIMESTAMP '2026-11-%02u 00:00:00'",
                               1 + minute / 1440);
        break;
    case 3:
        ok = buf_printf(out, &err, "eventsource = '%s'", SOURCES[roll(4)]);
        break;
    case 4:
        ok = buf_printf(out, &err, "eventsource IN ('%s', '%s')", SOURCES[roll(4)],
                        SOURCES[roll(4)]);
        break;
    case 5:
        ok = buf_printf(out, &err, "awsregion %s '%s'", OPS[roll(5)], REGIONS[roll(3)]);
        break;
    case 6:
        ok = roll(2)
                 ? buf_printf(out, &err, "recipientaccountid = '%012u'", 1 + roll(4))
                 : buf_printf(out, &err, "useridentity.arn = 'arn:aws:iam::1:user/u%u'", roll(25));
        break;
    case 7:
        ok = buf_printf(out, &err, "NOT (");
        put_condition(out, logs, depth - 1);
        ok = ok && buf_append_byte(out, ')', &err);
        break;
    default:
        ok = buf_append_byte(out, '(', &err);
        put_condition(out, logs, depth - 1);
        ok = ok && buf_printf(out, &err, roll(2) ? " OR " : " AND ");
        put_condition(out, logs, depth - 1);
        ok = ok && buf_append_byte(out, ')', &err);
    }
    support_ok(ok, &err);
}

/* Without WHERE there are no filters, so nothing is pruned. */
static void pruned_equals_unpruned(void **state)
{
    Session *session = open_session();
    uint64_t opened = 0, possible = 0;
    uint32_t scans;
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        Error err = {0};
        bool logs = roll(2);
        BUF_AUTO Buf condition = buf_init(TEXT_BYTES);
        BUF_AUTO Buf sql = buf_init(TEXT_BYTES);
        BUF_AUTO Buf pruned = buf_init(TEXT_BYTES);
        BUF_AUTO Buf all = buf_init(TEXT_BYTES);
        const char *table = logs ? "cloudtrail_logs" : "cloudtrail";
        put_condition(&condition, logs, 3);
        support_ok(buf_printf(&sql, &err, "SELECT count(eventid) FROM %s WHERE %.*s", table,
                              STR_ARG(buf_str(&condition))),
                   &err);
        first_value(session, buf_str(&sql), &pruned);
        opened += session_scanned(session).files;
        possible += session_scans(session, &scans)->all.files;
        sql.len = 0;
        support_ok(buf_printf(&sql, &err, "SELECT count_if(%.*s) FROM %s",
                              STR_ARG(buf_str(&condition)), table),
                   &err);
        first_value(session, buf_str(&sql), &all);
        if (strcmp(pruned.ptr, all.ptr) != 0)
            fail_msg("%.*s: %s of %s", STR_ARG(buf_str(&sql)), pruned.ptr, all.ptr);
    }
    assert_true(opened < possible); /* and something was pruned */
    session_close(session);
}

/* Conditions on the table `summary`, and the same of the records. */
static const char *const COUNTED[][2] = {
    {"hour >= TIMESTAMP '2026-11-03 05:30:00'",
     "date_trunc('hour', eventtime) >= TIMESTAMP '2026-11-03 05:30:00'"},
    {"hour = TIMESTAMP '2026-11-02 07:00:00'",
     "date_trunc('hour', eventtime) = TIMESTAMP '2026-11-02 07:00:00'"},
    {"hour <= TIMESTAMP '2026-11-02 12:00:00' AND hour > TIMESTAMP '2026-11-02 00:00:00'",
     "eventtime < TIMESTAMP '2026-11-02 13:00:00' AND eventtime >= TIMESTAMP '2026-11-02 "
     "01:00:00'"},
    {"date_trunc('day', hour) = DATE '2026-11-04'",
     "date_trunc('day', eventtime) = DATE '2026-11-04'"},
    {"eventsource IN ('iam.amazonaws.com', 'x') AND awsregion > 'eu'",
     "eventsource IN ('iam.amazonaws.com', 'x') AND awsregion > 'eu'"},
    {"recipientaccountid = '000000000002'", "recipientaccountid = '000000000002'"},
    {"outcome = 'denied'", "errorcode = 'AccessDenied'"},
    {"outcome <> 'ok' OR identity_type = 'Root'",
     "errorcode IS NOT NULL OR useridentity.type = 'Root'"},
    {"caller = 'arn:aws:iam::1:user/u3'", "useridentity.arn = 'arn:aws:iam::1:user/u3'"},
    {"principal = caller AND NOT events = 0", "true"},
    {"events > 1 OR events <= 1", "true"},
    {"errorcode IS NULL AND readonly IS NULL AND action IS NULL", "errorcode IS NULL"},
    {"last_time - first_time <= INTERVAL '1' HOUR AND first_time >= hour", "true"},
};

/* Of some hours, accounts and regions, which leave files closed. */
static void the_table_summary_counts_what_the_records_give(void **state)
{
    (void)state;
    Session *session = open_session();
    uint64_t opened = 0, possible = 0;
    uint32_t scans;
    for (size_t i = 0; i < sizeof COUNTED / sizeof *COUNTED; i++) {
        Error err = {0};
        BUF_AUTO Buf sql = buf_init(TEXT_BYTES);
        BUF_AUTO Buf counted = buf_init(TEXT_BYTES);
        BUF_AUTO Buf found = buf_init(TEXT_BYTES);
        support_ok(
            buf_printf(&sql, &err, "SELECT sum(events) FROM summary WHERE %s", COUNTED[i][0]),
            &err);
        first_value(session, buf_str(&sql), &counted);
        opened += session_scanned(session).files;
        possible += session_scans(session, &scans)->all.files;
        sql.len = 0;
        support_ok(
            buf_printf(&sql, &err, "SELECT count(*) FROM cloudtrail WHERE %s", COUNTED[i][1]),
            &err);
        first_value(session, buf_str(&sql), &found);
        if (strcmp(counted.ptr, found.ptr) != 0 || strcmp(found.ptr, "0") == 0)
            fail_msg("%s: %s of %s", COUNTED[i][0], counted.ptr, found.ptr);
    }
    assert_true(opened < possible);
    session_close(session);
}

static void assert_opened(Session *session, const char *sql, uint64_t files)
{
    BUF_AUTO Buf value = buf_init(TEXT_BYTES);
    first_value(session, str_of(sql), &value);
    if (session_scanned(session).files != files)
        fail_msg("%s opened %" PRIu64 " files, not %" PRIu64, sql, session_scanned(session).files,
                 files);
}

static void filters_that_fold_choose_files(void **state)
{
    (void)state;
    Session *session = open_session();
    ScanCount all;
    assert_opened(session,
                  "SELECT count(eventid) FROM cloudtrail WHERE eventtime < now() - INTERVAL "
                  "'36500' DAY",
                  0);
    assert_opened(session, "SELECT count(eventid) FROM cloudtrail WHERE recipientaccountid = 'x'",
                  0);
    assert_opened(session,
                  "SELECT count(eventid) FROM cloudtrail WHERE useridentity.arn = "
                  "'arn:aws:iam::1:user/u1x'",
                  0); /* between the bounds, but in no filter */
    assert_opened(session, "SELECT count(*) FROM cloudtrail WHERE vpcendpointid IS NOT NULL", 0);
    assert_opened(session,
                  "SELECT count(*) FROM cloudtrail CROSS JOIN UNNEST(derived.threat_lists) t (l)",
                  0);
    BUF_AUTO Buf value = buf_init(TEXT_BYTES);
    first_value(session, STR("SELECT count(eventid) FROM cloudtrail"), &value);
    all = session_scanned(session);
    assert_string_equal(value.ptr, "600");
    assert_true(all.files >= FILES);
    first_value(session, STR("SELECT count(*) FROM cloudtrail WHERE errormessage IS NOT NULL"),
                &value);
    assert_true(session_scanned(session).files > 0 && session_scanned(session).files < all.files);
    first_value(session,
                STR("SELECT count(eventid) FROM cloudtrail WHERE recipientaccountid = "
                    "'000000000001'"),
                &value);
    assert_string_equal(value.ptr, "200");
    assert_true(session_scanned(session).files < all.files);
    session_close(session);
}

/* A condition on a time read from the text eventtime opens some files, and counts as it does where
 * nothing is pruned. */
static void times_read_from_eventtime_choose_files(void **state)
{
    static const char *const CONDITIONS[] = {
        "from_iso8601_timestamp(eventtime) >= TIMESTAMP '2026-11-02 00:00:00 UTC'",
        "from_iso8601_timestamp(eventtime) < from_iso8601_timestamp('2026-11-02T09:00:00+09:00')",
        "from_iso8601_timestamp(eventtime) < TIMESTAMP '2026-11-02 09:00:00 Asia/Seoul'",
        "date_parse(eventtime, '%Y-%m-%dT%H:%i:%sZ') < TIMESTAMP '2026-11-02 00:00:00'",
        "date_parse(eventtime, '%Y-%m-%dT%TZ') < date_parse('2026-11-02', '%Y-%m-%d')",
        "parse_datetime(eventtime, 'yyyy-MM-dd''T''HH:mm:ss''Z''') < "
        "date_add('day', 1, TIMESTAMP '2026-11-01 00:00:00 UTC')",
        "from_iso8601_timestamp(eventtime) AT TIME ZONE '+05:30' < from_unixtime(1793577600)",
        "year = '2026' AND month = '11' AND day = '02'",
        "year = '2026' AND month = '11' AND day IN ('02', '04') AND region = 'us-east-1'",
        "year || month || day < '20261103' AND account = '000000000001'",
        "\"timestamp\" BETWEEN '2026/11/02' AND '2026/11/03'",
        "\"timestamp\" LIKE '2026/11/02%' OR CAST(day AS integer) = 3",
        "(year = '2026' AND day = '01') OR (year = '2025' AND month = '12')",
        "(CASE WHEN day = '01' THEN 'a' ELSE 'b' END) = 'a' AND eventname <> 'it''s'",
    };
    (void)state;
    Session *session = open_session();
    BUF_AUTO Buf pruned = buf_init(TEXT_BYTES);
    BUF_AUTO Buf all = buf_init(TEXT_BYTES);
    for (size_t i = 0; i < sizeof CONDITIONS / sizeof *CONDITIONS; i++) {
        Error err = {0};
        uint32_t scans;
        BUF_AUTO Buf sql = buf_init(TEXT_BYTES);
        support_ok(buf_printf(&sql, &err, "SELECT count(eventid) FROM cloudtrail_logs WHERE %s",
                              CONDITIONS[i]),
                   &err);
        first_value(session, buf_str(&sql), &pruned);
        uint64_t opened = session_scanned(session).files;
        if (opened == 0 || opened >= session_scans(session, &scans)->all.files)
            fail_msg("%s opened %" PRIu64 " files", CONDITIONS[i], opened);
        sql.len = 0;
        support_ok(
            buf_printf(&sql, &err, "SELECT count_if(%s) FROM cloudtrail_logs", CONDITIONS[i]),
            &err);
        first_value(session, buf_str(&sql), &all);
        assert_string_equal(pruned.ptr, all.ptr);
    }
    session_close(session);
}

/* Both scans of a join, and a filter that reaches only one of them. */
static void each_scan_has_its_own_files(void **state)
{
    (void)state;
    Session *session = open_session();
    uint32_t count;
    BUF_AUTO Buf value = buf_init(TEXT_BYTES);
    first_value(session,
                STR("SELECT count(*) FROM cloudtrail a JOIN cloudtrail b ON a.eventid = b.eventid "
                    "WHERE a.eventtime < TIMESTAMP '2026-11-02 00:00:00' AND b.eventsource = "
                    "'zzz'"),
                &value);
    const Scan *scans = session_scans(session, &count);
    assert_int_equal(count, 2);
    assert_string_equal(value.ptr, "0");
    assert_true(scans[0].chosen.files > 0 && scans[0].chosen.files < scans[0].all.files);
    assert_int_equal(scans[1].chosen.files, 0);
    session_close(session);
}

static void assert_newest_first(const char *sql, bool expected)
{
    Error err = {0};
    Statement statement;
    Arena *scratch = arena_new(64 << 20, &err);
    const Catalog *catalog = scratch ? catalog_new(scratch, &err) : NULL;
    StatementStore *store = statement_store_new(&err);
    const StatementInput input = {str_of(sql), catalog, store, scratch};
    support_ok(catalog && store && statement_read(&input, &statement, NULL, &err), &err);
    if (statement.newest_first != expected)
        fail_msg("%s", sql);
    statement_store_free(store);
    arena_free(scratch);
}

static void the_last_days_are_read_first_where_the_last_rows_are_wanted(void **state)
{
    (void)state;
    Session *session = open_session();
    BUF_AUTO Buf last = buf_init(TEXT_BYTES), value = buf_init(TEXT_BYTES);
    assert_newest_first("SELECT eventid FROM cloudtrail ORDER BY eventtime DESC LIMIT 3", true);
    assert_newest_first("SELECT eventtime AS t FROM cloudtrail ORDER BY 1 DESC, eventid LIMIT 3",
                        true);
    assert_newest_first("SELECT eventid FROM cloudtrail WHERE eventname = 'a' ORDER BY eventtime "
                        "DESC FETCH FIRST 3 ROWS ONLY",
                        true);
    assert_newest_first("SELECT eventid FROM cloudtrail ORDER BY eventtime DESC", false);
    assert_newest_first("SELECT eventid FROM cloudtrail ORDER BY eventtime LIMIT 3", false);
    assert_newest_first("SELECT eventid FROM cloudtrail ORDER BY eventid DESC LIMIT 3", false);
    assert_newest_first("SELECT max(eventtime) AS eventtime FROM cloudtrail GROUP BY eventname "
                        "ORDER BY eventtime DESC LIMIT 3",
                        false);
    assert_newest_first("SELECT a.eventid FROM cloudtrail a JOIN cloudtrail b ON a.eventid = "
                        "b.eventid ORDER BY a.eventtime DESC LIMIT 3",
                        false);
    first_value(session, STR("SELECT CAST(max(eventtime) AS varchar) FROM cloudtrail"), &last);
    first_value(
        session,
        STR("SELECT CAST(eventtime AS varchar) FROM cloudtrail ORDER BY cloudtrail.eventtime "
            "DESC LIMIT 1"),
        &value);
    assert_string_equal(value.ptr, last.ptr);
    session_close(session);
}

static void explain_says_what_is_opened(void **state)
{
    (void)state;
    Session *session = open_session();
    BUF_AUTO Buf value = buf_init(TEXT_BYTES);
    first_value(session,
                STR("EXPLAIN SELECT count(*) FROM cloudtrail_logs WHERE eventtime LIKE "
                    "'2026-11-01%' AND eventsource = 'iam.amazonaws.com'"),
                &value);
    assert_true(str_starts(buf_str(&value), STR("cloudtrail_logs: 1 of 6 days, ")));
    assert_non_null(strstr(value.ptr, "eventsource = 'iam.amazonaws.com'"));
    first_value(session, STR("EXPLAIN ANALYZE SELECT count(*) FROM cloudtrail"), &value);
    assert_true(str_starts(buf_str(&value), STR("cloudtrail: 6 of 6 days, ")));
    session_close(session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pruned_equals_unpruned),
        cmocka_unit_test(the_table_summary_counts_what_the_records_give),
        cmocka_unit_test(filters_that_fold_choose_files),
        cmocka_unit_test(times_read_from_eventtime_choose_files),
        cmocka_unit_test(each_scan_has_its_own_files),
        cmocka_unit_test(the_last_days_are_read_first_where_the_last_rows_are_wanted),
        cmocka_unit_test(explain_says_what_is_opened),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
