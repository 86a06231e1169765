/* part.h - a part: the records of some objects, made visible with their receipts in one step.
 *
 * filter -> [part] -> (query reads it)
 *
 * Architecture of the commit (docs/formats/commit.md): claim the fingerprints; write Parquet
 * files, the fingerprint run and the quarantine file under their final names and make them
 * durable; wait for the turn; insert everything into the state in one transaction. A file that
 * the state does not name does not exist. When a part that this one lost records to failed, all
 * is done again from the claim; the batch stays as it is until then.
 *
 * A PartStore belongs to one worker; the claim table and the state are shared through the turn.
 */
#ifndef LAKE_PART_H
#define LAKE_PART_H

#include "decode/batch.h"
#include "lake/claim.h"
#include "lake/digest_set.h"
#include "lake/drops.h"
#include "lake/metric_cells.h"
#include "lake/quarantine.h"
#include "lake/receipt.h"
#include "lake/signals.h"

typedef struct PartStore PartStore;

/* What becomes a part. Receipts ascend by row_first and cover all rows. */
typedef struct PartInput {
    const Batch *batch;
    Receipt *receipts; /* kept, duplicate, dropped, conflicting are filled by part_commit */
    size_t receipt_count;
    const QuarantineSet *quarantine;
    SignalHits signals; /* matches of rules on rows of the batch */
    MetricHits metrics; /* and of metric filters */
    DropMarks drops;    /* what filters said of the rows */
} PartInput;

typedef struct PartResult {
    uint64_t kept;
    uint64_t duplicate;
    uint64_t dropped;
    uint64_t conflicting;
    uint64_t signals; /* of kept records, those that are shown */
    uint64_t packed;  /* and those that correlations look at */
    uint64_t files;
    uint64_t bytes; /* of the Parquet files */
    int64_t commit_seq;
    unsigned attempts; /* 1 unless a winner failed */
} PartResult;

/* A store over *lake* and *claims*, both borrowed. NULL with *err*. */
PartStore *part_store_new(Lake *lake, ClaimTable *claims, Error *err)
    __attribute__((warn_unused_result));
void part_store_free(PartStore *store);

/* The digest files of the part that comes next, for the caller to add to: what the next part_commit
 * makes visible, and takes out when it succeeds. Owned by the store. */
DigestSet *part_store_digests(PartStore *store);

/* Keeps the bytes of an object of the next part where the lake keeps originals, if it does;
 * part_commit makes them durable before the part becomes visible. */
bool part_store_keep(PartStore *store, const Receipt *receipt, Str bytes, Error *err)
    __attribute__((warn_unused_result));

/* Makes the part durable and visible. On failure nothing of it is visible and its files are
 * removed, as far as that is possible. */
bool part_commit(PartStore *store, const PartInput *input, PartResult *ret, Error *err)
    __attribute__((warn_unused_result));

#endif
