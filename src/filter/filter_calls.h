/* filter_calls.h - the functions of a set, called with a record that is kept, in their order.
 * Internal to filter_run.c.
 *
 * One thread owns a FilterCalls.
 */
#ifndef FILTER_FILTER_CALLS_H
#define FILTER_FILTER_CALLS_H

#include "filter/filter_run.h"

typedef struct FilterCalls FilterCalls;

/* Whether *set* has functions. */
bool filter_calls_wanted(const FilterSet *set);

/* Sandboxes for those of *set*, borrowed. NULL with *err*; the caller frees. */
FilterCalls *filter_calls_new(const FilterSet *set, Error *err) __attribute__((warn_unused_result));
void filter_calls_free(FilterCalls *calls);

/* As filter_run_set_derive. */
void filter_calls_set_derive(FilterCalls *calls, DocumentDerive derive, void *context);

/* A record, and where what comes of it is counted, by the filter's index. */
typedef struct FilterCall {
    const RecordView *view;
    bool detected;
    FilterTally *tallies;
    FilterOutcome *outcomes;
} FilterCall;

/* Calls those whose bit is in the verdict's redactions, and adds to the verdict what came of it.
 * False with *err*: memory. */
bool filter_calls_take(FilterCalls *calls, const FilterCall *call, FilterVerdict *verdict,
                       Error *err) __attribute__((warn_unused_result));

#endif
