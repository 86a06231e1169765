/* sns.h - a message to a topic of SNS (API Reference, "Publish"; query protocol of 2010-03-31).
 *
 * aws, request -> [sns] -> notify. Any thread; each call has a line of its own.
 */
#ifndef CLOUD_SNS_H
#define CLOUD_SNS_H

#include "cloud/aws.h"

enum { SNS_SUBJECT_MAX = 100, SNS_KEY_MAX = 128 };

/* A topic by its ARN, "arn:aws:sns:REGION:ACCOUNT:NAME"; borrows from it. */
typedef struct SnsTopic {
    Str arn, region;
    bool fifo; /* its name ends in ".fifo" */
} SnsTopic;

/* Takes an ARN apart; false when it is no topic's. */
bool sns_split(Str arn, SnsTopic *ret);

typedef struct SnsMessage {
    Str subject; /* what is not printable ASCII is sent as '?', and no more than 100 characters */
    Str text;    /* UTF-8, not empty */
    Str key;     /* of topics that are FIFO: the same one is not taken twice within five minutes */
    Str group;   /* the same: messages of one group stay in order */
} SnsMessage;

/* Publishes it and waits until it is taken, *timeout_us* at most. ERROR_USAGE: a key or group of a
 * FIFO topic that is empty or longer than 128; ERROR_ACCESS names the permission when it is denied;
 * ERROR_BUSY: another try may succeed. */
bool sns_publish(Aws *aws, const SnsTopic *topic, const SnsMessage *message, int64_t timeout_us,
                 Error *err) __attribute__((warn_unused_result));

/* Appends the body of the request, as a form. */
bool sns_body(const SnsTopic *topic, const SnsMessage *message, Buf *ret, Error *err)
    __attribute__((warn_unused_result));

#endif
