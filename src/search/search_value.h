/* search_value.h - what a search asks of one value, as a condition of Athena's SQL.
 *
 * tree -> search_sql -> [search_value]. Texts stand in quotes: nothing of them is SQL. A condition
 * is NULL where the value is. Threads: any; nothing is kept.
 */
#ifndef SEARCH_SEARCH_VALUE_H
#define SEARCH_SEARCH_VALUE_H

#include "base/buf.h"
#include "search/search_tree.h"

/* Appends what *test* asks of the text that the expression *value* gives. */
bool search_value_write(const SearchTest *test, Str value, Buf *sql, Error *err)
    __attribute__((warn_unused_result));

/* The same of a column of truth values. */
bool search_value_boolean(const SearchTest *test, Str value, Buf *sql, Error *err)
    __attribute__((warn_unused_result));

/* The same of a column of times: "2024-01-31" is the whole day, also as an end of a range; texts
 * without a zone are read in the zone of display. ERROR_INPUT when the test has no time. */
bool search_value_time(const SearchTest *test, Str value, Buf *sql, Error *err)
    __attribute__((warn_unused_result));

/* Appends the text of a column of times as the record has it. */
bool search_value_time_text(Str value, Buf *sql, Error *err) __attribute__((warn_unused_result));

/* Words that are looked for within a value: `words` as holds_words takes them, or, where a wildcard
 * is within them, a regular expression. */
typedef struct SearchWords {
    bool regex;
    Buf text;
} SearchWords;

/* Reads the words of a test of EQUAL, GLOB or NETWORK; `text` is freed by the caller. */
bool search_value_words(const SearchTest *test, SearchWords *ret, Error *err)
    __attribute__((warn_unused_result));

/* Whether the text of some time, as eventTime has it, may hold the words. */
bool search_value_may_be_time(const SearchTest *test);

/* Checks what the engine would refuse later: regular expressions. ERROR_INPUT. */
bool search_value_check(const SearchTest *test, Error *err) __attribute__((warn_unused_result));

/* Whether the text is an address of IPv4 or IPv6. */
bool search_value_is_address(Str text);

#endif
