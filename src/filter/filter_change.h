/* filter_change.h - a record that a function of the operator changed, read again.
 *
 * One thread owns a FilterChange.
 */
#ifndef FILTER_FILTER_CHANGE_H
#define FILTER_FILTER_CHANGE_H

#include "decode/record.h"

typedef struct FilterChange FilterChange;

/* NULL with *err*; the caller frees. */
FilterChange *filter_change_new(Error *err) __attribute__((warn_unused_result));
void filter_change_free(FilterChange *change);

/* The view of *event*, JSON, alive until the next call; what *before* was. *ret_why*, a line, says
 * why it cannot be stored: it is no record, or a member by which records are known is another one
 * (redaction.h). False with *err*: memory. */
bool filter_change_read(FilterChange *change, Str event, const RecordView *before,
                        const RecordView **ret, const char **ret_why, Error *err)
    __attribute__((warn_unused_result));

#endif
