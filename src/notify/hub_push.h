/* hub_push.h - findings of ours taken to Security Hub.
 *
 * hub_outbox -> [hub_push] -> cloud/security_hub
 *
 * ("Security Hub", sections 1 to 3.) What was imported is never pushed. A finding goes out when it
 * came or changed, with an UpdatedAt that is later than the one before, for Security Hub ignores
 * others; one that another took in goes out once more, archived. One that is suppressed, or less
 * grave than is wanted, goes out only when it is known there. What is refused is tried again for
 * about a day; what the schema forbids, never.
 *
 * Used by one thread, with a connection to the state of its own.
 */
#ifndef NOTIFY_HUB_PUSH_H
#define NOTIFY_HUB_PUSH_H

#include <stdatomic.h>

#include "cloud/security_hub.h"
#include "notify/hub_outbox.h"

typedef struct HubPushOptions {
    const char *state; /* the lake's state database */
    Aws *aws;          /* borrowed */
    Str region;        /* whose Security Hub takes them; empty: that of each finding */
    Str account;       /* under which they are filed; empty: that of each finding */
    int severity_min;  /* 0 to 100 */
} HubPushOptions;

typedef struct HubPushTally {
    int64_t taken, failed, dead, dropped;
} HubPushTally;

typedef struct HubPush HubPush;

/* Opens the state; nothing is sent yet. *options* is copied, its texts are borrowed. NULL with
 * *err*; the caller frees. */
HubPush *hub_push_open(const HubPushOptions *options, Error *err)
    __attribute__((warn_unused_result));
void hub_push_free(HubPush *push);

/* Sends what is due, one call at most: *ret_more* tells that there may be more to do at once. False
 * with *err* when the state cannot be read or written; a failure to send is no error: it is noted,
 * told on standard error the first time, and nothing is sent for a while. */
bool hub_push_step(HubPush *push, bool *ret_more, Error *err) __attribute__((warn_unused_result));

/* What became of findings so far; lives as long as *push*. */
const HubPushTally *hub_push_tally(const HubPush *push);

/* The connection to the state that it uses. */
Db *hub_push_db(const HubPush *push);

#endif
