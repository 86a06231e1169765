/* explain.h - the answer to EXPLAIN: the days, files and bytes of each scan, then the engine's
 * plan. */
#ifndef QUERY_EXPLAIN_H
#define QUERY_EXPLAIN_H

#include "query/scan.h"

/* Appends the engine's SQL of a result with one column, "Query Plan", a row a line, to *out*.
 * *plan* is the engine's own answer to EXPLAIN, read to its end. */
bool explain_write(const Scan *scans, uint32_t count, EngineResult *plan, Buf *out, Error *err)
    __attribute__((warn_unused_result));

/* Appends one scan's line, "cloudtrail: 3 of 30 days, 6 of 61 files, 12.3 of 150.1 MiB, ...". */
bool explain_scan(const Scan *scan, Buf *out, Error *err) __attribute__((warn_unused_result));

#endif
