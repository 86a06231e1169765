/* push_delivery.h - what Firehose delivers to an HTTP endpoint: records, as they were put into it.
 *
 * ("Lake Formation, Glue, Lambda, S3", section 10). What a record holds is decode's to tell: events
 * of EventBridge, of CloudWatch Logs behind a subscription, or CloudTrail's own. A pure function.
 */
#ifndef COLLECT_PUSH_DELIVERY_H
#define COLLECT_PUSH_DELIVERY_H

#include "base/arena.h"
#include "base/buf.h"

enum {
    PUSH_BODY_MAX = 100 << 20, /* 64 MiB of records, in base64 */
    PUSH_RECORDS_MAX = 10000,
    PUSH_ID_MAX = 64,
};

typedef struct PushDelivery {
    Str request_id; /* letters, digits and '-' */
    size_t count;   /* of records */
    Str text;       /* those that are text, a line end behind each, but for findings */
    Str *packed;    /* those that are gzip */
    size_t packed_count;
    Str *findings; /* those that are events with findings (notification.h) */
    size_t findings_count;
} PushDelivery;

/* Reads *body*. What *ret* holds lives as long as *arena*, which should be able to hold three
 * times as much. ERROR_INPUT names the record and what is wrong with it. */
bool push_delivery_read(Str body, Arena *arena, PushDelivery *ret, Error *err)
    __attribute__((warn_unused_result));

/* Whether *id* is one that Firehose could have made. */
bool push_delivery_is_id(Str id);

#endif
