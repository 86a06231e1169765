/* redaction_check.h - whether what filters hide is what correlations and metrics need. */
#ifndef REDACTION_CHECK_H
#define REDACTION_CHECK_H

#include "filter/filter_set.h"
#include "watch/alarm_set.h"

/* ERROR_INPUT when a redaction of *filters* removes or masks what a correlation of *rules* groups
 * by, counts or compares, or a dimension of a metric filter of *alarms*: all values would be one.
 * It names file and line, the path and who needs it. *rules* and *alarms* may be NULL. */
bool redaction_check(const FilterSet *filters, const RuleSet *rules, const AlarmSet *alarms,
                     Error *err) __attribute__((warn_unused_result));

#endif
