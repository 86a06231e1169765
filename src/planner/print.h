/* print.h - a bound statement becomes the engine's SQL.
 *
 * sql -> parser -> names -> [print] -> engine. Everything of the user's text that reaches the
 * engine is written from the tree: names in quotes, literals quoted again, functions by their
 * templates.
 *
 * Invariants
 *   1. The text reads only scan_N (a relation per NamesScan, made by the session), views of the
 *      state's tables by their catalog name, and what the statement itself derives.
 *   2. Relations are rN, names of WITH wN, parameters of lambdas pN; derived columns c1, c2, ...;
 * so no name of the user can mean another thing than names.h found.
 *   3. A TIMESTAMP_TZ is a TIMESTAMP in UTC (type.h, invariant 4).
 *   4. At most PRINT_BYTES_MAX bytes are written.
 */
#ifndef PLANNER_PRINT_H
#define PLANNER_PRINT_H

#include "planner/names.h"

enum { PRINT_BYTES_MAX = 16 << 20 };

/* Appends the engine's SQL of *statement*, whose text is *sql*, to *out*; *arena* is for scratch.
 * The columns have the names that the user gave, "_col0" and so on where there are none.
 * ERROR_USAGE, as place.h words it, for what has a form that is not taken (a JSON path that is not
 * constant, say); ERROR_LIMIT when it is too long. */
bool print_statement(const NamesStatement *statement, Str sql, Arena *arena, Buf *out, Error *err)
    __attribute__((warn_unused_result));

/* Appends a statement whose plan shows the same filters at every scan as that of print_statement,
 * but that may select less; errors as there. */
bool print_planning(const NamesStatement *statement, Str sql, Arena *arena, Buf *out, Error *err)
    __attribute__((warn_unused_result));

/* Whether a statement over one scan wants the rows with the greatest eventtime only: read first,
 * they spare the reader the files whose times lie before. */
bool print_newest_first(const NamesStatement *statement);

/* The name that a column of the output has: its own, or _colN. */
Str print_column_name(const NamesOutput *output, uint32_t index, char buffer[16]);

#endif
