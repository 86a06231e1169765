/* rows.h - the order in which a batch's rows are written: by day, within a day by eventsource and
 * eventname (bytes; NULL last), then by eventtime.
 *
 * Questions name calls more often than hours, and equal calls look alike: files are a tenth
 * smaller, and what reads the parameters of a few calls passes over the rest (bench/NOTES.md).
 */
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

/* Sorts all rows of *batch*, stable, and cuts them into days. The arrays live in
 * *arena*. */
bool rows_by_day(const Batch *batch, Arena *arena, uint32_t **ret_order, RowsDay **ret_days,
                 size_t *ret_day_count, Error *err) __attribute__((warn_unused_result));

/* Sorts all rows of *batch* by call and time, as above, then by object and record: the order of a
 * day's merged files. The array lives in *arena*. */
bool rows_of_day(const Batch *batch, Arena *arena, uint32_t **ret_order, Error *err)
    __attribute__((warn_unused_result));

/* Widens [*min, *max] by the times of the *count* rows in *order*. */
void rows_widen_times(const Batch *batch, const uint32_t *order, uint32_t count, int64_t *min,
                      int64_t *max);

#endif
