/* queue_source.h - the objects that a queue's messages announce, and the events that they carry.
 *
 * sqs, notification -> [queue_source] -> object_list
 *
 * Messages are taken in waves: what they name is listed, the caller ingests it, and then each
 * message whose objects are all in is deleted. Until then it is kept from others. A message whose
 * objects did not come in stays in the queue and comes again when its visibility has run out.
 *
 * Invariants
 *   1. A message is deleted only when `is_in` said of each of its objects that it is in.
 *   2. A message that says nothing known, or that was received more often than receives_max and
 *      is not in, becomes a carried object with the reason (object_list.h): deleted when that is
 * in.
 *   3. A message with findings is deleted when they are stored.
 *   4. Events that messages carry become carried objects {"Records":[...]} by the name of the first
 *      message in them.
 *
 * One thread calls everything but queue_source_tick, which another one calls meanwhile.
 */
#ifndef COLLECT_QUEUE_SOURCE_H
#define COLLECT_QUEUE_SOURCE_H

#include "cloud/aws.h"
#include "collect/notification.h"
#include "collect/object_list.h"

enum {
    QUEUE_RECEIVES_MAX = 5,
    QUEUE_MESSAGES_MAX = 2000 /* of a wave, about */
};

/* What the caller knows of an object by this name. */
typedef enum {
    QUEUE_MISSING,
    QUEUE_SAME,  /* it is in, with this etag */
    QUEUE_OTHER, /* it is in with another one */
} QueueMatch;

typedef struct QueueSource QueueSource;

typedef struct QueueSourceOptions {
    Aws *aws;
    Str uri;       /* as in sqs.h; borrowed */
    int visible_s; /* how long messages are kept from others at a time */
    /* Looks up an object by what object_list_source and object_list_path say. */
    bool (*is_in)(void *context, Str source, Str key, Str etag, QueueMatch *ret, Error *err);
    /* Stores the findings that messages carry; NULL: such a message says nothing known. */
    NotificationTake take_findings;
    /* Told what is set aside and what cannot be done, a line each. */
    void (*tell)(void *context, const char *line);
    void *context;
} QueueSourceOptions;

/* Messages so far: received = deleted + left + those of the wave under way. */
typedef struct QueueSourceTally {
    uint64_t received;
    uint64_t deleted;
    uint64_t left;      /* their objects are not in, or they could not be deleted */
    uint64_t set_aside; /* of those that were deleted */
} QueueSourceTally;

/* Finds the queue. NULL with *err*; the caller frees. */
QueueSource *queue_source_open(const QueueSourceOptions *options, Error *err)
    __attribute__((warn_unused_result));
void queue_source_free(QueueSource *source);

/* Settles the wave before, takes the next one, waiting up to *wait_s* seconds for a first message,
 * and adds to *list* what is not in. *ret_any*: whether messages came. */
bool queue_source_next(QueueSource *source, ObjectList *list, int wait_s, bool *ret_any, Error *err)
    __attribute__((warn_unused_result));

/* Deletes the messages of the wave before whose objects are in, and forgets the others. */
bool queue_source_settle(QueueSource *source, Error *err) __attribute__((warn_unused_result));

/* Keeps the wave's messages from others for longer when that is due; returns at once. With
 * *stopping* no more messages are taken, and waits end. */
void queue_source_tick(QueueSource *source, bool stopping);

/* What was done so far; lives as long as *source*. */
const QueueSourceTally *queue_source_tally(const QueueSource *source);

#endif
