/* alarm_run.h - alarms are evaluated, minute by minute of event time.
 *
 * lake (metric_cells.h) -> [alarm_run] -> notify (notices of kind "alarm")
 *
 * The evaluation of minute T looks at the periods that end at T, the newest and as many before as
 * the evaluation range holds ("CloudWatch alarm evaluation", sections 2 and 3), and is due a settle
 * delay behind T, when the records of that time have come. Points are read when that is done:
 * records that come later count in each later evaluation whose range reaches them, and in none
 * else.
 *
 * Invariants
 *   1. Each minute is evaluated once, in order, whatever time the program is down (up to
 *      ALARM_RUN_BEHIND_S): states, history and notices of a stretch change in one transaction
 *      with how far it was evaluated.
 *   2. A composite alarm sees the states that its children have in the same minute.
 *   3. A change brings one notice, when nothing holds it back, and none once it is no more so.
 */
#ifndef WATCH_ALARM_RUN_H
#define WATCH_ALARM_RUN_H

#include "base/db.h"
#include "watch/alarm_points.h"

enum {
    ALARM_RUN_STEPS_MAX = 720,              /* minutes in one call */
    ALARM_RUN_BEHIND_S = 15 * 24 * 60 * 60, /* what is older is not made up for */
};

typedef struct AlarmRunOptions {
    int64_t now_us;
    int64_t settle_us;
} AlarmRunOptions;

/* Evaluates the alarms of *set* as far as it is due, in one transaction of *db*, a connection that
 * nobody else uses; *ret_more*: some is left. On failure nothing has changed. */
bool alarm_run(Db *db, const AlarmSet *set, const AlarmRunOptions *options, bool *ret_more,
               Error *err) __attribute__((warn_unused_result));

/* The periods of the evaluation that ends at *at_s*, as many as alarm_run_periods says, into
 * *data*; *state* is the one before, and becomes the one that comes of them. *points* cover the
 * range. */
bool alarm_run_state(const Alarm *alarm, const AlarmPoints *points, int64_t at_s, AlarmState *state,
                     AlarmDatum *data, Error *err) __attribute__((warn_unused_result));

/* Periods that an evaluation of *alarm* looks at. */
size_t alarm_run_periods(const Alarm *alarm);

/* Whether it is evaluated at *at_s*: each minute, or each hour when it looks back more than a day.
 */
bool alarm_run_is_due(const Alarm *alarm, int64_t at_s);

#endif
