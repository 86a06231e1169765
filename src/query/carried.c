#include "query/carried.h"

#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/mem.h"
#include "lake/parquet.h"
#include "query/session.h"

enum {
    TEXTS_BYTES_MAX = 64 << 20,
    TREE_BYTES_MAX = 256 << 20,
    CELL_BYTES_MAX = 64 << 20,
    PATH_BYTES_MAX = 1 << 20,
    SLOTS_MIN = 256,
    ROWS_BETWEEN_LOOKS_AT_THE_CLOCK = 1024
};

/* A path to look for, or the beginning of one: a tree is only gone into along these. */
typedef struct Wanted {
    Str path; /* empty: a free slot */
    bool wanted, seen;
} Wanted;

struct Carried {
    Arena *texts;
    Wanted *slots; /* open addressing, at most half full */
    size_t mask, count;
    size_t left; /* wanted and not seen */
    bool present[FIELD_COUNT];
};

/* What is asked of the events: free-form columns, and where each stands in a record. */
typedef struct Look {
    Carried *carried;
    FieldNode columns[FIELD_COUNT];
    size_t column_count;
    Arena *tree;
    Buf path, cell;
    int64_t until_us;
} Look;

static Wanted *slot_of(const Carried *carried, Str path)
{
    size_t at = (size_t)hash_fast64(path.ptr, path.len) & carried->mask;
    while (carried->slots[at].path.len && !str_equal(carried->slots[at].path, path))
        at = (at + 1) & carried->mask;
    return &carried->slots[at];
}

static bool grow(Carried *carried, Error *err)
{
    Carried old = *carried;
    size_t slots = 2 * (old.mask + 1);
    carried->slots = mem_calloc(slots, sizeof *carried->slots, err);
    if (!carried->slots) {
        carried->slots = old.slots;
        return false;
    }
    carried->mask = slots - 1;
    for (size_t i = 0; i <= old.mask; i++)
        if (old.slots[i].path.len)
            *slot_of(carried, old.slots[i].path) = old.slots[i];
    mem_free(old.slots);
    return true;
}

Carried *carried_new(Error *err)
{
    Carried *carried = mem_calloc(1, sizeof *carried, err);
    if (!carried)
        return NULL;
    carried->mask = SLOTS_MIN - 1;
    carried->texts = arena_new(TEXTS_BYTES_MAX, err);
    carried->slots = carried->texts ? mem_calloc(SLOTS_MIN, sizeof *carried->slots, err) : NULL;
    if (carried->slots)
        return carried;
    carried_free(carried);
    return NULL;
}

void carried_free(Carried *carried)
{
    if (!carried)
        return;
    arena_free(carried->texts);
    mem_free(carried->slots);
    mem_free(carried);
}

static bool add_slot(Carried *carried, Str path, bool wanted, Error *err)
{
    if (2 * carried->count > carried->mask && !grow(carried, err))
        return false;
    Wanted *slot = slot_of(carried, path);
    carried->count += !slot->path.len;
    carried->left += wanted && !slot->wanted;
    slot->path = path;
    slot->wanted |= wanted;
    return true;
}

bool carried_add(Carried *carried, Str path, Error *err)
{
    const char *copy = path.len ? arena_text(carried->texts, path, err) : "";
    if (!copy || !path.len)
        return copy != NULL;
    Str whole = {copy, path.len};
    for (size_t dot = 0; (dot = str_find_byte(whole, '.', dot)) < whole.len; dot++)
        if (dot && !add_slot(carried, str_slice(whole, 0, dot), false, err))
            return false;
    return add_slot(carried, whole, true, err);
}

bool carried_has(const Carried *carried, Str path)
{
    return path.len && slot_of(carried, path)->seen;
}

/* Marks a path; returns whether it is one of the wanted or leads to one. */
static bool see(Carried *carried, Str path)
{
    Wanted *slot = slot_of(carried, path);
    if (!slot->path.len)
        return false;
    carried->left -= slot->wanted && !slot->seen;
    slot->seen = true;
    return true;
}

/* Which leaves have a value in some file. */
static bool read_summaries(Carried *carried, Lake *lake, uint64_t *ret_events, Error *err)
{
    DbStatement *part =
        db_statement(lake->db, "SELECT rows, summary FROM parts WHERE removed_seq IS NULL", err);
    bool row = part != NULL;
    *ret_events = 0;
    while (row && db_next(part, &row, err) && row) {
        ParquetSummary summary;
        *ret_events += (uint64_t)db_int(part, 0);
        if (!parquet_summary_read(db_blob(part, 1), &summary, err)) {
            db_reset(part);
            return false;
        }
        for (int i = 0; i < FIELD_COUNT; i++)
            carried->present[i] |= summary.leaves[i].values > summary.leaves[i].nulls;
        parquet_summary_free(&summary);
    }
    return err->kind == ERROR_NONE;
}

static bool is_below(FieldNode node, FieldNode above)
{
    while (node != F_ROOT && node != above)
        node = FIELDS[node].parent;
    return node == above;
}

static bool has_values(const Carried *carried, FieldNode node)
{
    for (int i = 0; i < FIELD_COUNT; i++)
        if (carried->present[i] && is_below((FieldNode)i, node))
            return true;
    return false;
}

/* The member *name* below *parent*; F_ROOT when no column is made of it. */
static FieldNode child_of(FieldNode parent, Str name)
{
    for (int i = 0; i < FIELD_COUNT; i++)
        if (FIELDS[i].parent == parent && FIELDS[i].member.len && str_equal(FIELDS[i].member, name))
            return (FieldNode)i;
    return F_ROOT;
}

