/* finding_touched.h - what correlations' findings touched: the resources of the events behind them,
 * which the lake knows and their signals do not. */
#ifndef FINDING_TOUCHED_H
#define FINDING_TOUCHED_H

#include "base/config.h"
#include "lake/lake.h"

/* Works off what waits (finding_episode_end), two thousand findings in one question to the lake;
 * *ret_more* says that there is more. *db* writes to the state, *reader* is the lake as it is read.
 */
bool finding_touched_step(Db *db, Lake *reader, const Config *config, bool *ret_more, Error *err)
    __attribute__((warn_unused_result));

#endif
