/* metric_point.h - one point of a series of a metric, as the state has it.
 *
 * metric_cells, metric_rollup, metric_rename -> [metric_point]. Inside the caller's transaction.
 */
#ifndef LAKE_METRIC_POINT_H
#define LAKE_METRIC_POINT_H

#include "base/db.h"
#include "lake/metric_cell.h"

typedef struct MetricPoint {
    int64_t series, start_s, period_s;
} MetricPoint;

/* What records made of the point, into *ret*, which is empty: it stays so when there is none, or
 * only a default. */
bool metric_point_read(Db *db, MetricPoint at, MetricCell *ret, Error *err)
    __attribute__((warn_unused_result));

/* Puts it in place of the one that is there; *assumed*: it is a default. */
bool metric_point_write(Db *db, MetricPoint at, const MetricCell *cell, bool assumed, Error *err)
    __attribute__((warn_unused_result));

#endif
