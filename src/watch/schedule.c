#include "watch/schedule.h"

#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/pool.h"

enum { LOOK_US = 100000 };

struct Schedule {
    ScheduleJob jobs[SCHEDULE_JOBS_MAX];
    int64_t due_us[SCHEDULE_JOBS_MAX]; /* monotonic */
    bool failing[SCHEDULE_JOBS_MAX];
    size_t count;
    atomic_bool *stopping;
    Pool *pool;
};

static void run_job(Schedule *schedule, size_t index)
{
    const ScheduleJob *job = &schedule->jobs[index];
    Error err = {0};
    bool more = false;
    bool ok = job->run(job->context, &more, &err);
    if (!ok && !schedule->failing[index])
        log_tell(LOG_ERROR, job->name, "%s; it is tried again", err.text);
    if (ok && schedule->failing[index])
        log_tell(LOG_INFO, job->name, "it works again");
    schedule->failing[index] = !ok;
    schedule->due_us[index] = clock_monotonic_us() + (ok && more ? 0 : job->every_us);
}

static void run(void *argument, int worker)
{
    Schedule *schedule = argument;
    (void)worker;
    while (!atomic_load(schedule->stopping)) {
        int64_t now = clock_monotonic_us();
        for (size_t i = 0; i < schedule->count && !atomic_load(schedule->stopping); i++)
            if (now >= schedule->due_us[i])
                run_job(schedule, i);
        clock_sleep_us(LOOK_US);
    }
}

Schedule *schedule_start(const ScheduleJob *jobs, size_t count, atomic_bool *stopping, Error *err)
{
    Schedule *schedule = mem_calloc(1, sizeof *schedule, err);
    if (!schedule)
        return NULL;
    assert(count <= SCHEDULE_JOBS_MAX);
    memcpy(schedule->jobs, jobs, count * sizeof *jobs);
    schedule->count = count;
    schedule->stopping = stopping;
    schedule->pool = pool_new(1, 1, err);
    if (!schedule->pool) {
        mem_free(schedule);
        return NULL;
    }
    pool_run(schedule->pool, run, schedule);
    return schedule;
}

void schedule_end(Schedule *schedule)
{
    if (!schedule)
        return;
    atomic_store(schedule->stopping, true);
    pool_free(schedule->pool);
    mem_free(schedule);
}
