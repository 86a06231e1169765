/* retain_side.h - retention of what lies beside records: pieces set apart, and originals.
 *
 * Their records are not looked at: a hold on account and time holds them whoever the principal is
 * (hold_state_sql). Their time is that of the log's delivery, by its name, else when it was read.
 * Used by a writer that is alone, or for a dry run by a reader.
 */
#ifndef LAKE_RETAIN_SIDE_H
#define LAKE_RETAIN_SIDE_H

#include "lake/lake.h"
#include "lake/retain_policy.h"

typedef struct RetainSide {
    uint64_t go;    /* pieces, or objects */
    uint64_t bytes; /* of those */
    uint64_t held;
} RetainSide;

/* Deletes what is due, or with *dry_run* tells it: pieces of quarantine files. A file goes with the
 * last of its pieces. */
bool retain_quarantine(Lake *lake, const RetainPolicy *policy, int32_t today, bool dry_run,
                       RetainSide *ret, Error *err) __attribute__((warn_unused_result));

/* The same of originals (originals.h), but for digests, which are kept. */
bool retain_originals(Lake *lake, const RetainPolicy *policy, int32_t today, bool dry_run,
                      RetainSide *ret, Error *err) __attribute__((warn_unused_result));

#endif
