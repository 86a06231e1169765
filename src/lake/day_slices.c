#include "lake/day_slices.h"

#include <string.h>

#include "base/arena.h"
#include "base/mem.h"
#include "lake/scan_sql.h"

enum {
    SQL_BYTES_MAX = 64 << 20,
    VALUE_BYTES_MAX = 1 << 20,
    ARENA_BYTES_MAX = 256 << 20,
    LIST_BYTES_MAX = 64 << 20,
    HEX_WHOLE = 2 * DAY_SLICE_TEXT, /* a text that has fewer digits was not cut */
};

/* The columns in the order of a day's rows: how the engine tells a value, and how it is told to
 * it: before and behind. Texts go as hexadecimal digits, so that none can end a statement. */
static const struct Level {
    const char *column;
    const char *value; /* what is grouped by; as column, or cut */
    const char *tell;  /* of value, as digits */
    const char *before, *behind;
    bool text;
} LEVELS[] = {
    {"eventsource", "left(eventsource, 200)", "hex(v)", "decode(unhex('", "'))", true},
    {"eventname", "left(eventname, 200)", "hex(v)", "decode(unhex('", "'))", true},
    {"eventtime", "eventtime", "epoch_us(v)", "make_timestamp(", ")", false},
    {"object_id", "object_id", "v", "", "", false},
};

enum { LEVEL_COUNT = sizeof LEVELS / sizeof *LEVELS };
_Static_assert(DAY_SLICE_TEXT == 200, "as in LEVELS");

struct DaySlices {
    Engine *engine;
    const char *const *paths;
    size_t count;
    Arena *arena;
    Buf left;         /* const char * each: what comes, the next one last */
    const char *hand; /* NULL before the first and behind the last */
};

/* Values that follow each other. */
typedef struct Run {
    const char *from; /* the first of them, as the engine told it; NULL: that is NULL */
    size_t digits;    /* of it */
    uint64_t rows;    /* more than a slice may have: it is one value */
    const char *next; /* where the next run begins; NULL: nowhere, or that is NULL */
    bool alone;       /* its one value is split further */
} Run;

/* A slice being split. */
typedef struct Cutting {
    DaySlices *slices;
    uint64_t rows_max;
    Buf cuts; /* const char * each */
} Cutting;

/* Adds a value to the last run, or begins one with it. */
static bool add_value(const Cutting *cutting, Buf *runs, const EngineResult *result, Error *err)
{
    int64_t rows;
    BUF_AUTO Buf text = buf_init(VALUE_BYTES_MAX);
    size_t count = runs->len / sizeof(Run);
    Run *last = count ? (Run *)(void *)runs->ptr + count - 1 : NULL;
    bool null = engine_is_null(result, 0);
    if (!engine_long(result, 1, &rows, err))
        return false;
    if (last && !null && last->rows + (uint64_t)rows <= cutting->rows_max) {
        last->rows += (uint64_t)rows;
        return true;
    }
    if (!null && !engine_value(result, 0, ENGINE_TEXT, &text, err))
        return false;
    const Run run = {null ? NULL : arena_text(cutting->slices->arena, buf_str(&text), err),
                     text.len, (uint64_t)rows, NULL, false};
    return (null || run.from) && buf_append(runs, &run, sizeof run, err);
}

/* The runs of a column among the rows for which *where* is true, in order; NULL is the last. */
static bool list_runs(const Cutting *cutting, const struct Level *level, const char *where,
                      Buf *runs, Error *err)
{
    bool row = true;
    const DaySlices *slices = cutting->slices;
    BUF_AUTO Buf sql = buf_init(SQL_BYTES_MAX);
    if (!buf_printf(&sql, err, "SELECT %s, n FROM (SELECT %s AS v, count(*) AS n FROM ",
                    level->tell, level->value) ||
        !scan_sql(&sql, slices->paths, slices->count, err) ||
        !buf_printf(&sql, err, " WHERE %s GROUP BY v) ORDER BY v NULLS LAST", where) ||
        !buf_text(&sql, err))
        return false;
    EngineResult *result = engine_query(slices->engine, sql.ptr, err);
    bool ok = result != NULL;
    while (ok && (ok = engine_next(result, &row, err)) && row)
        ok = add_value(cutting, runs, result, err);
    engine_result_free(result);
    return ok;
}

