#include "lake/metric_rollup.h"

#include "lake/metric_point.h"

enum { DAY_S = 86400 };

/* Points of one period become those of the next, or go, when they are older. */
static const struct {
    int64_t period_s, next_s; /* next_s 0: they go */
    int64_t days;
} STEPS[] = {{60, 300, 15}, {300, 3600, 63}, {3600, 0, 455}};

/* A point to be made of finer ones. */
typedef struct Group {
    int64_t series, start_s, period_s, next_s;
    bool assumed; /* all of them */
    MetricCell cell;
} Group;

/* The first point of *period_s* before *before_s*; *ret_any* false: there is none. */
static bool find(Db *db, int64_t before_s, Group *group, bool *ret_any, Error *err)
{
    DbStatement *select = db_statement(
        db, "SELECT series, start_s FROM metric_points WHERE period_s = ? AND start_s < ? LIMIT 1",
        err);
    if (!select)
        return false;
    db_bind_int(select, 1, group->period_s);
    db_bind_int(select, 2, before_s);
    if (!db_next(select, ret_any, err))
        return false;
    if (*ret_any) {
        group->series = db_int(select, 0);
        group->start_s = db_int(select, 1) / group->next_s * group->next_s;
    }
    db_reset(select);
    return true;
}

static bool add_row(Group *group, DbStatement *row, Error *err)
{
    MetricCell cell = metric_cell_new();
    cell.samples = db_real(row, 0);
    cell.sum = db_real(row, 1);
    cell.min = db_real(row, 2);
    cell.max = db_real(row, 3);
    group->assumed = group->assumed && db_int(row, 4);
    bool ok = metric_cell_read(&cell, db_blob(row, 5), err) &&
              metric_cell_merge(&group->cell, &cell, err);
    metric_cell_free(&cell);
    return ok;
}

/* Adds the finer points, and the coarser one if it is there already. */
static bool add_up(Db *db, Group *group, Error *err)
{
    bool row = true;
    DbStatement *select = db_statement(db,
                                       "SELECT samples, sum, min, max, assumed, sketch FROM"
                                       " metric_points WHERE series = ? AND start_s >= ? AND"
                                       " start_s < ? AND period_s IN (?, ?)",
                                       err);
    if (!select)
        return false;
    db_bind_int(select, 1, group->series);
    db_bind_int(select, 2, group->start_s);
    db_bind_int(select, 3, group->start_s + group->next_s);
    db_bind_int(select, 4, group->period_s);
    db_bind_int(select, 5, group->next_s);
    while (db_next(select, &row, err)) {
        if (!row)
            return true;
        if (!add_row(group, select, err)) {
            db_reset(select);
            return false;
        }
    }
    return false;
}

static bool remove_finer(Db *db, const Group *group, Error *err)
{
    DbStatement *delete = db_statement(db,
                                       "DELETE FROM metric_points WHERE series = ? AND start_s >="
                                       " ? AND start_s < ? AND period_s = ?",
                                       err);
    if (!delete)
        return false;
    db_bind_int(delete, 1, group->series);
    db_bind_int(delete, 2, group->start_s);
    db_bind_int(delete, 3, group->start_s + group->next_s);
    db_bind_int(delete, 4, group->period_s);
    return db_run(delete, err);
}

static bool write(Db *db, const Group *group, Error *err)
{
    const MetricPoint at = {group->series, group->start_s, group->next_s};
    return metric_point_write(db, at, &group->cell, group->assumed, err);
}

/* Makes one coarser point; *ret_any* false: none is due. */
static bool roll_one(Db *db, int64_t before_s, Group *group, bool *ret_any, Error *err)
{
    group->cell = metric_cell_new();
    group->assumed = true;
    bool ok = find(db, before_s, group, ret_any, err) &&
              (!*ret_any ||
               (add_up(db, group, err) && remove_finer(db, group, err) && write(db, group, err)));
    metric_cell_free(&group->cell);
    return ok;
}

/* Removes points that are too old for any period, some of them at a time. */
static bool remove_old(Db *db, int64_t before_s, int *count, Error *err)
{
    DbStatement *delete = db_statement(
        db,
        "DELETE FROM metric_points WHERE (series, start_s, period_s) IN (SELECT series, start_s,"
        " period_s FROM metric_points WHERE period_s = 3600 AND start_s < ?1 LIMIT ?2)",
        err);
    if (!delete)
        return false;
    db_bind_int(delete, 1, before_s);
    db_bind_int(delete, 2, METRIC_ROLLUP_POINTS_MAX - *count);
    if (!db_run(delete, err))
        return false;
    *count += (int)db_changes(db);
    return db_exec(db,
                   "DELETE FROM metric_series WHERE NOT EXISTS (SELECT 1 FROM metric_points p WHERE"
                   " p.series = metric_series.id)",
                   err);
}

static bool roll_all(Db *db, int64_t now_s, int *count, Error *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < sizeof STEPS / sizeof *STEPS; i++) {
        Group group = {.period_s = STEPS[i].period_s, .next_s = STEPS[i].next_s};
        int64_t before_s = now_s - STEPS[i].days * DAY_S;
        bool any = true;
        if (!STEPS[i].next_s)
            return remove_old(db, before_s, count, err);
        before_s -= before_s % STEPS[i].next_s;
        while (ok && any && *count < METRIC_ROLLUP_POINTS_MAX) {
            ok = roll_one(db, before_s, &group, &any, err);
            *count += any;
        }
    }
    return ok;
}

bool metric_rollup(Db *db, int64_t now_us, bool *ret_more, Error *err)
{
    int count = 0;
    *ret_more = false;
    if (!db_begin(db, err))
        return false;
    if (roll_all(db, now_us / 1000000, &count, err) && db_commit(db, err)) {
        *ret_more = count >= METRIC_ROLLUP_POINTS_MAX;
        return true;
    }
    db_rollback(db);
    return false;
}
