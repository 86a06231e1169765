/* queue_source_state.h - what the files of queue_source share. Internal. */
#ifndef COLLECT_QUEUE_SOURCE_STATE_H
#define COLLECT_QUEUE_SOURCE_STATE_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/arena.h"
#include "collect/queue_calls.h"
#include "collect/queue_source.h"

/* An object that a message waits for. */
typedef struct Want {
    const char *uri;
    Str source; /* "s3" or "sqs" */
    char etag[OBJECT_ETAG_BYTES];
    uint64_t bytes;
    int64_t modified_us;
    QueueMatch match;
    RequestCall *call; /* its HEAD */
    const S3Bucket *bucket;
} Want;

/* A message that is kept from others. */
typedef struct Held {
    Str id, receipt;
    Str body;            /* only of one that may be set aside */
    Str findings;        /* what it carries of other products; without ptr: none */
    bool unstored;       /* these could not be stored now */
    const char *refusal; /* why it is */
    uint64_t receives;
    size_t first, count; /* its wants */
    int64_t until_us;    /* by the monotonic clock */
} Held;

struct QueueSource {
    QueueSourceOptions options;
    SqsQueue queue;
    atomic_bool stopping;
    pthread_mutex_t lock; /* protects what follows */
    RequestLine *line;
    Arena *names;   /* of the wave */
    Arena *scratch; /* of a message */
    Buf held;       /* Held each */
    Buf wants;      /* Want each */
    Buf events;     /* the carried object under way */
    size_t events_want;
    uint64_t wave_bytes;
    int64_t wave_until_us; /* 0: no message yet */
    ObjectList *list;
    SqsCall *extends[QUEUE_CALLS_MAX];
    int told;
    QueueSourceTally tally;
};

static inline Held *held_at(const QueueSource *source, size_t index)
{
    return &((Held *)(void *)source->held.ptr)[index];
}

static inline size_t held_count(const QueueSource *source)
{
    return source->held.len / sizeof(Held);
}

static inline Want *want_at(const QueueSource *source, size_t index)
{
    return &((Want *)(void *)source->wants.ptr)[index];
}

static inline size_t want_count(const QueueSource *source)
{
    return source->wants.len / sizeof(Want);
}

/* Notes the findings that a message carries; *text* is the whole event. */
bool queue_source_findings_keep(QueueSource *source, Held *held, Str text, Error *err)
    __attribute__((warn_unused_result));

/* Stores the findings of the wave: messages of those that cannot be read get a refusal, and all of
 * them stay in the queue when nothing could be stored. */
bool queue_source_findings_store(QueueSource *source, Error *err)
    __attribute__((warn_unused_result));

/* "sqs://QUEUE/MESSAGE", for the wave. */
const char *queue_source_message_uri(const QueueSource *source, Str id, Error *err)
    __attribute__((warn_unused_result));

/* Tells a line, of some at most. */
void queue_source_tell(QueueSource *source, const char *line);

#endif
