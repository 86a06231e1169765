/* push_source.h - an HTTP endpoint that Firehose delivers to.
 *
 * http_server, push_delivery -> [push_source] -> object_list
 *
 * Deliveries become carried objects "firehose/REQUEST_ID[/NUMBER]": the records that are text
 * together, each that is gzip by itself. Findings of other products are stored as they come; those
 * that cannot be read become carried objects "firehose/REQUEST_ID/finding-NUMBER". A delivery is
 * answered with 200 only when its objects are in; what is answered otherwise, or not at all,
 * Firehose sends again under the same id, and what of it is in already stays once ("Lake Formation,
 * Glue, Lambda, S3", section 10).
 *
 * One thread calls everything.
 */
#ifndef COLLECT_PUSH_SOURCE_H
#define COLLECT_PUSH_SOURCE_H

#include "collect/notification.h"
#include "collect/object_list.h"

typedef struct PushSource PushSource;

typedef struct PushSourceOptions {
    Str url; /* http://ADDRESS:PORT or https://ADDRESS:PORT; an IPv6 address in brackets */
    const char *access_key_file;             /* what deliveries have to know; NULL: nothing */
    const char *certificate_file, *key_file; /* of https */
    /* Whether the object is in, by what object_list_source and object_list_path say. */
    bool (*is_in)(void *context, Str source, Str key, Str etag, bool *ret, Error *err);
    /* Stores the findings that deliveries hold; NULL: they are told, and kept aside. */
    NotificationTake take_findings;
    /* Told what was refused, a line each. */
    void (*tell)(void *context, const char *line);
    void *context;
} PushSourceOptions;

typedef struct PushSourceTally {
    uint64_t deliveries; /* that were taken */
    uint64_t done;       /* answered with 200 */
    uint64_t refused;    /* requests that were no deliveries, or not allowed */
    uint64_t records;    /* of those taken */
} PushSourceTally;

/* Listens. ERROR_USAGE for a URL that is none, for http beyond this machine, for a key that is
 * needed and not given. NULL with *err*; the caller frees. */
PushSource *push_source_open(const PushSourceOptions *options, Error *err)
    __attribute__((warn_unused_result));
void push_source_free(PushSource *source);

/* The port that it listens at. */
uint16_t push_source_port(const PushSource *source);

/* Settles the deliveries before, waits up to *wait_us* for the next ones and adds what they carry
 * to *list*. *ret_any*: whether some came. */
bool push_source_next(PushSource *source, ObjectList *list, int64_t wait_us, bool *ret_any,
                      Error *err) __attribute__((warn_unused_result));

/* Answers the deliveries whose objects are in with 200, the others with 503. */
bool push_source_settle(PushSource *source, Error *err) __attribute__((warn_unused_result));

/* What was done so far; lives as long as *source*. */
const PushSourceTally *push_source_tally(const PushSource *source);

#endif
