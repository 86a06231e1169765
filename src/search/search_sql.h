/* search_sql.h - a search as conditions of Athena's SQL over the table `cloudtrail`.
 *
 * tree -> [search_sql] -> search_statement. What a search asks is said exactly: a value of a field
 * is one that the record has at that path, through arrays, with names cut at dots in any way.
 *
 * Invariants
 *   1. A row is of an event that the search describes if and only if `touched` is true of it. Of
 *      rows of which `touches` is not true `plain` says the same: nothing that the search reads of
 *      them stands in `extra` (docs/formats/table-cloudtrail.md), or it is looked for there anyway.
 *   2. Texts of the search stand in quotes, nothing of them is SQL.
 *   3. An equality with a column that has bounds or a bloom filter stands in `plain` as such, so
 *      that files are chosen by it (query/prune.h, query/lookup.h).
 * Threads: any; nothing is kept.
 */
#ifndef SEARCH_SEARCH_SQL_H
#define SEARCH_SEARCH_SQL_H

#include "base/buf.h"
#include "search/search_tree.h"

enum { SEARCH_SQL_BYTES_MAX = 1 << 20 };

/* Appends the condition `plain`, or `touched`. ERROR_USAGE points into
 * *text*, which the tree was read from, for what cannot be asked; *ret_culprit* is its place. */
bool search_sql_write(const SearchNode *root, Str text, bool touched, Buf *sql, Place *ret_culprit,
                      Error *err) __attribute__((warn_unused_result));

/* Appends the condition `touches`; nothing when no row has more than its columns say. */
bool search_sql_touches(const SearchNode *root, Buf *sql, Error *err)
    __attribute__((warn_unused_result));

/* Calls *take* for each field that the search names, or a network of no field means. */
void search_sql_fields(const SearchNode *root, void (*take)(void *context, Str name),
                       void *context);

/* Calls *take* for each text without wildcards that is looked for anywhere. */
void search_sql_words(const SearchNode *root, void (*take)(void *context, Str text), void *context);

#endif
