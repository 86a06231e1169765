/* day_slices.h - the rows of a day's files in consecutive ranges of their order (rows.h), each of
 * which fits into memory.
 *
 * A slice is a condition, SQL over `cloudtrail`, on the columns by which files are sorted: reading
 * it passes over the row groups that hold none of it. First there is one slice of all rows; who
 * finds the slice at hand too large has it split. Columns are counted in turn: values of
 * eventsource that follow each other stay together as long as they have few rows; of one that has
 * more, eventname is counted, then eventtime, then object_id.
 *
 * Invariants: 1. each row is of one slice, whatever is NULL in it. 2. All rows of a slice come
 * before those of the next one. Used by one thread, which has no result of the engine open when it
 * calls.
 */
#ifndef LAKE_DAY_SLICES_H
#define LAKE_DAY_SLICES_H

#include "base/engine.h"

/* Longer texts are told apart by so many characters only. */
enum { DAY_SLICE_TEXT = 200 };

typedef struct DaySlices DaySlices;

/* One slice of all rows of *count* files for which *where*, SQL, is true; NULL: all. The paths are
 * borrowed. NULL with *err*; the caller frees. */
DaySlices *day_slices_new(Engine *engine, const char *const *paths, size_t count, const char *where,
                          Error *err) __attribute__((warn_unused_result));
void day_slices_free(DaySlices *slices);

/* Steps to the next slice: its condition, alive as long as the slices; NULL at the end. */
const char *day_slices_next(DaySlices *slices);

/* Splits the slice at hand into several, which come next, of *rows_max* rows each or as few as
 * possible. *ret_split* is false when that cannot be done: its rows are the same in all that is
 * counted. */
bool day_slices_split(DaySlices *slices, uint64_t rows_max, bool *ret_split, Error *err)
    __attribute__((warn_unused_result));

#endif
