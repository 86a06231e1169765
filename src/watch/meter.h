/* meter.h - metric filters tried on records as they are ingested: what a part worker keeps of it.
 *
 * decode -> detect (matcher.h) -> [meter] -> lake (metric_cells.h). Each worker owns a Meter.
 *
 * A record that matches a filter counts with the filter's number, or with what its selector finds
 * there; a record where that is no number, or where a dimension is missing, counts nothing ("filter
 * patterns", A6).
 */
#ifndef WATCH_METER_H
#define WATCH_METER_H

#include "lake/metric_cells.h"
#include "watch/alarm_set.h"

typedef struct Meter Meter;

/* For the filters of *set*, borrowed for its life; *secret* (BATCH_SECRET_BYTES) as well. NULL with
 * *err*. */
Meter *meter_new(const AlarmSet *set, const uint8_t *secret, Error *err)
    __attribute__((warn_unused_result));
void meter_free(Meter *meter);

/* Tries the filters on the record that became *row*; false with *err*: memory. */
bool meter_take(Meter *meter, const RecordView *view, uint32_t row, Error *err)
    __attribute__((warn_unused_result));

/* What was found since the last reset; it lives until then. */
MetricHits meter_hits(const Meter *meter);
void meter_reset(Meter *meter);

/* So many hits are held that the part should end. */
bool meter_is_full(const Meter *meter);

/* What *filter* reads of an event that its pattern matches: the number, and appended to
 * *ret_dimensions* a JSON object of its dimensions. *ret_any* false: it counts nothing. */
bool meter_read(const MetricFilter *filter, Document *document, double *ret_value,
                Buf *ret_dimensions, bool *ret_any, Error *err) __attribute__((warn_unused_result));

#endif
