/* commit.h - the transaction that makes files visible: a part's, or a merge's.
 *
 * Called by the thread that has the turn (claim.h); nobody else uses the state then.
 */
#ifndef LAKE_COMMIT_H
#define LAKE_COMMIT_H

#include "lake/claim.h"
#include "lake/delivery_lag.h"
#include "lake/digest_set.h"
#include "lake/drops.h"
#include "lake/layout.h"
#include "lake/ledger.h"
#include "lake/metric_cells.h"
#include "lake/quarantine.h"
#include "lake/receipt.h"
#include "lake/signals.h"

/* A data file that becomes visible. */
typedef struct CommitFile {
    char path[LAYOUT_PATH_BYTES]; /* relative to the lake */
    int32_t day;
    uint64_t rows;
    uint64_t bytes;
    int64_t time_min;
    int64_t time_max;
    Str summary;   /* serialised ParquetSummary; borrowed */
    LedgerSum sum; /* of its rows */
} CommitFile;

/* What one transaction does. Pointers are borrowed for the call. */
typedef struct CommitPlan {
    const char *kind; /* "ingest", "merge", "retention", "reapply" */
    const CommitFile *files;
    size_t file_count;
    ClaimRun *runs; /* ids are filled */
    size_t run_count;
    const Receipt *receipts;
    size_t receipt_count;
    const QuarantineSet *quarantine; /* may be NULL */
    const char *quarantine_path;
    const DigestSet *digests; /* may be NULL */
    const SignalPack *pack;   /* may be NULL */
    SignalHits signals;       /* of *batch*, told unless *verdicts* makes their row a duplicate */
    MetricHits metrics;       /* of *batch*, counted on the same condition */
    DropMarks drops;          /* of *batch* */
    const DeliveryLag *lag;   /* may be NULL */
    const Batch *batch;       /* may be NULL when there are none */
    const uint8_t *verdicts;
    const int64_t *removed_parts; /* ids of parts that cease to be live */
    size_t removed_count;
    const int64_t *removed_runs;
    size_t removed_run_count;
    const char *why; /* for the ledger; NULL: nothing is to be said */
    Str detail;      /* of the ledger's entry; empty: none */
    /* What else belongs to the transaction; NULL: nothing. */
    bool (*more)(void *context, Error *err);
    void *more_context;
} CommitPlan;

/* Runs the transaction of *claim*, with its entry of the ledger, and stages its runs there. On
 * failure nothing has changed.
 * ERROR_BUSY when a removed part or run was not live any more: the plan is stale. */
bool commit_run(Lake *lake, Claim *claim, CommitPlan *plan, Error *err)
    __attribute__((warn_unused_result));

#endif
