/* alarm_set.h - metric filters, alarms, composite alarms and mute windows, as files say them.
 *
 * YAML files -> [alarm_set] -> metering (filters), watch/alarm_run (alarms)
 *
 * "CloudWatch alarm evaluation", sections 1 to 5, and "CloudWatch Logs filter patterns", A6; the
 * files are described in docs/alarms.md. A set is made by one thread, then immutable and shared by
 * reference count.
 *
 * Invariants
 *   1. Names of filters are unique, and so are names of alarms of both kinds.
 *   2. A composite alarm stands behind all alarms that its rule and its suppressor name.
 */
#ifndef WATCH_ALARM_SET_H
#define WATCH_ALARM_SET_H

#include "base/config.h"
#include "base/file_stamp.h"
#include "base/zoneinfo.h"
#include "detect/rule.h"
#include "detect/ruleset.h"
#include "watch/alarm_rule.h"

enum {
    ALARM_SET_DIMENSIONS_MAX = 3,
    ALARM_SET_MUTED_MAX = 100, /* names of one mute window */
    ALARM_SET_PERIOD_S = 60,   /* the shortest, and what others are multiples of */
};

/* A number for each record that matches ("filter patterns", A6). */
typedef struct MetricFilter {
    Str name, pattern, namespace, metric, unit;
    Str value_text;
    double value;
    const FieldPath *value_path; /* NULL: *value* */
    bool has_default;
    double fallback;
    uint32_t dimension_count;
    Str dimension_names[ALARM_SET_DIMENSIONS_MAX]; /* ascending */
    Str dimension_texts[ALARM_SET_DIMENSIONS_MAX];
    const FieldPath *dimension_paths[ALARM_SET_DIMENSIONS_MAX];
    uint32_t line;
} MetricFilter;

typedef enum {
    STATISTIC_SAMPLE_COUNT,
    STATISTIC_AVERAGE,
    STATISTIC_SUM,
    STATISTIC_MINIMUM,
    STATISTIC_MAXIMUM,
    STATISTIC_PERCENTILE
} AlarmStatistic;

typedef struct Alarm {
    Str name, description;
    RuleLevel severity;
    bool actions_enabled;
    bool acts[ALARM_INSUFFICIENT_DATA + 1]; /* a change to this state is told */
    uint32_t line;
    AlarmRule *rule; /* of a composite alarm; NULL: of a metric */
    Str rule_text;
    size_t *children; /* of a composite: alarms that the rule names, by their index in the set */
    Str suppressor;   /* of a composite; empty: none */
    size_t suppressor_index;
    int64_t wait_s, extension_s; /* for the suppressor, and behind it */
    Str namespace, metric;       /* of a metric */
    Str dimensions;              /* a JSON object of texts, members in the order of names */
    AlarmStatistic statistic;
    Str statistic_text;
    double percentile;
    int64_t period_s;
    AlarmTest test;
    AlarmComparison comparison;
    double threshold;
    bool ignores_few; /* samples of a percentile */
} Alarm;

/* When some alarms tell nothing. */
typedef struct AlarmMute {
    Str name;
    Str alarms[ALARM_SET_MUTED_MAX]; /* with * and ? */
    uint32_t alarm_count;
    unsigned days;               /* bit 0: Monday; all when none is given */
    int32_t from_s, to_s;        /* of the day; to before or at from: into the next one */
    int32_t first_day, last_day; /* since 1970; INT32_MIN and INT32_MAX: no bound */
    Zoneinfo *zone;
    Str zone_text;
    uint32_t line;
} AlarmMute;

typedef struct AlarmSet AlarmSet;

/* Reads what alarms.path names: files, folders of *.yml and *.yaml, and "cis", the set that ships.
 * NULL with *err*: ERROR_INPUT names file, line and what was expected, ERROR_ACCESS a path. Without
 * any path it is empty. The caller releases with alarm_set_free. */
AlarmSet *alarm_set_open(const Config *config, Error *err) __attribute__((warn_unused_result));

/* As alarm_set_open, of one text that messages call *file*. */
AlarmSet *alarm_set_read(Str text, const char *file, Error *err)
    __attribute__((warn_unused_result));

/* Whether each entry of *text* can be read by itself, as alarm_set_read reads it: that the alarms
 * which it names are there is not asked. False with *err*. */
bool alarm_set_check(Str text, const char *file, Error *err) __attribute__((warn_unused_result));

/* The name of the alarm that *reference*, a name or an ARN, means; borrows from it. */
Str alarm_set_name(Str reference);

/* One more reference, and one less; the last one frees. NULL is fine for both. */
AlarmSet *alarm_set_keep(AlarmSet *set);
void alarm_set_free(AlarmSet *set);

/* Whether alarms.path names anything. */
bool alarm_set_is_wanted(const Config *config);

/* Adds to *stamp* how the files of alarms.path look. */
void alarm_set_stamp(const Config *config, FileStamp *stamp);

/* How many filters, alarms and mute windows there are, and one of each; they live as long as the
 * set. */
size_t alarm_set_filter_count(const AlarmSet *set);
const MetricFilter *alarm_set_filter(const AlarmSet *set, size_t index);
size_t alarm_set_count(const AlarmSet *set);
const Alarm *alarm_set_at(const AlarmSet *set, size_t index);
size_t alarm_set_mute_count(const AlarmSet *set);
const AlarmMute *alarm_set_mute(const AlarmSet *set, size_t index);

/* The alarm of that name; NULL when there is none. */
const Alarm *alarm_set_find(const AlarmSet *set, Str name);

/* The patterns of the filters, a finished set for the matcher: a rule's index is its filter's. */
const RuleSet *alarm_set_patterns(const AlarmSet *set);

/* The mute window that holds for the alarm *name* at *at_s* (seconds since 1970); NULL: none. */
const AlarmMute *alarm_set_muted(const AlarmSet *set, Str name, int64_t at_s);

#endif
