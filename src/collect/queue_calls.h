/* queue_calls.h - calls to a queue, many at a time: messages received, messages deleted.
 *
 * Belongs to the thread of the line.
 */
#ifndef COLLECT_QUEUE_CALLS_H
#define COLLECT_QUEUE_CALLS_H

#include <stdatomic.h>

#include "cloud/sqs.h"

enum { QUEUE_CALLS_MAX = 8 };

/* What is received, and who takes it. */
typedef struct QueueReceive {
    int calls; /* at a time, at most QUEUE_CALLS_MAX; each brings up to ten messages */
    int wait_s;
    int visible_s;
    bool (*take)(void *context, const SqsMessage *message, Error *err);
    void *context;
} QueueReceive;

/* Makes the calls and hands on what came. When *stopping* becomes true, calls that are under way
 * are given up: what they would have brought comes again. */
bool queue_calls_receive(const SqsQueue *queue, RequestLine *line, const QueueReceive *receive,
                         const atomic_bool *stopping, Error *err)
    __attribute__((warn_unused_result));

/* What became of deletions. */
typedef struct QueueDeleted {
    uint64_t count;
    Error why; /* why SQS refused the first one that it refused; ERROR_NONE: it refused none */
} QueueDeleted;

/* Deletes the messages of *receipts*; *ret* is filled also when a call failed. */
bool queue_calls_delete(const SqsQueue *queue, RequestLine *line, const Str *receipts, size_t count,
                        QueueDeleted *ret, Error *err) __attribute__((warn_unused_result));

#endif
