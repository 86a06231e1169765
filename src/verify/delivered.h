/* delivered.h - the log in which CloudTrail delivered an event that came another way first: by a
 * queue, a delivery, the event history, a log group.
 *
 * The row that came first stays (lake/fingerprint.h); the log has its record too, and only a log is
 * listed by a digest. Logs of the event's account and region, where it says them, are looked
 * through in the order of their delivery, from the time of the event on. Used by one thread.
 */
#ifndef VERIFY_DELIVERED_H
#define VERIFY_DELIVERED_H

#include "base/json.h"
#include "verify/store_lake.h"

enum { DELIVERED_TEXT_BYTES = 200 };

typedef struct Delivered {
    bool found;
    int64_t object_id; /* of the log */
    int32_t record_index;
    Buf record;                          /* as the log has it; the caller frees */
    bool same;                           /* as the row, but for what envelopes leave out */
    char left_out[DELIVERED_TEXT_BYTES]; /* the members that the row has not, with commas */
    char differs[DELIVERED_TEXT_BYTES];  /* when it is not the same: the first that differs */
} Delivered;

/* Whether *source*, as the state calls it, is a way on which no logs come. */
bool delivered_is_asked(Str source);

/* Looks for the event of the row *record*, which is of *time_us*. False with *err* when the state
 * cannot be read or memory ran out; logs that cannot be read are passed over. */
bool delivered_find(StoreLake *kept, Str record, int64_t time_us, Delivered *ret, Error *err)
    __attribute__((warn_unused_result));

#endif
