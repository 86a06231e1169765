/* search_parse.h - reads a search: the Lucene query string, and what DQL writes otherwise.
 *
 * command -> [search_parse] -> tree. "OpenSearch", sections 5 and 6; what is read otherwise than
 * there is in docs/search.md: terms side by side are joined by AND, NOT binds before AND before OR,
 * the three words in any case. What cannot be searched for (fuzzy, boost, proximity) is refused by
 * name.
 */
#ifndef SEARCH_SEARCH_PARSE_H
#define SEARCH_SEARCH_PARSE_H

#include "base/arena.h"
#include "search/search_tree.h"

enum { SEARCH_BYTES_MAX = 64 << 10, SEARCH_NODES_MAX = 2000, SEARCH_DEPTH_MAX = 60 };

/* Reads *text*, which the tree borrows, into *arena*. NULL with ERROR_USAGE, which says line and
 * column; *ret_culprit* is the place, {0, 0} when it is nowhere. */
SearchNode *search_parse(Str text, Arena *arena, Place *ret_culprit, Error *err)
    __attribute__((warn_unused_result));

#endif
