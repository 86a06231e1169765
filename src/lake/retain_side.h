/* retain_side.h - retention of what lies beside records: pieces set apart, and originals
 * (retain_originals.c).
 *
 * A hold on the account and time of a log holds all of it (hold_state_sql); else, where a hold may
 * name some of its records, they are read (retain_judge.h). Their time is that of the log's
 * delivery, by its name, else when it was read. Used by a writer that is alone, or for a dry run by
 * a reader.
 */
#ifndef LAKE_RETAIN_SIDE_H
#define LAKE_RETAIN_SIDE_H

#include "lake/lake.h"
#include "lake/retain_policy.h"

typedef struct RetainSide {
    uint64_t go;    /* pieces, or objects */
    uint64_t bytes; /* of those */
    uint64_t held;
    uint64_t locked; /* Object Lock keeps them until it ends */
} RetainSide;

/* Deletes what is due, or with *dry_run* tells it: pieces of quarantine files. A file goes with the
 * last of its pieces. */
bool retain_quarantine(Lake *lake, const RetainPolicy *policy, int32_t today, bool dry_run,
                       RetainSide *ret, Error *err) __attribute__((warn_unused_result));

/* The same of originals (originals.h), but for digests, which are kept. */
bool retain_originals(Lake *lake, const RetainPolicy *policy, int32_t today, bool dry_run,
                      RetainSide *ret, Error *err) __attribute__((warn_unused_result));

/* Which rows of the state a side is about. */
typedef struct RetainRows {
    const char *columns; /* of the temporary table "going", but for held */
    const char *from;    /* with a condition */
    const char *time;    /* microseconds */
    const char *known;   /* whether it is the delivery's */
} RetainRows;

/* For originals and pieces: lists what was kept long enough into the temporary table "going", which
 * the caller drops. */
bool retain_side_list(Lake *lake, const RetainRows *rows, const RetainPolicy *policy, int32_t today,
                      Error *err) __attribute__((warn_unused_result));

/* For retention: what went of *table*, as the ledger calls it, as an entry of the ledger, inside
 * the caller's transaction. */
bool retain_side_tell(Lake *lake, const char *table, const RetainPolicy *policy,
                      const RetainSide *told, Error *err) __attribute__((warn_unused_result));

#endif
