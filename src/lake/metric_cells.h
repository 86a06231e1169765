/* metric_cells.h - what metric filters found becomes points of metrics, with the commit of the
 * records.
 *
 * detect -> [metric_cells] -> watch (alarms)
 *
 * A worker collects hits as it decodes; the part's transaction adds those whose record was kept to
 * the minute of their event time: a duplicate counts nothing, however often its record comes
 * (architecture, D1 and section 5). Points are the same in whatever order and parts records come:
 * a filter's default stands in a minute exactly as long as no record of it matched.
 */
#ifndef LAKE_METRIC_CELLS_H
#define LAKE_METRIC_CELLS_H

#include "decode/batch.h"
#include "lake/lake.h"

enum {
    METRIC_CELLS_SERIES_MAX = 10000, /* sets of dimensions of a filter; more are one, "other" */
    METRIC_CELLS_PERIOD_S = 60,
};

/* Where the values of a filter go. */
typedef struct MetricSink {
    Str filter, namespace, name, unit;
    bool has_default; /* a minute with records of which none matched has this value */
    double fallback;
} MetricSink;

/* One match. */
typedef struct MetricHit {
    uint32_t row, sink;
    uint32_t dimensions; /* code in MetricHits.dimensions; 0: none */
    double value;
} MetricHit;

typedef struct MetricHits {
    const MetricHit *hits;
    size_t count;
    const MetricSink *sinks;
    size_t sink_count;
    const BatchColumn *dimensions; /* JSON objects of texts, members in the order of names */
} MetricHits;

/* Adds, inside the caller's transaction, the hits whose row has no VERDICT_DUPLICATE in *verdicts*
 * (claim.h; one per row), and defaults. */
bool metric_cells_insert(const MetricHits *metrics, const Batch *batch, const uint8_t *verdicts,
                         Lake *lake, Error *err) __attribute__((warn_unused_result));

#endif
