/* rows.h - the order in which a batch's rows are written: by day, within a day by eventtime. */
#ifndef LAKE_ROWS_H
#define LAKE_ROWS_H

#include "base/arena.h"
#include "decode/batch.h"

/* One UTC day of eventtime: order[first .. first + count). */
typedef struct RowsDay {
    int32_t day;
    uint32_t first;
    uint32_t count;
} RowsDay;

/* Sorts all rows of *batch* by eventtime, stable, and cuts them into days. The arrays live in
 * *arena*. */
bool rows_by_day(const Batch *batch, Arena *arena, uint32_t **ret_order, RowsDay **ret_days,
                 size_t *ret_day_count, Error *err) __attribute__((warn_unused_result));

#endif
