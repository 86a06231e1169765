/* eventbridge_envelope.h - a CloudTrail record as the event that EventBridge makes of it. */
#ifndef DETECT_EVENTBRIDGE_ENVELOPE_H
#define DETECT_EVENTBRIDGE_ENVELOPE_H

#include "detect/expr.h"

/* Whether an event pattern names members of EventBridge's envelope (source, detail, ...). */
bool eventbridge_envelope_wanted(const Expr *expr);

/* The event for a record; *event* itself when it is no record, or has an envelope. NULL with *err*:
 * memory. The tree borrows from the record. */
const Json *eventbridge_envelope(const Json *event, Arena *arena, Error *err)
    __attribute__((warn_unused_result));

#endif
