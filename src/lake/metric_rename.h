/* metric_rename.h - a series of a metric gets other dimensions, as something in them is hidden.
 *
 * reapply -> [metric_rename]. Where there is such a series already, its points take in those of
 * the one that is renamed. Used by a writer that is alone, inside a transaction of the caller.
 */
#ifndef LAKE_METRIC_RENAME_H
#define LAKE_METRIC_RENAME_H

#include "lake/lake.h"

/* Gives the series *id* the dimensions *dimensions*, a JSON object, or makes it part of the series
 * of the same metric filter that has them. */
bool metric_rename(Db *db, int64_t id, Str dimensions, Error *err)
    __attribute__((warn_unused_result));

#endif
