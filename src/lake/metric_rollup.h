/* metric_rollup.h - points of metrics become coarser with age, as CloudWatch keeps them: minutes
 * for 15 days, five minutes for 63, hours for 455.
 *
 * (metric_cells.h) -> [metric_rollup]. A point of a coarser period is what its points add up to:
 * a record of such an age that still comes is added to it with the next roll-up. Where all of a
 * period's points were defaults, so is it; a default that was added up stays when a match comes
 * later than that.
 */
#ifndef LAKE_METRIC_ROLLUP_H
#define LAKE_METRIC_ROLLUP_H

#include "base/db.h"

enum { METRIC_ROLLUP_POINTS_MAX = 5000 /* that one call makes or removes */ };

/* Rolls up what is due at *now_us*, in one transaction of *db*, a connection that nobody else uses;
 * *ret_more*: some is left. On failure nothing has changed. */
bool metric_rollup(Db *db, int64_t now_us, bool *ret_more, Error *err)
    __attribute__((warn_unused_result));

#endif
