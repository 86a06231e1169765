/* progress.h - how far an ingest is: counters that workers add to, and the line that shows them.
 *
 * Any thread adds; one at a time shows.
 */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct Progress {
    int64_t started_us; /* clock_monotonic_us */
    atomic_uint_least64_t objects;
    atomic_uint_least64_t records;
    atomic_uint_least64_t bytes;     /* as the list says */
    atomic_uint_least64_t bytes_all; /* of all that are listed and not in */
    atomic_bool more;                /* others are to be listed: how far it is, nobody knows */
} Progress;

/* Writes a line on standard error over the one before, without a line break. */
void progress_show(Progress *progress);

#endif
