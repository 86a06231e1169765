#include "lake/metric_cells.h"

#include <stdlib.h>

#include "base/mem.h"
#include "lake/claim.h"
#include "lake/metric_point.h"

static const int64_t MINUTE_US = INT64_C(60000000);

/* A hit that counts, with the minute it belongs to. */
typedef struct Counted {
    uint32_t sink, dimensions;
    int64_t minute;
    double value;
} Counted;

/* One set of dimensions of a sink, as the state knows it. */
typedef struct Series {
    uint32_t sink, dimensions;
    int64_t id;
    int64_t held; /* sets that the sink has; NOT_COUNTED: not asked yet */
} Series;

enum { NOT_COUNTED = -1 };

static int64_t minute_of(const Batch *batch, uint32_t row)
{
    int64_t us = batch->event_time[row];
    int64_t minute = us / MINUTE_US;
    return us % MINUTE_US < 0 ? minute - 1 : minute;
}

/* By series, then by time. */
static int compare(const void *a, const void *b)
{
    const Counted *left = a, *right = b;
    if (left->sink != right->sink)
        return left->sink < right->sink ? -1 : 1;
    if (left->dimensions != right->dimensions)
        return left->dimensions < right->dimensions ? -1 : 1;
    return (left->minute > right->minute) - (left->minute < right->minute);
}

static bool find_series(Lake *lake, const MetricSink *sink, Str dimensions, int64_t *ret,
                        Error *err)
{
    bool row;
    *ret = 0;
    DbStatement *select = db_statement(lake->db,
                                       "SELECT id FROM metric_series WHERE filter = ? AND"
                                       " namespace = ? AND name = ? AND dimensions = ?",
                                       err);
    if (!select)
        return false;
    db_bind_text(select, 1, sink->filter);
    db_bind_text(select, 2, sink->namespace);
    db_bind_text(select, 3, sink->name);
    db_bind_text(select, 4, dimensions);
    if (!db_next(select, &row, err))
        return false;
    if (row)
        *ret = db_int(select, 0);
    db_reset(select);
    return true;
}

static bool count_series(Lake *lake, Str filter, int64_t *ret, Error *err)
{
    bool row;
    DbStatement *select =
        db_statement(lake->db, "SELECT count(*) FROM metric_series WHERE filter = ?", err);
    if (!select)
        return false;
    db_bind_text(select, 1, filter);
    if (!db_next(select, &row, err))
        return false;
    *ret = row ? db_int(select, 0) : 0;
    db_reset(select);
    return true;
}

static bool add_series(Lake *lake, const MetricSink *sink, Str dimensions, int64_t *ret, Error *err)
{
    DbStatement *insert = db_statement(lake->db,
                                       "INSERT INTO metric_series (filter, namespace, name,"
                                       " dimensions, unit) VALUES (?, ?, ?, ?, ?)",
                                       err);
    if (!insert)
        return false;
    db_bind_text(insert, 1, sink->filter);
    db_bind_text(insert, 2, sink->namespace);
    db_bind_text(insert, 3, sink->name);
    db_bind_text(insert, 4, dimensions);
    db_bind_text(insert, 5, sink->unit);
    if (!db_run(insert, err))
        return false;
    *ret = db_last_id(lake->db);
    return true;
}

/* The series of *dimensions*, made if it is new; beyond the ceiling that of all others. The sink's
 * sets are counted once a commit: the dimensions of all of them may be new. */
static bool take_series(Lake *lake, const MetricSink *sink, Str dimensions, Series *series,
                        Error *err)
{
    int64_t *id = &series->id;
    if (!find_series(lake, sink, dimensions, id, err) || *id)
        return *id != 0;
    if (series->held == NOT_COUNTED && !count_series(lake, sink->filter, &series->held, err))
        return false;
    if (series->held < METRIC_CELLS_SERIES_MAX) {
        series->held++;
        return add_series(lake, sink, dimensions, id, err);
    }
    dimensions = STR("other");
    return find_series(lake, sink, dimensions, id, err) &&
           (*id || add_series(lake, sink, dimensions, id, err));
}

/* Adds *count* hits of one series and minute. */
static bool add_point(Lake *lake, int64_t series, const Counted *hits, size_t count, Error *err)
{
    MetricCell cell = metric_cell_new();
    const MetricPoint at = {series, hits->minute * METRIC_CELLS_PERIOD_S, METRIC_CELLS_PERIOD_S};
    bool ok = metric_point_read(lake->db, at, &cell, err);
    for (size_t i = 0; ok && i < count; i++)
        ok = metric_cell_add(&cell, hits[i].value, err);
    ok = ok && metric_point_write(lake->db, at, &cell, false, err);
    metric_cell_free(&cell);
    return ok;
}

