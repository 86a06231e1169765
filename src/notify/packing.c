#include "notify/packing.h"

#include <stdio.h>

enum { NAME_BYTES = 512, UNLIMITED = 1000 };

/* What is due of a target and in one bundle. */
typedef struct Bundle {
    char target[NAME_BYTES], name[NAME_BYTES];
} Bundle;

/* One target's state of its limit. */
typedef struct Room {
    int64_t messages; /* that it may get now */
    int64_t again_us; /* when it may get one more */
} Room;

/* Runs *sql* with ?1 the target, ?2 the bundle's name, and two numbers as ?3 and ?4. */
static bool run(Db *db, const char *sql, const Bundle *bundle, int64_t a, int64_t b, Error *err)
{
    DbStatement *statement = db_statement(db, sql, err);
    if (!statement)
        return false;
    db_bind_text(statement, 1, str_of(bundle->target));
    db_bind_text(statement, 2, str_of(bundle->name));
    db_bind_int(statement, 3, a);
    db_bind_int(statement, 4, b);
    return db_run(statement, err);
}

/* What has waited longest and is due; *ret_any* is false when nothing is. */
static bool next_due(Db *db, int64_t now_us, Bundle *ret, bool *ret_any, Error *err)
{
    DbStatement *select =
        db_statement(db,
                     "SELECT target, bundle FROM deliveries WHERE state = 'waiting' AND due_us <= ?"
                     " AND message IS NULL ORDER BY due_us, id LIMIT 1",
                     err);
    if (!select)
        return false;
    db_bind_int(select, 1, now_us);
    if (!db_next(select, ret_any, err))
        return false;
    if (*ret_any) {
        snprintf(ret->target, sizeof ret->target, "%.*s", STR_ARG(db_text(select, 0)));
        snprintf(ret->name, sizeof ret->name, "%.*s", STR_ARG(db_text(select, 1)));
    }
    db_reset(select);
    return true;
}

/* Messages that were sent within the limit's time count, and those that wait to be sent. */
static bool measure(Db *db, const Pace *pace, Str target, int64_t now_us, Room *ret, Error *err)
{
    bool row;
    *ret = (Room){UNLIMITED, 0};
    if (!pace || !pace->limit)
        return true;
    DbStatement *select = db_statement(
        db,
        "SELECT (SELECT count(DISTINCT message) FROM deliveries WHERE target = ?1 AND state ="
        " 'sent' AND done_us > ?2), (SELECT count(*) FROM deliveries WHERE target = ?1 AND state ="
        " 'waiting' AND message = id), coalesce((SELECT min(done_us) FROM deliveries WHERE target ="
        " ?1 AND state = 'sent' AND done_us > ?2), ?3)",
        err);
    if (!select)
        return false;
    db_bind_text(select, 1, target);
    db_bind_int(select, 2, now_us - pace->per_us);
    db_bind_int(select, 3, now_us);
    if (!db_next(select, &row, err))
        return false;
    ret->messages = pace->limit - db_int(select, 0) - db_int(select, 1);
    ret->again_us = db_int(select, 2) + pace->per_us;
    db_reset(select);
    return true;
}

/* Each delivery of no bundle is a message. */
static bool pack_each(Db *db, const Bundle *bundle, int64_t now_us, const Room *room, Error *err)
{
    return run(db,
               "UPDATE deliveries SET message = id WHERE id IN (SELECT id FROM deliveries WHERE"
               " target = ?1 AND bundle = ?2 AND state = 'waiting' AND message IS NULL AND due_us"
               " <= ?3 ORDER BY id LIMIT ?4)",
               bundle, now_us, room->messages, err);
}

/* The oldest of a bundle are one message. */
static bool pack_all(Db *db, const Bundle *bundle, int64_t now_us, Error *err)
{
    return run(db,
               "WITH due AS MATERIALIZED (SELECT id FROM deliveries WHERE target = ?1 AND bundle ="
               " ?2 AND state = 'waiting' AND message IS NULL AND due_us <= ?3 ORDER BY id LIMIT"
               " ?4) UPDATE deliveries SET message = (SELECT min(id) FROM due) WHERE id IN (SELECT"
               " id FROM due)",
               bundle, now_us, PACKING_NOTICES_MAX, err);
}

/* What has no room waits, as one bundle. */
static bool put_off(Db *db, const Bundle *bundle, int64_t now_us, int64_t until_us, Error *err)
{
    return run(db,
               "UPDATE deliveries SET due_us = ?4, bundle = 'limit' WHERE target = ?1 AND bundle ="
               " ?2 AND state = 'waiting' AND message IS NULL AND due_us <= ?3",
               bundle, now_us, until_us, err);
}

/* Packs some of a bundle that is due, or puts off all of it. */
static bool pack(Db *db, const Targets *targets, const Bundle *bundle, int64_t now_us, Error *err)
{
    Room room;
    const Target *target = targets_find(targets, str_of(bundle->target));
    if (!measure(db, target ? &target->pace : NULL, str_of(bundle->target), now_us, &room, err))
        return false;
    if (room.messages <= 0)
        return put_off(db, bundle, now_us, room.again_us, err);
    return bundle->name[0] ? pack_all(db, bundle, now_us, err)
                           : pack_each(db, bundle, now_us, &room, err);
}

bool packing_run(Db *db, const Targets *targets, int64_t now_us, Error *err)
{
    Bundle bundle;
    bool any = true;
    while (any) {
        if (!next_due(db, now_us, &bundle, &any, err) ||
            (any && !pack(db, targets, &bundle, now_us, err)))
            return false;
    }
    return true;
}
