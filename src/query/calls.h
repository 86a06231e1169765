/* calls.h - the names of calls that a lake holds, as it spells them.
 *
 * Rules name calls without regard to case; the bounds of files and row groups are of names as they
 * are. Used by one thread.
 */
#ifndef QUERY_CALLS_H
#define QUERY_CALLS_H

#include "query/session.h"
#include "query/values.h"

typedef struct Calls Calls;

/* Asks for the names of all events that *session* sees, or of more (*values*). NULL with *err*. */
Calls *calls_ask(Session *session, Values *values, Error *err) __attribute__((warn_unused_result));
void calls_free(Calls *calls);

/* Appends those that are one of *names*, *count* of them, without regard to case, to a list of SQL;
 * *ret_found* says how many they are. */
bool calls_put(const Calls *calls, const Str *names, size_t count, Buf *sql, size_t *ret_found,
               Error *err) __attribute__((warn_unused_result));

#endif
