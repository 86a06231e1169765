#include "lake/hold.h"

#include <inttypes.h>

#include "base/clock.h"
#include "base/engine.h"
#include "base/json_write.h"
#include "lake/ledger.h"

#define DAY_US (INT64_C(86400) * 1000000)

enum { DETAIL_BYTES_MAX = 1 << 20 };

static void bind_text(DbStatement *statement, int index, Str text)
{
    if (text.len)
        db_bind_text(statement, index, text);
}

static bool insert(Lake *lake, const Hold *hold, Error *err)
{
    DbStatement *insert = db_statement(
        lake->db,
        "INSERT INTO holds (case_name, account, principal, why, since_us, until_us, at_us)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        err);
    if (!insert)
        return false;
    db_bind_text(insert, 1, hold->case_name);
    bind_text(insert, 2, hold->account);
    bind_text(insert, 3, hold->principal);
    bind_text(insert, 4, hold->why);
    db_bind_int(insert, 5, hold->since_us);
    db_bind_int(insert, 6, hold->until_us);
    db_bind_int(insert, 7, hold->at_us);
    return db_run(insert, err);
}

static bool release(Lake *lake, Str case_name, int64_t at_us, Error *err)
{
    DbStatement *update = db_statement(
        lake->db, "UPDATE holds SET released_us = ? WHERE case_name = ? AND released_us IS NULL",
        err);
    if (!update)
        return false;
    db_bind_int(update, 1, at_us);
    db_bind_text(update, 2, case_name);
    return db_run(update, err);
}

/* What the ledger keeps of it, and hold_restore reads. */
static bool write_detail(const Hold *hold, Buf *out, Error *err)
{
    JsonWriter to = {out, err, true};
    json_write_open(&to, NULL, '{');
    json_write_text(&to, "case", hold->case_name);
    json_write_some(&to, "account", hold->account);
    json_write_some(&to, "principal", hold->principal);
    if (hold->since_us != INT64_MIN)
        json_write_int(&to, "since_us", hold->since_us);
    if (hold->until_us != INT64_MAX)
        json_write_int(&to, "until_us", hold->until_us);
    json_write_int(&to, "at_us", hold->at_us);
    json_write_some(&to, "why", hold->why);
    json_write_close(&to, '}');
    return to.ok;
}

static bool append_entry(Lake *lake, const char *kind, const Hold *hold, Error *err)
{
    BUF_AUTO Buf detail = buf_init(DETAIL_BYTES_MAX);
    if (!write_detail(hold, &detail, err))
        return false;
    const LedgerEntry entry = {.kind = kind, .detail = buf_str(&detail)};
    return ledger_append(lake, &entry, err);
}

static bool end(Lake *lake, bool ok, Error *err)
{
    ok = ok && db_commit(lake->db, err);
    if (!ok)
        db_rollback(lake->db);
    return ok;
}

bool hold_add(Lake *lake, const Hold *hold, Error *err)
{
    Hold added = *hold;
    added.at_us = clock_now_us();
    return db_begin(lake->db, err) &&
           end(lake, insert(lake, &added, err) && append_entry(lake, "hold", &added, err), err);
}

bool hold_release(Lake *lake, Str case_name, Str why, Error *err)
{
    const Hold ended = {.case_name = case_name,
                        .why = why,
                        .since_us = INT64_MIN,
                        .until_us = INT64_MAX,
                        .at_us = clock_now_us()};
    if (!db_begin(lake->db, err))
        return false;
    bool ok = release(lake, case_name, ended.at_us, err);
    if (ok && db_changes(lake->db) == 0)
        ok = error_set(err, ERROR_INPUT, "no hold of the case '%.*s' is in force",
                       (int)(case_name.len < 200 ? case_name.len : 200), case_name.ptr);
    return end(lake, ok && append_entry(lake, "release", &ended, err), err);
}

bool hold_each(Lake *lake, bool (*visit)(void *context, const Hold *hold, Error *err),
               void *context, Error *err)
{
    bool row = true;
    DbStatement *select = db_statement(
        lake->db,
        "SELECT case_name, account, principal, why, since_us, until_us, at_us FROM holds"
        " WHERE released_us IS NULL ORDER BY id",
        err);
    if (!select)
        return false;
    while (db_next(select, &row, err)) {
        if (!row)
            return true;
        const Hold hold = {db_text(select, 0), db_text(select, 1), db_text(select, 2),
                           db_text(select, 3), db_int(select, 4),  db_int(select, 5),
                           db_int(select, 6)};
        if (!visit(context, &hold, err)) {
            db_reset(select);
            return false;
        }
    }
    return false;
}

static Str text_of(const Json *detail, const char *name)
{
    return json_text(json_member(detail, str_of(name)), STR(""));
}

static int64_t number_of(const Json *detail, const char *name, int64_t fallback)
{
    int64_t number;
    return json_int(json_member(detail, str_of(name)), &number) ? number : fallback;
}

bool hold_restore(Lake *lake, const Json *entry, Error *err)
{
    Str kind = text_of(entry, "kind");
    const Json *detail = json_member(entry, kind);
    const Hold hold = {.case_name = text_of(detail, "case"),
                       .account = text_of(detail, "account"),
                       .principal = text_of(detail, "principal"),
                       .why = text_of(detail, "why"),
                       .since_us = number_of(detail, "since_us", INT64_MIN),
                       .until_us = number_of(detail, "until_us", INT64_MAX),
                       .at_us = number_of(detail, "at_us", 0)};
    if (str_equal(kind, STR("hold")))
        return insert(lake, &hold, err);
    return !str_equal(kind, STR("release")) || release(lake, hold.case_name, hold.at_us, err);
}

/* ---- SQL ---- */

/* Texts of a record that a principal's pattern is held against. */
static const char *const PRINCIPALS[] = {"useridentity.arn", "useridentity.principalid",
                                         "useridentity.username",
                                         "useridentity.sessioncontext.sessionissuer.arn"};

static bool append_principal(Buf *out, Str pattern, Error *err)
{
    bool ok = buf_printf(out, err, " AND (");
    for (size_t i = 0; ok && i < sizeof PRINCIPALS / sizeof *PRINCIPALS; i++)
        ok = buf_printf(out, err, "%scoalesce(%s GLOB ", i ? " OR " : "", PRINCIPALS[i]) &&
             engine_quote(out, pattern, err) && buf_printf(out, err, ", false)");
    return ok && buf_append_byte(out, ')', err);
}

static bool append_times(Buf *out, const Hold *hold, Error *err)
{
    bool ok = true;
    if (hold->since_us != INT64_MIN)
        ok = buf_printf(out, err, " AND epoch_us(eventtime) >= %" PRId64, hold->since_us);
    if (ok && hold->until_us != INT64_MAX)
        ok = buf_printf(out, err, " AND epoch_us(eventtime) < %" PRId64, hold->until_us);
    return ok;
}

/* Where SQL goes, and of which case; without ptr: of all. */
typedef struct Appending {
    Buf *out;
    Str only;
} Appending;

static bool append_record(void *context, const Hold *hold, Error *err)
{
    const Appending *to = context;
    Buf *out = to->out;
    if (to->only.ptr && !str_equal(to->only, hold->case_name))
        return true;
    bool ok = buf_printf(out, err, " OR (true");
    if (ok && hold->account.len)
        ok = buf_printf(out, err, " AND (coalesce(recipientaccountid = ") &&
             engine_quote(out, hold->account, err) &&
             buf_printf(out, err, ", false) OR coalesce(useridentity.accountid = ") &&
             engine_quote(out, hold->account, err) && buf_printf(out, err, ", false))");
    ok = ok && append_times(out, hold, err);
    if (ok && hold->principal.len)
        ok = append_principal(out, hold->principal, err);
    return ok && buf_append_byte(out, ')', err);
}

bool hold_sql_of(Lake *lake, Str case_name, Buf *out, Error *err)
{
    Appending to = {out, case_name};
    return buf_printf(out, err, "(false") && hold_each(lake, append_record, &to, err) &&
           buf_append_byte(out, ')', err);
}

bool hold_sql(Lake *lake, Buf *out, Error *err)
{
    return hold_sql_of(lake, (Str){NULL, 0}, out, err);
}

bool hold_state_sql(const HoldPlace *place, Buf *out, Error *err)
{
    return buf_printf(out, err,
                      "CASE WHEN EXISTS (SELECT 1 FROM holds h WHERE h.released_us IS NULL AND"
                      " h.principal IS NULL AND (h.account IS NULL OR h.account = %s) AND (%s) AND"
                      " (%s) >= h.since_us AND (h.until_us = %" PRId64 " OR (%s) - %" PRId64
                      " < h.until_us)) THEN %d ",
                      place->account, place->known, place->time, INT64_MAX, place->time, DAY_US,
                      HOLD_ALL) &&
           buf_printf(out, err,
                      "WHEN EXISTS (SELECT 1 FROM holds h WHERE h.released_us IS NULL AND (%s) >="
                      " h.since_us AND (NOT (%s) OR h.until_us = %" PRId64 " OR (%s) - %" PRId64
                      " < h.until_us)) THEN %d ELSE %d END",
                      place->time, place->known, INT64_MAX, place->time, DAY_US, HOLD_ASK,
                      HOLD_NOT);
}

bool hold_names(Lake *lake, const HoldRecord *record, bool *ret, Error *err)
{
    bool row;
    DbStatement *select = db_statement(
        lake->db,
        "SELECT 1 FROM holds WHERE released_us IS NULL AND (account IS NULL OR account IN (?1, ?2))"
        " AND ?3 >= since_us AND ?3 < until_us AND (principal IS NULL OR ?4 GLOB principal OR ?5"
        " GLOB principal OR ?6 GLOB principal OR ?7 GLOB principal) LIMIT 1",
        err);
    if (!select)
        return false;
    for (int i = 0; i < 2; i++)
        bind_text(select, 1 + i, record->accounts[i]);
    db_bind_int(select, 3, record->time_us);
    for (int i = 0; i < 4; i++)
        bind_text(select, 4 + i, record->principals[i]);
    if (!db_next(select, &row, err))
        return false;
    *ret = row;
    if (row)
        db_reset(select);
    return true;
}

bool hold_told_sql(const HoldTold *told, Buf *out, Error *err)
{
    return buf_printf(out, err,
                      "EXISTS (SELECT 1 FROM holds h WHERE h.released_us IS NULL AND"
                      " (h.account IS NULL OR coalesce(%s, '') IN ('', h.account)) AND"
                      " (%s) >= h.since_us AND (%s) < h.until_us AND"
                      " (h.principal IS NULL OR coalesce(%s, '') = '' OR %s GLOB h.principal))",
                      told->account, told->last, told->first, told->principal, told->principal);
}
