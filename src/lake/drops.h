/* drops.h - what filters did with the rows of a part, counted with its commit.
 *
 * filter, redact -> [drops] -> part, state (filters, drops)
 *
 * A worker keeps a mark for each row of its batch: which filter dropped it, or spared it as it had
 * raised a signal. Once the claims say which rows are new, the dropped ones among them are not
 * written, and counted by object and filter in the part's transaction. A record that is dropped has
 * its fingerprint all the same: it is a duplicate when it comes again. Records in which something
 * was hidden are counted the same way.
 */
#ifndef LAKE_DROPS_H
#define LAKE_DROPS_H

#include "decode/batch.h"
#include "lake/receipt.h"

typedef struct FilterSet FilterSet; /* filter/filter_set.h */
struct RecordFilter;

/* What filters said of a row. */
typedef struct DropMark {
    uint16_t filter; /* its index in the set + 1; 0: none decided */
    bool dropped;    /* else, when one decided, it was spared */
    bool refused;    /* it is quarantined instead: a function failed on it */
} DropMark;

typedef struct DropMarks {
    const DropMark *marks; /* one per row of the batch; NULL: no filters are in force */
    const int64_t *ids;    /* of the filters in the state, by their index */
    size_t filter_count;
    const uint64_t *changed;   /* per row: the redactions that hid something; NULL: none did */
    const uint32_t *redactors; /* by the redaction's number: its filter's index */
} DropMarks;

enum { DROPS_FILTERS_MAX = 10000, DROPS_VERSION_BYTES = 17 };

/* The version of a filter: a hash of what its document says. */
void drops_version(const struct RecordFilter *filter, char ret[DROPS_VERSION_BYTES]);

/* Makes the filters of *set* known to the state of *lake*, a writer's; *ret_ids* has one for each.
 * ERROR_LIMIT when there are more than DROPS_FILTERS_MAX. */
bool drops_register(Lake *lake, const FilterSet *set, int64_t *ret_ids, Error *err)
    __attribute__((warn_unused_result));

/* The rows of a part, with what became of them. */
typedef struct DropRows {
    const Batch *batch;      /* NULL: there are none */
    const uint8_t *verdicts; /* one per row */
    const Receipt *receipts; /* of their objects */
    size_t receipt_count;
} DropRows;

/* Makes VERDICT_DROPPED or VERDICT_REFUSED of the verdicts of rows that filters dropped, or failed
 * on, and that are no duplicates. */
void drops_apply(const DropMarks *marks, const Batch *batch, uint8_t *verdicts);

/* Adds, inside the caller's transaction, what came of the rows of each receipt. */
bool drops_insert(const DropMarks *marks, const DropRows *rows, Lake *lake, Error *err)
    __attribute__((warn_unused_result));

/* What a filter did. */
typedef struct DropTotal {
    Str name, verb; /* they live during the call */
    int64_t dropped, spared, redacted;
} DropTotal;

typedef bool (*DropTake)(void *context, const DropTotal *total, Error *err);

/* Of which records totals are: of objects from *first_object* on, with events in [since, until), as
 * far as objects tell. */
typedef struct DropRange {
    int64_t first_object, since_us, until_us;
} DropRange;

/* Calls *take* for each filter that did something in *range*, those that dropped most first. */
bool drops_each(Db *db, const DropRange *range, DropTake take, void *context, Error *err)
    __attribute__((warn_unused_result));

/* As drops_each, of those that are not in *set*, by name and version, and dropped something: what
 * they dropped is not in the lake, and would be kept, as far as they are concerned. */
bool drops_each_gone(Db *db, const FilterSet *set, const DropRange *range, DropTake take,
                     void *context, Error *err) __attribute__((warn_unused_result));

#endif
