/* alarm_template.h - metric filters and alarms as a template of CloudFormation.
 *
 * alarm_set -> [alarm_template] -> AWS::Logs::MetricFilter, AWS::CloudWatch::Alarm and
 * AWS::CloudWatch::CompositeAlarm, in JSON
 *
 * Invariants
 *   1. A resource's logical id comes of its kind and name alone, and is its own.
 *   2. A composite alarm depends on all alarms that it names.
 */
#ifndef WATCH_ALARM_TEMPLATE_H
#define WATCH_ALARM_TEMPLATE_H

#include "watch/alarm_set.h"

enum { ALARM_TEMPLATE_RESOURCES_MAX = 500 }; /* of one template, as CloudFormation takes it */

/* Appends the template. Its parameters are LogGroupName, of the filters, and TopicArn, which alarms
 * with actions tell unless it is empty. What the service has no word for is not in it: severities,
 * mute windows. */
bool alarm_template_write(const AlarmSet *set, Buf *out, Error *err)
    __attribute__((warn_unused_result));

#endif
