/* alarm_describe.h - metric filters and alarms as AWS's CLI prints them, made into files of
 * alarm_set.
 *
 * describe-metric-filters, describe-alarms -> [alarm_describe] -> YAML (alarm_set.h)
 *
 * "CloudWatch alarm evaluation", section 1; "CloudWatch Logs filter patterns", A6. What cannot be
 * carried is told by name, stands as a comment in the text, and keeps nothing else out.
 *
 * Invariants
 *   1. alarm_set_read takes what is written.
 *   2. An alarm is carried only with the filter that makes its metric, a composite one only with
 *      all alarms that it names.
 *
 * One thread.
 */
#ifndef WATCH_ALARM_DESCRIBE_H
#define WATCH_ALARM_DESCRIBE_H

#include "base/buf.h"

typedef struct AlarmDescribe AlarmDescribe;

typedef struct AlarmDescribeTally {
    int64_t filters, alarms, composites; /* that are carried */
    int64_t left_out;
} AlarmDescribeTally;

/* An empty collection. *tell* gets a line for each thing that cannot be carried. NULL with *err*;
 * the caller frees. */
AlarmDescribe *alarm_describe_new(void (*tell)(void *context, const char *line), void *context,
                                  Error *err) __attribute__((warn_unused_result));
void alarm_describe_free(AlarmDescribe *describe);

/* Adds what *text* holds: an answer of describe-metric-filters or describe-alarms, or a list of
 * what stands in one. Messages call it *file*. ERROR_INPUT: it is neither. */
bool alarm_describe_add(AlarmDescribe *describe, Str text, const char *file, Error *err)
    __attribute__((warn_unused_result));

/* Appends all that was added and can be carried, once, behind the last alarm_describe_add. */
bool alarm_describe_write(AlarmDescribe *describe, Buf *out, AlarmDescribeTally *ret, Error *err)
    __attribute__((warn_unused_result));

#endif
