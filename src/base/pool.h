/* pool.h - the only place that makes threads.
 *
 * A pool runs jobs from a bounded queue on a fixed number of threads. What a job's argument
 * points to is given away to the thread that runs it until pool_wait returns. No signal is
 * delivered to these threads; a job may wait for some. Started by
 * pipeline.c, reload.c, watch/schedule.c, notify/flight.c, web/ and the generator's command alone.
 */
#ifndef BASE_POOL_H
#define BASE_POOL_H

#include <stdbool.h>

#include "base/error.h"

typedef struct Pool Pool;

/* One job; *worker* is the running thread's number, from 0. */
typedef void (*PoolJob)(void *argument, int worker);

/* *threads* threads and a queue of *queue_max* jobs. NULL with *err* filled. */
Pool *pool_new(int threads, int queue_max, Error *err) __attribute__((warn_unused_result));

/* Hands a job to the pool; waits while the queue is full. Any thread but the pool's own. */
void pool_run(Pool *pool, PoolJob job, void *argument);

/* Waits until all jobs handed over so far have ended. */
void pool_wait(Pool *pool);

/* Waits for all jobs, ends the threads and frees; NULL is fine. */
void pool_free(Pool *pool);

/* Processors that this process may use, at least 1. */
int pool_processors(void);

#endif
