#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "lake/layout.h"
#include "lake/quarantine_index.h"
#include "lake/rebuild_job.h"
#include "lake/scan_sql.h"

enum { SQL_BYTES_MAX = 256 << 20, PATHS_BYTES_MAX = 256 << 20, NUMBER_BYTES = 64 };

/* What the lake's files say of each object: how many rows it has, and how many records of it were
 * set apart instead of stored. */
static const char FOUND_SQL[] = "CREATE TEMP TABLE found (id INTEGER PRIMARY KEY,"
                                " rows INTEGER NOT NULL DEFAULT 0,"
                                " apart INTEGER NOT NULL DEFAULT 0)";

/* ---- rows of each object ---- */

static bool list_paths(RebuildJob *job, Buf *paths, Error *err)
{
    bool row = true;
    DbStatement *select = db_statement(job->lake->db, "SELECT path FROM parts ORDER BY id", err);
    if (!select)
        return false;
    while (db_next(select, &row, err)) {
        char path[LAYOUT_PATH_BYTES];
        if (!row)
            return true;
        if (!layout_path(path, err, job->lake->folder, "%.*s", STR_ARG(db_text(select, 0))))
            return false;
        const char *copy = arena_text(job->arena, str_of(path), err);
        if (!copy || !buf_append(paths, &copy, sizeof copy, err))
            return false;
    }
    return false;
}

static bool number_at(const EngineResult *result, size_t column, int64_t *ret, Error *err)
{
    uint64_t number;
    BUF_AUTO Buf text = buf_init(NUMBER_BYTES);
    if (!engine_value(result, column, ENGINE_TEXT, &text, err))
        return false;
    if (!str_to_u64(buf_str(&text), &number) || number > INT64_MAX)
        return error_set(err, ERROR_INPUT, "a data file names the object '%.*s'",
                         STR_ARG(buf_str(&text)));
    *ret = (int64_t)number;
    return true;
}

static bool insert_found(RebuildJob *job, const char *sql, int64_t id, int64_t count, Error *err)
{
    DbStatement *insert = db_statement(job->lake->db, sql, err);
    if (!insert)
        return false;
    db_bind_int(insert, 1, id);
    db_bind_int(insert, 2, count);
    return db_run(insert, err);
}

static bool take_rows(RebuildJob *job, EngineResult *result, Error *err)
{
    bool row = true;
    while (engine_next(result, &row, err)) {
        int64_t id = 0, rows = 0;
        if (!row)
            return true;
        if (!number_at(result, 0, &id, err) || !number_at(result, 1, &rows, err) ||
            !insert_found(job, "INSERT INTO found (id, rows) VALUES (?, ?)", id, rows, err))
            return false;
    }
    return false;
}

static bool count_rows(RebuildJob *job, Error *err)
{
    BUF_AUTO Buf paths = buf_init(PATHS_BYTES_MAX);
    BUF_AUTO Buf sql = buf_init(SQL_BYTES_MAX);
    if (!list_paths(job, &paths, err))
        return false;
    if (paths.len == 0)
        return true;
    if (!buf_printf(&sql, err, "SELECT object_id, count(*) FROM ") ||
        !scan_sql(&sql, (const char *const *)(void *)paths.ptr, paths.len / sizeof(char *), err) ||
        !buf_printf(&sql, err, " GROUP BY object_id") || !buf_text(&sql, err))
        return false;
    EngineResult *result = engine_query(job->engine, sql.ptr, err);
    bool ok = result && take_rows(job, result, err);
    engine_result_free(result);
    return ok;
}

/* ---- quarantined pieces ---- */

/* Whether the piece was committed, as far as can be told: an object that is known was committed
 * with it or later; of one that is not known nothing else is left. */
static bool is_wanted(RebuildJob *job, const QuarantinePiece *piece, int64_t seq, bool *ret,
                      Error *err)
{
    DbStatement *find = db_statement(
        job->lake->db,
        "SELECT coalesce((SELECT commit_seq >= ?1 FROM objects WHERE id = ?2), 1)"
        " AND NOT EXISTS (SELECT 1 FROM quarantine WHERE object_id = ?2 AND record_index IS ?3"
        " AND offset = ?4 AND bytes = ?5)",
        err);
    bool row;
    if (!find)
        return false;
    db_bind_int(find, 1, seq);
    db_bind_int(find, 2, piece->object_id);
    if (piece->record_index >= 0)
        db_bind_int(find, 3, piece->record_index);
    db_bind_int(find, 4, (int64_t)piece->offset);
    db_bind_int(find, 5, (int64_t)piece->bytes);
    if (!db_next(find, &row, err))
        return false;
    *ret = row && db_int(find, 0);
    db_reset(find);
    return true;
}

/* Takes the pieces off the set that were never committed or are there already, and counts the
 * others. */
static bool choose_pieces(RebuildJob *job, QuarantineSet *set, int64_t seq, Error *err)
{
    size_t kept = 0;
    size_t count = quarantine_count(set);
    for (size_t i = 0; i < count; i++) {
        QuarantinePiece piece;
        bool wanted;
        memcpy(&piece, set->pieces.ptr + i * sizeof piece, sizeof piece);
        if (!is_wanted(job, &piece, seq, &wanted, err))
            return false;
        if (!wanted)
            continue;
        memcpy(set->pieces.ptr + kept++ * sizeof piece, &piece, sizeof piece);
        if (!insert_found(job,
                          "INSERT INTO found (id, apart) VALUES (?1, ?2) ON CONFLICT (id) DO"
                          " UPDATE SET apart = apart + ?2",
                          piece.object_id, !piece.stored && piece.record_index >= 0, err))
            return false;
    }
    set->pieces.len = kept * sizeof(QuarantinePiece);
    job->report->pieces += kept;
    return true;
}

