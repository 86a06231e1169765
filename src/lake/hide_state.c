#include "lake/hide_state.h"

#include <stddef.h>

#include "lake/hide_pieces.h"
#include "lake/signal_pack.h"

enum { PACK_BYTES_MAX = 1 << 30 };

/* clang-format off */

/* Of which events a row is: of a moment, or from one to another. Days on hold stay. */
#define AT_EVENT \
    "eventtime >= ?1 AND eventtime < ?2 AND eventtime / 86400000000 NOT IN (SELECT day FROM" \
    " held_days)"
#define AT_FINDING \
    "given_id IS NULL AND last_us >= ?1 AND first_us < ?2 AND NOT EXISTS (SELECT 1 FROM held_days" \
    " WHERE day BETWEEN first_us / 86400000000 AND last_us / 86400000000)"

/* Statements with the range as parameters, and where the rows that they change are counted.
 * Imported findings are not of our records. */
static const struct {
    const char *sql;
    size_t count; /* of HideReport */
} STEPS[] = {
    {"UPDATE signals SET principal = hide('@principal', principal),"
     " threat_lists = iif(hide('sourceIPAddress', sourceipaddress) IS sourceipaddress,"
     "  threat_lists, NULL), sourceipaddress = hide('sourceIPAddress', sourceipaddress),"
     " errorcode = hide('errorCode', errorcode), group_by = hide('@group', group_by)"
     " WHERE " AT_EVENT " AND (hide('@principal', principal) IS NOT principal OR"
     " hide('sourceIPAddress', sourceipaddress) IS NOT sourceipaddress OR"
     " hide('errorCode', errorcode) IS NOT errorcode OR hide('@group', group_by) IS NOT group_by)",
     offsetof(HideReport, signals)},
    {"UPDATE finding_hits SET principal = hide('@principal', principal),"
     " sourceipaddress = hide('sourceIPAddress', sourceipaddress),"
     " errorcode = hide('errorCode', errorcode)"
     " WHERE " AT_EVENT " AND (hide('@principal', principal) IS NOT principal OR"
     " hide('sourceIPAddress', sourceipaddress) IS NOT sourceipaddress OR"
     " hide('errorCode', errorcode) IS NOT errorcode)",
     offsetof(HideReport, evidence)},
    {"UPDATE OR REPLACE finding_resources SET id = coalesce(hide('@resource ' || type, id), '')"
     " WHERE finding IN (SELECT id FROM findings WHERE " AT_FINDING ") AND"
     " hide('@resource ' || type, id) IS NOT id AND id <> ''",
     offsetof(HideReport, resources)},
    {"UPDATE findings SET principal = coalesce(hide('@principal', principal), ''),"
     " group_by = hide('@group', group_by) WHERE " AT_FINDING " AND"
     " (coalesce(hide('@principal', principal), '') <> principal OR"
     " hide('@group', group_by) IS NOT group_by)",
     offsetof(HideReport, findings)},
};

static const char PACKS_SQL[] =
    "SELECT id, bytes, EXISTS (SELECT 1 FROM held_days WHERE day BETWEEN time_min / 86400000000 AND"
    " time_max / 86400000000) FROM signal_packs WHERE time_max >= ?1 AND time_min < ?2 ORDER BY id";

/* clang-format on */

static bool run_step(const HideState *hide, const char *sql, uint64_t *ret_rows, Error *err)
{
    Db *db = hide->lake->db;
    bool ok = db_begin(db, err);
    DbStatement *update = ok ? db_statement(db, sql, err) : NULL;
    if (update) {
        db_bind_int(update, 1, hide->since_us);
        db_bind_int(update, 2, hide->until_us);
    }
    ok = update && db_run(update, err);
    *ret_rows = ok ? (uint64_t)db_changes(db) : 0;
    ok = ok && db_commit(db, err);
    if (!ok)
        db_rollback(db);
    return ok;
}

static bool run_steps(const HideState *hide, HideReport *ret, Error *err)
{
    for (size_t i = 0; i < sizeof STEPS / sizeof *STEPS; i++)
        if (!run_step(hide, STEPS[i].sql, (uint64_t *)(void *)((char *)ret + STEPS[i].count), err))
            return error_context(err, "what the state keeps of records");
    return true;
}

/* ---- packs ---- */

static bool edit_text(void *context, PackText text, Str value, Buf *ret, bool *ret_removed,
                      Error *err)
{
    static const char *const PLACES[PACK_TEXTS] = {
        [PACK_ADDRESS] = "sourceIPAddress",
        [PACK_ERROR_CODE] = "errorCode",
        [PACK_PRINCIPAL] = "@principal",
        [PACK_GROUP_BY] = "@group",
    };
    if (!PLACES[text])
        return buf_append_str(ret, value, err);
    return hide_text_at(context, str_of(PLACES[text]), value, ret, ret_removed, err);
}

static bool store_pack(Lake *lake, int64_t id, Str bytes, Error *err)
{
    DbStatement *update =
        db_statement(lake->db, "UPDATE signal_packs SET bytes = ?2 WHERE id = ?1", err);
    if (!update)
        return false;
    db_bind_int(update, 1, id);
    db_lend_blob(update, 2, bytes.ptr, bytes.len);
    return db_run(update, err);
}

static bool hide_pack(const HideState *hide, DbStatement *row, HideReport *ret, Error *err)
{
    bool changed;
    BUF_AUTO Buf bytes = buf_init(PACK_BYTES_MAX);
    if (db_int(row, 2)) {
        ret->held++;
        return true;
    }
    if (!signal_pack_edit(db_blob(row, 1), edit_text, hide->texts, &bytes, &changed, err))
        return error_context(err, "signals for correlations");
    ret->packs += changed;
    return !changed || store_pack(hide->lake, db_int(row, 0), buf_str(&bytes), err);
}

static bool hide_packs(const HideState *hide, HideReport *ret, Error *err)
{
    bool row = true;
    DbStatement *select = db_statement(hide->lake->db, PACKS_SQL, err);
    if (!select)
        return false;
    db_bind_int(select, 1, hide->since_us);
    db_bind_int(select, 2, hide->until_us);
    while (db_next(select, &row, err)) {
        if (!row)
            return true;
        if (!hide_pack(hide, select, ret, err)) {
            db_reset(select);
            return false;
        }
    }
    return false;
}

static bool run_packs(const HideState *hide, HideReport *ret, Error *err)
{
    Db *db = hide->lake->db;
    bool ok = db_begin(db, err) && hide_packs(hide, ret, err) && db_commit(db, err);
    if (!ok)
        db_rollback(db);
    return ok;
}

bool hide_state_run(const HideState *hide, HideReport *ret, Error *err)
{
    *ret = (HideReport){0};
    return db_function(hide->lake->db, "hide", hide_text_at, hide->texts, err) &&
           db_exec(hide->lake->db,
                   "CREATE TEMP TABLE IF NOT EXISTS held_days (day INTEGER PRIMARY KEY)", err) &&
           run_packs(hide, ret, err) && run_steps(hide, ret, err) && hide_pieces(hide, ret, err);
}
