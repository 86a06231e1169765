/* metric_cell.h - what is kept of the values of a metric in a period: how many, sum, least, most,
 * and for percentiles counts of value ranges.
 *
 * Ranges grow by 2 %, so that a percentile is within 1 % of the value that has its rank; cells of
 * one metric add up to the same cell in any order (sums but for the rounding of fractions). The
 * service's own method is not published. As long as all values are equal no range is kept: a
 * filter that counts events costs four numbers. Values below zero have no range, and a metric with
 * any has no percentiles, as CloudWatch has it ("CloudWatch alarm evaluation", section 4).
 *
 * Blob of the ranges: for each, ascending, int32 number (0: zero) and uint64 count, little-endian.
 */
#ifndef LAKE_METRIC_CELL_H
#define LAKE_METRIC_CELL_H

#include "base/buf.h"

typedef struct MetricCell {
    double samples, sum, min, max;
    Buf ranges; /* MetricRange each, ascending; empty while min is max */
} MetricCell;

/* An empty cell; the caller frees with metric_cell_free. */
MetricCell metric_cell_new(void);
void metric_cell_free(MetricCell *cell);

/* Adds one value, or what another cell holds. False with *err*: memory. */
bool metric_cell_add(MetricCell *cell, double value, Error *err)
    __attribute__((warn_unused_result));
bool metric_cell_merge(MetricCell *cell, const MetricCell *other, Error *err)
    __attribute__((warn_unused_result));

/* The value at *percentile* (0 to 100); NAN when there is none. */
double metric_cell_percentile(const MetricCell *cell, double percentile);

/* Appends the blob of the ranges, nothing when there are none; and reads one into a cell whose
 * numbers are set. ERROR_INPUT when it is none. */
bool metric_cell_write(const MetricCell *cell, Buf *out, Error *err)
    __attribute__((warn_unused_result));
bool metric_cell_read(MetricCell *cell, Str blob, Error *err) __attribute__((warn_unused_result));

#endif
