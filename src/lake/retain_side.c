#include "lake/retain_side.h"

#include "base/file.h"
#include "base/json_write.h"
#include "lake/hold.h"
#include "lake/layout.h"
#include "lake/ledger.h"
#include "lake/quarantine.h"
#include "lake/retain_judge.h"

enum { SQL_BYTES_MAX = 1 << 20 };

static const RetainRows QUARANTINE = {
    "q.id AS id, q.path AS path, q.path_bytes AS bytes",
    "quarantine q LEFT JOIN objects o ON o.id = q.object_id WHERE true",
    "coalesce(o.delivered_us, q.at_us)", "o.delivered_us IS NOT NULL"};

static const char ACCOUNT_SQL[] = "coalesce(o.account, '')";

bool retain_side_list(Lake *lake, const RetainRows *rows, const RetainPolicy *policy, int32_t today,
                      Error *err)
{
    BUF_AUTO Buf sql = buf_init(SQL_BYTES_MAX);
    BUF_AUTO Buf day = buf_init(SQL_BYTES_MAX);
    const HoldPlace place = {ACCOUNT_SQL, rows->time, rows->known};
    return buf_printf(&day, err, "(%s) / 86400000000", rows->time) && buf_text(&day, err) &&
           buf_printf(&sql, err, "CREATE TEMP TABLE going AS SELECT %s, ", rows->columns) &&
           hold_state_sql(&place, &sql, err) &&
           buf_printf(&sql, err, " AS held FROM %s AND ", rows->from) &&
           retain_policy_sql(policy, ACCOUNT_SQL, day.ptr, today, &sql, err) &&
           buf_text(&sql, err) && db_exec(lake->db, sql.ptr, err);
}

bool retain_side_tell(Lake *lake, const char *table, const RetainPolicy *policy,
                      const RetainSide *told, Error *err)
{
    BUF_AUTO Buf detail = buf_init(SQL_BYTES_MAX);
    JsonWriter to = {&detail, err, true};
    json_write_open(&to, NULL, '{');
    json_write_text(&to, "table", str_of(table));
    json_write_text(&to, "days", str_of(policy->text));
    json_write_int(&to, "count", (int64_t)told->go);
    json_write_int(&to, "bytes", (int64_t)told->bytes);
    json_write_close(&to, '}');
    const LedgerEntry entry = {.kind = "retention", .detail = buf_str(&detail)};
    return to.ok && ledger_append(lake, &entry, err);
}

/* ---- pieces set apart ---- */

/* The next piece behind *last* whose records are to be asked; 0: there is none. */
static bool next_asked(Lake *lake, int64_t last, int64_t *ret, Error *err)
{
    bool row;
    DbStatement *select = db_statement(
        lake->db, "SELECT id FROM going WHERE held = 2 AND id > ? ORDER BY id LIMIT 1", err);
    if (!select)
        return false;
    db_bind_int(select, 1, last);
    if (!db_next(select, &row, err))
        return false;
    *ret = row ? db_int(select, 0) : 0;
    if (row)
        db_reset(select);
    return true;
}

static bool set_held(Lake *lake, int64_t id, bool held, Error *err)
{
    DbStatement *update = db_statement(lake->db, "UPDATE going SET held = ? WHERE id = ?", err);
    if (!update)
        return false;
    db_bind_int(update, 1, held);
    db_bind_int(update, 2, id);
    return db_run(update, err);
}

/* Reads the pieces that a hold may name. One that cannot be read stays. */
static bool ask_pieces(Lake *lake, Error *err)
{
    int64_t id = 0;
    BUF_AUTO Buf piece = buf_init(QUARANTINE_PIECE_MAX);
    RetainJudge *judge = retain_judge_new(lake, err);
    bool ok = judge && db_exec(lake->db, "CREATE INDEX temp.going_held ON going (held, id)", err);
    while (ok && (ok = next_asked(lake, id, &id, err)) && id) {
        Error unread = {0};
        bool held = true;
        piece.len = 0;
        ok = (!quarantine_read(lake, id, &piece, &unread) ||
              retain_judge_held(judge, buf_str(&piece), &held, err)) &&
             set_held(lake, id, held, err);
    }
    retain_judge_free(judge);
    return ok;
}

static bool count_pieces(Lake *lake, RetainSide *ret, Error *err)
{
    int64_t go, bytes, held;
    if (!db_get_int(lake->db, "SELECT count(*) FROM going WHERE NOT held", 0, &go, err) ||
        !db_get_int(lake->db, "SELECT coalesce(sum(bytes), 0) FROM going WHERE NOT held", 0, &bytes,
                    err) ||
        !db_get_int(lake->db, "SELECT count(*) FROM going WHERE held", 0, &held, err))
        return false;
    *ret = (RetainSide){(uint64_t)go, (uint64_t)bytes, (uint64_t)held, 0};
    return true;
}

/* Files that no piece is in any more. */
static bool remove_files(Lake *lake, Error *err)
{
    bool row = true;
    DbStatement *select = db_statement(
        lake->db,
        "SELECT DISTINCT path FROM going WHERE NOT held AND NOT EXISTS (SELECT 1 FROM quarantine q"
        " WHERE q.path = going.path)",
        err);
    if (!select)
        return false;
    while (db_next(select, &row, err)) {
        char path[LAYOUT_PATH_BYTES];
        if (!row)
            return true;
        if (!layout_path(path, err, lake->folder, "%.*s", STR_ARG(db_text(select, 0))) ||
            !file_remove(path, err)) {
            db_reset(select);
            return false;
        }
    }
    return false;
}

static bool delete_pieces(Lake *lake, const RetainPolicy *policy, const RetainSide *told,
                          Error *err)
{
    bool ok =
        db_begin(lake->db, err) &&
        db_exec(lake->db,
                "DELETE FROM quarantine WHERE id IN (SELECT id FROM going WHERE NOT held)", err) &&
        retain_side_tell(lake, "quarantine", policy, told, err) && db_commit(lake->db, err);
    if (!ok)
        db_rollback(lake->db);
    return ok && remove_files(lake, err);
}

bool retain_quarantine(Lake *lake, const RetainPolicy *policy, int32_t today, bool dry_run,
                       RetainSide *ret, Error *err)
{
    *ret = (RetainSide){0};
    if (retain_policy_least(policy) == RETAIN_FOREVER)
        return true;
    return retain_side_list(lake, &QUARANTINE, policy, today, err) && ask_pieces(lake, err) &&
           count_pieces(lake, ret, err) &&
           (dry_run || ret->go == 0 || delete_pieces(lake, policy, ret, err)) &&
           db_exec(lake->db, "DROP TABLE going", err);
}
