/* pace.h - how a target wants to be told: what comes together, how much of it, and when not.
 *
 * spoor.yml -> [pace] -> courier, packing
 *
 * Members of an element of notify.targets. A delivery that is not told at once is put into a
 * bundle; what is due of a bundle becomes one message (packing.h). Pure.
 */
#ifndef NOTIFY_PACE_H
#define NOTIFY_PACE_H

#include "base/buf.h"
#include "detect/rule.h"

typedef enum { PACE_ALL, PACE_RULE, PACE_ACCOUNT, PACE_PRINCIPAL, PACE_LEVEL } PaceBy;

typedef struct Pace {
    int64_t wait_us; /* group_wait: what comes within it is one message; 0: each is its own */
    PaceBy by;       /* group_by: of what has the same of that */
    int limit;       /* messages within per_us; 0: any number */
    int64_t per_us;
    int quiet_from, quiet_minutes; /* of the day, in the zone of display; minutes 0: never */
    RuleLevel quiet_level;         /* what is at least that grave is told all the same */
} Pace;

/* Reads group_wait, group_by, limit, quiet and quiet_level of an element (config_item_member).
 * NULL, or what is wrong: a text that lives for ever. */
const char *pace_read(Str item, Pace *ret);

/* Whether anything is asked for. */
bool pace_is_set(const Pace *pace);

/* What is asked of a pace: a notice. */
typedef struct PaceAsked {
    RuleLevel level;
    Str rule, account, principal; /* of an alarm: its name as the rule */
    int minute;                   /* of the day, in the zone of display */
} PaceAsked;

/* How long that has to wait, in microseconds; 0: not at all. Appends the name of the bundle that it
 * waits in to *bundle*, nothing when it is told by itself. */
bool pace_of(const Pace *pace, const PaceAsked *asked, int64_t *ret_wait_us, Buf *bundle,
             Error *err) __attribute__((warn_unused_result));

#endif
