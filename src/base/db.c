#include "base/db.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/mem.h"

enum {
    STATEMENTS_MAX = 128,
    BUSY_TIMEOUT_MS = 10000,
    FILE_PATH_BYTES = 4096,
    TEXT_BYTES_MAX = 64 << 20
};

struct DbStatement {
    Db *db;
    const char *sql; /* the key: compared by address, then by text */
    sqlite3_stmt *stmt;
};

/* A function of SQL that was made known. */
typedef struct Function {
    DbFunction run;
    void *context;
    Buf out;
} Function;

struct Db {
    sqlite3 *handle;
    char *path;
    DbStatement statements[STATEMENTS_MAX];
    int statement_count;
};

static ErrorKind kind_of(int code)
{
    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return ERROR_BUSY;
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_AUTH:
        return ERROR_ACCESS;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return ERROR_INPUT;
    default:
        return ERROR_SYSTEM;
    }
}

static bool fail(Db *db, int code, const char *what, Error *err)
{
    return error_set(err, kind_of(code), "state database '%s': %s: %s", db->path, what,
                     db->handle ? sqlite3_errmsg(db->handle) : sqlite3_errstr(code));
}

static bool failed_by_fault(Db *db, Error *err)
{
    return fault_due(FAULT_DURABLE) &&
           !error_set(err, ERROR_SYSTEM, "state database '%s': a step failed", db->path);
}

static bool prepare_connection(Db *db, DbMode mode, bool alone, Error *err)
{
    sqlite3_busy_timeout(db->handle, BUSY_TIMEOUT_MS);
    sqlite3_extended_result_codes(db->handle, 1);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    if (alone) {
        sqlite3_db_config(db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
        return db_exec(db, "PRAGMA locking_mode = EXCLUSIVE", err);
    }
    if (mode == DB_READ_ONLY)
        return true;
    const char *journal =
        mode == DB_CREATE_ALONE ? "PRAGMA journal_mode = DELETE" : "PRAGMA journal_mode = WAL";
    return db_exec(db, journal, err) &&
           db_exec(db,
                   "PRAGMA synchronous = FULL;"
                   "PRAGMA foreign_keys = ON; PRAGMA wal_autocheckpoint = 2000;"
                   "PRAGMA cache_size = -16384; PRAGMA temp_store = MEMORY;",
                   err);
}

/* How a database is opened: WAYS holds what each asks of SQLite. */
typedef enum { WAY_SHARED, WAY_IMMUTABLE, WAY_ALONE } Way;

static const struct {
    const char *uri; /* parameters; NULL opens the path as it is */
    bool alone;      /* the log's index in this connection's memory */
} WAYS[] = {
    [WAY_SHARED] = {NULL, false},
    [WAY_IMMUTABLE] = {"?immutable=1", false},
    [WAY_ALONE] = {"?vfs=unix-none", true},
};

static bool is_in_unwritable_folder(const char *path)
{
    char folder[FILE_PATH_BYTES];
    const char *slash = strrchr(path, '/');
    snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - path) + 1 : 2,
             slash ? path : "./");
    return faccessat(AT_FDCWD, folder, W_OK, AT_EACCESS) != 0;
}

/* Size of the file *path* with *suffix* behind it; -1 when there is none. */
static int64_t companion_bytes(const char *path, const char *suffix)
{
    char other[FILE_PATH_BYTES];
    struct stat st;
    int length = snprintf(other, sizeof other, "%s%s", path, suffix);
    return length < (int)sizeof other && stat(other, &st) == 0 ? (int64_t)st.st_size : -1;
}

/* Where nothing can be written, a reader cannot make the files of a write-ahead log. Without a log
 * the file holds all there is. A log without its index was left by a process that was killed or by
 * a copy: nobody has it open, so that it can be read without locks and with an index in memory.
 * With both, SQLite finds out by itself whether a writer is there. */
static Way choose_way(const char *path, DbMode mode)
{
    if (mode != DB_READ_ONLY || !is_in_unwritable_folder(path))
        return WAY_SHARED;
    if (companion_bytes(path, "-wal") <= 0)
        return WAY_IMMUTABLE;
    return companion_bytes(path, "-shm") < 0 ? WAY_ALONE : WAY_SHARED;
}

static int open_handle(const char *path, DbMode mode, Way way, sqlite3 **ret)
{
    static const int FLAGS[] = {SQLITE_OPEN_READONLY, SQLITE_OPEN_READWRITE,
                                SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                                SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE};
    if (!WAYS[way].uri)
        return sqlite3_open_v2(path, ret, FLAGS[mode] | SQLITE_OPEN_NOMUTEX, NULL);
    char uri[3 * FILE_PATH_BYTES + 32];
    size_t used = (size_t)snprintf(uri, sizeof uri, "file:");
    for (const char *at = path; *at && used < 3 * FILE_PATH_BYTES; at++)
        used += (size_t)snprintf(uri + used, 4, strchr("%?#", *at) ? "%%%02x" : "%c",
                                 (unsigned char)*at);
    snprintf(uri + used, sizeof uri - used, "%s", WAYS[way].uri);
    return sqlite3_open_v2(uri, ret, FLAGS[mode] | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI, NULL);
}

