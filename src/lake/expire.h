/* expire.h - deletes data files that no kept snapshot and no running query needs any more.
 *
 * A part that a merge removed stays on disk until every published snapshot that names it has
 * expired, and at least EXPIRE_AGE_US after its removal, which is longer than a query may run.
 */
#ifndef LAKE_EXPIRE_H
#define LAKE_EXPIRE_H

#include "lake/lake.h"
#include "lake/publish.h"
#include "lake/publish_sweep.h"

#define EXPIRE_AGE_US (INT64_C(3600) * 1000000)

typedef struct ExpireReport {
    uint64_t files;
    uint64_t bytes;
    uint64_t waiting; /* removed parts that are still needed */
    SweepReport metadata;
} ExpireReport;

/* Expires snapshots under *policy*, deletes what they alone needed, and the removed parts that
 * nobody needs; what was asked of files between runs (query/asked.h) goes as well. The lake is a
 * writer's; called by the thread that has the turn (claim.h). */
bool expire_lake(Lake *lake, const PublishPolicy *policy, ExpireReport *ret, Error *err)
    __attribute__((warn_unused_result));

/* The same at once: one new snapshot stays, which tells nothing of those before, and what is
 * removed goes however new it is. A query that reads it meanwhile ends with an error. */
bool expire_at_once(Lake *lake, ExpireReport *ret, Error *err) __attribute__((warn_unused_result));

#endif
