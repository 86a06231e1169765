/* hub_outbox.h - findings that wait for Security Hub, in the state.
 *
 * findings -> (triggers of the state) -> [hub_outbox] -> hub_push
 *
 * A row comes with the finding, and waits again when that changes, in one transaction, as long as
 * it is wanted (lake/state_hub_sql.h). Imported findings never get one. A row that waits is one
 * version of its finding: what changes while it is sent stays waiting. Rows are not those of
 * outbox.h: a notice tells people of one moment, each of them once, and makes a finding NOTIFIED;
 * here each finding has one place in another store, of which only the newest version counts, and a
 * hundred are one call.
 *
 * Each change is a short transaction of its own, or within the caller's.
 */
#ifndef NOTIFY_HUB_OUTBOX_H
#define NOTIFY_HUB_OUTBOX_H

#include "findings/finding.h"

enum {
    HUB_OUTBOX_REASON_BYTES = 300,
    HUB_OUTBOX_TRIES_MAX = 60, /* with the pauses between them about a day */
};

/* Whether findings that come or change from now on are to wait. */
bool hub_outbox_want(Db *db, bool wanted, Error *err) __attribute__((warn_unused_result));

typedef struct HubRow {
    char finding[FINDING_ID_BYTES];
    int64_t version, tries;
    int64_t sent_us; /* when it was taken last; 0: never */
    int64_t said_us; /* the UpdatedAt that it had then */
    int64_t due_us;
    char state[8];
    char reason[HUB_OUTBOX_REASON_BYTES]; /* of the last failure */
} HubRow;

/* Up to *max* rows that are due, the longest first. */
bool hub_outbox_due(Db *db, int64_t now_us, HubRow *ret, int max, int *ret_count, Error *err)
    __attribute__((warn_unused_result));

/* Its version was taken with *said_us* as UpdatedAt; a newer one waits on. */
bool hub_outbox_sent(Db *db, const HubRow *row, int64_t now_us, int64_t said_us, Error *err)
    __attribute__((warn_unused_result));

/* It failed: it waits for a while, twice as long as before, or is dead when *ends* says so or there
 * were too many tries; *ret_dead* tells. */
bool hub_outbox_failed(Db *db, const HubRow *row, bool ends, Str reason, bool *ret_dead, Error *err)
    __attribute__((warn_unused_result));

/* It is nothing that is to be told. */
bool hub_outbox_drop(Db *db, const HubRow *row, Error *err) __attribute__((warn_unused_result));

/* The finding waits anew, due now, unless it is an imported one; dead or not. */
bool hub_outbox_add(Db *db, Str finding, Error *err) __attribute__((warn_unused_result));

/* Calls *take* for each row, those that are dead first. */
typedef bool (*HubOutboxTake)(void *context, const HubRow *row, Error *err);
bool hub_outbox_each(Db *db, HubOutboxTake take, void *context, Error *err)
    __attribute__((warn_unused_result));

#endif
