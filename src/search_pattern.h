/* search_pattern.h - what a CloudWatch filter pattern finds in a lake, as a search's condition.
 *
 * The matcher tries the pattern on the events, as a hunt does; those that it describes are then
 * named by where they came from, so that they are shown and counted as those of a search are.
 */
#ifndef SEARCH_PATTERN_H
#define SEARCH_PATTERN_H

#include "search_question.h"

enum { SEARCH_PATTERN_EVENTS_MAX = 100000 };

/* Fills the conditions of *question*, whose pattern is given, for the lake in *folder*, or the
 * configuration's when it is NULL. ERROR_USAGE when the pattern is wrong, ERROR_LIMIT when more
 * events than can be named fit and all are needed. */
bool search_pattern_find(const CommandLine *line, const char *folder, SearchQuestion *question,
                         Error *err) __attribute__((warn_unused_result));

#endif
