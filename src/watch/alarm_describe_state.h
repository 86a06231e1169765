/* alarm_describe_state.h - what the files of alarm_describe share. Internal. */
#ifndef WATCH_ALARM_DESCRIBE_STATE_H
#define WATCH_ALARM_DESCRIBE_STATE_H

#include "base/json.h"
#include "watch/alarm_rule.h"

typedef enum { DESCRIBED_FILTER, DESCRIBED_ALARM, DESCRIBED_COMPOSITE, DESCRIBED_KINDS } Described;

/* One metric filter or alarm. */
typedef struct AlarmItem {
    Described kind;
    const Json *json;
    const char *file;
    Str name;          /* which it has, and that it gets */
    Str text;          /* its YAML: an element of its list; set once it is made */
    Str space, metric; /* of what it counts or watches */
    Str unit;
    AlarmRule *rule;      /* of a composite alarm */
    Str suppressor;       /* its name; empty: none */
    const char *left_out; /* why; NULL: it is carried, as far as is known */
} AlarmItem;

/* Why an item cannot be carried, from what it says alone; NULL: nothing stands against it. */
const char *alarm_describe_refusal(const AlarmItem *item);

/* Appends the item's YAML, the element of a list that begins with "  - ". */
bool alarm_describe_item(const AlarmItem *item, Buf *out, Error *err)
    __attribute__((warn_unused_result));

/* The value of an alarm that describe-alarms names *name*, wherever it stands: of a single metric
 * of Metrics, too. NULL: it has none. */
const Json *alarm_describe_member(const AlarmItem *item, const char *name);

#endif
