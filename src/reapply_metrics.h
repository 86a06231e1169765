/* reapply_metrics.h - hides what a plan says in the dimensions of metrics.
 *
 * Which member of a record a dimension is, its metric filter says: series of filters that are not
 * in force stay, and are counted. So do those with points of a day in the state's temporary table
 * "held_days" (lake/reapply.h).
 */
#ifndef REAPPLY_METRICS_H
#define REAPPLY_METRICS_H

#include "lake/hide_text.h"
#include "lake/lake.h"
#include "watch/alarm_set.h"

typedef struct ReapplyMetrics {
    uint64_t hidden;  /* series */
    uint64_t unknown; /* with dimensions, of filters that are not in force */
    uint64_t held;
} ReapplyMetrics;

/* *alarms* may be NULL: no filter is in force. In one transaction. */
bool reapply_metrics(Lake *lake, const AlarmSet *alarms, HideText *texts, ReapplyMetrics *ret,
                     Error *err) __attribute__((warn_unused_result));

#endif
