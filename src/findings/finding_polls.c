#include "findings/finding_polls.h"

#define ONE " WHERE source = ?1 AND profile = ?2"

/* *sql* with a source as its first parameters. */
static DbStatement *prepare(Db *db, const char *sql, const FindingPollsKey *key, Error *err)
{
    DbStatement *statement = db_statement(db, sql, err);
    if (!statement)
        return NULL;
    db_bind_text(statement, 1, key->source);
    db_bind_text(statement, 2, key->profile);
    return statement;
}

static bool want_one(Db *db, const FindingPollsKey *key, Error *err)
{
    DbStatement *put = prepare(db,
                               "INSERT INTO finding_polls (source, profile) VALUES (?1, ?2) ON"
                               " CONFLICT DO UPDATE SET wanted = 1",
                               key, err);
    return put && db_run(put, err);
}

bool finding_polls_want(Db *db, const FindingPollsKey *keys, size_t count, Error *err)
{
    if (!db_begin(db, err))
        return false;
    bool ok = db_exec(db, "UPDATE finding_polls SET wanted = 0 WHERE wanted = 1", err);
    for (size_t i = 0; ok && i < count; i++)
        ok = want_one(db, &keys[i], err);
    if (ok && db_commit(db, err))
        return true;
    db_rollback(db);
    return false;
}

bool finding_polls_newest(Db *db, const FindingPollsKey *key, int64_t *ret_us, Error *err)
{
    bool row;
    DbStatement *select = prepare(db, "SELECT newest_us FROM finding_polls" ONE, key, err);
    if (!select || !db_next(select, &row, err))
        return false;
    *ret_us = row && !db_is_null(select, 0) ? db_int(select, 0) : INT64_MIN;
    db_reset(select);
    return true;
}

bool finding_polls_reach(Db *db, const FindingPollsKey *key, int64_t newest_us, Error *err)
{
    DbStatement *put = prepare(
        db, "UPDATE finding_polls SET newest_us = max(coalesce(newest_us, ?3), ?3)" ONE, key, err);
    if (!put)
        return false;
    db_bind_int(put, 3, newest_us);
    return db_run(put, err);
}

bool finding_polls_done(Db *db, const FindingPollsKey *key, const FindingImportReport *report,
                        int64_t at_us, Error *err)
{
    DbStatement *put =
        prepare(db,
                "UPDATE finding_polls SET done_us = ?3, read = ?4, added = ?5, updated = ?6, bad ="
                " ?7, failed_us = NULL, reason = NULL" ONE,
                key, err);
    if (!put)
        return false;
    db_bind_int(put, 3, at_us);
    db_bind_int(put, 4, report->read);
    db_bind_int(put, 5, report->added);
    db_bind_int(put, 6, report->updated);
    db_bind_int(put, 7, report->bad);
    return db_run(put, err);
}

bool finding_polls_failed(Db *db, const FindingPollsKey *key, const char *reason, int64_t at_us,
                          Error *err)
{
    DbStatement *put =
        prepare(db, "UPDATE finding_polls SET failed_us = ?3, reason = ?4" ONE, key, err);
    if (!put)
        return false;
    db_bind_int(put, 3, at_us);
    db_bind_text(put, 4, str_of(reason));
    return db_run(put, err);
}

static FindingPoll read_row(DbStatement *row)
{
    return (FindingPoll){
        .key = {db_text(row, 0), db_text(row, 1)},
        .wanted = db_int(row, 2) != 0,
        .newest_us = db_is_null(row, 3) ? INT64_MIN : db_int(row, 3),
        .done_us = db_is_null(row, 4) ? 0 : db_int(row, 4),
        .report = {.read = db_int(row, 5),
                   .added = db_int(row, 6),
                   .updated = db_int(row, 7),
                   .bad = db_int(row, 8)},
        .failed_us = db_is_null(row, 9) ? 0 : db_int(row, 9),
        .reason = db_is_null(row, 10) ? STR("") : db_text(row, 10),
    };
}

bool finding_polls_each(Db *db, bool (*take)(void *context, const FindingPoll *poll, Error *err),
                        void *context, Error *err)
{
    bool row = true, ok = true;
    DbStatement *select = db_statement(db,
                                       "SELECT source, profile, wanted, newest_us, done_us, read,"
                                       " added, updated, bad, failed_us, reason FROM finding_polls"
                                       " ORDER BY source, profile",
                                       err);
    if (!select)
        return false;
    while (ok && (ok = db_next(select, &row, err)) && row) {
        const FindingPoll poll = read_row(select);
        ok = take(context, &poll, err);
    }
    db_reset(select);
    return ok;
}
