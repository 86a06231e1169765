/* reapply_tally.h - what becomes of a day's rows when filters are applied to them again, counted.
 *
 * [reapply_tally] -> reapply. By filter for people and the ledger, by object for the state's
 * receipts, and as sums of the ledger: rows that were read = rows that are written + dropped +
 * changed_from - changed_to.
 */
#ifndef LAKE_REAPPLY_TALLY_H
#define LAKE_REAPPLY_TALLY_H

#include "filter/filter_set.h"
#include "lake/ledger_sum.h"

/* What became of the rows of a batch. */
typedef struct ReapplyRows {
    Batch *batch;            /* those that stay, in their order */
    const uint32_t *from;    /* of each, its row among those that were read */
    const uint8_t *touched;  /* of each: it is not as it was */
    const uint64_t *changed; /* of each, the redactions and functions that changed it; NULL: none */
    const uint16_t *dropped_by; /* of each that was read: the filter's index + 1; 0: it stays */
    uint64_t failed;            /* rows on which a function failed: they stay without it */
} ReapplyRows;

typedef struct ReapplyCount {
    uint64_t dropped, changed;
} ReapplyCount;

typedef struct ReapplyTally {
    const FilterSet *set;
    ReapplyCount *filters; /* by index */
    uint64_t rows, dropped, changed, failed;
    LedgerSum before, gone, changed_from, changed_to;
    LedgerSummer summer;
    uint32_t *order; /* rows of a batch that are summed together */
    uint32_t order_max;
    Db *db;              /* counts by object go to its table "reapplied"; NULL: to none */
    const int64_t *ids;  /* of the filters in the state */
    uint32_t *redactors; /* by the redaction's number: its filter's index */
} ReapplyTally;

/* Zero counts over *set*, borrowed. False with *err*; the caller ends it with reapply_tally_free in
 * any case. */
bool reapply_tally_init(ReapplyTally *self, const Lake *lake, const FilterSet *set, Error *err)
    __attribute__((warn_unused_result));
void reapply_tally_free(ReapplyTally *self);

/* Counts are zero again. */
void reapply_tally_reset(ReapplyTally *self);

/* Adds the rows of *read* and what became of them. */
bool reapply_tally_add(ReapplyTally *self, const Batch *read, const ReapplyRows *rows, Error *err)
    __attribute__((warn_unused_result));

/* From now on counts go by object, too: filters have *ids* in the state of *lake*, a writer's.
 * reapply_tally_objects adds them to its receipts and drops, inside the caller's transaction. */
bool reapply_tally_by_object(ReapplyTally *self, Lake *lake, const int64_t *ids, Error *err)
    __attribute__((warn_unused_result));
bool reapply_tally_objects(ReapplyTally *self, Error *err) __attribute__((warn_unused_result));

#endif
