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
#include "redact/redact_value.h"
#include "watch/alarm_set.h"

typedef struct Meter Meter;

/* For the filters of *set*, borrowed for its life; *secret* (BATCH_SECRET_BYTES) as well, and
 * *plan*, which hides in dimensions what it hides in records; NULL: nothing. NULL with *err*. */
Meter *meter_new(const AlarmSet *set, const uint8_t *secret, const RedactPlan *plan, Error *err)
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

/* What a filter reads of an event. */
typedef struct MeterReading {
    double value;
    Buf *dimensions; /* the caller's: a JSON object of them is appended */
    bool any;        /* false: it counts nothing */
} MeterReading;

/* Reads the event of *document*, which the pattern of *filter* matches, for *ret*, whose
 * `dimensions` is set; *redact* hides in them, NULL: nothing. */
bool meter_read(const MetricFilter *filter, Document *document, RedactWork *redact,
                MeterReading *ret, Error *err) __attribute__((warn_unused_result));

#endif
