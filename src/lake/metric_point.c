#include "lake/metric_point.h"

enum { SKETCH_BYTES_MAX = 1 << 17 };

bool metric_point_read(Db *db, MetricPoint at, MetricCell *ret, Error *err)
{
    bool row, ok = true;
    DbStatement *select =
        db_statement(db,
                     "SELECT samples, sum, min, max, sketch FROM metric_points WHERE series = ?"
                     " AND start_s = ? AND period_s = ? AND NOT assumed",
                     err);
    if (!select)
        return false;
    db_bind_int(select, 1, at.series);
    db_bind_int(select, 2, at.start_s);
    db_bind_int(select, 3, at.period_s);
    if (!db_next(select, &row, err))
        return false;
    if (row) {
        ret->samples = db_real(select, 0);
        ret->sum = db_real(select, 1);
        ret->min = db_real(select, 2);
        ret->max = db_real(select, 3);
        ok = metric_cell_read(ret, db_blob(select, 4), err);
    }
    db_reset(select);
    return ok;
}

bool metric_point_write(Db *db, MetricPoint at, const MetricCell *cell, bool assumed, Error *err)
{
    BUF_AUTO Buf sketch = buf_init(SKETCH_BYTES_MAX);
    DbStatement *insert = db_statement(db,
                                       "INSERT OR REPLACE INTO metric_points (series, start_s,"
                                       " period_s, samples, sum, min, max, assumed, sketch)"
                                       " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                                       err);
    if (!insert || !metric_cell_write(cell, &sketch, err))
        return false;
    db_bind_int(insert, 1, at.series);
    db_bind_int(insert, 2, at.start_s);
    db_bind_int(insert, 3, at.period_s);
    db_bind_real(insert, 4, cell->samples);
    db_bind_real(insert, 5, cell->sum);
    db_bind_real(insert, 6, cell->min);
    db_bind_real(insert, 7, cell->max);
    db_bind_int(insert, 8, assumed);
    if (sketch.len)
        db_bind_blob(insert, 9, sketch.ptr, sketch.len);
    return db_run(insert, err);
}