static FieldNode element_of(FieldNode node)
{
    for (int i = 0; FIELDS[node].type == FIELD_LIST && i < FIELD_COUNT; i++)
        if (FIELDS[i].parent == node)
            return (FieldNode)i;
    return node;
}

static void add_column(Look *look, FieldNode node)
{
    bool known = !look->carried->present[node];
    for (size_t i = 0; !known && i < look->column_count; i++)
        known = look->columns[i] == node;
    if (!known)
        look->columns[look->column_count++] = node;
}

/* Settles a path that has a column, or notes which free-form column may hold it. What no column
 * takes is in `extra`, members of structs among it. */
static void place(Look *look, Str path)
{
    FieldNode node = F_ROOT;
    for (size_t from = 0, end; from <= path.len; from = end + 1) {
        end = str_find_byte(path, '.', from);
        node = child_of(node, str_slice(path, from, end));
        if (node == F_ROOT)
            break;
        if (end == path.len && has_values(look->carried, node)) {
            see(look->carried, path);
            return;
        }
        if (FIELDS[node].type == FIELD_JSON)
            add_column(look, node);
        node = element_of(node);
        if (FIELDS[node].type != FIELD_STRUCT)
            break;
    }
    add_column(look, F_EXTRA);
}

/* Goes through what stands at the path under way, as far as wanted paths lead. */
static bool walk(Look *look, const Json *value, Error *err)
{
    size_t len = look->path.len;
    bool ok = true;
    for (const Json *child = value->first; ok && child; child = child->next) {
        if (value->type == JSON_ARRAY) {
            ok = walk(look, child, err);
            continue;
        }
        ok = (!len || buf_append_byte(&look->path, '.', err)) &&
             buf_append_str(&look->path, child->name, err);
        if (ok && see(look->carried, buf_str(&look->path)))
            ok = walk(look, child, err);
        look->path.len = len;
    }
    return ok;
}

/* The members that lead to a column, below each other. */
static bool write_base(FieldNode node, Buf *out, Error *err)
{
    FieldNode parent = FIELDS[node].parent;
    return node == F_EXTRA || ((parent == F_ROOT ||
                                (write_base(parent, out, err) && buf_append_byte(out, '.', err))) &&
                               buf_append_str(out, FIELDS[node].member, err));
}

/* A cell that is no JSON, which decode does not write, tells nothing. */
static bool look_at(Look *look, const EngineResult *result, size_t column, Error *err)
{
    static const JsonLimits LIMITS = {.depth_max = JSON_DEPTH_MAX, .duplicates_allowed = true};
    Error odd = {0};
    if (engine_is_null(result, column))
        return true;
    look->cell.len = look->path.len = 0;
    arena_reset(look->tree);
    if (!engine_value(result, column, ENGINE_TEXT, &look->cell, err) ||
        !write_base(look->columns[column], &look->path, err))
        return false;
    const Json *tree = json_read(buf_str(&look->cell), &LIMITS, look->tree, &odd);
    return !tree || walk(look, tree, err);
}

static bool look_at_rows(Look *look, EngineResult *result, uint64_t *ret_looked, Error *err)
{
    bool row = true, ok = true;
    uint64_t looked = 0;
    while (ok && row && look->carried->left) {
        if (looked % ROWS_BETWEEN_LOOKS_AT_THE_CLOCK == 0 && clock_monotonic_us() > look->until_us)
            break;
        ok = engine_next(result, &row, err);
        for (size_t i = 0; ok && row && i < look->column_count; i++)
            ok = look_at(look, result, i, err);
        looked += ok && row;
    }
    *ret_looked = looked;
    return ok;
}

static bool write_query(const Look *look, Buf *sql, Error *err)
{
    bool ok = buf_printf(sql, err, "SELECT ");
    for (size_t i = 0; ok && i < look->column_count; i++) {
        char column[256];
        field_path(look->columns[i], column, sizeof column);
        ok = buf_printf(sql, err, "%s%s", i ? ", " : "", column);
    }
    return ok && buf_printf(sql, err, " FROM cloudtrail");
}

static bool look_into_events(Look *look, Lake *lake, const Config *config, CarriedReport *ret,
                             Error *err)
{
    BUF_AUTO Buf sql = buf_init(PATH_BYTES_MAX);
    const SessionOptions options = {.config = config, .since_us = INT64_MIN, .until_us = INT64_MAX};
    Session *session = write_query(look, &sql, err) ? session_open(lake, &options, err) : NULL;
    EngineResult *result = session ? session_query(session, buf_str(&sql), err) : NULL;
    bool ok = result && look_at_rows(look, result, &ret->looked, err);
    engine_result_free(result);
    session_close(session);
    return ok;
}

bool carried_look(Carried *carried, Lake *lake, const Config *config, int64_t time_us,
                  CarriedReport *ret, Error *err)
{
    Look look = {.carried = carried,
                 .path = buf_init(PATH_BYTES_MAX),
                 .cell = buf_init(CELL_BYTES_MAX),
                 .until_us = clock_monotonic_us() + time_us};
    *ret = (CarriedReport){0};
    if (!read_summaries(carried, lake, &ret->events, err))
        return false;
    for (size_t i = 0; i <= carried->mask; i++)
        if (carried->slots[i].wanted)
            place(&look, carried->slots[i].path);
    ret->looked = ret->events;
    bool ok = true;
    if (carried->left && look.column_count) {
        look.tree = arena_new(TREE_BYTES_MAX, err);
        ok = look.tree && look_into_events(&look, lake, config, ret, err);
        if (ok && !carried->left)
            ret->looked = ret->events;
    }
    arena_free(look.tree);
    buf_free(&look.path);
    buf_free(&look.cell);
    return ok;
}
