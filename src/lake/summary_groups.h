/* summary_groups.h - the rows of a batch counted by hour, caller, call, region and outcome.
 *
 * Rows of a group agree in all columns of the table `summary` but its counts and times. Codes stand
 * for texts, so a group of one batch whose dictionary holds a text twice may come twice. One worker
 * owns a SummaryGroups and its memory.
 */
#ifndef LAKE_SUMMARY_GROUPS_H
#define LAKE_SUMMARY_GROUPS_H

#include "decode/batch.h"

/* What the rows of a group agree in: hours since 1970 and codes of the batch's columns, 0 for NULL.
 * A flag is its value + 1. Without gaps, so that its bytes can be compared. */
typedef struct SummaryKey {
    int64_t hour;
    uint32_t account, type, principal, source, name, region, error, action, category;
    uint32_t caller;
    uint8_t caller_leaf;               /* which of SUMMARY_CALLER the caller's code is of */
    uint8_t read_only, human, console; /* flags */
    uint8_t failed;                    /* 1: it has an error's code or message */
    uint8_t unused[3];
} SummaryKey;

typedef struct SummaryGroup {
    SummaryKey key;
    uint64_t hash;
    int64_t first_us, last_us;
    uint32_t events;
} SummaryGroup;

/* Who made a call: the first of these that is there, of principalId only one that is not empty. */
enum { SUMMARY_CALLERS = 5 };
extern const FieldNode SUMMARY_CALLER[SUMMARY_CALLERS];

typedef struct SummaryGroups SummaryGroups;

/* NULL with *err*. */
SummaryGroups *summary_groups_new(Error *err) __attribute__((warn_unused_result));
void summary_groups_free(SummaryGroups *self);

/* Counts *count* rows of *batch* anew. */
bool summary_groups_count(SummaryGroups *self, const Batch *batch, const uint32_t *rows,
                          uint32_t count, Error *err) __attribute__((warn_unused_result));

/* The *ret_count* groups of the last count, in the order of their first rows, until the next. */
const SummaryGroup *summary_groups_items(const SummaryGroups *self, size_t *ret_count);

#endif
