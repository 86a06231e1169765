/* alarm_set_state.h - a set of alarms while it is read. Internal to alarm_set*.c. */
#ifndef WATCH_ALARM_SET_STATE_H
#define WATCH_ALARM_SET_STATE_H

#include <stdatomic.h>

#include "base/yaml.h"
#include "watch/alarm_set.h"

struct AlarmSet {
    atomic_uint references;
    Arena *arena;
    RuleSet *patterns;
    Buf filters; /* MetricFilter * each */
    Buf alarms;  /* Alarm * each */
    Buf mutes;   /* AlarmMute * each */
};

/* Adds what a text of YAML says, which errors call *file*. ERROR_INPUT names file and line. */
bool alarm_set_add_text(AlarmSet *set, Str text, const char *file, Error *err)
    __attribute__((warn_unused_result));

#endif
