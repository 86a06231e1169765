#include "notify/outbox.h"

#include <stdio.h>

/* The columns that read_delivery expects, of d and n. */
#define DELIVERY_COLUMNS                                                                           \
    "d.id, d.tries, d.made_us, d.due_us, coalesce(d.done_us, 0), d.target, d.state,"               \
    " coalesce(d.reason, ''), n.id, n.at_us, n.kind, n.subject"

static void copy(char *to, size_t size, Str text)
{
    snprintf(to, size, "%.*s", STR_ARG(text));
}

static void read_notice(DbStatement *row, int first, OutboxNotice *ret)
{
    *ret = (OutboxNotice){.id = db_int(row, first), .at_us = db_int(row, first + 1)};
    copy(ret->kind, sizeof ret->kind, db_text(row, first + 2));
    copy(ret->subject, sizeof ret->subject, db_text(row, first + 3));
}

static void read_delivery(DbStatement *row, OutboxDelivery *ret)
{
    *ret = (OutboxDelivery){.id = db_int(row, 0),
                            .tries = db_int(row, 1),
                            .made_us = db_int(row, 2),
                            .due_us = db_int(row, 3),
                            .done_us = db_int(row, 4)};
    copy(ret->target, sizeof ret->target, db_text(row, 5));
    copy(ret->state, sizeof ret->state, db_text(row, 6));
    copy(ret->reason, sizeof ret->reason, db_text(row, 7));
    read_notice(row, 8, &ret->notice);
}

bool outbox_next(Db *db, OutboxNotice *ret, bool *ret_any, Error *err)
{
    DbStatement *select = db_statement(
        db, "SELECT id, at_us, kind, subject FROM notices WHERE routed = 0 ORDER BY id LIMIT 1",
        err);
    if (!select || !db_next(select, ret_any, err))
        return false;
    if (*ret_any)
        read_notice(select, 0, ret);
    db_reset(select);
    return true;
}

bool outbox_add(Db *db, int64_t notice, Str target, const OutboxWait *wait, Error *err)
{
    DbStatement *insert = db_statement(
        db,
        "INSERT OR IGNORE INTO deliveries (notice, target, state, tries, made_us, due_us, bundle)"
        " VALUES (?1, ?2, 'waiting', 0, ?3, coalesce((SELECT min(due_us) FROM deliveries WHERE"
        " ?5 <> '' AND state = 'waiting' AND target = ?2 AND bundle = ?5 AND message IS NULL AND"
        " due_us > ?3), ?4), ?5)",
        err);
    if (!insert)
        return false;
    db_bind_int(insert, 1, notice);
    db_bind_text(insert, 2, target);
    db_bind_int(insert, 3, wait->now_us);
    db_bind_int(insert, 4, wait->now_us + wait->wait_us);
    db_bind_text(insert, 5, wait->bundle);
    return db_run(insert, err);
}

bool outbox_add_notice(Db *db, Str kind, Str subject, Str target, int64_t now_us, Error *err)
{
    int64_t id;
    DbStatement *insert = db_statement(
        db, "INSERT INTO notices (kind, subject, at_us, routed) VALUES (?, ?, ?, 1)", err);
    if (!insert)
        return false;
    db_bind_text(insert, 1, kind);
    db_bind_text(insert, 2, subject);
    db_bind_int(insert, 3, now_us);
    const OutboxWait at_once = {now_us, 0, STR("")};
    return db_run(insert, err) && db_get_int(db, "SELECT last_insert_rowid()", 0, &id, err) &&
           outbox_add(db, id, target, &at_once, err);
}

/* Runs an update whose first parameter is an id. */
static bool update(Db *db, const char *sql, int64_t id, Error *err)
{
    DbStatement *statement = db_statement(db, sql, err);
    if (!statement)
        return false;
    db_bind_int(statement, 1, id);
    return db_run(statement, err);
}

bool outbox_routed(Db *db, int64_t notice, Error *err)
{
    return update(db, "UPDATE notices SET routed = 1 WHERE id = ?", notice, err);
}

bool outbox_any_loose(Db *db, int64_t now_us, bool *ret, Error *err)
{
    DbStatement *select = db_statement(db,
                                       "SELECT 1 FROM deliveries WHERE state = 'waiting' AND due_us"
                                       " <= ? AND message IS NULL LIMIT 1",
                                       err);
    if (!select)
        return false;
    db_bind_int(select, 1, now_us);
    bool ok = db_next(select, ret, err);
    db_reset(select);
    return ok;
}

bool outbox_next_target(Db *db, char target[OUTBOX_NAME_BYTES], bool *ret_any, Error *err)
{
    DbStatement *select = db_statement(db,
                                       "SELECT target FROM deliveries WHERE state = 'waiting' AND"
                                       " target > ? ORDER BY target LIMIT 1",
                                       err);
    if (!select)
        return false;
    db_bind_text(select, 1, str_of(target));
    if (!db_next(select, ret_any, err))
        return false;
    if (*ret_any)
        copy(target, OUTBOX_NAME_BYTES, db_text(select, 0));
    db_reset(select);
    return true;
}

