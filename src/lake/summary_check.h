/* summary_check.h - whether what was counted with a data file is what its records give (invariant 2
 * of docs/formats/table-summary.md). One thread.
 */
#ifndef LAKE_SUMMARY_CHECK_H
#define LAKE_SUMMARY_CHECK_H

#include "base/engine.h"

typedef enum {
    SUMMARY_NONE, /* nothing was counted */
    SUMMARY_SAME,
    SUMMARY_DIFFERS /* or it cannot be read */
} SummaryVerdict;

/* Counts the records of the data file *data*, a path below the lake at *folder*, and compares. */
bool summary_check_file(Engine *engine, const char *folder, Str data, SummaryVerdict *ret,
                        Error *err) __attribute__((warn_unused_result));

#endif
