#include "lake/drops.h"

#include "base/hash.h"
#include "base/mem.h"
#include "filter/filter_set.h"
#include "lake/fingerprint.h"

enum { VERSION_BYTES = 8 };

/* ---- the filters that are in force ---- */

static bool insert_filter(Db *db, const RecordFilter *filter, const char *version, Error *err)
{
    DbStatement *insert = db_statement(
        db, "INSERT OR IGNORE INTO filters (name, version, verb, body) VALUES (?, ?, ?, ?)", err);
    if (!insert)
        return false;
    db_bind_text(insert, 1, filter->name);
    db_bind_text(insert, 2, str_of(version));
    db_bind_text(insert, 3, str_of(filter_set_verb(filter->verb)));
    db_bind_text(insert, 4, filter->body);
    return db_run(insert, err);
}

static bool find_filter(Db *db, const RecordFilter *filter, const char *version, int64_t *ret,
                        Error *err)
{
    bool row = false;
    DbStatement *select =
        db_statement(db, "SELECT id FROM filters WHERE name = ? AND version = ?", err);
    if (!select)
        return false;
    db_bind_text(select, 1, filter->name);
    db_bind_text(select, 2, str_of(version));
    if (!db_next(select, &row, err))
        return false;
    *ret = row ? db_int(select, 0) : 0;
    db_reset(select);
    return row || error_set(err, ERROR_SYSTEM, "a filter was stored and is not there");
}

void drops_version(const RecordFilter *filter, char ret[DROPS_VERSION_BYTES])
{
    uint8_t digest[HASH_SHA256_BYTES];
    hash_sha256(filter->body.ptr, filter->body.len, digest);
    hash_hex(digest, VERSION_BYTES, ret);
}

static bool register_filter(Db *db, const RecordFilter *filter, int64_t *ret, Error *err)
{
    char version[DROPS_VERSION_BYTES];
    drops_version(filter, version);
    return insert_filter(db, filter, version, err) && find_filter(db, filter, version, ret, err);
}

bool drops_register(Lake *lake, const FilterSet *set, int64_t *ret_ids, Error *err)
{
    bool ok = true;
    if (filter_set_count(set) > DROPS_FILTERS_MAX)
        return error_set(err, ERROR_LIMIT, "%zu filters, at most %d", filter_set_count(set),
                         DROPS_FILTERS_MAX);
    if (!db_begin(lake->db, err))
        return false;
    for (size_t i = 0; ok && i < filter_set_count(set); i++)
        ok = register_filter(lake->db, filter_set_at(set, i), &ret_ids[i], err);
    ok = ok && db_commit(lake->db, err);
    if (!ok)
        db_rollback(lake->db);
    return ok;
}

/* ---- the rows of a part ---- */

void drops_apply(const DropMarks *marks, const Batch *batch, uint8_t *verdicts)
{
    for (uint32_t row = 0; marks->marks && row < batch->rows; row++)
        if ((marks->marks[row].dropped || marks->marks[row].refused) &&
            verdicts[row] != VERDICT_DUPLICATE)
            verdicts[row] = marks->marks[row].refused ? VERDICT_REFUSED : VERDICT_DROPPED;
}

/* What a filter did to an object. */
typedef struct Count {
    int64_t dropped, spared, redacted, first_us, last_us;
} Count;

static bool is_empty(const Count *count)
{
    return !count->dropped && !count->spared && !count->redacted;
}

/* One more, in *number*, which is a member of *count*. */
static void add_row(Count *count, int64_t *number, int64_t time_us)
{
    if (is_empty(count))
        *count = (Count){.first_us = time_us, .last_us = time_us};
    ++*number;
    count->first_us = time_us < count->first_us ? time_us : count->first_us;
    count->last_us = time_us > count->last_us ? time_us : count->last_us;
}

/* An object that takes several commits adds to what it had. */
static bool insert_count(Lake *lake, int64_t object_id, int64_t filter, const Count *count,
                         Error *err)
{
    DbStatement *insert = db_statement(
        lake->db,
        "INSERT INTO drops (object_id, filter, dropped, spared, first_us, last_us, redacted)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO UPDATE SET dropped = dropped + ?3,"
        " spared = spared + ?4, first_us = min(first_us, ?5), last_us = max(last_us, ?6),"
        " redacted = redacted + ?7",
        err);
    if (!insert)
        return false;
    db_bind_int(insert, 1, object_id);
    db_bind_int(insert, 2, filter);
    db_bind_int(insert, 3, count->dropped);
    db_bind_int(insert, 4, count->spared);
    db_bind_int(insert, 5, count->first_us);
    db_bind_int(insert, 6, count->last_us);
    db_bind_int(insert, 7, count->redacted);
    return db_run(insert, err);
}

