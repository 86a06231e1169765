/* schedule.h - what a service does beside its ingest, each thing as often as it wants to, on one
 * thread of its own. */
#ifndef WATCH_SCHEDULE_H
#define WATCH_SCHEDULE_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum { SCHEDULE_JOBS_MAX = 16 };

typedef struct ScheduleJob {
    const char *name; /* in messages */
    int64_t every_us; /* between its end and its next start */
    /* Does a piece of it; *ret_more*: there is more to do at once. A failure is told, once until it
     * has passed, and tried again at its time. */
    bool (*run)(void *context, bool *ret_more, Error *err);
    void *context;
} ScheduleJob;

typedef struct Schedule Schedule;

/* Starts; *jobs* are copied, each runs at once. *stopping* becomes true when the end is asked for.
 * NULL with *err*; the caller frees. */
Schedule *schedule_start(const ScheduleJob *jobs, size_t count, atomic_bool *stopping, Error *err)
    __attribute__((warn_unused_result));

/* Asks for the end, waits for the job that runs, and frees. NULL is fine. */
void schedule_end(Schedule *schedule);

#endif
