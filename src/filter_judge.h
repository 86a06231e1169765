/* filter_judge.h - records tried with rules and then with filters, as ingest does, with nothing
 * kept.
 *
 * One thread owns a judge.
 */
#ifndef FILTER_JUDGE_H
#define FILTER_JUDGE_H

#include "base/command.h"
#include "filter/filter_run.h"

typedef struct FilterJudge FilterJudge;

/* Over *set*, borrowed, with the rules and lookups that *line* chooses. NULL with *err*; the caller
 * frees. */
FilterJudge *filter_judge_new(const CommandLine *line, const FilterSet *set, Error *err)
    __attribute__((warn_unused_result));
void filter_judge_free(FilterJudge *self);

/* What becomes of *view*, which comes from the parser of the record before unless filter_judge_pass
 * was called for one in between; *ret_detected*: rules matched it. False with *err*. */
bool filter_judge_take(FilterJudge *self, const RecordView *view, FilterVerdict *ret,
                       bool *ret_detected, Error *err) __attribute__((warn_unused_result));

/* A record is not judged. */
void filter_judge_pass(FilterJudge *self);

/* The filters' tallies and outcomes, and the record that was judged last. */
const FilterRun *filter_judge_run(const FilterJudge *self);
Document *filter_judge_document(FilterJudge *self);

#endif
