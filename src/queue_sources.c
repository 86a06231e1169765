#include "queue_sources.h"

#include <stdatomic.h>

#include "base/mem.h"
#include "source_name.h"

typedef struct NamedQueue {
    const char *name;
    _Atomic(QueueSource *) queue; /* NULL: it could not be reached yet */
    Aws *aws;
} NamedQueue;

struct QueueSources {
    QueueSourceOptions options;
    bool bear;
    NamedQueue *queues;
    int count;
    Aws *reader; /* who reads what they announce */
    atomic_bool stopping;
};

/* A queue that nobody may take messages from. */
static bool leave_out(const QueueSourceOptions *options, const char *name, bool configured,
                      Error *err)
{
    Error why = {0};
    error_set(&why, ERROR_USAGE, "'%.200s': a queue can be ingested only", name);
    if (configured)
        options->tell(options->context, why.text);
    else
        *err = why;
    return configured;
}

static QueueSource *queue_at(const QueueSources *sources, int index)
{
    return atomic_load(&sources->queues[index].queue);
}

/* Opens one that is not open. */
static bool open_queue(const QueueSources *sources, NamedQueue *named, Error *err)
{
    QueueSourceOptions options = sources->options;
    options.uri = str_of(named->name);
    options.aws = named->aws;
    QueueSource *queue = queue_source_open(&options, err);
    atomic_store(&named->queue, queue);
    if (queue)
        return true;
    if (!sources->bear || !(err->kind == ERROR_ACCESS || err->kind == ERROR_BUSY))
        return false;
    options.tell(options.context, err->text);
    error_clear(err);
    return true;
}

static bool add_queue(QueueSources *sources, const Source *source, Error *err)
{
    NamedQueue *named = &sources->queues[sources->count++];
    named->name = source->name;
    named->aws = source->aws;
    return open_queue(sources, named, err);
}

QueueSources *queue_sources_open(const QueueSourceOptions *options, const SourceList *list,
                                 bool bear, Error *err)
{
    int count = source_list_count(list);
    QueueSources *sources = mem_calloc(1, sizeof *sources, err);
    if (!sources)
        return NULL;
    sources->queues = mem_calloc((size_t)count + 1, sizeof *sources->queues, err);
    sources->options = *options;
    sources->bear = bear;
    sources->reader = source_list_aws(list);
    bool ok = sources->queues != NULL;
    for (int i = 0; ok && i < count; i++) {
        const Source *source = source_list_at(list, i);
        if (source_name_is_queue(source->name))
            ok = options->is_in
                     ? add_queue(sources, source, err)
                     : leave_out(options, source->name, source_list_is_configured(list), err);
    }
    if (ok)
        return sources;
    queue_sources_free(sources);
    return NULL;
}

void queue_sources_open_again(QueueSources *sources)
{
    for (int i = 0; i < sources->count; i++) {
        Error trouble = {0};
        if (!queue_at(sources, i) && !open_queue(sources, &sources->queues[i], &trouble))
            sources->options.tell(sources->options.context, trouble.text);
    }
}

void queue_sources_free(QueueSources *sources)
{
    if (!sources)
        return;
    for (int i = 0; sources->queues && i < sources->count; i++)
        queue_source_free(queue_at(sources, i));
    mem_free(sources->queues);
    mem_free(sources);
}

int queue_sources_count(const QueueSources *sources)
{
    return sources->count;
}

/* What a queue announced from *first* on lies in buckets that are read as who asks the queue,
 * unless the bucket is a source of its own. */
static bool lend_buckets(const QueueSources *sources, const NamedQueue *queue,
                         const ObjectList *list, size_t first, Error *err)
{
    bool ok = true;
    for (size_t i = first; ok && queue->aws != sources->reader && i < object_list_count(list);
         i++) {
        Str bucket, key;
        ok = !str_equal(object_list_source(object_list_at(list, i)), STR("s3")) ||
             (s3_split(str_of(object_list_at(list, i)->folder), &bucket, &key, err) &&
              aws_lend(sources->reader, bucket, queue->aws, err));
    }
    return ok;
}

bool queue_sources_next(QueueSources *sources, ObjectList *list, int wait_s, bool *ret_any,
                        Error *err)
{
    *ret_any = false;
    for (int i = 0; i < sources->count && !atomic_load(&sources->stopping); i++) {
        size_t before = object_list_count(list);
        bool any = false;
        if (!queue_at(sources, i))
            continue;
        if (!queue_source_next(queue_at(sources, i), list, wait_s, &any, err) ||
            !lend_buckets(sources, &sources->queues[i], list, before, err))
            return false;
        *ret_any |= any;
    }
    return true;
}

bool queue_sources_settle(QueueSources *sources, Error *err)
{
    for (int i = 0; i < sources->count; i++)
        if (queue_at(sources, i) && !queue_source_settle(queue_at(sources, i), err))
            return false;
    return true;
}

void queue_sources_tick(QueueSources *sources, bool stopping)
{
    if (stopping)
        atomic_store(&sources->stopping, true);
    for (int i = 0; i < sources->count; i++)
        if (queue_at(sources, i))
            queue_source_tick(queue_at(sources, i), stopping);
}

QueueSourceTally queue_sources_tally(const QueueSources *sources, const char *name)
{
    QueueSourceTally sum = {.received = 0};
    for (int i = 0; i < sources->count; i++) {
        if (!queue_at(sources, i))
            continue;
        const QueueSourceTally *more = queue_source_tally(queue_at(sources, i));
        if (name && !str_equal(str_of(name), str_of(sources->queues[i].name)))
            continue;
        sum.received += more->received;
        sum.deleted += more->deleted;
        sum.left += more->left;
        sum.set_aside += more->set_aside;
    }
    return sum;
}
