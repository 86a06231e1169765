/* publish.h - publishes what is live in `parts` as an Iceberg snapshot, and the receipts as another
 * table (object_table.h); writes the ledger outside of the state (ledger_file.h).
 *
 * docs/formats/iceberg-publication.md. The catalog's pointer is the truth of what is published,
 * the state the truth of what is live; a publication is what leads from one to the other, so it
 * can be repeated after a crash at any step. What a crash leaves is swept by
 * publish_sweep.h.
 */
#ifndef LAKE_PUBLISH_H
#define LAKE_PUBLISH_H

#include "lake/lake.h"

/* Which snapshots stay readable: a snapshot goes when it is older than age_max_ms or
 * count_max newer ones exist, but never while it is younger than age_min_ms, and never the
 * current one. */
typedef struct PublishPolicy {
    int64_t age_min_ms;
    int64_t age_max_ms;
    size_t count_max;
} PublishPolicy;

/* 1 h, 24 h, 200. */
extern const PublishPolicy PUBLISH_POLICY_DEFAULT;

/* Publishes a snapshot of the live parts when something changed since the last one, expires old
 * snapshots, and repairs what an interrupted publication left undone. When the lake's folder was
 * moved, or what was published cannot be read, everything live is published anew: same table, no
 * former snapshots. Called by the thread that has the turn (claim.h). */
bool publish_lake(Lake *lake, Error *err) __attribute__((warn_unused_result));

/* The same in the midst of a run: the ledger's head is told over a net once an hour at most
 * (ledger_head.h), so a call of another must follow at the end. */
bool publish_between(Lake *lake, Error *err) __attribute__((warn_unused_result));

/* As publish_lake, under *policy*; with *always*, also when nothing changed. */
bool publish_now(Lake *lake, const PublishPolicy *policy, bool always, Error *err)
    __attribute__((warn_unused_result));

/* Publishes one snapshot of what is live, whatever was published before: same table where that can
 * be read, no former snapshots. For a state that was made anew. */
bool publish_anew(Lake *lake, Error *err) __attribute__((warn_unused_result));

/* A file of *table* ("cloudtrail" or "objects") that was removed at a commit up to *ret_seq* is
 * named by no kept snapshot: it may go. */
bool publish_released_seq(Lake *lake, const char *table, int64_t *ret_seq, Error *err)
    __attribute__((warn_unused_result));

#endif
