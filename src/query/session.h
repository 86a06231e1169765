/* session.h - one reader's view of a lake: the tables, a locked engine, limits.
 *
 * Every query, search and export runs in a session. Statements are Athena's SQL (statement.h); each
 * sees the data files that were live when it began. Tables: catalog_table.h. Used by one thread;
 * session_interrupt may be called from another.
 */
#ifndef QUERY_SESSION_H
#define QUERY_SESSION_H

#include "base/config.h"
#include "base/engine.h"
#include "lake/lake.h"
#include "query/scan.h"

typedef struct Session Session;

typedef struct SessionOptions {
    const Config *config; /* query.memory, query.threads, query.temp */
    int64_t since_us;     /* only records in [since, until) are seen */
    int64_t until_us;
    const char *temp; /* a private folder, borrowed; NULL: one of its own below TMPDIR */
    ScanShare share;  /* of the files; {0}: all that are live when a statement begins */
    int threads;      /* instead of query.threads; 0: not. Sessions of shares share query.memory */
} SessionOptions;

/* Opens a session over *lake*, which it borrows. NULL with *err*. */
Session *session_open(Lake *lake, const SessionOptions *options, Error *err)
    __attribute__((warn_unused_result));

/* Closes and removes a temporary folder of its own; NULL is fine. */
void session_close(Session *session);

/* Runs one statement; the caller ends the result with engine_result_free before the next one and
 * before the session closes. ERROR_USAGE when the statement is wrong: see session_culprit. */
EngineResult *session_query(Session *session, Str sql, Error *err)
    __attribute__((warn_unused_result));

/* Runs a query and writes its result as a Parquet file into the temporary folder. *ret_path* lives
 * as long as the session; its file is replaced by the next one. */
bool session_export(Session *session, Str sql, const char **ret_path, uint64_t *ret_rows,
                    Error *err) __attribute__((warn_unused_result));

/* Of the last statement, until the next one: the types of its columns, which data files it opened,
 * and where its error is ({0, 0}: nowhere in its text). */
const NamesOutput *session_output(const Session *session);
const Scan *session_scans(const Session *session, uint32_t *ret_count);
Place session_culprit(const Session *session);

/* What the scans of the last statement opened, together; a file that several read counts once. */
ScanCount session_scanned(const Session *session);

/* The tables that statements may name. */
const Catalog *session_catalog(const Session *session);

/* As engine_watch, for the queries of statements. */
void session_watch(Session *session, EngineTell tell, void *context);

/* What the scans of the last statement could have opened, counted the same way. */
ScanCount session_scannable(const Session *session);

/* Lets statements from now on fail with ERROR_LIMIT when their scans choose more than *bytes_max*
 * bytes of data files; 0: as many as they like. */
void session_limit_read(Session *session, uint64_t bytes_max);

/* Ends the running query; from any thread. */
void session_interrupt(Session *session);

#endif
