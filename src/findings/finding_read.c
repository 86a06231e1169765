/* finding_read - what is in the store of findings. */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "findings/finding.h"

/* The columns that read_finding expects. */
#define FINDING_COLUMNS                                                                            \
    "id, rule_id, rule_title, level, account, principal, episode, first_us, last_us, count,"       \
    " group_by, value, workflow, coalesce(assignee, ''), shown_severity, shown_confidence,"        \
    " severity_label, product, record_state, region, created_us, updated_us, user_fields,"         \
    " coalesce(product_arn, ''), coalesce(given_id, ''), dry_run, provisional, "                   \
    "coalesce(settles_us, 0), " FINDING_KIND_SQL

/* Columns of a finding that are texts. */
static const struct {
    int column;
    size_t member;
} TEXTS[] = {
    {0, offsetof(Finding, id)},
    {1, offsetof(Finding, rule_id)},
    {2, offsetof(Finding, rule_title)},
    {3, offsetof(Finding, level)},
    {4, offsetof(Finding, account)},
    {5, offsetof(Finding, principal)},
    {6, offsetof(Finding, episode)},
    {10, offsetof(Finding, group_by)},
    {12, offsetof(Finding, workflow)},
    {13, offsetof(Finding, assignee)},
    {16, offsetof(Finding, severity_label)},
    {17, offsetof(Finding, product)},
    {18, offsetof(Finding, record_state)},
    {19, offsetof(Finding, region)},
    {22, offsetof(Finding, user_fields)},
    {23, offsetof(Finding, product_arn)},
    {24, offsetof(Finding, given_id)},
    {28, offsetof(Finding, kind)},
    {29, offsetof(Finding, rule_text)},
    {30, offsetof(Finding, body)},
};

enum { TEXT_COUNT = sizeof TEXTS / sizeof *TEXTS, TEXTS_LISTED = TEXT_COUNT - 2 };

static Str *text_of(Finding *finding, int index)
{
    return (Str *)(void *)((char *)finding + TEXTS[index].member);
}

/* Its first *texts* texts are borrowed from the row. */
static void read_finding(DbStatement *row, int texts, Finding *ret)
{
    *ret = (Finding){.first_us = db_int(row, 7),
                     .last_us = db_int(row, 8),
                     .count = db_int(row, 9),
                     .value = db_real(row, 11),
                     .severity = (int)db_int(row, 14),
                     .confidence = db_is_null(row, 15) ? -1 : (int)db_int(row, 15),
                     .created_us = db_int(row, 20),
                     .updated_us = db_int(row, 21),
                     .dry_run = db_int(row, 25) != 0,
                     .provisional = db_int(row, 26) != 0,
                     .settles_us = db_int(row, 27)};
    for (int i = 0; i < texts; i++)
        if (!db_is_null(row, TEXTS[i].column))
            *text_of(ret, i) = db_text(row, TEXTS[i].column);
}

static const char LIST[] =
    "SELECT " FINDING_COLUMNS
    " FROM finding_all f WHERE dry_run = ?16 AND CASE level WHEN 'critical' THEN 5 WHEN"
    " 'high' THEN 4 WHEN 'medium' THEN 3 WHEN 'low' THEN 2 WHEN 'informational' THEN 1 ELSE 0 END"
    " >= ?1 AND last_us >= ?2 AND last_us < ?3 AND (?4 = '' OR rule_id = ?4 OR rule_title = ?4)"
    " AND instr(principal, ?5) > 0 AND (?6 = '' OR workflow = ?6) AND (?7 = '' OR assignee = ?7)"
    " AND (?8 = '' OR severity_label = ?8) AND (?9 = '' OR account = ?9) AND (?10 = '' OR region ="
    " ?10) AND (?11 = '' OR product = ?11) AND (?12 = '' OR record_state = ?12) AND (?13 = '' OR"
    " EXISTS (SELECT 1 FROM finding_evidence e WHERE e.finding = f.id AND e.sourceipaddress = ?13))"
    " AND (?14 = '' OR EXISTS (SELECT 1 FROM finding_resources r WHERE r.finding = f.id AND"
    " instr(r.id, ?14) > 0)) ORDER BY shown_severity DESC, level = 'none', last_us DESC, id"
    " LIMIT iif(?15, ?15, -1)";

bool finding_each(Db *db, const FindingQuery *query, FindingTake take, void *context, Error *err)
{
    const Str texts[] = {query->rule,         query->principal, query->workflow, query->assignee,
                         query->severity,     query->account,   query->region,   query->product,
                         query->record_state, query->address,   query->resource};
    bool row = true;
    DbStatement *select = db_statement(db, LIST, err);
    if (!select)
        return false;
    db_bind_int(select, 1, query->level_min);
    db_bind_int(select, 2, query->since_us);
    db_bind_int(select, 3, query->until_us);
    for (int i = 0; i < (int)(sizeof texts / sizeof *texts); i++)
        db_bind_text(select, 4 + i, texts[i].ptr ? texts[i] : STR(""));
    db_bind_int(select, 15, query->limit);
    db_bind_int(select, 16, query->dry_run);
    while (db_next(select, &row, err)) {
        Finding finding;
        if (!row)
            return true;
        read_finding(select, TEXTS_LISTED, &finding);
        if (!take(context, &finding, err)) {
            db_reset(select);
            return false;
        }
    }
    return false;
}

static bool take_id(void *context, const Finding *finding, Error *err)
{
    return buf_append_str(context, finding->id, err);
}

bool finding_ids(Db *db, const FindingQuery *query, Buf *ret, Error *err)
{
    return finding_each(db, query, take_id, ret, err);
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
    for (int i = 0; i < TEXT_COUNT; i++)
        if (text_of(finding, i)->ptr && !keep(arena, text_of(finding, i), err))
            return false;
    return true;
}

bool finding_get(Db *db, Str id, Arena *arena, Finding *ret, Error *err)
{
    char whole[FINDING_ID_BYTES];
    bool row = false;
    if (!resolve(db, id, whole, err))
        return false;
    DbStatement *select = db_statement(
        db, "SELECT " FINDING_COLUMNS ", rule_text, body FROM finding_all WHERE id = ?", err);
    if (!select)
        return false;
    db_bind_text(select, 1, str_of(whole));
    if (!db_next(select, &row, err) || !row)
        return row || error_set(err, ERROR_SYSTEM, "the finding '%s' has no rule", whole);
    read_finding(select, TEXT_COUNT, ret);
    bool ok = keep_all(arena, ret, err);
    db_reset(select);
    return ok;
}

bool finding_events(Db *db, Str id, FindingEventTake take, void *context, Error *err)
{
    bool row = true;
    DbStatement *select =
        db_statement(db,
                     "SELECT eventtime, eventid, eventsource, eventname, sourceipaddress,"
                     " awsregion, errorcode, object_id, record_index, threat_lists, principal,"
                     " recipientaccountid FROM finding_evidence WHERE finding = ?1"
                     " ORDER BY 1, 8, 9",
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
                                    .threat_lists = db_text(select, 9),
                                    .principal = db_text(select, 10),
                                    .account = db_text(select, 11)};
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
