/* search_follow.h - prints what a search finds among events as they come into the lake.
 *
 * Commits are followed by their sequence, not by time: an event that is delivered late is printed
 * when it comes, and none is printed twice or missed between two looks. It ends with Ctrl-C, or
 * behind so many events as --limit says.
 */
#ifndef SEARCH_FOLLOW_H
#define SEARCH_FOLLOW_H

#include "search_question.h"

/* Follows the configuration's lake. */
bool search_follow_run(const CommandLine *line, const SearchQuestion *question, Error *err)
    __attribute__((warn_unused_result));

#endif
