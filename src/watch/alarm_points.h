/* alarm_points.h - the points of a metric over a stretch of time, and what a statistic makes of
 * those of a period.
 *
 * lake (metric_cells.h) -> [alarm_points] -> alarm_run. One thread.
 */
#ifndef WATCH_ALARM_POINTS_H
#define WATCH_ALARM_POINTS_H

#include "base/db.h"
#include "lake/metric_cell.h"
#include "watch/alarm_set.h"

typedef struct AlarmPoints AlarmPoints;

/* The points of the metric of *alarm* that begin in [from_s, to_s), seconds since 1970. NULL with
 * *err*; the caller frees. */
AlarmPoints *alarm_points_load(Db *db, const Alarm *alarm, int64_t from_s, int64_t to_s, Error *err)
    __attribute__((warn_unused_result));
void alarm_points_free(AlarmPoints *points);

/* Points that are nobody's yet: a value each, in any order, sorted by time before they are asked.
 * ERROR_LIMIT when there are too many. */
AlarmPoints *alarm_points_new(Error *err) __attribute__((warn_unused_result));
bool alarm_points_add(AlarmPoints *points, int64_t at_s, double value, Error *err)
    __attribute__((warn_unused_result));
void alarm_points_sort(AlarmPoints *points);

/* A period and what is known of it. */
typedef struct AlarmDatum {
    int64_t start_s;
    double value; /* what the alarm's statistic says; NAN when there is no point, or a percentile of
                     values below zero is asked for */
    double samples; /* how many values there are */
} AlarmDatum;

/* Fills value and samples of the alarm's period that begins at *datum*'s start. */
bool alarm_points_value(const AlarmPoints *points, const Alarm *alarm, AlarmDatum *datum,
                        Error *err) __attribute__((warn_unused_result));

#endif
