#include "lake/rows.h"

#include <stdlib.h>
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

/* A code of a column with its text. */
typedef struct Coded {
    Str text;
    uint32_t code;
} Coded;

static int compare_texts(const void *a, const void *b)
{
    return str_compare(((const Coded *)a)->text, ((const Coded *)b)->text);
}

/* The rank of each code of a column by the bytes of its text: equal texts have one, NULL has the
 * last. */
static uint32_t *rank_codes(const BatchColumn *column, Arena *arena, Error *err)
{
    uint32_t count = column->entry_count;
    uint32_t *ranks = arena_alloc(arena, (count + 1) * sizeof *ranks, err);
    Coded *coded = ranks ? arena_alloc(arena, (count + 1) * sizeof *coded, err) : NULL;
    if (!coded)
        return NULL;
    for (uint32_t i = 0; i < count; i++)
        coded[i] = (Coded){batch_value(column, i + 1), i + 1};
    qsort(coded, count, sizeof *coded, compare_texts);
    uint32_t rank = 0;
    for (uint32_t i = 0; i < count; i++) {
        rank += i > 0 && compare_texts(&coded[i - 1], &coded[i]) != 0;
        ranks[coded[i].code] = rank;
    }
    ranks[0] = rank + 1;
    return ranks;
}

/* What rows are sorted by, the least significant first; keys are made anew for each. */
typedef struct Sorting {
    const Batch *batch;
    uint32_t *sources; /* ranks of eventsource's codes */
    uint32_t *names;   /* and of eventname's */
    uint64_t *keys;    /* per row */
    uint32_t *order;
    uint32_t *scratch;
} Sorting;

/* By a number of the rows. */
static void sort_by(Sorting *sorting, const int64_t *values)
{
    uint32_t count = sorting->batch->rows;
    int64_t least = count ? values[0] : 0;
    for (uint32_t i = 1; i < count; i++)
        if (values[i] < least)
            least = values[i];
    for (uint32_t i = 0; i < count; i++)
        sorting->keys[i] = (uint64_t)values[i] - (uint64_t)least;
    sort_rows(sorting->keys, sorting->order, sorting->scratch, count);
}

static void sort_by_record(Sorting *sorting)
{
    const Batch *batch = sorting->batch;
    for (uint32_t i = 0; i < batch->rows; i++)
        sorting->keys[i] = (uint32_t)batch->record_index[i] ^ 1U << 31;
    sort_rows(sorting->keys, sorting->order, sorting->scratch, batch->rows);
}

static void sort_by_call(Sorting *sorting)
{
    const Batch *batch = sorting->batch;
    for (uint32_t i = 0; i < batch->rows; i++) {
        uint32_t source = batch_code(batch, F_EVENT_SOURCE, i);
        uint32_t name = batch_code(batch, F_EVENT_NAME, i);
        sorting->keys[i] = (uint64_t)sorting->sources[source] << 32 | sorting->names[name];
    }
    sort_rows(sorting->keys, sorting->order, sorting->scratch, batch->rows);
}

static void sort_by_day(Sorting *sorting)
{
    const Batch *batch = sorting->batch;
    for (uint32_t i = 0; i < batch->rows; i++)
        sorting->keys[i] = (uint32_t)timestamp_day(batch->event_time[i]) ^ 1U << 31;
    sort_rows(sorting->keys, sorting->order, sorting->scratch, batch->rows);
}

/* What sorting takes, and the rows as they are. */
static bool begin(Sorting *sorting, Arena *arena, Error *err)
{
    const Batch *batch = sorting->batch;
    uint32_t count = batch->rows;
    sorting->sources = rank_codes(batch_column(batch, F_EVENT_SOURCE), arena, err);
    sorting->names =
        sorting->sources ? rank_codes(batch_column(batch, F_EVENT_NAME), arena, err) : NULL;
    sorting->keys = sorting->names ? arena_alloc(arena, count * sizeof *sorting->keys, err) : NULL;
    sorting->order = sorting->keys ? arena_alloc(arena, count * sizeof *sorting->order, err) : NULL;
    sorting->scratch =
        sorting->order ? arena_alloc(arena, count * sizeof *sorting->scratch, err) : NULL;
    if (!sorting->scratch)
        return false;
    for (uint32_t i = 0; i < count; i++)
        sorting->order[i] = i;
    return true;
}

bool rows_by_day(const Batch *batch, Arena *arena, uint32_t **ret_order, RowsDay **ret_days,
                 size_t *ret_day_count, Error *err)
{
    Sorting sorting = {.batch = batch};
    if (!begin(&sorting, arena, err))
        return false;
    sort_by(&sorting, batch->event_time);
    sort_by_call(&sorting);
    sort_by_day(&sorting);
    size_t days = count_days(batch, sorting.order);
    *ret_days = arena_alloc(arena, days * sizeof **ret_days, err);
    if (!*ret_days)
        return false;
    *ret_day_count = cut_days(batch, sorting.order, *ret_days);
    *ret_order = sorting.order;
    return true;
}

bool rows_of_day(const Batch *batch, Arena *arena, uint32_t **ret_order, Error *err)
{
    Sorting sorting = {.batch = batch};
    if (!begin(&sorting, arena, err))
        return false;
    sort_by_record(&sorting);
    sort_by(&sorting, batch->object_id);
    sort_by(&sorting, batch->event_time);
    sort_by_call(&sorting);
    *ret_order = sorting.order;
    return true;
}

void rows_widen_times(const Batch *batch, const uint32_t *order, uint32_t count, int64_t *min,
                      int64_t *max)
{
    for (uint32_t i = 0; i < count; i++) {
        int64_t time = batch->event_time[order[i]];
        *min = time < *min ? time : *min;
        *max = time > *max ? time : *max;
    }
}
