/* merge_runs.h - several fingerprint runs of a day become one. Internal to merge.c.
 *
 * Runs are never changed; the new one holds what the old ones held, sorted and once.
 */
#ifndef LAKE_MERGE_RUNS_H
#define LAKE_MERGE_RUNS_H

#include "lake/claim.h"

/* Writes the fingerprints of *runs* (of one day, *count* > 0 of them) into the new file
 * merged->path of *lake*, durable, and fills the other members of *merged* but for the id. On
 * failure the file may be there. */
bool merge_runs(const Lake *lake, const ClaimRun *runs, size_t count, ClaimRun *merged, Error *err)
    __attribute__((warn_unused_result));

#endif
