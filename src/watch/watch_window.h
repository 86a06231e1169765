/* watch_window.h - whether a window of some group holds as much as a correlation needs. Internal to
 * watch/.
 *
 * Windows are as in the engine's SQL (detect/correlation_sql.h): as long as the timespan, closed at
 * both ends, each ending with a hit.
 */
#ifndef WATCH_WATCH_WINDOW_H
#define WATCH_WATCH_WINDOW_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

/* A hit of a correlation: what it counts in its group, equal values once. */
typedef struct WatchWindowHit {
    uint32_t correlation; /* index in the set */
    uint64_t group, value;
    int64_t time_us;
} WatchWindowHit;

/* Sorts hits by correlation, group and time. */
void watch_window_sort(WatchWindowHit *hits, size_t count);

/* Whether a window of *span_us* (microseconds) of one group holds *bound* different values or more;
 * *hits*, sorted, are those of one correlation. False with *err*: memory. */
bool watch_window_reaches(const WatchWindowHit *hits, size_t count, int64_t span_us, double bound,
                          bool *ret, Error *err) __attribute__((warn_unused_result));

#endif
