/* db.h - the state database: SQLite behind a few functions with our errors.
 *
 * A Db is one connection, used by one thread at a time. Statements are prepared once and kept by
 * their text. Every step that changes the file counts as a durable step for base/fault.
 */
#ifndef BASE_DB_H
#define BASE_DB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"

typedef struct Db Db;
typedef struct DbStatement DbStatement;

typedef enum { DB_READ_ONLY, DB_READ_WRITE, DB_CREATE, DB_CREATE_ALONE } DbMode;

/* Opens *path* (created with mode 0600 under DB_CREATE; WAL, foreign keys on, synchronous FULL,
 * busy timeout 10 s). DB_CREATE_ALONE does without WAL, so that no other file is left beside it.
 * DB_READ_ONLY also reads where nothing can be written, such as a read-only mount, and there also
 * what only the log of a killed process holds; nothing is copied. NULL with *err* filled. */
Db *db_open(const char *path, DbMode mode, Error *err) __attribute__((warn_unused_result));

/* Closes and frees; NULL is fine. An open transaction is rolled back. */
void db_close(Db *db);

/* Runs one or several statements without parameters and without results. */
bool db_exec(Db *db, const char *sql, Error *err) __attribute__((warn_unused_result));

/* BEGIN IMMEDIATE, COMMIT, ROLLBACK. db_rollback never fails: without a transaction it does
 * nothing. A failed commit has been rolled back. db_begin resets all statements: no query may be
 * under way across it. */
bool db_begin(Db *db, Error *err) __attribute__((warn_unused_result));
bool db_commit(Db *db, Error *err) __attribute__((warn_unused_result));
void db_rollback(Db *db);

/* The statement of *sql* (a literal that lives as long as the Db: it is the key), reset and with
 * all parameters NULL. Owned by the Db. NULL with *err* filled. */
DbStatement *db_statement(Db *db, const char *sql, Error *err) __attribute__((warn_unused_result));

/* Bind parameter *index* (from 1). Texts and blobs are copied. */
void db_bind_int(DbStatement *statement, int index, int64_t value);
void db_bind_real(DbStatement *statement, int index, double value);
void db_bind_text(DbStatement *statement, int index, Str value);
void db_bind_blob(DbStatement *statement, int index, const void *bytes, size_t len);

/* The same without a copy: what is lent stays as it is until the statement has run. */
void db_lend_text(DbStatement *statement, int index, Str value);
void db_lend_blob(DbStatement *statement, int index, const void *bytes, size_t len);

/* Runs a statement that gives no rows. */
bool db_run(DbStatement *statement, Error *err) __attribute__((warn_unused_result));

/* Runs *sql*, which gives no rows, with two texts as its parameters. */
bool db_run_texts(Db *db, const char *sql, const char *first, const char *second, Error *err)
    __attribute__((warn_unused_result));

/* Steps to the next row: *ret_row is false at the end (the statement is then reset). */
bool db_next(DbStatement *statement, bool *ret_row, Error *err) __attribute__((warn_unused_result));

/* Ends a statement before its last row was read. */
void db_reset(DbStatement *statement);

/* Column *index* (from 0) of the current row; texts live until the next step. */
int64_t db_int(DbStatement *statement, int index);
double db_real(DbStatement *statement, int index);
Str db_text(DbStatement *statement, int index);
Str db_blob(DbStatement *statement, int index);
bool db_is_null(DbStatement *statement, int index);

/* Row id of the last insert, and rows changed by the last statement. */
int64_t db_last_id(Db *db);
int64_t db_changes(Db *db);

/* First column of the first row of *sql* as an integer; *fallback* when there is no row or NULL. */
bool db_get_int(Db *db, const char *sql, int64_t fallback, int64_t *ret, Error *err)
    __attribute__((warn_unused_result));

/* A function of SQL of two texts: what it makes of *second*, in *ret*, or NULL with *ret_null*.
 * False with *err* ends the statement. */
typedef bool (*DbFunction)(void *context, Str first, Str second, Buf *ret, bool *ret_null,
                           Error *err);

/* Makes *run* known to this connection as *name*; of NULL it gives NULL without being called.
 * *context* is borrowed until db_close, or until the same name is given again. */
bool db_function(Db *db, const char *name, DbFunction run, void *context, Error *err)
    __attribute__((warn_unused_result));

/* Overwrites what is deleted from now on, and writes the database anew without what is free: what
 * was deleted is in neither file afterwards. ERROR_BUSY when a reader holds an older moment of it
 * for too long. */
bool db_wipe_begin(Db *db, Error *err) __attribute__((warn_unused_result));
bool db_wipe_end(Db *db, Error *err) __attribute__((warn_unused_result));

/* Copies the whole database, consistently, into a new file. */
bool db_backup(Db *db, const char *path, Error *err) __attribute__((warn_unused_result));

#endif
