#include "queue_sources.h"

#include <stdatomic.h>

#include "base/mem.h"
#include "source_name.h"

typedef struct NamedQueue {
    const char *name;
    QueueSource *queue;
} NamedQueue;

struct QueueSources {
    NamedQueue *queues;
    int count;
    atomic_bool stopping;
};

static bool open_queue(QueueSources *sources, QueueSourceOptions options, const char *name,
                       Error *err)
{
    if (!options.is_in)
        return error_set(err, ERROR_USAGE, "'%.200s': a queue can be ingested only", name);
    options.uri = str_of(name);
    QueueSource *queue = queue_source_open(&options, err);
    if (!queue)
        return false;
    sources->queues[sources->count++] = (NamedQueue){name, queue};
    return true;
}

QueueSources *queue_sources_open(const QueueSourceOptions *options, const char *const *names,
                                 int count, Error *err)
{
    QueueSources *sources = mem_calloc(1, sizeof *sources, err);
    if (!sources)
        return NULL;
    sources->queues = mem_calloc((size_t)count + 1, sizeof *sources->queues, err);
    bool ok = sources->queues != NULL;
    for (int i = 0; ok && i < count; i++)
        ok = !source_name_is_queue(names[i]) || open_queue(sources, *options, names[i], err);
    if (ok)
        return sources;
    queue_sources_free(sources);
    return NULL;
}

void queue_sources_free(QueueSources *sources)
{
    if (!sources)
        return;
    for (int i = 0; sources->queues && i < sources->count; i++)
        queue_source_free(sources->queues[i].queue);
    mem_free(sources->queues);
    mem_free(sources);
}

int queue_sources_count(const QueueSources *sources)
{
    return sources->count;
}

bool queue_sources_next(QueueSources *sources, ObjectList *list, int wait_s, bool *ret_any,
                        Error *err)
{
    *ret_any = false;
    for (int i = 0; i < sources->count && !atomic_load(&sources->stopping); i++) {
        bool any;
        if (!queue_source_next(sources->queues[i].queue, list, wait_s, &any, err))
            return false;
        *ret_any |= any;
    }
    return true;
}

bool queue_sources_settle(QueueSources *sources, Error *err)
{
    for (int i = 0; i < sources->count; i++)
        if (!queue_source_settle(sources->queues[i].queue, err))
            return false;
    return true;
}

void queue_sources_tick(QueueSources *sources, bool stopping)
{
    if (stopping)
        atomic_store(&sources->stopping, true);
    for (int i = 0; i < sources->count; i++)
        queue_source_tick(sources->queues[i].queue, stopping);
}

QueueSourceTally queue_sources_tally(const QueueSources *sources, const char *name)
{
    QueueSourceTally sum = {.received = 0};
    for (int i = 0; i < sources->count; i++) {
        const QueueSourceTally *more = queue_source_tally(sources->queues[i].queue);
        if (name && !str_equal(str_of(name), str_of(sources->queues[i].name)))
            continue;
        sum.received += more->received;
        sum.deleted += more->deleted;
        sum.left += more->left;
        sum.set_aside += more->set_aside;
    }
    return sum;
}
