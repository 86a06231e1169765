#include "watch/alarm_store.h"

#include <stdio.h>

static const char *kind_of(const Alarm *alarm)
{
    return alarm->rule ? "composite" : "metric";
}

static Str watches_of(const Alarm *alarm)
{
    return alarm->rule ? alarm->rule_text : alarm->metric;
}

/* ---- rows ---- */

static void read_row(DbStatement *row, AlarmRow *ret)
{
    if (!alarm_state_read(db_text(row, 0), &ret->state))
        ret->state = ALARM_INSUFFICIENT_DATA;
    ret->since_us = db_int(row, 1);
    ret->evaluated_s = db_int(row, 2);
    ret->pending = db_int(row, 3) != 0;
    ret->pending_s = db_int(row, 4);
    ret->released_s = db_int(row, 5);
    Str held = db_text(row, 6);
    snprintf(ret->held, sizeof ret->held, "%.*s", STR_ARG(held));
}

static bool find(Db *db, Str name, AlarmRow *ret, bool *ret_any, Error *err)
{
    DbStatement *select = db_statement(db,
                                       "SELECT state, since_us, evaluated_s, pending, pending_s,"
                                       " released_s, held FROM alarms WHERE name = ?",
                                       err);
    if (!select)
        return false;
    db_bind_text(select, 1, name);
    if (!db_next(select, ret_any, err))
        return false;
    if (*ret_any)
        read_row(select, ret);
    db_reset(select);
    return true;
}

/* What an alarm says of itself. */
static bool describe(Db *db, const Alarm *alarm, int64_t now_us, int64_t evaluated_s, Error *err)
{
    DbStatement *insert = db_statement(
        db,
        "INSERT INTO alarms (name, kind, severity, description, watches, state, reason, since_us,"
        " evaluated_s) VALUES (?, ?, ?, ?, ?, 'INSUFFICIENT_DATA', 'It was not evaluated yet.', ?,"
        " ?) ON CONFLICT (name) DO UPDATE SET kind = excluded.kind, severity = excluded.severity,"
        " description = excluded.description, watches = excluded.watches WHERE kind <>"
        " excluded.kind OR severity <> excluded.severity OR description <> excluded.description OR"
        " watches <> excluded.watches",
        err);
    if (!insert)
        return false;
    db_bind_text(insert, 1, alarm->name);
    db_bind_text(insert, 2, str_of(kind_of(alarm)));
    db_bind_text(insert, 3, str_of(rule_level_name(alarm->severity)));
    db_bind_text(insert, 4, alarm->description.ptr ? alarm->description : STR(""));
    db_bind_text(insert, 5, watches_of(alarm));
    db_bind_int(insert, 6, now_us);
    db_bind_int(insert, 7, evaluated_s);
    return db_run(insert, err);
}

bool alarm_store_open(Db *db, const Alarm *alarm, int64_t now_us, int64_t evaluated_s,
                      AlarmRow *ret, Error *err)
{
    bool any;
    return describe(db, alarm, now_us, evaluated_s, err) && find(db, alarm->name, ret, &any, err) &&
           (any ||
            error_set(err, ERROR_SYSTEM, "the state lost the alarm '%.*s'", STR_ARG(alarm->name)));
}

bool alarm_store_save(Db *db, const Alarm *alarm, const AlarmRow *row, Error *err)
{
    DbStatement *update = db_statement(db,
                                       "UPDATE alarms SET state = ?, since_us = ?, evaluated_s = ?,"
                                       " pending = ?, pending_s = ?, released_s = ?, held = ?"
                                       " WHERE name = ?",
                                       err);
    if (!update)
        return false;
    db_bind_text(update, 1, str_of(alarm_state_word(row->state)));
    db_bind_int(update, 2, row->since_us);
    db_bind_int(update, 3, row->evaluated_s);
    db_bind_int(update, 4, row->pending);
    db_bind_int(update, 5, row->pending_s);
    db_bind_int(update, 6, row->released_s);
    db_bind_text(update, 7, str_of(row->held));
    db_bind_text(update, 8, alarm->name);
    return db_run(update, err);
}

static bool remove_one(Db *db, Str name, Error *err)
{
    DbStatement *delete = db_statement(db, "DELETE FROM alarms WHERE name = ?", err);
    if (!delete)
        return false;
    db_bind_text(delete, 1, name);
    return db_run(delete, err);
}

