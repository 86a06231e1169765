/* filter_run.h - tries the filters of a set on records, in their order.
 *
 * decode -> derive -> detect -> [filter_run] -> lake
 *
 * The first filter that drops a record, or keeps it, ends the matter; a sample drops all but one in
 * so many, chosen by a hash of the eventID and the filter's name, so that another run chooses the
 * same ones and what two samples keep stands for the product. What raised a signal is kept, unless
 * the filter says even_if_detected, and a filter that spares it adds nothing to what it stands for.
 * Redactions end nothing: all whose condition holds are in force for what is stored. Functions
 * are called last, in their order, each with what the one before made of the record.
 *
 * Invariants
 *   1. records = kept + the sum of what each filter dropped.
 *   2. A filter's matched = dropped + spared + what its sample kept, or, of keep, what it kept.
 *   3. A record on which a function failed is not dropped, and not kept: who calls quarantines it.
 *
 * One worker owns a run; the set is shared.
 */
#ifndef FILTER_FILTER_RUN_H
#define FILTER_FILTER_RUN_H

#include "detect/document.h"
#include "filter/filter_set.h"

enum { FILTER_FACTOR_MAX = INT32_MAX };

typedef struct FilterRun FilterRun;

/* What becomes of a record. */
typedef struct FilterVerdict {
    const RecordFilter *by; /* who dropped it; NULL: it is kept */
    int decided;         /* the filter that dropped it, else the first that spared it; -1: none */
    uint32_t factor;     /* how many records it stands for, at most FILTER_FACTOR_MAX */
    uint64_t redactions; /* in force for it: bits of the set's plan */
    /* Of functions, which are called with what is kept; texts and view until the next record. */
    const RecordView *changed;  /* the record as functions changed it; NULL: none did */
    uint64_t changed_by;        /* bits of the set's plan */
    const RecordFilter *failed; /* one that failed on it; NULL: none did */
    const RecordFilter *over;   /* one that was turned off at it; NULL: none was */
    const char *why;            /* of both: a line with the place in the function's text */
    uint64_t instructions;      /* that functions took, by thousands */
    size_t memory;              /* that their sandboxes hold */
} FilterVerdict;

/* What a filter did so far. */
typedef struct FilterTally {
    uint64_t matched;
    uint64_t dropped;
    uint64_t dropped_bytes; /* of the records' texts, as far as a view has them */
    uint64_t spared;        /* kept, as they raised a signal */
    uint64_t changed;       /* by a function */
    uint64_t failed;        /* on which it failed */
} FilterTally;

/* A run over *set*, borrowed. NULL with *err*. */
FilterRun *filter_run_new(const FilterSet *set, Error *err) __attribute__((warn_unused_result));
void filter_run_free(FilterRun *run);

/* Gives the member `derived` of records, for conditions that ask for it (document_set_derive). */
void filter_run_set_derive(FilterRun *run, DocumentDerive derive, void *context);

/* What becomes of the record *view*, which comes from the parser of the one before, or
 * filter_run_forget was called in between; *detected*: it raised a signal. False with *err*. */
bool filter_run_take(FilterRun *run, const RecordView *view, bool detected, FilterVerdict *ret,
                     Error *err) __attribute__((warn_unused_result));
void filter_run_forget(FilterRun *run);

/* A record that was stored before, and what filters did with it then. */
typedef struct FilterStored {
    const RecordView *view;
    bool detected;
    bool sampled;    /* it stands for others: samples pass over it */
    uint64_t called; /* functions that changed it, bits of the set's plan: they are not called */
} FilterStored;

/* As filter_run_take, of *stored*: what becomes of it when filters are applied to a lake. The
 * factor is 1 where it was sampled before. */
bool filter_run_take_stored(FilterRun *run, const FilterStored *stored, FilterVerdict *ret,
                            Error *err) __attribute__((warn_unused_result));

/* What the filter *index* did, and how many records there were. */
const FilterTally *filter_run_tally(const FilterRun *run, size_t index);
uint64_t filter_run_records(const FilterRun *run);

/* The filters that were looked at for the record that was taken last, and how each ended. */
typedef enum {
    FILTER_OUTCOME_PASSED, /* its condition does not hold */
    FILTER_OUTCOME_DROPPED,
    FILTER_OUTCOME_KEPT,
    FILTER_OUTCOME_SAMPLED, /* one of those that the sample keeps */
    FILTER_OUTCOME_SPARED,
    FILTER_OUTCOME_NOT_ASKED, /* an earlier one ended the matter */
    FILTER_OUTCOME_REDACTS,   /* it hides what it finds */
    FILTER_OUTCOME_SAME,      /* the function left it alone */
    FILTER_OUTCOME_CHANGED,
    FILTER_OUTCOME_FAILED,
    FILTER_OUTCOME_OFF, /* the function is turned off */
} FilterOutcome;
FilterOutcome filter_run_outcome(const FilterRun *run, size_t index);

#endif
