/* notification.h - what the body of a queue's message says: which objects came, or an event itself.
 *
 * queue -> [notification] -> object_list
 *
 * Bodies that are known ("Lake Formation, Glue, Lambda, S3", sections 5 and 7; "CloudTrail event
 * record", sections 1.2 and 11):
 *   S3's event notification, straight or wrapped by SNS, whose keys are form-encoded
 *   EventBridge's "Object Created" of S3, whose key is not
 *   CloudTrail's own {"s3Bucket", "s3ObjectKey": []}, wrapped by SNS or delivered raw
 *   EventBridge's "... via CloudTrail": its detail is the record
 *   EventBridge's "GuardDuty Finding" and "Security Hub Findings - ..." ("Security Hub", section 2)
 *   what S3 and CloudTrail send to try a destination: nothing to do
 *
 * A pure function: nothing is asked, nothing kept. Any thread.
 */
#ifndef COLLECT_NOTIFICATION_H
#define COLLECT_NOTIFICATION_H

#include "base/arena.h"

enum {
    NOTIFICATION_WRAPPED_MAX = 3,         /* messages within messages */
    NOTIFICATION_ARENA_BYTES = 160 << 20, /* what a body of SQS_BODY_MAX may need */
};

typedef enum {
    NOTIFICATION_NOTHING, /* known, and no object was created */
    NOTIFICATION_OBJECTS,
    NOTIFICATION_EVENT,
    NOTIFICATION_FINDINGS,
} NotificationKind;

typedef struct NotificationObject {
    const char *uri; /* s3://BUCKET/KEY */
    Str etag;        /* without quotes; empty when it is not said */
    uint64_t bytes;  /* 0 when it is not said */
} NotificationObject;

typedef struct Notification {
    NotificationKind kind;
    const NotificationObject *objects;
    size_t count;
    Str event; /* the record's JSON text; of findings the whole event that carries them */
} Notification;

/* Findings of other products, as an event of EventBridge carries them. */
typedef struct NotificationFindings {
    const char *name; /* of what carried them, for messages */
    Str text;
    const char *bad; /* what is wrong with one of them; NULL: nothing */
} NotificationFindings;

/* Stores all of *list* for good, and fills in what is *bad*, in *arena*: findings beside it are
 * stored. False with *err*: nothing is stored. */
typedef bool (*NotificationTake)(void *context, NotificationFindings *list, size_t count,
                                 Arena *arena, Error *err);

/* Reads *body*. What *ret* holds lives as long as *arena* and *body*. ERROR_INPUT when it is
 * nothing that is known, with what it is not; ERROR_LIMIT when it is nested too deep. A record
 * without recipientAccountId gets the account of its envelope as that. */
bool notification_read(Str body, Arena *arena, Notification *ret, Error *err)
    __attribute__((warn_unused_result));

/* Whether *body* could be an event with findings: a look that costs little. */
bool notification_may_be_findings(Str body);

#endif
