/* filter_hide.h - what functions and redactions make of a record, with nothing stored: for filter
 * test and explain.
 *
 * One thread owns it.
 */
#ifndef FILTER_HIDE_H
#define FILTER_HIDE_H

#include "decode/record.h"
#include "filter/filter_run.h"

typedef struct FilterHide FilterHide;

/* Of *set*, finished, borrowed. NULL with *err*; the caller frees. */
FilterHide *filter_hide_new(const FilterSet *set, Error *err) __attribute__((warn_unused_result));
void filter_hide_free(FilterHide *self);

/* Which of the functions and redactions that *verdict* says are in force change the record *view*;
 * 0 when it is not stored. False with *err*. */
bool filter_hide_take(FilterHide *self, const RecordView *view, const FilterVerdict *verdict,
                      uint64_t *ret_changed, Error *err) __attribute__((warn_unused_result));

enum { FILTER_HIDE_VALUE_BYTES = 300 };

/* Appends, of the record that was taken last, a line for each member as it came and as it is
 * stored, where they differ, each after *indent*; values are cut to FILTER_HIDE_VALUE_BYTES. */
bool filter_hide_diff(FilterHide *self, const char *indent, Buf *out, Error *err)
    __attribute__((warn_unused_result));

#endif
