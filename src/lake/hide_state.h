/* hide_state.h - hides what a plan says in what the state keeps of records: signals and their
 * packs, findings and their evidence, pieces that were set apart.
 *
 * reapply -> [hide_state] -> expire, vacuum. Each table is a transaction, and hiding twice is
 * hiding once, so that it can be begun again after any end. What is of a day in the temporary table
 * "held_days" (reapply.h) stays. Used by a writer that is alone.
 */
#ifndef LAKE_HIDE_STATE_H
#define LAKE_HIDE_STATE_H

#include "lake/hide_text.h"
#include "lake/lake.h"

typedef struct HideState {
    Lake *lake;
    HideText *texts;
    int64_t since_us, until_us; /* events in [since, until) */
} HideState;

/* In how many something was hidden. */
typedef struct HideReport {
    uint64_t signals, packs, findings, evidence, resources, pieces;
    uint64_t emptied; /* of the pieces: nothing could be searched, so all went */
    uint64_t held;    /* packs and pieces that stay, as a day of theirs is on hold */
} HideReport;

/* Does so. The connection knows the function of SQL "hide" afterwards (hide_text.h), which must not
 * be called when hide->texts is gone. */
bool hide_state_run(const HideState *hide, HideReport *ret, Error *err)
    __attribute__((warn_unused_result));

#endif