static bool put_bound(Buf *sql, const struct Level *level, const char *operator, const char * value,
                      Error *err)
{
    return buf_printf(sql, err, " AND %s %s %s%s%s", level->column, operator, level->before, value,
                      level->behind);
}

/* *where* and what *run* adds to it, in the arena. */
static const char *run_sql(Arena *arena, const struct Level *level, const char *where,
                           const Run *run, Error *err)
{
    BUF_AUTO Buf sql = buf_init(SQL_BYTES_MAX);
    bool ok = buf_printf(&sql, err, "%s", where);
    if (!run->from)
        ok = ok && buf_printf(&sql, err, " AND %s IS NULL", level->column);
    else if (run->alone)
        ok = ok && put_bound(&sql, level, "=", run->from, err);
    else
        ok = ok && put_bound(&sql, level, ">=", run->from, err) &&
             (!run->next || put_bound(&sql, level, "<", run->next, err));
    return ok ? arena_text(arena, buf_str(&sql), err) : NULL;
}

/* Cuts the rows for which *where* is true by the columns from *level* on: recursion ends with the
 * last of them. */
static bool cut(Cutting *cutting, int level, const char *where, Error *err)
{
    const struct Level *by = &LEVELS[level];
    BUF_AUTO Buf runs = buf_init(LIST_BYTES_MAX);
    bool ok = list_runs(cutting, by, where, &runs, err);
    size_t count = runs.len / sizeof(Run);
    for (size_t i = 0; ok && i < count; i++) {
        Run *run = (Run *)(void *)runs.ptr + i;
        bool whole = !by->text || run->digits < HEX_WHOLE;
        run->next = i + 1 < count ? run[1].from : NULL;
        run->alone = run->rows > cutting->rows_max && whole && level + 1 < LEVEL_COUNT;
        const char *sql = run_sql(cutting->slices->arena, by, where, run, err);
        if (!sql)
            return false;
        ok = run->alone ? cut(cutting, level + 1, sql, err)
                        : buf_append(&cutting->cuts, &sql, sizeof sql, err);
    }
    return ok;
}

DaySlices *day_slices_new(Engine *engine, const char *const *paths, size_t count, const char *where,
                          Error *err)
{
    BUF_AUTO Buf sql = buf_init(SQL_BYTES_MAX);
    DaySlices *slices = mem_calloc(1, sizeof *slices, err);
    if (!slices)
        return NULL;
    slices->engine = engine;
    slices->paths = paths;
    slices->count = count;
    slices->left = buf_init(LIST_BYTES_MAX);
    slices->arena = arena_new(ARENA_BYTES_MAX, err);
    const char *all = slices->arena && buf_printf(&sql, err, "(%s)", where ? where : "true")
                          ? arena_text(slices->arena, buf_str(&sql), err)
                          : NULL;
    if (all && buf_append(&slices->left, &all, sizeof all, err))
        return slices;
    day_slices_free(slices);
    return NULL;
}

void day_slices_free(DaySlices *slices)
{
    if (!slices)
        return;
    arena_free(slices->arena);
    buf_free(&slices->left);
    mem_free(slices);
}

const char *day_slices_next(DaySlices *slices)
{
    slices->hand = NULL;
    if (slices->left.len) {
        slices->left.len -= sizeof slices->hand;
        memcpy(&slices->hand, slices->left.ptr + slices->left.len, sizeof slices->hand);
    }
    return slices->hand;
}

bool day_slices_split(DaySlices *slices, uint64_t rows_max, bool *ret_split, Error *err)
{
    Cutting cutting = {slices, rows_max, buf_init(LIST_BYTES_MAX)};
    bool ok = cut(&cutting, 0, slices->hand, err);
    size_t size = sizeof slices->hand;
    *ret_split = ok && cutting.cuts.len > size;
    for (size_t at = cutting.cuts.len; *ret_split && ok && at > 0; at -= size)
        ok = buf_append(&slices->left, cutting.cuts.ptr + at - size, size, err);
    buf_free(&cutting.cuts);
    return ok;
}