static bool is_stored(uint8_t verdict)
{
    return verdict == VERDICT_NEW || verdict == VERDICT_CONFLICT;
}

/* Counts a row for the filters that did something to it; false: none did. */
static bool count_row(const DropMarks *marks, const DropRows *rows, uint32_t row, Count *counts)
{
    int64_t time_us = rows->batch->event_time[row];
    DropMark mark = marks->marks[row];
    uint64_t changed = marks->changed && is_stored(rows->verdicts[row]) ? marks->changed[row] : 0;
    bool decided = mark.filter && rows->verdicts[row] != VERDICT_DUPLICATE;
    if (decided) {
        Count *count = &counts[mark.filter - 1];
        add_row(count, mark.dropped ? &count->dropped : &count->spared, time_us);
    }
    for (uint64_t left = changed; left; left &= left - 1) {
        Count *count = &counts[marks->redactors[__builtin_ctzll(left)]];
        add_row(count, &count->redacted, time_us);
    }
    return decided || changed;
}

/* Adds what came of the rows of one receipt; *counts*, all zero, is so again. */
static bool insert_receipt(const DropMarks *marks, const DropRows *rows, const Receipt *receipt,
                           Count *counts, Lake *lake, Error *err)
{
    bool any = false, ok = true;
    for (uint32_t row = receipt->row_first; row < receipt->row_end; row++)
        any |= count_row(marks, rows, row, counts);
    for (size_t i = 0; any && ok && i < marks->filter_count; i++) {
        if (is_empty(&counts[i]))
            continue;
        ok = insert_count(lake, receipt->object_id, marks->ids[i], &counts[i], err);
        counts[i] = (Count){0};
    }
    return ok;
}

bool drops_insert(const DropMarks *marks, const DropRows *rows, Lake *lake, Error *err)
{
    if (!marks->marks || !rows->batch)
        return true;
    Count *counts = mem_calloc(marks->filter_count + 1, sizeof *counts, err);
    bool ok = counts != NULL;
    for (size_t i = 0; ok && i < rows->receipt_count; i++)
        ok = insert_receipt(marks, rows, &rows->receipts[i], counts, lake, err);
    mem_free(counts);
    return ok;
}

/* ---- what came of it ---- */

static bool is_in_force(const FilterSet *set, Str name, Str version)
{
    char now[DROPS_VERSION_BYTES];
    const RecordFilter *filter = filter_set_find(set, name);
    if (!filter)
        return false;
    drops_version(filter, now);
    return str_equal(version, str_of(now));
}

/* Totals by name, or by version of which those of *without* are left out. */
typedef struct Asked {
    const char *sql;
    const FilterSet *without; /* NULL: none is left out */
    const DropRange *range;
    DropTake take;
    void *context;
} Asked;

static bool take_total(const Asked *asked, DbStatement *row, Error *err)
{
    const DropTotal total = {db_text(row, 0), db_text(row, 1), db_int(row, 2), db_int(row, 3),
                             db_int(row, 4)};
    return (asked->without && is_in_force(asked->without, total.name, db_text(row, 5))) ||
           asked->take(asked->context, &total, err);
}

static bool ask(Db *db, const Asked *asked, Error *err)
{
    bool row = true;
    DbStatement *select = db_statement(db, asked->sql, err);
    if (!select)
        return false;
    db_bind_int(select, 1, asked->range->first_object);
    db_bind_int(select, 2, asked->range->since_us);
    db_bind_int(select, 3, asked->range->until_us);
    while (db_next(select, &row, err)) {
        if (!row)
            return true;
        if (!take_total(asked, select, err)) {
            db_reset(select);
            return false;
        }
    }
    return false;
}

#define TOTALS                                                                                     \
    "SELECT f.name, f.verb, sum(d.dropped), sum(d.spared), sum(d.redacted), f.version FROM drops"  \
    " d JOIN filters f ON f.id = d.filter WHERE d.object_id >= ? AND d.last_us >= ? AND"           \
    " d.first_us < ? GROUP BY "

bool drops_each(Db *db, const DropRange *range, DropTake take, void *context, Error *err)
{
    const Asked asked = {TOTALS "1, 2 ORDER BY 3 DESC, 5 DESC, 1", NULL, range, take, context};
    return ask(db, &asked, err);
}

bool drops_each_gone(Db *db, const FilterSet *set, const DropRange *range, DropTake take,
                     void *context, Error *err)
{
    const Asked asked = {TOTALS "f.id HAVING sum(d.dropped) > 0 ORDER BY 1, f.id", set, range, take,
                         context};
    return ask(db, &asked, err);
}
