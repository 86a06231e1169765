/* lake_hunt.h - hunts in the events of a lake: all rules at once, what a hunt in its logs finds.
 *
 * data files -> session (a share of them each) -> lake/row_view, records -> detect/matcher -> hunt
 *
 * Each worker reads every n-th data file as it was when the hunt began, through an engine of its
 * own; of each row it makes the view that the matcher asks, and where `extra` says more than the
 * columns do, the record. What correlations found is read again from the lake.
 */
#ifndef QUERY_LAKE_HUNT_H
#define QUERY_LAKE_HUNT_H

#include "base/config.h"
#include "hunt/hunt.h"
#include "lake/lake.h"
#include "query/scan.h"

typedef struct LakeHunt {
    const Lake *lake;     /* its folder is opened again by each worker */
    const Config *config; /* query.memory, query.temp */
    HuntOptions options;  /* objects, only and origin are not looked at */
} LakeHunt;

/* Hunts in all events of the lake from since to until; *ret_scanned* says what was opened. NULL
 * with *err*. */
Hunt *lake_hunt_run(const LakeHunt *wanted, ScanCount *ret_scanned, Error *err)
    __attribute__((warn_unused_result));

#endif
