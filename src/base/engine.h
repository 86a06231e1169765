/* engine.h - the embedded SQL engine behind a few functions with our errors.
 *
 * An Engine is one in-memory database with one connection, used by one thread; only
 * engine_interrupt may be called from another. Time zone is UTC, extensions are never loaded.
 */
#ifndef BASE_ENGINE_H
#define BASE_ENGINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

typedef struct Engine Engine;
typedef struct EngineResult EngineResult;

typedef struct EngineOptions {
    uint64_t memory_bytes;
    int threads;             /* 0: one per processor */
    const char *temp_folder; /* where it may spill; NULL: nowhere */
    uint64_t temp_bytes;     /* at most this much; 0: as much as the disk has */
} EngineOptions;

/* A fresh engine; NULL with *err*. */
Engine *engine_open(const EngineOptions *options, Error *err) __attribute__((warn_unused_result));
void engine_close(Engine *engine);

/* Runs a statement of ours and forgets its result. ERROR_SYSTEM with the engine's words. */
bool engine_run(Engine *engine, const char *sql, Error *err) __attribute__((warn_unused_result));

/* Locks the engine: from now on it reads files below *folders* (*count* of them) only, and no
 * setting can be changed. Cannot be undone. */
bool engine_lock(Engine *engine, const char *const *folders, size_t count, Error *err)
    __attribute__((warn_unused_result));

/* Calls *tell* while a query runs, a few times a second and from its thread, with how much of it is
 * done in percent; below 0 when that is not known. */
typedef void (*EngineTell)(void *context, double percent);
void engine_watch(Engine *engine, EngineTell tell, void *context);

/* Runs a query and streams its result. ERROR_USAGE with the engine's words when the query is
 * wrong. The caller ends the result with engine_result_free before the next query. */
EngineResult *engine_query(Engine *engine, const char *sql, Error *err)
    __attribute__((warn_unused_result));
void engine_result_free(EngineResult *result);

/* Columns of the result. The name and type word live as long as the result. */
size_t engine_columns(const EngineResult *result);
const char *engine_column_name(const EngineResult *result, size_t column);
const char *engine_column_type(const EngineResult *result, size_t column);

/* True for columns whose values are printed to the right: numbers. */
bool engine_column_is_number(const EngineResult *result, size_t column);

/* Steps to the next row; *ret_row is false at the end. ERROR_LIMIT when the query was interrupted
 * or ran out of memory. */
bool engine_next(EngineResult *result, bool *ret_row, Error *err)
    __attribute__((warn_unused_result));

/* True when the value of *column* in the current row is NULL. */
bool engine_is_null(const EngineResult *result, size_t column);

/* A TIMESTAMP of the current row as microseconds since 1970; false when it is NULL or none. */
bool engine_moment(const EngineResult *result, size_t column, int64_t *ret_us);

/* How a value is written. */
typedef enum {
    ENGINE_TEXT, /* for people and CSV: bare text, nested values as JSON, NULL as nothing */
    ENGINE_JSON, /* a JSON value */
} EngineForm;

/* Appends the value of *column* in the current row to *out*. */
bool engine_value(const EngineResult *result, size_t column, EngineForm form, Buf *out, Error *err)
    __attribute__((warn_unused_result));

/* A whole number of the current row; ERROR_SYSTEM when the value is none. */
bool engine_long(const EngineResult *result, size_t column, int64_t *ret, Error *err)
    __attribute__((warn_unused_result));

/* Ends a running query from another thread or a signal's handler thread. */
void engine_interrupt(Engine *engine);

/* The engine's own handle (duckdb_connection) and the current chunk (duckdb_data_chunk) for the
 * few files that read vectors or register functions; they include duckdb.h themselves. */
void *engine_connection(Engine *engine);

/* Fetches the next chunk of a result that is not read by rows: a duckdb_data_chunk, NULL at the
 * end. The caller destroys it. False with *err*. */
bool engine_next_chunk(EngineResult *result, void **ret_chunk, Error *err)
    __attribute__((warn_unused_result));

/* The end of what stands at *at* of a statement in which names are replaced, and is copied as it
 * is: a text in quotes, a comment, or a byte. */
size_t engine_copied_end(Str sql, size_t at);

/* Appends an SQL text literal: quotes doubled. */
bool engine_quote(Buf *out, Str text, Error *err) __attribute__((warn_unused_result));

#endif
