/* check.h - whether a statement of a user only reads tables of the session.
 *
 * The engine's own parser gives the tree (json_serialize_sql); it is searched for table functions
 * that are not on the list and for names that would be opened as files. This stands before the
 * engine's lock (base/engine.h), which refuses files outside the lake by itself.
 */
#ifndef QUERY_CHECK_H
#define QUERY_CHECK_H

#include "base/engine.h"

enum { CHECK_SQL_BYTES_MAX = 1 << 20 };

/* Checks *sql*: one statement, SELECT or what reads like it (WITH, VALUES, FROM, DESCRIBE, SHOW,
 * SUMMARIZE), or EXPLAIN before it. ERROR_USAGE says what is refused and why. */
bool check_statement(Engine *engine, Str sql, Error *err) __attribute__((warn_unused_result));

#endif
