/* sql_run.h - statements of one command, answered by a worker that Ctrl-C stops.
 *
 * The command line says over which lake and times, in which format and where to (--format,
 * --output, --wide), and within which limits. Used by the main thread.
 */
#ifndef SQL_RUN_H
#define SQL_RUN_H

#include "base/command.h"
#include "query/worker.h"

typedef struct SqlRun SqlRun;

/* How the result is written, and the limits of what writes it: rows of a command's options. */
/* clang-format off */
#define SQL_RUN_FORMAT_OPTIONS \
    {"format", 'f', VALUE_CHOICE, "FORMAT", "table|markdown|csv|json|jsonl|parquet", CONFIG_NONE, \
     "how the result is written"}, \
    {"output", 'o', VALUE_TEXT, "FILE", NULL, CONFIG_NONE, "write to FILE instead of the terminal"}, \
    {"wide", 'w', VALUE_FLAG, NULL, NULL, CONFIG_NONE, "do not cut a table's cells"}
#define SQL_RUN_LIMIT_OPTIONS \
    {"stats", 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE, \
     "say on standard error what was read, as on a terminal"}, \
    {"memory", 0, VALUE_SIZE, "SIZE", NULL, CONFIG_QUERY_MEMORY, "memory of the engine"}, \
    {"threads", 0, VALUE_NUMBER, "N", NULL, CONFIG_QUERY_THREADS, "threads of the engine"}, \
    {"timeout", 0, VALUE_DURATION, "SPAN", NULL, CONFIG_QUERY_TIMEOUT, "end a longer query"}, \
    {"temp", 0, VALUE_SIZE, "SIZE", NULL, CONFIG_QUERY_TEMP, "temporary disk of the query"}, \
    {"rows", 0, VALUE_NUMBER, "N", NULL, CONFIG_QUERY_ROWS, "rows of a result"}
/* clang-format on */

/* Starts a worker over *folder*, or the configuration's lake when it is NULL. NULL with *err*. */
SqlRun *sql_run_begin(const CommandLine *line, const char *folder, Error *err)
    __attribute__((warn_unused_result));

/* Answers *sql* as the command line says. With Parquet the worker answers nothing more. */
bool sql_run_answer(SqlRun *run, Str sql, WorkerAnswer *ret, Error *err)
    __attribute__((warn_unused_result));

/* Answers *sql* as JSON lines for the program itself. */
bool sql_run_lines(SqlRun *run, Str sql, const WorkerSink *sink, WorkerAnswer *ret, Error *err)
    __attribute__((warn_unused_result));

/* Says on standard error what was read, with --stats also what confines the worker; on a terminal,
 * or when it is wanted. *started_us* is of the monotonic clock. */
void sql_run_say(const SqlRun *run, const WorkerAnswer *given, int64_t started_us);

/* Whether Ctrl-C was pressed. Any thread. */
bool sql_run_is_stopped(const SqlRun *run);

/* Ends the worker; NULL is fine. */
void sql_run_end(SqlRun *run);

#endif
