#include "lake/retain_side.h"

#include "base/file.h"
#include "base/json_write.h"
#include "lake/hold.h"
#include "lake/layout.h"
#include "lake/ledger.h"

enum { SQL_BYTES_MAX = 1 << 20 };

static const RetainRows QUARANTINE = {
    "quarantine", "q.id AS id, q.path AS path, q.path_bytes AS bytes",
    "quarantine q LEFT JOIN objects o ON o.id = q.object_id WHERE true",
    "coalesce(o.delivered_us, q.at_us)"};

static const char ACCOUNT_SQL[] = "coalesce(o.account, '')";

bool retain_side_list(Lake *lake, const RetainRows *rows, const RetainPolicy *policy, int32_t today,
                      Error *err)
{
    BUF_AUTO Buf sql = buf_init(SQL_BYTES_MAX);
    BUF_AUTO Buf day = buf_init(SQL_BYTES_MAX);
    return buf_printf(&day, err, "(%s) / 86400000000", rows->time) && buf_text(&day, err) &&
           buf_printf(&sql, err, "CREATE TEMP TABLE going AS SELECT %s, ", rows->columns) &&
           hold_state_sql(ACCOUNT_SQL, rows->time, &sql, err) &&
           buf_printf(&sql, err, " AS held FROM %s AND ", rows->from) &&
           retain_policy_sql(policy, ACCOUNT_SQL, day.ptr, today, &sql, err) &&
           buf_text(&sql, err) && db_exec(lake->db, sql.ptr, err);
}

bool retain_side_tell(Lake *lake, const RetainRows *rows, const RetainPolicy *policy,
                      const RetainSide *told, Error *err)
{
    BUF_AUTO Buf detail = buf_init(SQL_BYTES_MAX);
    JsonWriter to = {&detail, err, true};
    json_write_open(&to, NULL, '{');
    json_write_text(&to, "table", str_of(rows->table));
    json_write_text(&to, "days", str_of(policy->text));
    json_write_int(&to, "count", (int64_t)told->go);
    json_write_int(&to, "bytes", (int64_t)told->bytes);
    json_write_close(&to, '}');
    const LedgerEntry entry = {.kind = "retention", .detail = buf_str(&detail)};
    return to.ok && ledger_append(lake, &entry, err);
}

/* ---- pieces set apart ---- */

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
        retain_side_tell(lake, &QUARANTINE, policy, told, err) && db_commit(lake->db, err);
    if (!ok)
        db_rollback(lake->db);
    return ok && remove_files(lake, err);
}

bool retain_quarantine(Lake *lake, const RetainPolicy *policy, int32_t today, bool dry_run,
                       RetainSide *ret, Error *err)
{
    *ret = (RetainSide){0};
    return retain_side_list(lake, &QUARANTINE, policy, today, err) &&
           count_pieces(lake, ret, err) &&
           (dry_run || ret->go == 0 || delete_pieces(lake, policy, ret, err)) &&
           db_exec(lake->db, "DROP TABLE going", err);
}
