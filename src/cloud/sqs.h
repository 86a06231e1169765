/* sqs.h - queues of SQS: messages are received, deleted and kept from others for longer.
 *
 * request -> [sqs] -> queue_source
 *
 * The JSON protocol, version 1.0 ("Lake Formation, Glue, Lambda, S3", sections 1 and 6). A queue is
 * named sqs://[[REGION/]ACCOUNT/]NAME: the region and the account are those of the caller when they
 * are left out. A message that was received is invisible to others for a time, its visibility, and
 * comes again when it was not deleted by then.
 *
 * Calls belong to the thread of their line, as those of request.h. Errors begin with the queue's
 * name and say what AWS said.
 */
#ifndef CLOUD_SQS_H
#define CLOUD_SQS_H

#include "cloud/aws.h"

enum {
    SQS_NAME_BYTES = 256,
    SQS_URL_BYTES = 1024,
    SQS_BATCH_MAX = 10,    /* messages of one call */
    SQS_WAIT_MAX_S = 20,   /* that a call waits for a message to come */
    SQS_BODY_MAX = 1 << 20 /* bytes of a message's body */
};

typedef struct SqsQueue {
    char name[SQS_NAME_BYTES]; /* "sqs://...", as it was asked for */
    char url[SQS_URL_BYTES];   /* that SQS knows it by */
    Endpoint endpoint;
} SqsQueue;

/* The parts of a queue's name; region and account are empty when they are left out. */
typedef struct SqsName {
    Str region, account, name;
} SqsName;

/* One that was received. */
typedef struct SqsMessage {
    Str id;
    Str receipt; /* to delete it by */
    Str body;
    uint64_t receives; /* how often it was received so far, about; at least 1 */
    int64_t sent_us;   /* when it was sent; 0: SQS does not say */
} SqsMessage;

typedef struct SqsCall SqsCall;

/* Splits a queue's name. ERROR_USAGE when it is none. */
bool sqs_split(Str uri, SqsName *ret, Error *err) __attribute__((warn_unused_result));

/* Asks SQS for the queue *uri*. */
bool sqs_find(SqsQueue *ret, Aws *aws, RequestLine *line, Str uri, Error *err)
    __attribute__((warn_unused_result));

/* Starts to ask for up to ten messages, waiting up to *wait_s* seconds until there is one; they are
 * invisible to others for *visible_s* seconds. The caller frees; *queue* must outlive it. */
SqsCall *sqs_receive_start(const SqsQueue *queue, RequestLine *line, int wait_s, int visible_s,
                           Error *err) __attribute__((warn_unused_result));

/* Of a call that is done: hands each message to *take*, whose texts live during the call; *take*
 * returns false with *err*. ERROR_BUSY when a body is not the one that was sent. */
bool sqs_receive_end(SqsCall *call, bool (*take)(void *, const SqsMessage *, Error *),
                     void *context, Error *err) __attribute__((warn_unused_result));

/* Starts to delete the messages of up to ten receipts. */
SqsCall *sqs_delete_start(const SqsQueue *queue, RequestLine *line, const Str *receipts,
                          size_t count, Error *err) __attribute__((warn_unused_result));

/* Starts to keep them from others for *visible_s* seconds from now on. */
SqsCall *sqs_extend_start(const SqsQueue *queue, RequestLine *line, const Str *receipts,
                          size_t count, int visible_s, Error *err)
    __attribute__((warn_unused_result));

/* Of such a call that is done: true when SQS answered; *ret_failed* says of each message whether it
 * failed all the same, and *ret_why*, when it is not NULL, why the first one did. */
bool sqs_batch_end(SqsCall *call, bool ret_failed[SQS_BATCH_MAX], Error *ret_why, Error *err)
    __attribute__((warn_unused_result));

/* Whether it has ended, well or badly. */
bool sqs_done(const SqsCall *call);

/* Frees it, under way or not. NULL is fine. */
void sqs_free(SqsCall *call);

#endif
