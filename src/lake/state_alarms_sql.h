/* state_alarms_sql.h - tables of metrics and alarms in the state (state.c). Constant. */
#ifndef LAKE_STATE_ALARMS_SQL_H
#define LAKE_STATE_ALARMS_SQL_H

/* clang-format off */

/* A point counts what metric filters found of event times in [start_s, start_s + period_s): minutes,
 * later rolled up. `assumed`: no record matched, the filter's default stands there. `sketch`: counts
 * of value ranges (lake/metric_cell.h); NULL when all values are the same.
 *
 * An alarm's state is that of the evaluation of [.., evaluated_s). `pending` 1: it changed, and what
 * that should bring waits (`held` says for what) since pending_s; `released_s`: since when its
 * suppressor does not suppress it any more. */
#define STATE_SQL_ALARMS \
    "CREATE TABLE metric_series (" \
    "  id INTEGER PRIMARY KEY, filter TEXT NOT NULL, namespace TEXT NOT NULL," \
    "  name TEXT NOT NULL, dimensions TEXT NOT NULL, unit TEXT NOT NULL," \
    "  UNIQUE (filter, namespace, name, dimensions));" \
    "CREATE INDEX metric_series_metric ON metric_series (namespace, name, dimensions);" \
    "CREATE TABLE metric_points (" \
    "  series INTEGER NOT NULL, start_s INTEGER NOT NULL, period_s INTEGER NOT NULL," \
    "  samples REAL NOT NULL, sum REAL NOT NULL, min REAL NOT NULL, max REAL NOT NULL," \
    "  assumed INTEGER NOT NULL, sketch BLOB, PRIMARY KEY (series, start_s, period_s))" \
    "  WITHOUT ROWID;" \
    "CREATE INDEX metric_points_age ON metric_points (period_s, start_s);" \
    "CREATE TABLE alarms (" \
    "  name TEXT PRIMARY KEY, kind TEXT NOT NULL, severity TEXT NOT NULL," \
    "  description TEXT NOT NULL, watches TEXT NOT NULL, state TEXT NOT NULL," \
    "  reason TEXT NOT NULL, reason_data TEXT, since_us INTEGER NOT NULL," \
    "  evaluated_s INTEGER NOT NULL, pending INTEGER NOT NULL DEFAULT 0," \
    "  pending_s INTEGER NOT NULL DEFAULT 0, held TEXT NOT NULL DEFAULT ''," \
    "  released_s INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;" \
    "CREATE TABLE alarm_history (" \
    "  id INTEGER PRIMARY KEY AUTOINCREMENT, alarm TEXT NOT NULL, at_us INTEGER NOT NULL," \
    "  kind TEXT NOT NULL, old_state TEXT NOT NULL, new_state TEXT NOT NULL," \
    "  severity TEXT NOT NULL, description TEXT NOT NULL, reason TEXT NOT NULL," \
    "  reason_data TEXT);" \
    "CREATE INDEX alarm_history_of ON alarm_history (alarm, id);"

/* clang-format on */

#endif
