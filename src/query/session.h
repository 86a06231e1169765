/* session.h - one reader's view of a lake: the tables, a locked engine, limits.
 *
 * Every query, search and export runs in a session. It sees the parts that were live when it was
 * opened. Tables: cloudtrail, cloudtrail_logs, objects, quarantine. Used by one thread;
 * session_interrupt may be called from another.
 */
#ifndef QUERY_SESSION_H
#define QUERY_SESSION_H

#include "base/config.h"
#include "base/engine.h"
#include "lake/lake.h"

typedef struct Session Session;

typedef struct SessionOptions {
    const Config *config; /* query.memory, query.threads */
    int64_t since_us;     /* only records in [since, until) are seen */
    int64_t until_us;
} SessionOptions;

/* Opens a session over *lake*, which it borrows. NULL with *err*. */
Session *session_open(Lake *lake, const SessionOptions *options, Error *err)
    __attribute__((warn_unused_result));

/* Closes and removes what the engine spilled; NULL is fine. */
void session_close(Session *session);

/* Checks *sql* (check.h) and runs it; the caller ends the result with engine_result_free before
 * the session closes. */
EngineResult *session_query(Session *session, Str sql, Error *err)
    __attribute__((warn_unused_result));

/* Checks *sql* and writes its result as a Parquet file to *path*, which must not exist. */
bool session_export(Session *session, Str sql, const char *path, uint64_t *ret_rows, Error *err)
    __attribute__((warn_unused_result));

/* Ends the running query; from any thread. */
void session_interrupt(Session *session);

/* Live data files and their bytes that the session's range covers. */
void session_scope(const Session *session, uint64_t *ret_files, uint64_t *ret_bytes);

#endif
