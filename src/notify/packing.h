/* packing.h - makes messages of deliveries that are due: of a bundle one, of a target no more than
 * it wants in a time.
 *
 * outbox -> [packing] -> courier
 */
#ifndef NOTIFY_PACKING_H
#define NOTIFY_PACKING_H

#include "base/db.h"
#include "notify/targets.h"

enum { PACKING_NOTICES_MAX = 100 }; /* in one message */

/* Puts what is due at *now_us* and in no message yet into messages. Where a target had as many as
 * its limit allows, what is left waits until one more is allowed, and is one bundle from then on.
 * Within the caller's transaction, if it has one. */
bool packing_run(Db *db, const Targets *targets, int64_t now_us, Error *err)
    __attribute__((warn_unused_result));

#endif
