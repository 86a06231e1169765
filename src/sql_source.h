/* sql_source.h - what `spoor sql` answers and over which records: a saved query's text, and a lake
 * that is made of raw logs for the time of the command. */
#ifndef SQL_SOURCE_H
#define SQL_SOURCE_H

#include "base/buf.h"
#include "base/command.h"
#include "ingest_report.h"
#include "lake/lake.h"

/* Appends the statement to answer: the argument, or --saved NAME with the values of -p NAME=VALUE.
 * ERROR_USAGE when there is none or both. */
bool sql_source_statement(const CommandLine *line, Buf *out, Error *err)
    __attribute__((warn_unused_result));

/* Appends the names of all saved queries, by group; or the text of one and its parameters. */
bool sql_source_list(Buf *out, Error *err) __attribute__((warn_unused_result));
bool sql_source_describe(Str name, Buf *out, Error *err) __attribute__((warn_unused_result));

/* Appends the statement of saved query *name* with values, "parameter=value" each. ERROR_USAGE. */
bool sql_source_saved(Str name, const Str *values, size_t count, Buf *out, Error *err)
    __attribute__((warn_unused_result));

/* A lake of its own in a private temporary folder. */
typedef struct SqlSource SqlSource;

/* Ingests the sources of --from (given once or more) and says on standard error what came of it.
 * The lake is closed again; its folder is sql_source_folder. NULL with *err*. */
SqlSource *sql_source_open(const CommandLine *line, Error *err) __attribute__((warn_unused_result));

/* The same of the sources *names*; *ret* tells what came of it. */
SqlSource *sql_source_of(const CommandLine *line, const char *const *names, int count,
                         IngestReport *ret, Error *err) __attribute__((warn_unused_result));

/* Its folder, which lives as long. */
const char *sql_source_folder(const SqlSource *source);

/* Removes the lake; NULL is fine. */
void sql_source_close(SqlSource *source);

#endif
