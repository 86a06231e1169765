#include "lake/rows.h"

#include <string.h>

#include "base/timestamp.h"

enum { DIGIT_BITS = 11, DIGITS = 1 << DIGIT_BITS };

/* One pass of a radix sort by the digit at *shift*; skipped when all rows share it. */
static bool sort_digit(const uint64_t *keys, const uint32_t *from, uint32_t *to, uint32_t count,
                       int shift)
{
    uint32_t starts[DIGITS + 1] = {0};
    for (uint32_t i = 0; i < count; i++)
        starts[(keys[i] >> shift & (DIGITS - 1)) + 1]++;
    for (uint32_t d = 1; d <= DIGITS; d++)
        if (starts[d] == count)
            return false;
    for (uint32_t d = 0; d < DIGITS; d++)
        starts[d + 1] += starts[d];
    for (uint32_t i = 0; i < count; i++)
        to[starts[keys[from[i]] >> shift & (DIGITS - 1)]++] = from[i];
    return true;
}

static void sort_rows(const uint64_t *keys, uint32_t *order, uint32_t *scratch, uint32_t count)
{
    uint32_t *from = order;
    uint32_t *to = scratch;
    for (int shift = 0; shift < 64; shift += DIGIT_BITS)
        if (sort_digit(keys, from, to, count, shift)) {
            uint32_t *swapped = from;
            from = to;
            to = swapped;
        }
    if (from != order)
        memcpy(order, from, count * sizeof *order);
}

static size_t cut_days(const Batch *batch, const uint32_t *order, RowsDay *days)
{
    size_t count = 0;
    for (uint32_t i = 0; i < batch->rows; i++) {
        int32_t day = timestamp_day(batch->event_time[order[i]]);
        if (count == 0 || days[count - 1].day != day)
            days[count++] = (RowsDay){day, i, 0};
        days[count - 1].count++;
    }
    return count;
}

static size_t count_days(const Batch *batch, const uint32_t *order)
{
    size_t count = batch->rows > 0;
    for (uint32_t i = 1; i < batch->rows; i++)
        count += timestamp_day(batch->event_time[order[i]]) !=
                 timestamp_day(batch->event_time[order[i - 1]]);
    return count;
}

bool rows_by_day(const Batch *batch, Arena *arena, uint32_t **ret_order, RowsDay **ret_days,
                 size_t *ret_day_count, Error *err)
{
    uint32_t count = batch->rows;
    uint64_t *keys = arena_alloc(arena, count * sizeof *keys, err);
    uint32_t *order = keys ? arena_alloc(arena, count * sizeof *order, err) : NULL;
    uint32_t *scratch = order ? arena_alloc(arena, count * sizeof *scratch, err) : NULL;
    if (!scratch)
        return false;
    int64_t least = count ? batch->event_time[0] : 0;
    for (uint32_t i = 1; i < count; i++)
        if (batch->event_time[i] < least)
            least = batch->event_time[i];
    for (uint32_t i = 0; i < count; i++) {
        keys[i] = (uint64_t)batch->event_time[i] - (uint64_t)least;
        order[i] = i;
    }
    sort_rows(keys, order, scratch, count);
    size_t days = count_days(batch, order);
    *ret_days = arena_alloc(arena, days * sizeof **ret_days, err);
    if (!*ret_days)
        return false;
    *ret_day_count = cut_days(batch, order, *ret_days);
    *ret_order = order;
    return true;
}
