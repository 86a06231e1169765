/* statement.h - what a user typed becomes something that a session can run.
 *
 * sql -> [statement: parser, names, print] -> session -> engine. SHOW and DESCRIBE become queries
 * over constants, EXECUTE the query that was prepared with its parameters' values in place.
 * Threads: one per session; a StatementStore belongs to its session.
 */
#ifndef QUERY_STATEMENT_H
#define QUERY_STATEMENT_H

#include "planner/names.h"

typedef enum {
    STATEMENT_QUERY,
    STATEMENT_EXPLAIN,         /* say what the query would read */
    STATEMENT_EXPLAIN_ANALYZE, /* run it and say what it did */
    STATEMENT_DONE,            /* PREPARE and DEALLOCATE: nothing is left to run */
} StatementKind;

enum { STATEMENT_PREPARED_MAX = 1000 }; /* as many as Athena keeps */

typedef struct StatementStore StatementStore;

typedef struct Statement {
    StatementKind kind;
    Str sql;              /* what places in errors of the query mean: the user's or prepared text */
    Str engine_sql;       /* of the query; in the arena, NUL-terminated */
    Str planning_sql;     /* what tells the filters of its scans (print_planning); as engine_sql */
    bool newest_first;    /* its scan should read the last days first (print_newest_first) */
    NamesStatement query; /* its scans, tables and output */
} Statement;

/* Prepared statements, in memory only; NULL with *err*. */
StatementStore *statement_store_new(Error *err) __attribute__((warn_unused_result));
void statement_store_free(StatementStore *store);

typedef struct StatementInput {
    Str sql;
    const Catalog *catalog;
    StatementStore *store;
    Arena *arena;
} StatementInput;

/* Reads one statement. ERROR_USAGE as place.h words it; *ret_culprit*, which may be NULL, is where
 * in the user's text, {0, 0} when it is elsewhere. */
bool statement_read(const StatementInput *input, Statement *ret, Place *ret_culprit, Error *err)
    __attribute__((warn_unused_result));

#endif
