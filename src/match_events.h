/* match_events.h - the events of a file, for match: JSON documents or lines of text.
 *
 * A file is a CloudTrail log file ({"Records": [...]}), an array of events, one JSON document, or a
 * document or text a line; gzip or not.
 */
#ifndef MATCH_EVENTS_H
#define MATCH_EVENTS_H

#include "base/json.h"

/* Called for each event: its text and, when it is JSON, that; *arena* is emptied behind each. False
 * with *err* ends the reading. */
typedef bool (*MatchEventsTake)(void *context, Str text, const Json *json, Arena *arena,
                                Error *err);

/* Reads the events of the file *path*, or of the standard input for "-". ERROR_LIMIT for one that
 * is too large, ERROR_INPUT for broken gzip. */
bool match_events_read(const char *path, MatchEventsTake take, void *context, Error *err)
    __attribute__((warn_unused_result));

#endif
