/* publish.h - publishes what is live in `parts` as an Iceberg snapshot. */
#ifndef LAKE_PUBLISH_H
#define LAKE_PUBLISH_H

#include "lake/lake.h"

/* Publishes a snapshot of the live parts when something changed since the last one. Called by the
 * thread that has the turn (claim.h). */
bool publish_lake(Lake *lake, Error *err) __attribute__((warn_unused_result));

#endif
