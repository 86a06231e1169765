/* outbox.h - notices that wait for being told, and what became of them, in the state.
 *
 * findings -> (a trigger of the state) -> [outbox] -> courier
 *
 * A notice comes with the finding that it tells of, in one transaction (lake/state.c, the trigger
 * findings_told). It is routed once: then there is a delivery for each target, or none. A delivery
 * waits, is sent, or is dead after a day of tries. Deliveries of one target may be one message
 * (packing.h); its number is that of the delivery that stands for all of it. It is sent at least
 * once, always with the same key: who is killed between sending and noting it sends again.
 *
 * A connection of its own, not the lake's; each change is a short transaction of its own, or
 * within the caller's.
 */
#ifndef NOTIFY_OUTBOX_H
#define NOTIFY_OUTBOX_H

#include "base/arena.h"
#include "base/db.h"

enum { OUTBOX_NAME_BYTES = 128, OUTBOX_SUBJECT_BYTES = 64, OUTBOX_REASON_BYTES = 300 };

typedef struct OutboxNotice {
    int64_t id, at_us;
    char kind[16]; /* "finding" */
    char subject[OUTBOX_SUBJECT_BYTES];
} OutboxNotice;

/* The oldest notice that is not routed; *ret_any* is false when there is none. */
bool outbox_next(Db *db, OutboxNotice *ret, bool *ret_any, Error *err)
    __attribute__((warn_unused_result));

/* When a delivery is made, how long it waits, and in which bundle; empty: in none. */
typedef struct OutboxWait {
    int64_t now_us, wait_us;
    Str bundle;
} OutboxWait;

/* Adds a delivery of the notice; one that is there stays. It is due when the first one is that
 * waits in the bundle already. */
bool outbox_add(Db *db, int64_t notice, Str target, const OutboxWait *wait, Error *err)
    __attribute__((warn_unused_result));

/* A notice of its own, for *target* alone, as a test is. */
bool outbox_add_notice(Db *db, Str kind, Str subject, Str target, int64_t now_us, Error *err)
    __attribute__((warn_unused_result));

/* The notice is routed. */
bool outbox_routed(Db *db, int64_t notice, Error *err) __attribute__((warn_unused_result));

typedef struct OutboxDelivery {
    int64_t id, tries, made_us, due_us, done_us; /* done_us 0: not yet */
    char target[OUTBOX_NAME_BYTES];
    char state[8];
    char reason[OUTBOX_REASON_BYTES]; /* of the last failure */
    OutboxNotice notice;
} OutboxDelivery;

/* Whether a delivery is due that is in no message yet. */
bool outbox_any_loose(Db *db, int64_t now_us, bool *ret, Error *err)
    __attribute__((warn_unused_result));

/* The name behind *target* in the order of bytes for which anything waits, put in its place; it
 * begins with "". *ret_any* is false when there is none. */
bool outbox_next_target(Db *db, char target[OUTBOX_NAME_BYTES], bool *ret_any, Error *err)
    __attribute__((warn_unused_result));

/* Which messages are asked for: those for *target* that are due at *now_us*, *max* at most. */
typedef struct OutboxAsked {
    const char *target;
    int64_t now_us;
    int max;
} OutboxAsked;

/* The longest due first, each by the delivery that stands for it; *ret* has room for asked->max. */
bool outbox_due(Db *db, const OutboxAsked *asked, OutboxDelivery *ret, int *ret_count, Error *err)
    __attribute__((warn_unused_result));

/* Nothing that waits for *target* is sent any more: it is dead, and *reason* says why. */
bool outbox_bury(Db *db, const char *target, Str reason, Error *err)
    __attribute__((warn_unused_result));

/* A message was sent; or it failed, and is tried again at *due_us* (0: never again, it is dead). */
bool outbox_sent(Db *db, int64_t message, int64_t now_us, Error *err)
    __attribute__((warn_unused_result));
bool outbox_failed(Db *db, int64_t message, Str reason, int64_t due_us, Error *err)
    __attribute__((warn_unused_result));

typedef bool (*OutboxTake)(void *context, const OutboxDelivery *delivery, Error *err);

/* Calls *take* for each delivery of a message, the first one first. */
bool outbox_message(Db *db, int64_t message, OutboxTake take, void *context, Error *err)
    __attribute__((warn_unused_result));

/* The same for the newest *limit* deliveries in *state* (empty: any). */
bool outbox_each(Db *db, Str state, int64_t limit, OutboxTake take, void *context, Error *err)
    __attribute__((warn_unused_result));

/* Dead deliveries wait again, due now: all of the message that the one with this id belongs to, or
 * all that there are (0). */
bool outbox_replay(Db *db, int64_t delivery, int64_t now_us, int64_t *ret_count, Error *err)
    __attribute__((warn_unused_result));

#endif
