/* audit_records - what records of the lake say for the audit report: how many there are, who read
 * the logs, who changed what is logged.
 */
#include <inttypes.h>
#include <stdio.h>

#include "audit_facts.h"
#include "base/amount.h"
#include "query/session.h"

enum { SQL_BYTES_MAX = 1 << 20, CELL_BYTES_MAX = 1 << 20, COLUMNS_MAX = 8 };

#define WHO    "coalesce(useridentity.arn, useridentity.invokedby, sourceipaddress)"
#define BUCKET "json_extract_scalar(requestparameters, '$.bucketName')"

/* A statement whose rows become those of a temporary table. Its columns are those of the table; in
 * those that end with _us there are moments. */
typedef struct Copy {
    const char *insert;
    const char *before, *behind; /* of the list of buckets */
    bool is_moment[COLUMNS_MAX];
    int columns;
} Copy;

static const Copy READS = {
    .insert = "INSERT INTO report_access VALUES (?, ?, ?, ?, ?, ?)",
    .before = "SELECT " WHO ", eventname, " BUCKET ", count(*), min(eventtime), max(eventtime) FROM"
              " cloudtrail WHERE eventsource = 's3.amazonaws.com' AND eventname IN ('GetObject',"
              " 'HeadObject', 'SelectObjectContent', 'GetObjectTorrent') AND " BUCKET " IN (",
    .behind = ") GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1 LIMIT 5000",
    .is_moment = {false, false, false, false, true, true},
    .columns = 6};

static const Copy CHANGES = {
    .insert = "INSERT INTO report_changes VALUES (?, ?, ?, ?, ?, ?, ?)",
    .before =
        "SELECT eventtime, " WHO ", eventname, coalesce(" BUCKET ", json_extract_scalar("
        "requestparameters, '$.name'), json_extract_scalar(requestparameters, '$.trailName'),"
        " json_extract_scalar(requestparameters, '$.eventDataStore')), recipientaccountid,"
        " awsregion, errorcode FROM cloudtrail WHERE (eventsource = 'cloudtrail.amazonaws.com' AND"
        " eventname IN ('CreateTrail', 'UpdateTrail', 'DeleteTrail', 'StartLogging', 'StopLogging',"
        " 'PutEventSelectors', 'PutInsightSelectors', 'UpdateEventDataStore',"
        " 'DeleteEventDataStore', 'StopEventDataStoreIngestion', "
        "'DeregisterOrganizationDelegatedAdmin'))"
        " OR (eventsource = 's3.amazonaws.com' AND eventname IN ('DeleteBucket',"
        " 'PutBucketPolicy', 'DeleteBucketPolicy', 'PutBucketAcl', 'PutBucketLifecycle',"
        " 'PutBucketLifecycleConfiguration', 'DeleteBucketLifecycle', 'PutBucketVersioning',"
        " 'PutBucketEncryption', 'DeleteBucketEncryption', 'PutBucketReplication',"
        " 'DeleteBucketReplication', 'PutBucketPublicAccessBlock',"
        " 'DeleteBucketPublicAccessBlock', 'PutBucketObjectLockConfiguration', 'DeleteObject',"
        " 'DeleteObjects') AND " BUCKET " IN (",
    .behind = ")) ORDER BY eventtime LIMIT 5000",
    .is_moment = {true},
    .columns = 7};

/* The buckets from which logs came, or in which digests say that they lie, as a list of SQL. */
static bool list_buckets(const AuditFacts *facts, Buf *ret, Error *err)
{
    bool row = true;
    DbStatement *select = db_statement(
        facts->lake->db,
        "SELECT bucket FROM digests WHERE bucket IS NOT NULL UNION SELECT substr(key, 6,"
        " instr(substr(key, 6), '/') - 1) FROM objects WHERE source = 's3' AND key GLOB 's3://*/*'",
        err);
    if (!select)
        return false;
    while (db_next(select, &row, err)) {
        if (!row)
            return ret->len || buf_append_str(ret, STR("''"), err);
        if ((ret->len && !buf_append_byte(ret, ',', err)) ||
            !engine_quote(ret, db_text(select, 0), err)) {
            db_reset(select);
            return false;
        }
    }
    return false;
}

static bool bind_cell(const EngineResult *result, const Copy *copy, int column, DbStatement *insert,
                      Buf *text, Error *err)
{
    int64_t us;
    if (engine_is_null(result, (size_t)column))
        return true; /* what is not bound is NULL */
    if (copy->is_moment[column] && engine_moment(result, (size_t)column, &us)) {
        db_bind_int(insert, column + 1, us);
    } else {
        text->len = 0;
        if (!engine_value(result, (size_t)column, ENGINE_TEXT, text, err))
            return false;
        db_bind_text(insert, column + 1, buf_str(text));
    }
    return true;
}

static bool copy_row(const AuditFacts *facts, const EngineResult *result, const Copy *copy,
                     Error *err)
{
    Buf cells[COLUMNS_MAX];
    DbStatement *insert = db_statement(facts->lake->db, copy->insert, err);
    bool ok = insert != NULL;
    for (int i = 0; i < copy->columns; i++) {
        cells[i] = buf_init(CELL_BYTES_MAX);
        ok = ok && bind_cell(result, copy, i, insert, &cells[i], err);
    }
    ok = ok && db_run(insert, err);
    for (int i = 0; i < copy->columns; i++)
        buf_free(&cells[i]);
    return ok;
}

static bool run_copy(const AuditFacts *facts, Session *session, const Copy *copy, Str buckets,
                     Error *err)
{
    BUF_AUTO Buf sql = buf_init(SQL_BYTES_MAX);
    bool row = true;
    if (!buf_append_str(&sql, str_of(copy->before), err) || !buf_append_str(&sql, buckets, err) ||
        !buf_append_str(&sql, str_of(copy->behind), err))
        return false;
    EngineResult *result = session_query(session, buf_str(&sql), err);
    bool ok = result != NULL;
    while (ok && row) {
        ok = engine_next(result, &row, err);
        if (ok && row)
            ok = copy_row(facts, result, copy, err);
    }
    engine_result_free(result);
    return ok;
}

static bool add_numbers(const AuditFacts *facts, Session *session, Error *err)
{
    static const char *const ITEMS[] = {"events_in_period", "days_in_period"};
    BUF_AUTO Buf text = buf_init(CELL_BYTES_MAX);
    bool row;
    EngineResult *result = session_query(
        session, STR("SELECT count(*), count(DISTINCT date(eventtime)) FROM cloudtrail"), err);
    bool ok = result && engine_next(result, &row, err) && row;
    for (size_t i = 0; ok && i < 2; i++) {
        text.len = 0;
        ok = engine_value(result, i, ENGINE_TEXT, &text, err) &&
             audit_facts_add(facts, "scope", ITEMS[i], buf_str(&text), NULL, err);
    }
    engine_result_free(result);
    return ok;
}

bool audit_facts_of_records(const AuditFacts *facts, Error *err)
{
    BUF_AUTO Buf buckets = buf_init(SQL_BYTES_MAX / 2);
    const SessionOptions options = {.config = facts->options->config,
                                    .since_us = facts->options->since_us,
                                    .until_us = facts->options->until_us};
    Session *session = session_open(facts->lake, &options, err);
    bool ok = session && list_buckets(facts, &buckets, err) && add_numbers(facts, session, err) &&
              run_copy(facts, session, &READS, buf_str(&buckets), err) &&
              run_copy(facts, session, &CHANGES, buf_str(&buckets), err);
    session_close(session);
    return ok;
}
