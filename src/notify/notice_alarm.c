/* What is told of an alarm that changed its state. */
#include <stdio.h>

#include "notify/notice.h"

/* Keeps column *index* in the arena. */
static bool keep(DbStatement *row, int index, Arena *arena, Str *ret, Error *err)
{
    Str text = db_text(row, index);
    const char *copy = arena_text(arena, text, err);
    *ret = (Str){copy, text.len};
    return copy != NULL;
}

/* "ALARM: cis-root-activity", as the service's own messages are headed. */
static bool make_title(Arena *arena, Notice *notice, Error *err)
{
    BUF_AUTO Buf title = buf_init(4096);
    if (!buf_printf(&title, err, "%.*s: %.*s", STR_ARG(notice->new_state), STR_ARG(notice->alarm)))
        return false;
    const char *copy = arena_text(arena, buf_str(&title), err);
    notice->title = (Str){copy, title.len};
    return copy != NULL;
}

static bool read_row(DbStatement *row, Arena *arena, Notice *ret, Error *err)
{
    ret->last_us = ret->first_us = db_int(row, 0);
    return keep(row, 1, arena, &ret->alarm, err) && keep(row, 2, arena, &ret->old_state, err) &&
           keep(row, 3, arena, &ret->new_state, err) &&
           keep(row, 4, arena, &ret->level_name, err) &&
           keep(row, 5, arena, &ret->description, err) && keep(row, 6, arena, &ret->reason, err) &&
           keep(row, 7, arena, &ret->reason_data, err) && make_title(arena, ret, err);
}

bool notice_of_alarm(Db *db, Str id, Arena *arena, Notice *ret, Error *err)
{
    bool any;
    DbStatement *select =
        db_statement(db,
                     "SELECT at_us, alarm, old_state, new_state, severity, description, reason,"
                     " coalesce(reason_data, '') FROM alarm_history WHERE id = CAST(? AS INTEGER)",
                     err);
    *ret = (Notice){.level = LEVEL_NONE};
    if (!select)
        return false;
    db_bind_text(select, 1, id);
    if (!db_next(select, &any, err))
        return false;
    bool ok = any && read_row(select, arena, ret, err);
    db_reset(select);
    if (!any)
        return error_set(err, ERROR_USAGE, "the history of alarms has no entry %.*s", STR_ARG(id));
    const char *copy = ok ? arena_text(arena, id, err) : NULL;
    ret->id = (Str){copy, id.len};
    (void)rule_level_read(ret->level_name, &ret->level);
    snprintf(ret->key, sizeof ret->key, "alarm/%.*s", STR_ARG(id));
    return copy != NULL;
}
