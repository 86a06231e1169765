#include "lake/reapply_tally.h"

#include <string.h>

#include "base/mem.h"

static bool list_redactors(ReapplyTally *self, Error *err)
{
    self->redactors = mem_calloc(REDACTIONS_MAX, sizeof *self->redactors, err);
    for (size_t i = 0; self->redactors && i < filter_set_count(self->set); i++) {
        const RecordFilter *filter = filter_set_at(self->set, i);
        if (filter->verb == FILTER_REDACT || filter->verb == FILTER_FUNCTION)
            self->redactors[filter->redaction] = (uint32_t)i;
    }
    return self->redactors != NULL;
}

bool reapply_tally_init(ReapplyTally *self, const Lake *lake, const FilterSet *set, Error *err)
{
    *self = (ReapplyTally){.set = set, .summer = ledger_sum_new(lake)};
    self->filters = mem_calloc(filter_set_count(set) + 1, sizeof *self->filters, err);
    return self->filters && list_redactors(self, err);
}

void reapply_tally_free(ReapplyTally *self)
{
    mem_free(self->filters);
    mem_free(self->redactors);
    mem_free(self->order);
}

void reapply_tally_reset(ReapplyTally *self)
{
    memset(self->filters, 0, filter_set_count(self->set) * sizeof *self->filters);
    self->rows = self->dropped = self->changed = self->failed = 0;
    self->before = self->gone = self->changed_from = self->changed_to = (LedgerSum){{0}};
}

/* ---- by object ---- */

static const char TABLE_SQL[] =
    "CREATE TEMP TABLE IF NOT EXISTS reapplied (object_id INTEGER NOT NULL, filter INTEGER NOT"
    " NULL, dropped INTEGER NOT NULL, redacted INTEGER NOT NULL, first_us INTEGER NOT NULL,"
    " last_us INTEGER NOT NULL, PRIMARY KEY (object_id, filter)) WITHOUT ROWID;"
    "DELETE FROM reapplied";

/* Receipts that changed are published again. */
static const char OBJECTS_SQL[] =
    "INSERT INTO drops (object_id, filter, dropped, spared, first_us, last_us, redacted) SELECT"
    " object_id, filter, dropped, 0, first_us, last_us, redacted FROM reapplied WHERE true ON"
    " CONFLICT DO UPDATE SET dropped = dropped + excluded.dropped, first_us = min(first_us,"
    " excluded.first_us), last_us = max(last_us, excluded.last_us), redacted = redacted +"
    " excluded.redacted;"
    "UPDATE objects SET kept = max(kept - n, 0), dropped = dropped + n, conflicting ="
    " min(conflicting, max(kept - n, 0)) FROM (SELECT object_id, sum(dropped) AS n FROM reapplied"
    " GROUP BY 1) r WHERE r.object_id = objects.id AND n > 0;"
    "UPDATE object_progress SET through_seq = min(through_seq, coalesce((SELECT min(commit_seq) - 1"
    " FROM objects WHERE id IN (SELECT object_id FROM reapplied WHERE dropped > 0)),"
    " through_seq))";

bool reapply_tally_by_object(ReapplyTally *self, Lake *lake, const int64_t *ids, Error *err)
{
    self->db = lake->db;
    self->ids = ids;
    return db_exec(self->db, TABLE_SQL, err);
}

bool reapply_tally_objects(ReapplyTally *self, Error *err)
{
    return db_exec(self->db, OBJECTS_SQL, err);
}

/* What a filter did to a row. */
static bool note_row(ReapplyTally *self, const Batch *read, uint32_t row, size_t filter,
                     bool dropped, Error *err)
{
    ReapplyCount *count = &self->filters[filter];
    ++*(dropped ? &count->dropped : &count->changed);
    if (!self->db)
        return true;
    DbStatement *insert = db_statement(
        self->db,
        "INSERT INTO reapplied (object_id, filter, dropped, redacted, first_us, last_us) VALUES"
        " (?1, ?2, ?3, ?4, ?5, ?5) ON CONFLICT DO UPDATE SET dropped = dropped + ?3, redacted ="
        " redacted + ?4, first_us = min(first_us, ?5), last_us = max(last_us, ?5)",
        err);
    if (!insert)
        return false;
    db_bind_int(insert, 1, read->object_id[row]);
    db_bind_int(insert, 2, self->ids[filter]);
    db_bind_int(insert, 3, dropped);
    db_bind_int(insert, 4, !dropped);
    db_bind_int(insert, 5, read->event_time[row]);
    return db_run(insert, err);
}

/* ---- rows ---- */

static bool make_room(ReapplyTally *self, uint32_t rows, Error *err)
{
    if (rows <= self->order_max)
        return true;
    uint32_t *grown = mem_realloc(self->order, rows * sizeof *grown, err);
    if (!grown)
        return false;
    self->order = grown;
    self->order_max = rows;
    return true;
}

static void sum_order(ReapplyTally *self, const Batch *batch, uint32_t count, LedgerSum *sum)
{
    ledger_sum_rows(&self->summer, batch, self->order, count, sum);
}

static bool add_dropped(ReapplyTally *self, const Batch *read, const ReapplyRows *rows, Error *err)
{
    uint32_t count = 0;
    for (uint32_t row = 0; row < read->rows; row++) {
        if (!rows->dropped_by[row])
            continue;
        self->order[count++] = row;
        if (!note_row(self, read, row, rows->dropped_by[row] - 1u, true, err))
            return false;
    }
    self->dropped += count;
    sum_order(self, read, count, &self->gone);
    return true;
}

static bool note_changed(ReapplyTally *self, const Batch *read, uint32_t row, uint64_t changed,
                         Error *err)
{
    bool ok = true;
    for (; ok && changed; changed &= changed - 1)
        ok = note_row(self, read, row, self->redactors[__builtin_ctzll(changed)], false, err);
    return ok;
}

static bool add_changed(ReapplyTally *self, const Batch *read, const ReapplyRows *rows, Error *err)
{
    uint32_t count = 0;
    bool ok = true;
    for (uint32_t row = 0; ok && row < rows->batch->rows; row++) {
        if (!rows->touched[row])
            continue;
        self->order[count++] = row;
        ok = note_changed(self, read, rows->from[row], rows->changed ? rows->changed[row] : 0, err);
    }
    self->changed += count;
    sum_order(self, rows->batch, count, &self->changed_to);
    for (uint32_t i = 0; i < count; i++)
        self->order[i] = rows->from[self->order[i]];
    sum_order(self, read, count, &self->changed_from);
    return ok;
}

bool reapply_tally_add(ReapplyTally *self, const Batch *read, const ReapplyRows *rows, Error *err)
{
    if (!make_room(self, read->rows, err))
        return false;
    for (uint32_t row = 0; row < read->rows; row++)
        self->order[row] = row;
    sum_order(self, read, read->rows, &self->before);
    self->rows += read->rows;
    self->failed += rows->failed;
    return add_dropped(self, read, rows, err) && add_changed(self, read, rows, err);
}
