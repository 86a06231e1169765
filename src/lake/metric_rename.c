#include "lake/metric_rename.h"

#include "lake/metric_point.h"

/* The series of the same filter and metric with these dimensions; 0: none. */
static bool find_same(Db *db, int64_t id, Str dimensions, int64_t *ret, Error *err)
{
    bool row;
    DbStatement *select =
        db_statement(db,
                     "SELECT t.id FROM metric_series s JOIN metric_series t ON t.filter = s.filter"
                     " AND t.namespace = s.namespace AND t.name = s.name AND t.dimensions = ?2"
                     " WHERE s.id = ?1 AND t.id <> s.id",
                     err);
    *ret = 0;
    if (!select)
        return false;
    db_bind_int(select, 1, id);
    db_bind_text(select, 2, dimensions);
    if (!db_next(select, &row, err))
        return false;
    if (row) {
        *ret = db_int(select, 0);
        db_reset(select);
    }
    return true;
}

static bool set_dimensions(Db *db, int64_t id, Str dimensions, Error *err)
{
    DbStatement *update =
        db_statement(db, "UPDATE metric_series SET dimensions = ?2 WHERE id = ?1", err);
    if (!update)
        return false;
    db_bind_int(update, 1, id);
    db_bind_text(update, 2, dimensions);
    return db_run(update, err);
}

/* Runs *sql*, which gives no rows, with two series as its parameters. */
static bool run(Db *db, const char *sql, int64_t from, int64_t to, Error *err)
{
    DbStatement *statement = db_statement(db, sql, err);
    if (!statement)
        return false;
    db_bind_int(statement, 1, from);
    db_bind_int(statement, 2, to);
    return db_run(statement, err);
}

static bool find_point(Db *db, int64_t series, MetricPoint *ret, bool *ret_any, Error *err)
{
    DbStatement *select = db_statement(
        db, "SELECT start_s, period_s FROM metric_points WHERE series = ? LIMIT 1", err);
    if (!select)
        return false;
    db_bind_int(select, 1, series);
    if (!db_next(select, ret_any, err))
        return false;
    if (*ret_any) {
        *ret = (MetricPoint){series, db_int(select, 0), db_int(select, 1)};
        db_reset(select);
    }
    return true;
}

static bool delete_point(Db *db, MetricPoint at, Error *err)
{
    DbStatement *delete = db_statement(
        db, "DELETE FROM metric_points WHERE series = ? AND start_s = ? AND period_s = ?", err);
    if (!delete)
        return false;
    db_bind_int(delete, 1, at.series);
    db_bind_int(delete, 2, at.start_s);
    db_bind_int(delete, 3, at.period_s);
    return db_run(delete, err);
}

/* The point of *to* takes in that of *from*. */
static bool merge_point(Db *db, MetricPoint from, int64_t to, Error *err)
{
    const MetricPoint into = {to, from.start_s, from.period_s};
    MetricCell one = metric_cell_new(), other = metric_cell_new();
    bool ok = metric_point_read(db, into, &one, err) && metric_point_read(db, from, &other, err) &&
              metric_cell_merge(&one, &other, err) &&
              (other.samples <= 0 || metric_point_write(db, into, &one, false, err)) &&
              delete_point(db, from, err);
    metric_cell_free(&one);
    metric_cell_free(&other);
    return ok;
}

static bool merge_points(Db *db, int64_t from, int64_t to, Error *err)
{
    MetricPoint at = {0};
    bool any = true;
    while (any) {
        if (!find_point(db, from, &at, &any, err) || (any && !merge_point(db, at, to, err)))
            return false;
    }
    return true;
}

bool metric_rename(Db *db, int64_t id, Str dimensions, Error *err)
{
    int64_t same;
    if (!find_same(db, id, dimensions, &same, err))
        return false;
    if (!same)
        return set_dimensions(db, id, dimensions, err);
    return run(db, "UPDATE OR IGNORE metric_points SET series = ?2 WHERE series = ?1", id, same,
               err) &&
           merge_points(db, id, same, err) &&
           run(db, "DELETE FROM metric_series WHERE id = ?1 AND id <> ?2", id, same, err);
}