Db *db_open(const char *path, DbMode mode, Error *err)
{
    Db *db = mem_calloc(1, sizeof *db, err);
    if (!db)
        return NULL;
    db->path = mem_text(path, strlen(path), err);
    if (!db->path) {
        db_close(db);
        return NULL;
    }
    mode_t before = umask(S_IRWXG | S_IRWXO);
    Way way = choose_way(path, mode);
    int code = open_handle(path, mode, way, &db->handle);
    bool ok = code == SQLITE_OK || fail(db, code, "cannot be opened", err);
    ok = ok && prepare_connection(db, mode, WAYS[way].alone, err);
    umask(before);
    if (!ok) {
        db_close(db);
        return NULL;
    }
    return db;
}

void db_close(Db *db)
{
    if (!db)
        return;
    for (int i = 0; i < db->statement_count; i++)
        sqlite3_finalize(db->statements[i].stmt);
    sqlite3_close(db->handle);
    mem_free(db->path);
    mem_free(db);
}

bool db_exec(Db *db, const char *sql, Error *err)
{
    if (failed_by_fault(db, err))
        return false;
    int code = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);
    return code == SQLITE_OK || fail(db, code, "a statement failed", err);
}

/* A query that an error left in the middle keeps its snapshot: the log behind it could never be
 * emptied. */
static void reset_all(Db *db)
{
    for (int i = 0; i < db->statement_count; i++)
        sqlite3_reset(db->statements[i].stmt);
}

bool db_begin(Db *db, Error *err)
{
    reset_all(db);
    return db_exec(db, "BEGIN IMMEDIATE", err);
}

bool db_commit(Db *db, Error *err)
{
    if (db_exec(db, "COMMIT", err))
        return true;
    db_rollback(db);
    return false;
}

void db_rollback(Db *db)
{
    if (!sqlite3_get_autocommit(db->handle))
        sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
}

static DbStatement *find_statement(Db *db, const char *sql)
{
    for (int i = 0; i < db->statement_count; i++)
        if (db->statements[i].sql == sql)
            return &db->statements[i];
    for (int i = 0; i < db->statement_count; i++)
        if (strcmp(db->statements[i].sql, sql) == 0)
            return &db->statements[i];
    return NULL;
}

DbStatement *db_statement(Db *db, const char *sql, Error *err)
{
    DbStatement *found = find_statement(db, sql);
    if (found) {
        sqlite3_reset(found->stmt);
        sqlite3_clear_bindings(found->stmt);
        return found;
    }
    if (db->statement_count == STATEMENTS_MAX) {
        error_set(err, ERROR_LIMIT, "more than %d statements are prepared", STATEMENTS_MAX);
        return NULL;
    }
    DbStatement *added = &db->statements[db->statement_count];
    int code =
        sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &added->stmt, NULL);
    if (code != SQLITE_OK) {
        fail(db, code, "a statement could not be prepared", err);
        return NULL;
    }
    added->db = db;
    added->sql = sql;
    db->statement_count++;
    return added;
}

void db_bind_int(DbStatement *statement, int index, int64_t value)
{
    sqlite3_bind_int64(statement->stmt, index, value);
}

void db_bind_real(DbStatement *statement, int index, double value)
{
    sqlite3_bind_double(statement->stmt, index, value);
}

void db_bind_text(DbStatement *statement, int index, Str value)
{
    sqlite3_bind_text64(statement->stmt, index, value.ptr ? value.ptr : "", value.len,
                        SQLITE_TRANSIENT, SQLITE_UTF8);
}

void db_lend_text(DbStatement *statement, int index, Str value)
{
    sqlite3_bind_text64(statement->stmt, index, value.ptr ? value.ptr : "", value.len,
                        SQLITE_STATIC, SQLITE_UTF8);
}

void db_bind_blob(DbStatement *statement, int index, const void *bytes, size_t len)
{
    sqlite3_bind_blob64(statement->stmt, index, len ? bytes : "", len, SQLITE_TRANSIENT);
}

void db_lend_blob(DbStatement *statement, int index, const void *bytes, size_t len)
{
    sqlite3_bind_blob64(statement->stmt, index, len ? bytes : "", len, SQLITE_STATIC);
}

bool db_run(DbStatement *statement, Error *err)
{
    if (failed_by_fault(statement->db, err))
        return false;
    int code = sqlite3_step(statement->stmt);
    bool ok = code == SQLITE_DONE || code == SQLITE_ROW ||
              fail(statement->db, code, "a statement failed", err);
    sqlite3_reset(statement->stmt);
    return ok;
}

bool db_run_texts(Db *db, const char *sql, const char *first, const char *second, Error *err)
{
    DbStatement *statement = db_statement(db, sql, err);
    if (!statement)
        return false;
    db_bind_text(statement, 1, str_of(first));
    db_bind_text(statement, 2, str_of(second));
    return db_run(statement, err);
}

