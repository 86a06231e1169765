/* serve_metrics.h - the figures of a service, for Prometheus. The table of names is in the source.
 */
#ifndef SERVE_METRICS_H
#define SERVE_METRICS_H

#include "base/buf.h"
#include "ingest_report.h"
#include "lake/lake.h"

/* What is not in the state. */
typedef struct ServeFigures {
    IngestReport report;
    int64_t started_us; /* wall time */
    uint64_t rounds;    /* sources were listed again so often */
    int64_t quiet_us;   /* since something was done last */
} ServeFigures;

/* Appends them in the text format 0.0.4; the rest is asked of *lake*. */
bool serve_metrics_write(Lake *lake, const ServeFigures *figures, Buf *ret, Error *err)
    __attribute__((warn_unused_result));

#endif
