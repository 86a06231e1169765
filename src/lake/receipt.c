#include "lake/receipt.h"

#include "collect/object_name.h"

enum { ACCOUNT_BYTES = 12 };

static const char *const KINDS[] = {"records", "digest", "empty", "unknown"};
static const char *const STATES[RECEIPT_STATES] = {"ingested", "incomplete", "quarantined",
                                                   "partial"};

const char *receipt_kind_name(ObjectKind kind)
{
    return KINDS[kind];
}

const char *receipt_state_name(ReceiptState state)
{
    return STATES[state];
}

static ReceiptState state_of(const ObjectReport *report)
{
    if (report->complete && report->kind != OBJECT_UNKNOWN)
        return RECEIPT_INGESTED;
    return report->records_stored || report->kind == OBJECT_DIGEST ? RECEIPT_INCOMPLETE
                                                                   : RECEIPT_QUARANTINED;
}

void receipt_fill(Receipt *receipt, const ObjectReport *report)
{
    receipt->kind = report->kind;
    receipt->state = state_of(report);
    receipt->inflated_bytes = report->inflated_bytes;
    receipt->warnings = report->flags;
    receipt->read = report->records_read;
    receipt->quarantined += report->records_quarantined; /* to those that functions failed on */
}

bool receipt_find(Lake *lake, Str source, Str key, Str etag, ReceiptMatch *ret, Error *err)
{
    bool row;
    DbStatement *find = db_statement(
        lake->db,
        "SELECT etag, state = 'partial' OR (kind = 'digest' AND NOT EXISTS (SELECT 1 FROM digests d"
        " WHERE d.object_id = objects.id)) FROM objects WHERE source = ? AND key = ? AND"
        " superseded_by IS NULL",
        err);
    if (!find)
        return false;
    db_bind_text(find, 1, source);
    db_bind_text(find, 2, key);
    if (!db_next(find, &row, err))
        return false;
    if (!row)
        *ret = RECEIPT_MISSING;
    else if (str_equal(db_text(find, 0), etag) && !db_int(find, 1))
        *ret = RECEIPT_SAME;
    else
        *ret = RECEIPT_CHANGED;
    db_reset(find);
    return true;
}

bool receipt_next_id(Lake *lake, int64_t *ret, Error *err)
{
    if (!db_get_int(lake->db, "SELECT max(id) FROM objects", 0, ret, err))
        return false;
    *ret += 1;
    return true;
}

static bool supersede(Lake *lake, const Receipt *receipt, bool *ret_any, Error *err)
{
    DbStatement *update = db_statement(
        lake->db,
        "UPDATE objects SET superseded_by = ?1 WHERE source = ?2 AND key = ?3 AND superseded_by IS "
        "NULL AND id <> ?1",
        err);
    if (!update)
        return false;
    db_bind_int(update, 1, receipt->object_id);
    db_bind_text(update, 2, receipt->source);
    db_bind_text(update, 3, receipt->key);
    if (!db_run(update, err))
        return false;
    *ret_any = db_changes(lake->db) > 0;
    return true;
}

/* What was set apart of the older copy is settled: the new one has its own pieces. */
static bool resolve_pieces(Lake *lake, const Receipt *receipt, int64_t commit_seq, Error *err)
{
    DbStatement *update = db_statement(
        lake->db,
        "UPDATE quarantine SET resolved_seq = ?1 WHERE resolved_seq IS NULL AND object_id IN"
        " (SELECT id FROM objects WHERE superseded_by = ?2)",
        err);
    if (!update)
        return false;
    db_bind_int(update, 1, commit_seq);
    db_bind_int(update, 2, receipt->object_id);
    return db_run(update, err);
}

#define INSERT_INTO(or_what)                                                                       \
    "INSERT OR " or_what " INTO objects (id, source, key, etag, bytes, modified_us, kind, state,"  \
    " reason, inflated_bytes, sha256, warnings, read, kept, duplicate, conflicting, dropped,"      \
    " quarantined, filter_version, commit_seq, ingested_at_us, account, region, delivered_us)"     \
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?23, ?17,"    \
    " 0, ?18, ?19, ?20, ?21, ?22)"

static bool run_insert(DbStatement *insert, const Receipt *receipt, int64_t commit_seq,
                       int64_t now_us, Error *err)
{
    LogName name;
    if (!insert)
        return false;
    db_bind_int(insert, 1, receipt->object_id);
    db_lend_text(insert, 2, receipt->source);
    db_lend_text(insert, 3, receipt->key);
    db_lend_text(insert, 4, str_of(receipt->etag));
    db_bind_int(insert, 5, (int64_t)receipt->bytes);
    db_bind_int(insert, 6, receipt->modified_us);
    db_lend_text(insert, 7, str_of(KINDS[receipt->kind]));
    db_lend_text(insert, 8, str_of(STATES[receipt->state]));
    if (receipt->reason[0])
        db_lend_text(insert, 9, str_of(receipt->reason));
    db_bind_int(insert, 10, (int64_t)receipt->inflated_bytes);
    db_lend_blob(insert, 11, receipt->sha256, sizeof receipt->sha256);
    db_bind_int(insert, 12, receipt->warnings);
    db_bind_int(insert, 13, (int64_t)receipt->read);
    db_bind_int(insert, 14, (int64_t)receipt->kept);
    db_bind_int(insert, 15, (int64_t)receipt->duplicate);
    db_bind_int(insert, 16, (int64_t)receipt->conflicting);
    db_bind_int(insert, 17, (int64_t)receipt->quarantined);
    db_bind_int(insert, 18, commit_seq);
    db_bind_int(insert, 19, now_us);
    db_bind_int(insert, 23, (int64_t)receipt->dropped);
    if (object_name_log(receipt->key, &name) && name.account.len == ACCOUNT_BYTES) {
        db_lend_text(insert, 20, name.account);
        db_lend_text(insert, 21, name.region);
        db_bind_int(insert, 22, name.delivered_us);
    }
    return db_run(insert, err);
}

/* Most objects are new: only when a receipt is in the way is the former one looked for. */
bool receipt_insert(Lake *lake, const Receipt *receipt, int64_t commit_seq, int64_t now_us,
                    Error *err)
{
    bool superseded;
    if (!run_insert(db_statement(lake->db, INSERT_INTO("IGNORE"), err), receipt, commit_seq, now_us,
                    err))
        return false;
    if (db_changes(lake->db) == 1)
        return true;
    return supersede(lake, receipt, &superseded, err) &&
           (!superseded || resolve_pieces(lake, receipt, commit_seq, err)) &&
           run_insert(db_statement(lake->db, INSERT_INTO("REPLACE"), err), receipt, commit_seq,
                      now_us, err);
}
