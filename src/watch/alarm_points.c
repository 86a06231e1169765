#include "watch/alarm_points.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

enum { POINTS_BYTES_MAX = 256 << 20, SKETCHES_BYTES_MAX = 256 << 20 };

typedef struct Point {
    int64_t start_s;
    double samples, sum, min, max;
    size_t sketch, sketch_len; /* in the sketches */
} Point;

struct AlarmPoints {
    Buf list; /* Point each, ascending */
    Buf sketches;
};

static bool take_row(AlarmPoints *points, DbStatement *row, Error *err)
{
    Str sketch = db_blob(row, 5);
    const Point point = {.start_s = db_int(row, 0),
                         .samples = db_real(row, 1),
                         .sum = db_real(row, 2),
                         .min = db_real(row, 3),
                         .max = db_real(row, 4),
                         .sketch = points->sketches.len,
                         .sketch_len = sketch.len};
    return buf_append_str(&points->sketches, sketch, err) &&
           buf_append(&points->list, &point, sizeof point, err);
}

static bool load(AlarmPoints *points, Db *db, const Alarm *alarm, int64_t from_s, int64_t to_s,
                 Error *err)
{
    bool row = true;
    DbStatement *select =
        db_statement(db,
                     "SELECT p.start_s, p.samples, p.sum, p.min, p.max, p.sketch FROM"
                     " metric_points p JOIN metric_series s ON s.id = p.series WHERE s.namespace ="
                     " ? AND s.name = ? AND s.dimensions = ? AND p.start_s >= ? AND p.start_s < ?"
                     " ORDER BY p.start_s",
                     err);
    if (!select)
        return false;
    db_bind_text(select, 1, alarm->namespace);
    db_bind_text(select, 2, alarm->metric);
    db_bind_text(select, 3, alarm->dimensions);
    db_bind_int(select, 4, from_s);
    db_bind_int(select, 5, to_s);
    while (db_next(select, &row, err)) {
        if (!row)
            return true;
        if (!take_row(points, select, err)) {
            db_reset(select);
            return false;
        }
    }
    return false;
}

AlarmPoints *alarm_points_new(Error *err)
{
    AlarmPoints *points = mem_calloc(1, sizeof *points, err);
    if (!points)
        return NULL;
    points->list = buf_init(POINTS_BYTES_MAX);
    points->sketches = buf_init(SKETCHES_BYTES_MAX);
    return points;
}

bool alarm_points_add(AlarmPoints *points, int64_t at_s, double value, Error *err)
{
    const Point point = {.start_s = at_s, .samples = 1, .sum = value, .min = value, .max = value};
    return buf_append(&points->list, &point, sizeof point, err);
}

static int by_start(const void *a, const void *b)
{
    const Point *left = a, *right = b;
    return (left->start_s > right->start_s) - (left->start_s < right->start_s);
}

void alarm_points_sort(AlarmPoints *points)
{
    size_t count = points->list.len / sizeof(Point);
    if (count)
        qsort(points->list.ptr, count, sizeof(Point), by_start);
}

AlarmPoints *alarm_points_load(Db *db, const Alarm *alarm, int64_t from_s, int64_t to_s, Error *err)
{
    AlarmPoints *points = alarm_points_new(err);
    if (points && load(points, db, alarm, from_s, to_s, err))
        return points;
    alarm_points_free(points);
    return NULL;
}

void alarm_points_free(AlarmPoints *points)
{
    if (!points)
        return;
    buf_free(&points->list);
    buf_free(&points->sketches);
    mem_free(points);
}

/* The first point at *from_s* or behind it. */
static size_t find(const AlarmPoints *points, int64_t from_s)
{
    const Point *list = (const Point *)(const void *)points->list.ptr;
    size_t low = 0, high = points->list.len / sizeof(Point);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (list[middle].start_s < from_s)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool add_point(const AlarmPoints *points, const Point *point, MetricCell *to, Error *err)
{
    MetricCell cell = metric_cell_new();
    cell.samples = point->samples;
    cell.sum = point->sum;
    cell.min = point->min;
    cell.max = point->max;
    Str sketch =
        str_slice(buf_str(&points->sketches), point->sketch, point->sketch + point->sketch_len);
    bool ok = metric_cell_read(&cell, sketch, err) && metric_cell_merge(to, &cell, err);
    metric_cell_free(&cell);
    return ok;
}

static double statistic_of(const Alarm *alarm, const MetricCell *cell)
{
    switch (alarm->statistic) {
    case STATISTIC_SAMPLE_COUNT:
        return cell->samples;
    case STATISTIC_AVERAGE:
        return cell->sum / cell->samples;
    case STATISTIC_SUM:
        return cell->sum;
    case STATISTIC_MINIMUM:
        return cell->min;
    case STATISTIC_MAXIMUM:
        return cell->max;
    default:
        return metric_cell_percentile(cell, alarm->percentile);
    }
}

bool alarm_points_value(const AlarmPoints *points, const Alarm *alarm, AlarmDatum *datum,
                        Error *err)
{
    const Point *list = (const Point *)(const void *)points->list.ptr;
    size_t count = points->list.len / sizeof(Point);
    int64_t end_s = datum->start_s + alarm->period_s;
    MetricCell cell = metric_cell_new();
    bool ok = true;
    for (size_t i = find(points, datum->start_s); ok && i < count && list[i].start_s < end_s; i++)
        ok = add_point(points, &list[i], &cell, err);
    datum->samples = cell.samples;
    datum->value = cell.samples > 0 ? statistic_of(alarm, &cell) : NAN;
    metric_cell_free(&cell);
    return ok;
}