static bool date_pieces(RebuildJob *job, Str path, int64_t at_us, Error *err)
{
    DbStatement *update =
        db_statement(job->lake->db, "UPDATE quarantine SET at_us = ? WHERE path = ?", err);
    if (!update)
        return false;
    db_bind_int(update, 1, at_us);
    db_bind_text(update, 2, path);
    return db_run(update, err);
}

static bool take_set(RebuildJob *job, QuarantineSet *set, const char *relative, int64_t at_us,
                     Error *err)
{
    uint64_t seq = 0;
    Str name = str_of(strrchr(relative, '/') + 1);
    if (!str_to_u64(str_slice(name, 0, str_find_byte(name, '-', 0)), &seq))
        return true;
    return choose_pieces(job, set, (int64_t)seq, err) &&
           quarantine_insert(set, job->lake, relative, (int64_t)seq, err) &&
           date_pieces(job, str_of(relative), at_us, err);
}

static bool visit_quarantine(void *context, const char *path, const FileInfo *info, Error *err)
{
    RebuildJob *job = context;
    BUF_AUTO Buf bytes = buf_init(2 * (size_t)QUARANTINE_SET_MAX);
    QuarantineSet set = quarantine_new();
    const char *relative = path + strlen(job->lake->folder) + 1;
    bool ok =
        file_read(path, &bytes, NULL, err) && quarantine_index_read(buf_str(&bytes), &set, err);
    if (ok) {
        ok = take_set(job, &set, relative, info->modified_ns / 1000, err);
    } else if (err->kind == ERROR_INPUT) {
        error_clear(err); /* half written, or by an older version */
        job->report->loose++;
        ok = true;
    }
    quarantine_free(&set);
    return ok;
}

static bool take_quarantine(RebuildJob *job, Error *err)
{
    char path[LAYOUT_PATH_BYTES];
    return layout_path(path, err, job->lake->folder, "quarantine") &&
           (!file_exists(path) || file_walk(path, visit_quarantine, NULL, job, err));
}

/* ---- receipts ---- */

/* Objects of which the receipt is lost: their rows and pieces stay theirs, and nobody takes them
 * for objects that are in. */
static const char NAMELESS_SQL[] =
    "INSERT INTO objects (id, source, key, etag, bytes, kind, state, reason, inflated_bytes,"
    " warnings, read, kept, duplicate, conflicting, dropped, quarantined, filter_version,"
    " commit_seq, ingested_at_us)"
    " SELECT id, 'lost', 'object ' || id, '', 0, 'records', 'incomplete',"
    " 'its receipt was lost with the state; its records are in the lake', 0, 0,"
    " rows + apart, rows, 0, 0, 0, apart, 0, ?1, ?2 FROM found"
    " WHERE id NOT IN (SELECT id FROM objects)";

/* Of these, some rows were lost with a data file: the next ingest reads them again. */
static const char LOST_ROWS_SQL[] =
    "UPDATE objects SET etag = '', state = 'incomplete',"
    " reason = 'some of its records were lost with their data file'"
    " WHERE kept > coalesce((SELECT rows FROM found WHERE found.id = objects.id), 0)";

/* A receipt that was published before its object's last commit knows of fewer rows. */
#define ROWS  "coalesce((SELECT rows FROM found WHERE found.id = objects.id), 0)"
#define TOTAL "max(read, " ROWS " + dropped + quarantined)"
static const char COUNTS_SQL[] =
    "UPDATE objects SET read = " TOTAL ", kept = " ROWS ", conflicting = min(conflicting, " ROWS
    "),"
    " duplicate = " TOTAL " - " ROWS " - dropped - quarantined WHERE kept <> " ROWS;

static bool insert_nameless(RebuildJob *job, Error *err)
{
    DbStatement *insert = db_statement(job->lake->db, NAMELESS_SQL, err);
    if (!insert)
        return false;
    db_bind_int(insert, 1, job->seq);
    db_bind_int(insert, 2, job->lake->opened_at_us);
    if (!db_run(insert, err))
        return false;
    job->report->nameless = (uint64_t)db_changes(job->lake->db);
    return true;
}

static bool settle(RebuildJob *job, Error *err)
{
    return insert_nameless(job, err) && db_exec(job->lake->db, LOST_ROWS_SQL, err) &&
           db_exec(job->lake->db, COUNTS_SQL, err) &&
           db_exec(job->lake->db,
                   "UPDATE quarantine SET resolved_seq = (SELECT max(seq) FROM commits) WHERE"
                   " object_id IN (SELECT id FROM objects WHERE superseded_by IS NOT NULL)",
                   err);
}

bool rebuild_objects(RebuildJob *job, Error *err)
{
    Db *db = job->lake->db;
    if (!db_exec(db, FOUND_SQL, err) || !db_begin(db, err))
        return false;
    if (count_rows(job, err) && take_quarantine(job, err) && settle(job, err) && db_commit(db, err))
        return true;
    db_rollback(db);
    return false;
}
