/* publish_sweep.h - removes published metadata that no kept snapshot needs.
 *
 * Expired snapshots' lists and manifests, former metadata files, and what an interrupted
 * publication left. Only the writer sweeps.
 */
#ifndef LAKE_PUBLISH_SWEEP_H
#define LAKE_PUBLISH_SWEEP_H

#include "lake/lake.h"
#include "lake/sweep.h"

/* Called by the thread that has the turn (claim.h): nothing is being published then, so what no
 * kept snapshot and no listed metadata file names is nobody's. *dry_run* only counts; figures are
 * added to *report*. When what is published cannot be read, nothing is removed. */
bool publish_sweep(Lake *lake, bool dry_run, SweepReport *report, Error *err)
    __attribute__((warn_unused_result));

#endif
