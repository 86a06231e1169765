/* signals.h - matches of correlated rules, kept in files until the engine reads them.
 *
 * Each worker appends to a file of its own in a temporary folder; nothing stays in memory, however
 * many there are. Columns: correlation_sql.h, and what a match shows of its event. One worker owns
 * a SignalFile.
 */
#ifndef HUNT_SIGNALS_H
#define HUNT_SIGNALS_H

#include "detect/correlation_sql.h"
#include "detect/matcher.h"

typedef struct SignalFile SignalFile;

/* The file of worker *number* below *folder*. NULL with *err*. */
SignalFile *signals_open(const CorrelationPaths *paths, const char *folder, int number, Error *err)
    __attribute__((warn_unused_result));

/* Appends a signal of *rule* for the event that *document* holds; *event* tells events apart. */
bool signals_add(SignalFile *file, const Rule *rule, uint64_t event, int64_t time_us,
                 Document *document, Error *err) __attribute__((warn_unused_result));

/* Writes what is held and closes. False with *err*; NULL is fine. */
bool signals_close(SignalFile *file, Error *err) __attribute__((warn_unused_result));

#endif