static bool add_points(const MetricHits *metrics, Lake *lake, const Counted *list, size_t count,
                       Error *err)
{
    Series series = {.id = 0, .held = NOT_COUNTED};
    for (size_t first = 0, end; first < count; first = end) {
        const Counted *hit = &list[first];
        for (end = first + 1; end < count && compare(hit, &list[end]) == 0;)
            end++;
        if (!series.id || series.sink != hit->sink || series.dimensions != hit->dimensions) {
            Str dimensions =
                hit->dimensions ? batch_value(metrics->dimensions, hit->dimensions) : STR("{}");
            series = (Series){hit->sink, hit->dimensions, 0,
                              series.sink == hit->sink ? series.held : NOT_COUNTED};
            if (!take_series(lake, &metrics->sinks[hit->sink], dimensions, &series, err))
                return false;
        }
        if (!add_point(lake, series.id, hit, end - first, err))
            return false;
    }
    return true;
}

/* ---- defaults ---- */

static int compare_minutes(const void *a, const void *b)
{
    const int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

static bool assume_minute(Lake *lake, int64_t series, int64_t minute, double value, Error *err)
{
    DbStatement *insert =
        db_statement(lake->db,
                     "INSERT OR IGNORE INTO metric_points (series, start_s, period_s, samples,"
                     " sum, min, max, assumed) VALUES (?1, ?2, 60, 1, ?3, ?3, ?3, 1)",
                     err);
    if (!insert)
        return false;
    db_bind_int(insert, 1, series);
    db_bind_int(insert, 2, minute * METRIC_CELLS_PERIOD_S);
    db_bind_real(insert, 3, value);
    return db_run(insert, err);
}

static bool assume_all(const MetricHits *metrics, Lake *lake, const int64_t *minutes, size_t count,
                       Error *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < metrics->sink_count; i++) {
        const MetricSink *sink = &metrics->sinks[i];
        Series series = {.held = NOT_COUNTED};
        if (!sink->has_default)
            continue;
        ok = take_series(lake, sink, STR("{}"), &series, err);
        for (size_t k = 0; ok && k < count; k++)
            ok = (k && minutes[k] == minutes[k - 1]) ||
                 assume_minute(lake, series.id, minutes[k], sink->fallback, err);
    }
    return ok;
}

/* The minutes of records that count; a filter without a match there has its default. */
static bool add_defaults(const MetricHits *metrics, const Batch *batch, const uint8_t *verdicts,
                         Lake *lake, Error *err)
{
    bool any = false;
    size_t count = 0;
    for (size_t i = 0; i < metrics->sink_count; i++)
        any |= metrics->sinks[i].has_default;
    if (!any)
        return true;
    int64_t *minutes = mem_alloc((batch->rows + 1) * sizeof *minutes, err);
    if (!minutes)
        return false;
    for (uint32_t row = 0; row < batch->rows; row++) {
        int64_t minute = minute_of(batch, row);
        if (verdicts[row] != VERDICT_DUPLICATE && (!count || minutes[count - 1] != minute))
            minutes[count++] = minute;
    }
    qsort(minutes, count, sizeof *minutes, compare_minutes);
    bool ok = assume_all(metrics, lake, minutes, count, err);
    mem_free(minutes);
    return ok;
}

bool metric_cells_insert(const MetricHits *metrics, const Batch *batch, const uint8_t *verdicts,
                         Lake *lake, Error *err)
{
    size_t count = 0;
    if (!metrics->sink_count || !batch)
        return true;
    Counted *list = mem_alloc((metrics->count + 1) * sizeof *list, err);
    if (!list)
        return false;
    for (size_t i = 0; i < metrics->count; i++) {
        const MetricHit *hit = &metrics->hits[i];
        if (verdicts[hit->row] != VERDICT_DUPLICATE)
            list[count++] =
                (Counted){hit->sink, hit->dimensions, minute_of(batch, hit->row), hit->value};
    }
    qsort(list, count, sizeof *list, compare);
    bool ok = add_points(metrics, lake, list, count, err) &&
              add_defaults(metrics, batch, verdicts, lake, err);
    mem_free(list);
    return ok;
}
