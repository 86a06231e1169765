/* alarm_backtest.h - when an alarm would have been in ALARM, had it been there: `spoor alarms
 * test`.
 *
 * lake -> query/backtest (the filters' patterns) -> watch/alarm_run (its minutes) -> stdout
 */
#ifndef ALARM_BACKTEST_H
#define ALARM_BACKTEST_H

#include "base/command.h"
#include "lake/lake.h"
#include "watch/alarm_set.h"

/* Counts again what the filters of *alarm*, and of the alarms that it is made of, find in the
 * lake's events of --since, --until and --last, evaluates each minute of that time as if all had
 * come at once, and prints each change of its state, and for how long it was in ALARM. Nothing is
 * stored. */
bool alarm_backtest(const CommandLine *line, Lake *lake, const AlarmSet *set, const Alarm *alarm,
                    Error *err) __attribute__((warn_unused_result));

#endif