bool alarm_store_prune(Db *db, const AlarmSet *set, Error *err)
{
    bool row = true, ok = true;
    while (ok && row) {
        DbStatement *select = db_statement(db, "SELECT name FROM alarms ORDER BY name", err);
        Str gone = {NULL, 0};
        char name[1024];
        ok = select && db_next(select, &row, err);
        while (ok && row && alarm_set_find(set, db_text(select, 0)))
            ok = db_next(select, &row, err);
        if (ok && row) {
            gone = db_text(select, 0);
            int len = snprintf(name, sizeof name, "%.*s", STR_ARG(gone));
            db_reset(select);
            ok = remove_one(db, (Str){name, (size_t)len}, err);
        }
    }
    return ok;
}

/* ---- history ---- */

static bool note_reason(Db *db, const Alarm *alarm, const AlarmChange *change, Error *err)
{
    DbStatement *update =
        db_statement(db, "UPDATE alarms SET reason = ?, reason_data = ? WHERE name = ?", err);
    if (!update)
        return false;
    db_bind_text(update, 1, change->reason);
    if (change->reason_data.len)
        db_bind_text(update, 2, change->reason_data);
    db_bind_text(update, 3, alarm->name);
    return db_run(update, err);
}

/* The alarm's row says severity and description. */
static bool insert_change(Db *db, Str name, const AlarmChange *change, Error *err)
{
    DbStatement *insert = db_statement(
        db,
        "INSERT INTO alarm_history (alarm, at_us, kind, old_state, new_state, reason, reason_data,"
        " severity, description) SELECT name, ?, ?, ?, ?, ?, ?, severity, description FROM alarms"
        " WHERE name = ?",
        err);
    if (!insert)
        return false;
    db_bind_int(insert, 1, change->at_us);
    db_bind_text(insert, 2, str_of(change->kind));
    db_bind_text(insert, 3, str_of(alarm_state_word(change->before)));
    db_bind_text(insert, 4, str_of(alarm_state_word(change->after)));
    db_bind_text(insert, 5, change->reason);
    if (change->reason_data.len)
        db_bind_text(insert, 6, change->reason_data);
    db_bind_text(insert, 7, name);
    return db_run(insert, err);
}

bool alarm_store_add(Db *db, const Alarm *alarm, const AlarmChange *change, Error *err)
{
    bool is_update = str_equal(str_of(change->kind), STR("StateUpdate"));
    return insert_change(db, alarm->name, change, err) &&
           (!is_update || note_reason(db, alarm, change, err));
}

bool alarm_store_tell(Db *db, const Alarm *alarm, int64_t at_us, Error *err)
{
    DbStatement *insert =
        db_statement(db,
                     "INSERT INTO notices (kind, subject, at_us) SELECT 'alarm', max(id), ?2 FROM"
                     " alarm_history WHERE alarm = ?1 AND kind = 'StateUpdate'",
                     err);
    if (!insert)
        return false;
    db_bind_text(insert, 1, alarm->name);
    db_bind_int(insert, 2, at_us);
    return db_run(insert, err);
}

/* ---- by hand ---- */

static bool set_state(Db *db, Str name, AlarmState state, Str reason, int64_t now_us, Error *err)
{
    AlarmRow row;
    bool any;
    if (!find(db, name, &row, &any, err))
        return false;
    if (!any)
        return error_set(
            err, ERROR_USAGE,
            "no alarm '%.*s' has been evaluated; spoor alarms list has those that were",
            STR_ARG(str_slice(name, 0, 255)));
    const Alarm named = {.name = name};
    const AlarmChange change = {"StateUpdate", now_us, row.state, state, reason, {NULL, 0}};
    if (!alarm_store_add(db, &named, &change, err))
        return false;
    if (row.state != state) {
        row.since_us = now_us;
        row.pending = true;
        row.pending_s = now_us / 1000000;
    }
    row.state = state;
    row.held[0] = '\0';
    return alarm_store_save(db, &named, &row, err);
}

bool alarm_store_set(Db *db, Str name, AlarmState state, Str reason, int64_t now_us, Error *err)
{
    if (!db_begin(db, err))
        return false;
    if (set_state(db, name, state, reason, now_us, err) && db_commit(db, err))
        return true;
    db_rollback(db);
    return false;
}
