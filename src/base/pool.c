#include "base/pool.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "base/mem.h"

typedef struct Job {
    PoolJob run;
    void *argument;
} Job;

struct Pool {
    pthread_mutex_t lock; /* protects all below but threads and thread_count */
    pthread_cond_t work;  /* a job was added, or closing was set */
    pthread_cond_t room;  /* a job was taken, or ended */
    Job *queue;           /* ring of queue_max */
    int queue_max;
    int first;
    int queued;
    int running;
    int next_worker;
    bool closing;
    int thread_count;
    pthread_t *threads;
};

static bool take_job(Pool *pool, Job *job)
{
    while (pool->queued == 0 && !pool->closing)
        pthread_cond_wait(&pool->work, &pool->lock);
    if (pool->queued == 0)
        return false;
    *job = pool->queue[pool->first];
    pool->first = (pool->first + 1) % pool->queue_max;
    pool->queued--;
    pool->running++;
    pthread_cond_broadcast(&pool->room);
    return true;
}

/* Signals are for the thread that waits for them (interrupt.h), or for the first one. */
static void leave_signals(void)
{
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, NULL);
}

static void *thread_main(void *argument)
{
    Pool *pool = argument;
    Job job;
    leave_signals();
    pthread_mutex_lock(&pool->lock);
    int worker = pool->next_worker++;
    while (take_job(pool, &job)) {
        pthread_mutex_unlock(&pool->lock);
        job.run(job.argument, worker);
        pthread_mutex_lock(&pool->lock);
        pool->running--;
        pthread_cond_broadcast(&pool->room);
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

Pool *pool_new(int threads, int queue_max, Error *err)
{
    Pool *pool = mem_calloc(1, sizeof *pool, err);
    if (!pool)
        return NULL;
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->work, NULL);
    pthread_cond_init(&pool->room, NULL);
    pool->queue_max = queue_max;
    pool->queue = mem_calloc((size_t)queue_max, sizeof *pool->queue, err);
    pool->threads = mem_calloc((size_t)threads, sizeof *pool->threads, err);
    bool ok = pool->queue && pool->threads;
    while (ok && pool->thread_count < threads) {
        ok = pthread_create(&pool->threads[pool->thread_count], NULL, thread_main, pool) == 0;
        if (!ok)
            error_set(err, ERROR_SYSTEM, "a thread could not be started");
        pool->thread_count += ok;
    }
    if (!ok) {
        pool_free(pool);
        return NULL;
    }
    return pool;
}

void pool_run(Pool *pool, PoolJob job, void *argument)
{
    pthread_mutex_lock(&pool->lock);
    while (pool->queued == pool->queue_max)
        pthread_cond_wait(&pool->room, &pool->lock);
    pool->queue[(pool->first + pool->queued++) % pool->queue_max] = (Job){job, argument};
    pthread_cond_signal(&pool->work);
    pthread_mutex_unlock(&pool->lock);
}

void pool_wait(Pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    while (pool->queued || pool->running)
        pthread_cond_wait(&pool->room, &pool->lock);
    pthread_mutex_unlock(&pool->lock);
}

void pool_free(Pool *pool)
{
    if (!pool)
        return;
    pthread_mutex_lock(&pool->lock);
    pool->closing = true;
    pthread_cond_broadcast(&pool->work);
    pthread_mutex_unlock(&pool->lock);
    for (int i = 0; i < pool->thread_count; i++)
        pthread_join(pool->threads[i], NULL);
    pthread_cond_destroy(&pool->work);
    pthread_cond_destroy(&pool->room);
    pthread_mutex_destroy(&pool->lock);
    mem_free(pool->queue);
    mem_free(pool->threads);
    mem_free(pool);
}

int pool_processors(void)
{
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online < 1 ? 1 : (int)online;
}
