#include "reapply_metrics.h"

#include "base/json.h"
#include "base/mem.h"
#include "lake/metric_rename.h"

enum { LIST_BYTES_MAX = 256 << 20, TEXT_BYTES_MAX = 1 << 20, ARENA_BYTES_MAX = 256 << 20 };

/* A series with dimensions. */
typedef struct Series {
    int64_t id;
    Str filter, dimensions;
    bool held;
} Series;

typedef struct Work {
    Lake *lake;
    const AlarmSet *alarms;
    HideText *texts;
    Arena *arena; /* of the list */
    Arena *tree;
    Buf list; /* Series each */
    ReapplyMetrics *report;
} Work;

static bool add_series(Work *work, DbStatement *row, Error *err)
{
    Str filter = db_text(row, 1), dimensions = db_text(row, 2);
    const Series series = {.id = db_int(row, 0),
                           .filter = {arena_text(work->arena, filter, err), filter.len},
                           .dimensions = {arena_text(work->arena, dimensions, err), dimensions.len},
                           .held = db_int(row, 3) != 0};
    return series.filter.ptr && series.dimensions.ptr &&
           buf_append(&work->list, &series, sizeof series, err);
}

/* Renaming one changes others: they are listed before. */
static bool list_series(Work *work, Error *err)
{
    bool row = true;
    DbStatement *select = db_statement(
        work->lake->db,
        "SELECT id, filter, dimensions, EXISTS (SELECT 1 FROM metric_points p JOIN held_days h ON"
        " p.start_s / 86400 = h.day WHERE p.series = s.id) FROM metric_series s WHERE dimensions"
        " LIKE '{\"%' ORDER BY id",
        err);
    if (!select)
        return false;
    while (db_next(select, &row, err)) {
        if (!row)
            return true;
        if (!add_series(work, select, err)) {
            db_reset(select);
            return false;
        }
    }
    return false;
}

static const MetricFilter *filter_of(const Work *work, Str name)
{
    size_t count = work->alarms ? alarm_set_filter_count(work->alarms) : 0;
    for (size_t i = 0; i < count; i++)
        if (str_equal(alarm_set_filter(work->alarms, i)->name, name))
            return alarm_set_filter(work->alarms, i);
    return NULL;
}

/* The path of the dimension *name*; empty: the filter has no such one now. */
static Str path_of(const MetricFilter *filter, Str name)
{
    for (uint32_t i = 0; i < filter->dimension_count; i++)
        if (str_equal(filter->dimension_names[i], name))
            return filter->dimension_paths[i]->text;
    return STR("");
}

static bool put_dimension(Work *work, const MetricFilter *filter, const Json *member, Buf *out,
                          Error *err)
{
    bool removed = false;
    Str path = path_of(filter, member->name);
    BUF_AUTO Buf text = buf_init(TEXT_BYTES_MAX);
    if (path.len && !hide_text_at(work->texts, path, member->text, &text, &removed, err))
        return false;
    return removed ||
           ((out->ptr[out->len - 1] == '{' || buf_append_byte(out, ',', err)) &&
            json_append_string(out, member->name, err) && buf_append_byte(out, ':', err) &&
            json_append_string(out, path.len ? buf_str(&text) : member->text, err));
}

static bool hide_series(Work *work, const Series *series, Error *err)
{
    static const JsonLimits LIMITS = {.depth_max = JSON_DEPTH_MAX, .duplicates_allowed = true};
    const MetricFilter *filter = filter_of(work, series->filter);
    BUF_AUTO Buf out = buf_init(TEXT_BYTES_MAX);
    work->report->unknown += !filter;
    if (!filter)
        return true;
    arena_reset(work->tree);
    const Json *dimensions = json_read(series->dimensions, &LIMITS, work->tree, err);
    bool ok = dimensions && buf_append_byte(&out, '{', err);
    for (const Json *member = ok ? dimensions->first : NULL; ok && member; member = member->next)
        ok = put_dimension(work, filter, member, &out, err);
    ok = ok && buf_append_byte(&out, '}', err);
    if (!ok || str_equal(buf_str(&out), series->dimensions))
        return ok;
    work->report->held += series->held;
    work->report->hidden += !series->held;
    return series->held || metric_rename(work->lake->db, series->id, buf_str(&out), err);
}

static bool run(Work *work, Error *err)
{
    bool ok = list_series(work, err) && db_begin(work->lake->db, err);
    const Series *list = (const Series *)(const void *)work->list.ptr;
    for (size_t i = 0; ok && i < work->list.len / sizeof *list; i++)
        ok = hide_series(work, &list[i], err);
    ok = ok && db_commit(work->lake->db, err);
    if (!ok)
        db_rollback(work->lake->db);
    return ok;
}

bool reapply_metrics(Lake *lake, const AlarmSet *alarms, HideText *texts, ReapplyMetrics *ret,
                     Error *err)
{
    Work work = {.lake = lake,
                 .alarms = alarms,
                 .texts = texts,
                 .list = buf_init(LIST_BYTES_MAX),
                 .report = ret};
    *ret = (ReapplyMetrics){0};
    work.arena = arena_new(ARENA_BYTES_MAX, err);
    work.tree = work.arena ? arena_new(ARENA_BYTES_MAX, err) : NULL;
    bool ok = work.tree && run(&work, err);
    arena_free(work.arena);
    arena_free(work.tree);
    buf_free(&work.list);
    return ok;
}
