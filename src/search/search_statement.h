/* search_statement.h - the statements that answer a search.
 *
 * search_sql -> [search_statement] -> query/worker. Rows whose `extra` says more are asked apart
 * from the others, so that conditions of columns choose files and rows. Threads: any; nothing is
 * kept.
 */
#ifndef SEARCH_SEARCH_STATEMENT_H
#define SEARCH_SEARCH_STATEMENT_H

#include "base/buf.h"

enum { SEARCH_COLUMNS_MAX = 100, SEARCH_TOP_VALUES = 10, SEARCH_STATEMENT_BYTES = 3 << 20 };

/* What a statement is made of. */
typedef struct SearchHits {
    Str plain, touched, touches;     /* conditions (search_sql.h) */
    bool untouched;                  /* `touches` is true of no row, or it is empty */
    int64_t after_commit, to_commit; /* only rows of commits in (after, to]; 0, 0: all */
} SearchHits;

/* How many rows are touched; `touches` is not empty. */
bool search_statement_touched(const SearchHits *hits, Buf *sql, Error *err)
    __attribute__((warn_unused_result));

/* Appends the columns that the text names, "eventTime,sourceIPAddress", as fields into *ret*, which
 * has room for SEARCH_COLUMNS_MAX. ERROR_USAGE for an empty name, the same twice or too many. */
bool search_statement_columns(Str list, Str *ret, size_t *ret_count, Error *err)
    __attribute__((warn_unused_result));

/* Appends "name", a column's name of any text in its quotes. */
bool search_statement_put_name(Str name, Buf *sql, Error *err) __attribute__((warn_unused_result));

/* Rows, newest first: *columns* (none: all), at most *limit* (0: all). */
bool search_statement_rows(const SearchHits *hits, const Str *columns, size_t count, uint64_t limit,
                           Buf *sql, Error *err) __attribute__((warn_unused_result));

/* The columns that a table shows, of rows in the order in which they came into the lake. */
bool search_statement_follow(const SearchHits *hits, const Str *columns, size_t count, Buf *sql,
                             Error *err) __attribute__((warn_unused_result));

/* How rows are counted. */
typedef struct SearchCounts {
    int64_t step_s;    /* seconds of a bucket of time; 0: time is not counted */
    const Str *facets; /* fields of which the most frequent values are counted */
    size_t facet_count;
} SearchCounts;

/* Rows (field, value, events): buckets of time as "time" in their order, then the top values
 * of each facet. */
bool search_statement_counts(const SearchHits *hits, const SearchCounts *counts, Buf *sql,
                             Error *err) __attribute__((warn_unused_result));

/* The bucket for a span of time so that there are at most 60, in seconds. */
int64_t search_statement_step(int64_t span_us);

#endif
