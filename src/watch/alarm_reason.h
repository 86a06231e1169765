/* alarm_reason.h - why an alarm's state changed: a sentence, and JSON as CloudWatch's
 * stateReasonData has it ("CloudWatch alarm evaluation", section 7). Pure. */
#ifndef WATCH_ALARM_REASON_H
#define WATCH_ALARM_REASON_H

#include "watch/alarm_points.h"

/* Appends the sentence for *state* and the periods that were looked at, the oldest first. */
bool alarm_reason_text(const Alarm *alarm, AlarmState state, const AlarmDatum *data, size_t count,
                       Buf *ret, Error *err) __attribute__((warn_unused_result));

/* Appends the JSON; *at_s* is the evaluation's time. */
bool alarm_reason_data(const Alarm *alarm, int64_t at_s, const AlarmDatum *data, size_t count,
                       Buf *ret, Error *err) __attribute__((warn_unused_result));

/* The sentence and the JSON of a composite alarm, whose children have *states*. */
bool alarm_reason_composite(const AlarmSet *set, const Alarm *alarm, const AlarmState *states,
                            Buf *ret_text, Buf *ret_data, Error *err)
    __attribute__((warn_unused_result));

#endif
