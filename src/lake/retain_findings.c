/* retain_findings - findings that were kept long enough go, with the events that they list. */
#include "lake/hold.h"
#include "lake/retain_held.h"
#include "lake/retain_signals.h"

enum { SQL_BYTES_MAX = 1 << 20 };

/* Lists the findings that are due into "going"; those that were taken in go with their heirs. */
static bool list_going(const RetainFound *found, Error *err)
{
    static const HoldTold TOLD = {"f.account", "f.principal", "f.first_us", "f.last_us"};
    BUF_AUTO Buf sql = buf_init(SQL_BYTES_MAX);
    return buf_printf(&sql, err, "CREATE TEMP TABLE going AS SELECT f.id AS id, ") &&
           hold_told_sql(&TOLD, &sql, err) &&
           buf_printf(&sql, err, " AS held FROM findings f WHERE f.superseded_by IS NULL AND ") &&
           retain_policy_sql(found->policy, "f.account", "f.last_us / 86400000000", found->today,
                             &sql, err) &&
           buf_text(&sql, err) && db_exec(found->lake->db, sql.ptr, err);
}

/* Asks the records of the events that those findings list. */
static bool ask_records(const RetainFound *found, Error *err)
{
    Db *db = found->lake->db;
    return retain_held_begin(found->lake, err) &&
           db_exec(db,
                   "INSERT OR IGNORE INTO due_records SELECT s.object_id, s.record_index,"
                   " s.eventtime / 86400000000 FROM going g JOIN finding_events e ON e.finding ="
                   " g.id JOIN signals s ON s.id = e.signal WHERE NOT g.held;"
                   "INSERT OR IGNORE INTO due_records SELECT h.object_id, h.record_index,"
                   " h.eventtime / 86400000000 FROM going g JOIN finding_hits h ON h.finding = g.id"
                   " WHERE NOT g.held",
                   err) &&
           retain_held_find(found->lake, found->engine, err) &&
           db_exec(db,
                   "UPDATE going SET held = 1 WHERE id IN (SELECT e.finding FROM finding_events e"
                   " JOIN signals s ON s.id = e.signal JOIN held_records r USING (object_id,"
                   " record_index) UNION SELECT h.finding FROM finding_hits h JOIN held_records r"
                   " USING (object_id, record_index))",
                   err) &&
           retain_held_end(found->lake, err);
}

/* Notices of those that go, and of those that they took in. */
#define TOLD                                                                                       \
    " kind <> 'test' AND subject IN (SELECT id FROM going UNION SELECT f.id FROM findings f JOIN"  \
    " going g ON g.id = f.superseded_by)"

static bool delete_going(const RetainFound *found, const RetainSide *told, Error *err)
{
    Db *db = found->lake->db;
    bool ok =
        db_begin(db, err) &&
        db_exec(db,
                "DELETE FROM going WHERE held;"
                "DELETE FROM finding_events WHERE finding IN (SELECT id FROM going);"
                "DELETE FROM finding_hits WHERE finding IN (SELECT id FROM going);"
                "DELETE FROM finding_history WHERE finding IN (SELECT id FROM going);"
                "DELETE FROM deliveries WHERE notice IN (SELECT id FROM notices WHERE" TOLD ");"
                "DELETE FROM notices WHERE" TOLD ";"
                "DELETE FROM findings WHERE superseded_by IN (SELECT id FROM going);"
                "DELETE FROM findings WHERE id IN (SELECT id FROM going)",
                err) &&
        retain_side_tell(found->lake, "findings", found->policy, told, err) && db_commit(db, err);
    if (!ok)
        db_rollback(db);
    return ok;
}

bool retain_findings(const RetainFound *found, RetainSide *ret, Error *err)
{
    int64_t go, held;
    Db *db = found->lake->db;
    *ret = (RetainSide){0};
    if (retain_policy_least(found->policy) == RETAIN_FOREVER)
        return true;
    if (!list_going(found, err) || !ask_records(found, err) ||
        !db_get_int(db, "SELECT count(*) FROM going WHERE NOT held", 0, &go, err) ||
        !db_get_int(db, "SELECT count(*) FROM going WHERE held", 0, &held, err))
        return false;
    ret->go = (uint64_t)go;
    ret->held = (uint64_t)held;
    return (found->dry_run || go == 0 || delete_going(found, ret, err)) &&
           db_exec(db, "DROP TABLE going", err);
}
