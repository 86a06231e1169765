#include "collect/queue_calls.h"

enum { PUMP_US = 200000, AT_ONCE = QUEUE_CALLS_MAX * SQS_BATCH_MAX };

/* Pumps until all calls are done, or somebody asks for the end; *stopping* may be NULL. */
static bool await_calls(RequestLine *line, SqsCall *const *calls, size_t count,
                        const atomic_bool *stopping, Error *err)
{
    for (size_t i = 0; i < count; i++)
        while (!sqs_done(calls[i]) && !(stopping && atomic_load(stopping)))
            if (!request_pump(line, PUMP_US, err))
                return false;
    return true;
}

bool queue_calls_receive(const SqsQueue *queue, RequestLine *line, const QueueReceive *receive,
                         const atomic_bool *stopping, Error *err)
{
    SqsCall *calls[QUEUE_CALLS_MAX] = {NULL};
    size_t count = 0;
    bool ok = true;
    while (ok && count < (size_t)receive->calls && count < QUEUE_CALLS_MAX) {
        calls[count] = sqs_receive_start(queue, line, receive->wait_s, receive->visible_s, err);
        ok = calls[count] != NULL;
        count += ok;
    }
    ok = ok && await_calls(line, calls, count, stopping, err);
    for (size_t i = 0; i < count; i++) {
        if (ok && sqs_done(calls[i]))
            ok = sqs_receive_end(calls[i], receive->take, receive->context, err);
        sqs_free(calls[i]);
    }
    return ok;
}

static size_t batch_of(size_t left)
{
    return left < SQS_BATCH_MAX ? left : SQS_BATCH_MAX;
}

/* Takes what SQS said of *count* deletions. */
static bool end_delete(SqsCall *call, size_t count, QueueDeleted *ret, Error *err)
{
    bool failed[SQS_BATCH_MAX];
    if (!sqs_batch_end(call, failed, &ret->why, err))
        return false;
    for (size_t i = 0; i < count; i++)
        ret->count += !failed[i];
    return true;
}

/* At most AT_ONCE of them. */
static bool delete_some(const SqsQueue *queue, RequestLine *line, const Str *receipts, size_t count,
                        SqsCall **calls, Error *err)
{
    size_t started = 0;
    for (size_t at = 0; at < count; at += SQS_BATCH_MAX) {
        calls[started] = sqs_delete_start(queue, line, receipts + at, batch_of(count - at), err);
        if (!calls[started++])
            return false;
    }
    return await_calls(line, calls, started, NULL, err);
}

bool queue_calls_delete(const SqsQueue *queue, RequestLine *line, const Str *receipts, size_t count,
                        QueueDeleted *ret, Error *err)
{
    bool ok = true;
    *ret = (QueueDeleted){.count = 0};
    for (size_t from = 0; ok && from < count; from += AT_ONCE) {
        SqsCall *calls[QUEUE_CALLS_MAX] = {NULL};
        size_t some = count - from < AT_ONCE ? count - from : AT_ONCE;
        ok = delete_some(queue, line, receipts + from, some, calls, err);
        for (size_t i = 0; i < QUEUE_CALLS_MAX && calls[i]; i++) {
            ok = ok && end_delete(calls[i], batch_of(some - i * SQS_BATCH_MAX), ret, err);
            sqs_free(calls[i]);
        }
    }
    return ok;
}
