/* search_counted.h - what a search counted, as a line of bars and lists of values for people. */
#ifndef SEARCH_COUNTED_H
#define SEARCH_COUNTED_H

#include <stdio.h>

#include "base/error.h"
#include "base/str.h"

/* The times that were counted, and how: buckets of so many seconds; 0: not. */
typedef struct SearchSpan {
    int64_t since_us, until_us;
    int64_t step_s;
} SearchSpan;

/* Prints what *lines* say, JSON of rows (field, value, events) as search_statement_counts gives
 * them. ERROR_SYSTEM when they are not. */
bool search_counted_print(Str lines, const SearchSpan *span, FILE *out, Error *err)
    __attribute__((warn_unused_result));

#endif