bool outbox_due(Db *db, const OutboxAsked *asked, OutboxDelivery *ret, int *ret_count, Error *err)
{
    bool row = true;
    DbStatement *select =
        db_statement(db,
                     "SELECT " DELIVERY_COLUMNS " FROM deliveries d JOIN notices n ON n.id ="
                     " d.notice WHERE d.state = 'waiting' AND d.target = ?1 AND d.due_us <= ?2 AND"
                     " d.message = d.id ORDER BY d.due_us, d.id LIMIT ?3",
                     err);
    *ret_count = 0;
    if (!select)
        return false;
    db_bind_text(select, 1, str_of(asked->target));
    db_bind_int(select, 2, asked->now_us);
    db_bind_int(select, 3, asked->max);
    while (db_next(select, &row, err)) {
        if (!row)
            return true;
        read_delivery(select, &ret[(*ret_count)++]);
    }
    return false;
}

bool outbox_bury(Db *db, const char *target, Str reason, Error *err)
{
    DbStatement *statement =
        db_statement(db,
                     "UPDATE deliveries SET state = 'dead', reason = ?2 WHERE state = 'waiting' AND"
                     " target = ?1",
                     err);
    if (!statement)
        return false;
    db_bind_text(statement, 1, str_of(target));
    db_bind_text(statement, 2, reason);
    return db_run(statement, err);
}

bool outbox_sent(Db *db, int64_t message, int64_t now_us, Error *err)
{
    DbStatement *statement =
        db_statement(db,
                     "UPDATE deliveries SET state = 'sent', tries = tries + 1, done_us = ?2,"
                     " reason = NULL WHERE message = ?1",
                     err);
    if (!statement)
        return false;
    db_bind_int(statement, 1, message);
    db_bind_int(statement, 2, now_us);
    return db_run(statement, err);
}

bool outbox_failed(Db *db, int64_t message, Str reason, int64_t due_us, Error *err)
{
    DbStatement *statement =
        db_statement(db,
                     "UPDATE deliveries SET tries = tries + 1, reason = ?2, due_us = max(due_us,"
                     " ?3), state = iif(?3 = 0, 'dead', 'waiting') WHERE message = ?1",
                     err);
    if (!statement)
        return false;
    db_bind_int(statement, 1, message);
    db_bind_text(statement, 2, str_slice(reason, 0, OUTBOX_REASON_BYTES - 1));
    db_bind_int(statement, 3, due_us);
    return db_run(statement, err);
}

/* Gives each row of *select*, which has DELIVERY_COLUMNS, to *take*. */
static bool give_each(DbStatement *select, OutboxTake take, void *context, Error *err)
{
    bool row = true;
    while (db_next(select, &row, err)) {
        OutboxDelivery delivery;
        if (!row)
            return true;
        read_delivery(select, &delivery);
        if (!take(context, &delivery, err)) {
            db_reset(select);
            return false;
        }
    }
    return false;
}

bool outbox_message(Db *db, int64_t message, OutboxTake take, void *context, Error *err)
{
    DbStatement *select = db_statement(db,
                                       "SELECT " DELIVERY_COLUMNS " FROM deliveries d JOIN notices"
                                       " n ON n.id = d.notice WHERE d.message = ? ORDER BY d.id",
                                       err);
    if (!select)
        return false;
    db_bind_int(select, 1, message);
    return give_each(select, take, context, err);
}

bool outbox_each(Db *db, Str state, int64_t limit, OutboxTake take, void *context, Error *err)
{
    DbStatement *select =
        db_statement(db,
                     "SELECT " DELIVERY_COLUMNS " FROM deliveries d JOIN notices n ON n.id ="
                     " d.notice WHERE ?1 = '' OR d.state = ?1 ORDER BY d.id DESC LIMIT ?2",
                     err);
    if (!select)
        return false;
    db_bind_text(select, 1, state);
    db_bind_int(select, 2, limit);
    return give_each(select, take, context, err);
}

bool outbox_replay(Db *db, int64_t delivery, int64_t now_us, int64_t *ret_count, Error *err)
{
    DbStatement *statement =
        db_statement(db,
                     "UPDATE deliveries SET state = 'waiting', tries = 0, made_us = ?2, due_us = ?2"
                     " WHERE state = 'dead' AND (?1 = 0 OR id = ?1 OR message = (SELECT message"
                     " FROM deliveries WHERE id = ?1))",
                     err);
    if (!statement)
        return false;
    db_bind_int(statement, 1, delivery);
    db_bind_int(statement, 2, now_us);
    return db_run(statement, err) && db_get_int(db, "SELECT changes()", 0, ret_count, err);
}
