#include "lake/metric_cell.h"

#include <math.h>
#include <string.h>

enum {
    RANGES_MAX = 8192,
    RANGE_ZERO = 4000, /* added, so that ranges of values above zero have numbers above it */
    RANGE_LAST = 8000,
    RANGE_BYTES = 12
};

static const double GROWTH = 1.02;

typedef struct MetricRange {
    int64_t number;
    uint64_t count;
} MetricRange;

static MetricRange *ranges_of(const MetricCell *cell)
{
    return (MetricRange *)(void *)cell->ranges.ptr;
}

static size_t count_of(const MetricCell *cell)
{
    return cell->ranges.len / sizeof(MetricRange);
}

MetricCell metric_cell_new(void)
{
    return (MetricCell){.ranges = buf_init(RANGES_MAX * sizeof(MetricRange))};
}

void metric_cell_free(MetricCell *cell)
{
    buf_free(&cell->ranges);
}

/* 0 for zero, else the power of GROWTH that is not less. */
static int64_t range_of(double value)
{
    if (value <= 0)
        return 0;
    double number = ceil(log(value) / log(GROWTH)) + RANGE_ZERO;
    return number < 1 ? 1 : number > RANGE_LAST ? RANGE_LAST : (int64_t)number;
}

static double value_of(int64_t number)
{
    return number == 0 ? 0 : 2 * pow(GROWTH, (double)(number - RANGE_ZERO)) / (GROWTH + 1);
}

static bool add_range(MetricCell *cell, int64_t number, uint64_t count, Error *err)
{
    static const MetricRange NONE = {0, 0};
    size_t at = 0, held = count_of(cell);
    while (at < held && ranges_of(cell)[at].number < number)
        at++;
    if (at < held && ranges_of(cell)[at].number == number) {
        ranges_of(cell)[at].count += count;
        return true;
    }
    if (!buf_append(&cell->ranges, &NONE, sizeof NONE, err))
        return false;
    MetricRange *ranges = ranges_of(cell);
    memmove(ranges + at + 1, ranges + at, (held - at) * sizeof *ranges);
    ranges[at] = (MetricRange){number, count};
    return true;
}

/* Adds the ranges of *other*, which has some values; all of them are equal if it keeps none. */
static bool add_ranges(MetricCell *cell, const MetricCell *other, Error *err)
{
    size_t count = count_of(other);
    bool ok = count || add_range(cell, range_of(other->min), (uint64_t)other->samples, err);
    for (size_t i = 0; ok && i < count; i++)
        ok = add_range(cell, ranges_of(other)[i].number, ranges_of(other)[i].count, err);
    return ok;
}

bool metric_cell_merge(MetricCell *cell, const MetricCell *other, Error *err)
{
    if (other->samples <= 0)
        return true;
    bool was_empty = cell->samples <= 0, had = count_of(cell) > 0;
    double min = was_empty || other->min < cell->min ? other->min : cell->min;
    double max = was_empty || other->max > cell->max ? other->max : cell->max;
    if (min < max && !was_empty && !had &&
        !add_range(cell, range_of(cell->min), (uint64_t)cell->samples, err))
        return false;
    if (min < max && !add_ranges(cell, other, err))
        return false;
    cell->samples += other->samples;
    cell->sum += other->sum;
    cell->min = min;
    cell->max = max;
    return true;
}

bool metric_cell_add(MetricCell *cell, double value, Error *err)
{
    const MetricCell one = {.samples = 1, .sum = value, .min = value, .max = value};
    return metric_cell_merge(cell, &one, err);
}

double metric_cell_percentile(const MetricCell *cell, double percentile)
{
    if (cell->samples <= 0 || cell->min < 0)
        return NAN;
    double rank = ceil(percentile / 100 * cell->samples), seen = 0, value = cell->min;
    for (size_t i = 0; i < count_of(cell); i++) {
        value = value_of(ranges_of(cell)[i].number);
        seen += (double)ranges_of(cell)[i].count;
        if (seen >= rank)
            break;
    }
    return value < cell->min ? cell->min : value > cell->max ? cell->max : value;
}

static void put_bytes(uint64_t number, int bytes, uint8_t *to)
{
    for (int i = 0; i < bytes; i++)
        to[i] = (uint8_t)(number >> (8 * i));
}

static uint64_t take_bytes(const char *from, int bytes)
{
    uint64_t number = 0;
    for (int i = 0; i < bytes; i++)
        number |= (uint64_t)(uint8_t)from[i] << (8 * i);
    return number;
}

bool metric_cell_write(const MetricCell *cell, Buf *out, Error *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < count_of(cell); i++) {
        uint8_t bytes[RANGE_BYTES];
        put_bytes((uint64_t)ranges_of(cell)[i].number, 4, bytes);
        put_bytes(ranges_of(cell)[i].count, 8, bytes + 4);
        ok = buf_append(out, bytes, sizeof bytes, err);
    }
    return ok;
}

bool metric_cell_read(MetricCell *cell, Str blob, Error *err)
{
    bool ok = blob.len % RANGE_BYTES == 0 && blob.len / RANGE_BYTES <= RANGES_MAX;
    if (!ok)
        return error_set(err, ERROR_INPUT, "a metric's value ranges have %zu bytes", blob.len);
    cell->ranges.len = 0;
    for (size_t at = 0; ok && at < blob.len; at += RANGE_BYTES) {
        int64_t number = (int64_t)take_bytes(blob.ptr + at, 4);
        ok = number <= RANGE_LAST ? add_range(cell, number, take_bytes(blob.ptr + at + 4, 8), err)
                                  : error_set(err, ERROR_INPUT, "a metric has no value range %lld",
                                              (long long)number);
    }
    return ok;
}
