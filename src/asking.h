/* asking.h - rules with a query, asked beside an ingest that goes on, and at the end of one that
 * does not.
 *
 * rules -> [asking] -> watch/sql_watch. One thread, with a connection to the state of its own.
 */
#ifndef ASKING_H
#define ASKING_H

#include <stdatomic.h>

#include "base/command.h"
#include "base/error.h"

typedef struct Asking Asking;

/* The rules with a query among those that *line* names, for the lake at *folder*, which exists;
 * none with --no-detect. *stopping* (may be NULL) ends a question; *hurry* as in SqlWatchOptions.
 * NULL with *err*; the caller frees. */
Asking *asking_open(const CommandLine *line, const char *folder, const atomic_bool *stopping,
                    bool hurry, Error *err) __attribute__((warn_unused_result));
void asking_free(Asking *self);

/* A ScheduleJob's run. Changed rules are taken up first; those that cannot be read leave the ones
 * from before (reload.h tells why). */
bool asking_step(void *self, bool *ret_more, Error *err) __attribute__((warn_unused_result));

/* All that has news, at the end of an ingest for which *self* was opened before it began. */
bool asking_finish(Asking *self, Error *err) __attribute__((warn_unused_result));

#endif
