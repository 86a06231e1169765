/* batch_column.h - dictionary of one column: of a batch, and of what matches carry. */
#ifndef DECODE_BATCH_COLUMN_H
#define DECODE_BATCH_COLUMN_H

#include "decode/batch.h"

enum {
    BATCH_COLUMN_ENTRIES_MAX = 1 << 17, /* beyond, no dictionary is tried any more */
    BATCH_COLUMN_BYTES_MAX = 24 << 20,
};

/* Empties the column, for at most *bytes_max* bytes of values; memory is kept. */
void batch_column_reset(BatchColumn *column, bool unique, size_t bytes_max);

/* Frees all; the column is empty and usable again. */
void batch_column_free(BatchColumn *column);

/* The code of *value*, whose keyed hash is *hash*: an old one, or that of a new entry. Adds what
 * it took to *bytes_held*. False with *err* filled when memory or the ceiling is reached. */
bool batch_column_find(BatchColumn *column, Str value, uint64_t hash, size_t *bytes_held,
                       uint32_t *ret_code, Error *err);

/* Brings the place where a value of that hash would stand near, so that finding it a little later
 * does not wait for memory. */
static inline void batch_column_prefetch(const BatchColumn *column, uint64_t hash)
{
    if (column->slots)
        __builtin_prefetch(&column->slots[(uint32_t)hash & column->slot_mask]);
}

/* True when *value* is the one looked up before. */
static inline bool batch_column_again(const BatchColumn *column, Str value)
{
    if (!column->last)
        return false;
    BatchEntry entry = column->entries[column->last - 1];
    return entry.len == value.len && value.len &&
           memcmp(column->bytes.ptr + entry.offset, value.ptr, value.len) == 0;
}

#endif