bool db_next(DbStatement *statement, bool *ret_row, Error *err)
{
    int code = fault_due(FAULT_SYSCALL) ? SQLITE_IOERR : sqlite3_step(statement->stmt);
    *ret_row = code == SQLITE_ROW;
    if (code == SQLITE_ROW)
        return true;
    bool ok = code == SQLITE_DONE || fail(statement->db, code, "a query failed", err);
    sqlite3_reset(statement->stmt);
    return ok;
}

void db_reset(DbStatement *statement)
{
    sqlite3_reset(statement->stmt);
}

int64_t db_int(DbStatement *statement, int index)
{
    return sqlite3_column_int64(statement->stmt, index);
}

double db_real(DbStatement *statement, int index)
{
    return sqlite3_column_double(statement->stmt, index);
}

Str db_text(DbStatement *statement, int index)
{
    const unsigned char *text = sqlite3_column_text(statement->stmt, index);
    size_t len = (size_t)sqlite3_column_bytes(statement->stmt, index);
    return text ? (Str){(const char *)text, len} : STR("");
}

Str db_blob(DbStatement *statement, int index)
{
    const void *bytes = sqlite3_column_blob(statement->stmt, index);
    size_t len = (size_t)sqlite3_column_bytes(statement->stmt, index);
    return bytes ? (Str){bytes, len} : STR("");
}

bool db_is_null(DbStatement *statement, int index)
{
    return sqlite3_column_type(statement->stmt, index) == SQLITE_NULL;
}

int64_t db_last_id(Db *db)
{
    return sqlite3_last_insert_rowid(db->handle);
}

int64_t db_changes(Db *db)
{
    return sqlite3_changes(db->handle);
}

bool db_get_int(Db *db, const char *sql, int64_t fallback, int64_t *ret, Error *err)
{
    bool row;
    DbStatement *statement = db_statement(db, sql, err);
    if (!statement || !db_next(statement, &row, err))
        return false;
    *ret = row && !db_is_null(statement, 0) ? db_int(statement, 0) : fallback;
    if (row)
        db_reset(statement);
    return true;
}

bool db_backup(Db *db, const char *path, Error *err)
{
    sqlite3 *target = NULL;
    mode_t before = umask(S_IRWXG | S_IRWXO);
    int code = sqlite3_open_v2(path, &target, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);
    umask(before);
    sqlite3_backup *backup =
        code == SQLITE_OK ? sqlite3_backup_init(target, "main", db->handle, "main") : NULL;
    if (backup) {
        sqlite3_backup_step(backup, -1);
        code = sqlite3_backup_finish(backup);
    } else if (code == SQLITE_OK) {
        code = sqlite3_errcode(target);
    }
    sqlite3_close(target);
    return code == SQLITE_OK || error_set(err, kind_of(code), "cannot copy the state to '%s': %s",
                                          path, sqlite3_errstr(code));
}

/* ---- functions ---- */

static Str argument(sqlite3_value *value)
{
    const char *text = (const char *)sqlite3_value_text(value);
    return (Str){text ? text : "", text ? (size_t)sqlite3_value_bytes(value) : 0};
}

static void call(sqlite3_context *to, int count, sqlite3_value **values)
{
    Function *function = sqlite3_user_data(to);
    Error err = {0};
    bool null = false;
    if (count != 2 || sqlite3_value_type(values[1]) == SQLITE_NULL) {
        sqlite3_result_null(to);
        return;
    }
    function->out.len = 0;
    if (!function->run(function->context, argument(values[0]), argument(values[1]), &function->out,
                       &null, &err))
        sqlite3_result_error(to, err.text, -1);
    else if (null)
        sqlite3_result_null(to);
    else
        sqlite3_result_text64(to, function->out.len ? function->out.ptr : "", function->out.len,
                              SQLITE_TRANSIENT, SQLITE_UTF8);
}

static void free_function(void *pointer)
{
    Function *function = pointer;
    buf_free(&function->out);
    mem_free(function);
}

bool db_function(Db *db, const char *name, DbFunction run, void *context, Error *err)
{
    Function *function = mem_calloc(1, sizeof *function, err);
    if (!function)
        return false;
    *function = (Function){run, context, buf_init(TEXT_BYTES_MAX)};
    int code = sqlite3_create_function_v2(db->handle, name, 2, SQLITE_UTF8 | SQLITE_DETERMINISTIC,
                                          function, call, NULL, NULL, free_function);
    return code == SQLITE_OK || fail(db, code, name, err);
}

/* ---- wiping ---- */

bool db_wipe_begin(Db *db, Error *err)
{
    return db_exec(db, "PRAGMA secure_delete = ON", err);
}

bool db_wipe_end(Db *db, Error *err)
{
    int64_t busy = 0;
    reset_all(db);
    return db_exec(db, "VACUUM", err) &&
           db_get_int(db, "PRAGMA wal_checkpoint(TRUNCATE)", 0, &busy, err) &&
           (!busy || error_set(err, ERROR_BUSY,
                               "state database '%s': somebody reads an older state of it, so its"
                               " log cannot be emptied: run the same command again",
                               db->path));
}
