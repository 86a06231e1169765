/* finding_read - what is in the store of findings. */
#include <stdio.h>
#include <string.h>

#include "findings/finding.h"

/* Sigma's levels as numbers, so that the worst come first. */
#define LEVEL_NUMBER                                                                               \
    "CASE r.level WHEN 'critical' THEN 5 WHEN 'high' THEN 4 WHEN 'medium' THEN 3 WHEN 'low' THEN " \
    "2 WHEN 'informational' THEN 1 ELSE 0 END"

/* The columns that read_finding expects. */
#define FINDING_COLUMNS                                                                            \
    "f.id, f.rule_id, r.title, r.level, f.account, f.principal, f.episode, f.first_us, f.last_us," \
    " f.count, f.group_by, f.value, f.workflow, coalesce(f.assignee, '')"

static Finding read_finding(DbStatement *row)
{
    return (Finding){.id = db_text(row, 0),
                     .rule_id = db_text(row, 1),
                     .rule_title = db_text(row, 2),
                     .level = db_text(row, 3),
                     .account = db_text(row, 4),
                     .principal = db_text(row, 5),
                     .episode = db_text(row, 6),
                     .first_us = db_int(row, 7),
                     .last_us = db_int(row, 8),
                     .count = db_int(row, 9),
                     .group_by = db_is_null(row, 10) ? (Str){NULL, 0} : db_text(row, 10),
                     .value = db_real(row, 11),
                     .workflow = db_text(row, 12),
                     .assignee = db_text(row, 13)};
}

bool finding_each(Db *db, const FindingQuery *query, FindingTake take, void *context, Error *err)
{
    bool row = true;
    DbStatement *select = db_statement(
        db,
        "SELECT " FINDING_COLUMNS " FROM findings f JOIN rules r ON r.id = f.rule"
        " WHERE f.superseded_by IS NULL AND " LEVEL_NUMBER " >= ?1 AND f.last_us >= ?2 AND"
        " f.last_us < ?3 AND (?4 = '' OR f.rule_id = ?4 OR r.title = ?4) AND"
        " instr(f.principal, ?5) > 0 AND (?6 = '' OR f.workflow = ?6) AND"
        " (?7 = '' OR f.assignee = ?7)"
        " ORDER BY " LEVEL_NUMBER " DESC, f.last_us DESC, f.id",
        err);
    if (!select)
        return false;
    db_bind_int(select, 1, query->level_min);
    db_bind_int(select, 2, query->since_us);
    db_bind_int(select, 3, query->until_us);
    db_bind_text(select, 4, query->rule);
    db_bind_text(select, 5, query->principal);
    db_bind_text(select, 6, query->workflow);
    db_bind_text(select, 7, query->assignee);
    while (db_next(select, &row, err)) {
        if (!row)
            return true;
        const Finding finding = read_finding(select);
        if (!take(context, &finding, err)) {
            db_reset(select);
            return false;
        }
    }
    return false;
}

/* The id of the finding that *prefix* means: its own, or that of the one that took it in. */
static bool resolve(Db *db, Str prefix, char ret[FINDING_ID_BYTES], Error *err)
{
    bool row = true;
    int found = 0;
    DbStatement *select =
        db_statement(db,
                     "SELECT DISTINCT coalesce(superseded_by, id) FROM findings WHERE id >= ?1 AND"
                     " id < ?1 || 'g' LIMIT 2",
                     err);
    if (!select)
        return false;
    db_bind_text(select, 1, prefix);
    while (db_next(select, &row, err) && row) {
        snprintf(ret, FINDING_ID_BYTES, "%.*s", STR_ARG(db_text(select, 0)));
        found++;
    }
    if (row)
        return false;
    return found == 1 ||
           error_set(err, ERROR_USAGE,
                     found ? "several findings begin with '%.*s': write more of the id"
                           : "there is no finding '%.*s'; see spoor findings list",
                     STR_ARG(str_slice(prefix, 0, 64)));
}

static bool keep(Arena *arena, Str *text, Error *err)
{
    const char *copy = arena_text(arena, *text, err);
    *text = (Str){copy, text->len};
    return copy != NULL;
}

static bool keep_all(Arena *arena, Finding *finding, Error *err)
{
    Str *texts[] = {&finding->id,      &finding->rule_id,   &finding->rule_title,
                    &finding->level,   &finding->account,   &finding->principal,
                    &finding->episode, &finding->rule_text, &finding->workflow,
                    &finding->assignee};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (!keep(arena, texts[i], err))
            return false;
    return !finding->group_by.ptr || keep(arena, &finding->group_by, err);
}

bool finding_get(Db *db, Str id, Arena *arena, Finding *ret, Error *err)
{
    char whole[FINDING_ID_BYTES];
    bool row = false;
    if (!resolve(db, id, whole, err))
        return false;
    DbStatement *select =
        db_statement(db,
                     "SELECT " FINDING_COLUMNS ", r.body FROM findings f JOIN rules r ON"
                     " r.id = f.rule WHERE f.id = ?",
                     err);
    if (!select)
        return false;
    db_bind_text(select, 1, str_of(whole));
    if (!db_next(select, &row, err) || !row)
        return row || error_set(err, ERROR_SYSTEM, "the finding '%s' has no rule", whole);
    *ret = read_finding(select);
    ret->rule_text = db_text(select, 14);
    bool ok = keep_all(arena, ret, err);
    db_reset(select);
    return ok;
}

bool finding_events(Db *db, Str id, FindingEventTake take, void *context, Error *err)
{
    bool row = true;
    DbStatement *select =
        db_statement(db,
                     "SELECT s.eventtime, s.eventid, s.eventsource, s.eventname, s.sourceipaddress,"
                     " s.awsregion, s.errorcode, s.object_id, s.record_index, s.threat_lists FROM"
                     " finding_events e"
                     " JOIN signals s ON s.id = e.signal WHERE e.finding = ?1 UNION ALL"
                     " SELECT eventtime, eventid, eventsource, eventname, sourceipaddress,"
                     " awsregion, errorcode, object_id, record_index, NULL FROM finding_hits WHERE"
                     " finding = ?1 ORDER BY 1, 8, 9",
                     err);
    if (!select)
        return false;
    db_bind_text(select, 1, id);
    while (db_next(select, &row, err)) {
        if (!row)
            return true;
        const FindingEvent event = {.time_us = db_int(select, 0),
                                    .event_id = db_text(select, 1),
                                    .event_source = db_text(select, 2),
                                    .event_name = db_text(select, 3),
                                    .address = db_text(select, 4),
                                    .region = db_text(select, 5),
                                    .error_code = db_text(select, 6),
                                    .object_id = db_int(select, 7),
                                    .record_index = db_int(select, 8),
                                    .threat_lists = db_text(select, 9)};
        if (!take(context, &event, err)) {
            db_reset(select);
            return false;
        }
    }
    return false;
}

bool finding_lists(Db *db, Str id, Buf *out, Error *err)
{
    bool row = true;
    DbStatement *select = db_statement(
        db,
        "SELECT DISTINCT l.value FROM finding_events e JOIN signals s ON s.id = e.signal"
        " JOIN json_each(s.threat_lists) l WHERE e.finding = ? ORDER BY 1",
        err);
    if (!select)
        return false;
    db_bind_text(select, 1, id);
    while (db_next(select, &row, err)) {
        if (!row)
            return true;
        if ((out->len && !buf_append_str(out, STR(", "), err)) ||
            !buf_append_str(out, db_text(select, 0), err)) {
            db_reset(select);
            return false;
        }
    }
    return false;
}
