#include "lake/retain_signals.h"

#include "base/timestamp.h"
#include "lake/hold.h"
#include "lake/retain_held.h"
#include "lake/signal_pack.h"

enum { SQL_BYTES_MAX = 1 << 20 };

/* ---- packs ---- */

/* Signals of packs that are due whole, as rows: a pack is a number above those of other signals. */
static const char PACKED_SQL[] =
    "CREATE TEMP TABLE packed (pack INTEGER NOT NULL, place INTEGER NOT NULL, shown INTEGER NOT"
    " NULL, eventtime INTEGER NOT NULL, object_id INTEGER NOT NULL, record_index INTEGER NOT NULL,"
    " recipientaccountid TEXT, principal TEXT, PRIMARY KEY (pack, place)) WITHOUT ROWID";

static void bind_text(DbStatement *statement, int index, Str text)
{
    if (text.ptr)
        db_bind_text(statement, index, text);
}

static bool insert_packed(const RetainFound *found, int64_t pack, const PackedSignal *signal,
                          Error *err)
{
    DbStatement *insert =
        db_statement(found->lake->db,
                     "INSERT INTO packed (pack, place, shown, eventtime, object_id, record_index,"
                     " recipientaccountid, principal) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                     err);
    if (!insert)
        return false;
    db_bind_int(insert, 1, pack);
    db_bind_int(insert, 2, signal->place);
    db_bind_int(insert, 3, signal->shown);
    db_bind_int(insert, 4, signal->time_us);
    db_bind_int(insert, 5, signal->object_id);
    db_bind_int(insert, 6, signal->record_index);
    bind_text(insert, 7, signal->texts[PACK_ACCOUNT]);
    bind_text(insert, 8, signal->texts[PACK_PRINCIPAL]);
    return db_run(insert, err);
}

/* Lists the signals of a pack up to the first that is not due; *ret_whole*: there is none. */
static bool list_pack(const RetainFound *found, int64_t pack, Str blob, bool *ret_whole, Error *err)
{
    PackedSignal signal;
    PackReader *reader = signal_pack_open(blob, err);
    bool ok = reader != NULL;
    *ret_whole = true;
    while (ok && *ret_whole && signal_pack_next(reader, &signal)) {
        *ret_whole = retain_policy_is_due(found->policy, signal.texts[PACK_ACCOUNT],
                                          timestamp_day(signal.time_us), found->today);
        ok = !*ret_whole || insert_packed(found, pack, &signal, err);
    }
    signal_pack_close(reader);
    return ok;
}

static bool drop_pack(Lake *lake, int64_t pack, Error *err)
{
    DbStatement *delete = db_statement(lake->db, "DELETE FROM packed WHERE pack = ?", err);
    if (!delete)
        return false;
    db_bind_int(delete, 1, pack);
    return db_run(delete, err);
}

/* Lists the packs of which all is due, but for those that a correlation is yet to look at. */
static bool list_packs(const RetainFound *found, Error *err)
{
    bool row = true;
    Db *db = found->lake->db;
    DbStatement *select = db_statement(
        db,
        "SELECT id, bytes FROM signal_packs WHERE time_max / 86400000000 < ?1 AND commit_seq <="
        " coalesce((SELECT min(evaluated_seq) FROM correlations), commit_seq) ORDER BY id",
        err);
    if (!select)
        return false;
    db_bind_int(select, 1, found->today - retain_policy_least(found->policy));
    while (db_next(select, &row, err)) {
        bool whole;
        if (!row)
            return true;
        int64_t pack = db_int(select, 0);
        if (!list_pack(found, pack, db_blob(select, 1), &whole, err) ||
            (!whole && !drop_pack(found->lake, pack, err))) {
            db_reset(select);
            return false;
        }
    }
    return false;
}

/* ---- what goes ---- */

/* Lists the signals that are due into "going", by their id, and those of packs by their pack. */
static bool list_going(const RetainFound *found, Error *err)
{
    static const HoldTold TOLD = {"s.recipientaccountid", "s.principal", "s.eventtime",
                                  "s.eventtime"};
    BUF_AUTO Buf held = buf_init(SQL_BYTES_MAX);
    BUF_AUTO Buf sql = buf_init(SQL_BYTES_MAX);
    return hold_told_sql(&TOLD, &held, err) && buf_text(&held, err) &&
           buf_printf(
               &sql, err,
               "CREATE TEMP TABLE going AS SELECT s.id AS id, NULL AS pack, s.object_id AS"
               " object_id, s.record_index AS record_index, s.eventtime / 86400000000 AS day,"
               " 0 AS shown, %s AS held FROM signals s WHERE ",
               held.ptr) &&
           retain_policy_sql(found->policy, "coalesce(s.recipientaccountid, '')",
                             "s.eventtime / 86400000000", found->today, &sql, err) &&
           buf_printf(&sql, err,
                      " UNION ALL SELECT NULL, s.pack, s.object_id, s.record_index, s.eventtime /"
                      " 86400000000, s.shown, %s FROM packed s",
                      held.ptr) &&
           buf_text(&sql, err) && db_exec(found->lake->db, sql.ptr, err);
}

/* Asks the records; a pack stays for one of its signals. */
static bool ask_records(const RetainFound *found, Error *err)
{
    Db *db = found->lake->db;
    return retain_held_begin(found->lake, err) &&
           db_exec(db,
                   "INSERT OR IGNORE INTO due_records SELECT object_id, record_index, day FROM"
                   " going WHERE NOT held",
                   err) &&
           retain_held_find(found->lake, found->engine, err) &&
           db_exec(db,
                   "UPDATE going SET held = 1 WHERE (object_id, record_index) IN (SELECT object_id,"
                   " record_index FROM held_records);"
                   "UPDATE going SET held = 1 WHERE pack IN (SELECT pack FROM going WHERE held AND"
                   " pack IS NOT NULL)",
                   err) &&
           retain_held_end(found->lake, err);
}

/* A signal that is shown counts once. */
static bool count_going(Lake *lake, RetainSide *ret, Error *err)
{
    int64_t go, held, bytes;
    if (!db_get_int(lake->db, "SELECT count(*) FROM going WHERE NOT held AND NOT shown", 0, &go,
                    err) ||
        !db_get_int(lake->db, "SELECT count(*) FROM going WHERE held AND NOT shown", 0, &held,
                    err) ||
        !db_get_int(lake->db,
                    "SELECT coalesce(sum(length(bytes)), 0) FROM signal_packs WHERE id IN (SELECT"
                    " pack FROM going WHERE NOT held)",
                    0, &bytes, err))
        return false;
    *ret = (RetainSide){(uint64_t)go, (uint64_t)bytes, (uint64_t)held, 0};
    return true;
}

static bool delete_going(const RetainFound *found, const RetainSide *told, Error *err)
{
    Db *db = found->lake->db;
    bool ok = db_begin(db, err) &&
              db_exec(db,
                      "DELETE FROM going WHERE held;"
                      "DELETE FROM finding_events WHERE signal IN (SELECT id FROM going);"
                      "DELETE FROM signals WHERE id IN (SELECT id FROM going);"
                      "DELETE FROM signal_packs WHERE id IN (SELECT pack FROM going)",
                      err) &&
              retain_side_tell(found->lake, "signals", found->policy, told, err) &&
              db_commit(db, err);
    if (!ok)
        db_rollback(db);
    return ok;
}

bool retain_signals(const RetainFound *found, RetainSide *ret, Error *err)
{
    Db *db = found->lake->db;
    *ret = (RetainSide){0};
    if (retain_policy_least(found->policy) == RETAIN_FOREVER)
        return true;
    return db_exec(db, PACKED_SQL, err) && list_packs(found, err) && list_going(found, err) &&
           ask_records(found, err) && count_going(found->lake, ret, err) &&
           (found->dry_run || ret->go == 0 || delete_going(found, ret, err)) &&
           db_exec(db, "DROP TABLE going; DROP TABLE packed", err);
}
