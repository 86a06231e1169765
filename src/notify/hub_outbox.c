#include "notify/hub_outbox.h"

#include <stdio.h>

#include "base/clock.h"

#define COLUMNS "finding, version, tries, sent_us, said_us, due_us, state, coalesce(reason, '')"

static const int64_t AGAIN_FIRST_US = INT64_C(1000000);
static const int64_t AGAIN_LAST_US = INT64_C(1800000000);

bool hub_outbox_want(Db *db, bool wanted, Error *err)
{
    int64_t is;
    if (!db_get_int(db, "SELECT count(*) FROM hub_wanted", 0, &is, err))
        return false;
    return (is != 0) == wanted ||
           db_exec(db, wanted ? "INSERT INTO hub_wanted VALUES (1)" : "DELETE FROM hub_wanted",
                   err);
}

static void copy(char *to, size_t size, Str text)
{
    snprintf(to, size, "%.*s", STR_ARG(text));
}

static void read_row(DbStatement *row, HubRow *ret)
{
    *ret = (HubRow){.version = db_int(row, 1),
                    .tries = db_int(row, 2),
                    .sent_us = db_int(row, 3),
                    .said_us = db_int(row, 4),
                    .due_us = db_int(row, 5)};
    copy(ret->finding, sizeof ret->finding, db_text(row, 0));
    copy(ret->state, sizeof ret->state, db_text(row, 6));
    copy(ret->reason, sizeof ret->reason, db_text(row, 7));
}

bool hub_outbox_due(Db *db, int64_t now_us, HubRow *ret, int max, int *ret_count, Error *err)
{
    bool row = true;
    DbStatement *select = db_statement(db,
                                       "SELECT " COLUMNS " FROM hub_pushes WHERE state ="
                                       " 'waiting' AND due_us <= ?1 ORDER BY due_us, finding"
                                       " LIMIT ?2",
                                       err);
    *ret_count = 0;
    if (!select)
        return false;
    db_bind_int(select, 1, now_us);
    db_bind_int(select, 2, max);
    while (db_next(select, &row, err)) {
        if (!row)
            return true;
        read_row(select, &ret[(*ret_count)++]);
    }
    return false;
}

bool hub_outbox_each(Db *db, HubOutboxTake take, void *context, Error *err)
{
    bool row = true;
    DbStatement *select =
        db_statement(db, "SELECT " COLUMNS " FROM hub_pushes ORDER BY state, due_us, finding", err);
    if (!select)
        return false;
    while (db_next(select, &row, err)) {
        HubRow each;
        if (!row)
            return true;
        read_row(select, &each);
        if (!take(context, &each, err)) {
            db_reset(select);
            return false;
        }
    }
    return false;
}

/* A statement whose first two parameters are a row's finding and version. */
static DbStatement *of_row(Db *db, const char *sql, const HubRow *row, Error *err)
{
    DbStatement *statement = db_statement(db, sql, err);
    if (statement) {
        db_bind_text(statement, 1, str_of(row->finding));
        db_bind_int(statement, 2, row->version);
    }
    return statement;
}

bool hub_outbox_sent(Db *db, const HubRow *row, int64_t now_us, int64_t said_us, Error *err)
{
    DbStatement *update =
        of_row(db,
               "UPDATE hub_pushes SET sent_us = ?3, said_us = ?4, tries = 0, reason = NULL,"
               " state = iif(version = ?2, 'sent', state), due_us = ?3 + 60000000"
               " WHERE finding = ?1",
               row, err);
    if (!update)
        return false;
    db_bind_int(update, 3, now_us);
    db_bind_int(update, 4, said_us);
    return db_run(update, err);
}

/* How long it waits after so many tries. */
static int64_t pause_us(int64_t tries)
{
    int64_t wait = AGAIN_FIRST_US;
    for (int64_t i = 0; i < tries && wait < AGAIN_LAST_US; i++)
        wait *= 2;
    return wait < AGAIN_LAST_US ? wait : AGAIN_LAST_US;
}

bool hub_outbox_failed(Db *db, const HubRow *row, bool ends, Str reason, bool *ret_dead, Error *err)
{
    DbStatement *update =
        of_row(db,
               "UPDATE hub_pushes SET tries = tries + 1, reason = ?3, due_us = ?4,"
               " state = iif(?5 AND version = ?2, 'dead', 'waiting') WHERE finding = ?1",
               row, err);
    *ret_dead = ends || row->tries + 1 >= HUB_OUTBOX_TRIES_MAX;
    if (!update)
        return false;
    db_bind_text(update, 3, str_slice(reason, 0, HUB_OUTBOX_REASON_BYTES - 1));
    db_bind_int(update, 4, clock_now_us() + pause_us(row->tries));
    db_bind_int(update, 5, *ret_dead);
    return db_run(update, err);
}

bool hub_outbox_drop(Db *db, const HubRow *row, Error *err)
{
    DbStatement *delete =
        of_row(db, "DELETE FROM hub_pushes WHERE finding = ?1 AND version = ?2", row, err);
    return delete &&db_run(delete, err);
}

bool hub_outbox_add(Db *db, Str finding, Error *err)
{
    DbStatement *insert = db_statement(
        db,
        "INSERT INTO hub_pushes (finding) SELECT id FROM findings WHERE id = ? AND given_id IS"
        " NULL ON CONFLICT DO UPDATE SET version = version + 1, tries = 0, state = 'waiting',"
        " due_us = 0",
        err);
    if (!insert)
        return false;
    db_bind_text(insert, 1, finding);
    return db_run(insert, err);
}
