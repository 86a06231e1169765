/* search_question.h - what a command line of `spoor search` asks: conditions, columns, counts. */
#ifndef SEARCH_QUESTION_H
#define SEARCH_QUESTION_H

#include "base/buf.h"
#include "base/command.h"
#include "search/search_statement.h"

typedef struct SearchQuestion {
    Buf plain, touched, touches; /* conditions */
    bool untouched;              /* known: no row is touched */
    Str columns[SEARCH_COLUMNS_MAX];
    size_t column_count; /* 0: all */
    Str facets[SEARCH_COLUMNS_MAX];
    size_t facet_count;
    const char *pattern; /* instead of a text; NULL: none. Its conditions are still to be found */
    bool follow, table;
    bool times;     /* events are counted by time */
    uint64_t limit; /* 0: none */
} SearchQuestion;

/* Reads it; a search that cannot be read is pointed at on standard error, and fields that no record
 * is known to have are told. ERROR_USAGE. Ended by search_question_free in any case. */
bool search_question_read(const CommandLine *line, SearchQuestion *ret, Error *err)
    __attribute__((warn_unused_result));
void search_question_free(SearchQuestion *question);

/* The conditions as statements want them; they borrow from *question*. */
SearchHits search_question_hits(const SearchQuestion *question);

#endif
