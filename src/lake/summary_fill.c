#include "lake/summary_fill.h"

#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "lake/claim.h"
#include "lake/summary_file.h"
#include "lake/summary_sql.h"

enum { ARENA_BYTES_MAX = 256 << 20, LIST_BYTES_MAX = 64 << 20, SQL_BYTES_MAX = 1 << 20 };

static const size_t FILE_BYTES_MAX = (size_t)1 << 30;

/* A data file whose rows were not counted. */
typedef struct Missing {
    const char *data;    /* absolute */
    const char *counted; /* what is to be written */
} Missing;

static bool list_file(const Lake *lake, Str data, Arena *arena, Buf *list, Error *err)
{
    char path[LAYOUT_PATH_BYTES], whole[LAYOUT_PATH_BYTES];
    if (!summary_file_path(path, lake->folder, data, err) ||
        !layout_path(whole, err, lake->folder, "%.*s", STR_ARG(data)))
        return false;
    if (file_exists(path))
        return true;
    const Missing missing = {arena_text(arena, str_of(whole), err),
                             arena_text(arena, str_of(path), err)};
    return missing.data && missing.counted && buf_append(list, &missing, sizeof missing, err);
}

static bool list_files(Lake *lake, Arena *arena, Buf *list, Error *err)
{
    bool row = true;
    DbStatement *select = db_statement(
        lake->db, "SELECT path FROM parts WHERE removed_seq IS NULL AND rows >= ? ORDER BY day, id",
        err);
    if (!select)
        return false;
    db_bind_int(select, 1, SUMMARY_FILE_EVENTS_MIN);
    while (db_next(select, &row, err)) {
        if (!row)
            return true;
        if (!list_file(lake, db_text(select, 0), arena, list, err)) {
            db_reset(select);
            return false;
        }
    }
    return false;
}

static bool list_missing(Lake *lake, Arena *arena, Buf *list, Error *err)
{
    Claim *turn;
    if (!claim_lake_turn(lake, &turn, err))
        return false;
    bool ok = list_files(lake, arena, list, err);
    claim_end(turn, false);
    return ok;
}

static bool put_copy(Buf *sql, const char *data, const char *scratch, Error *err)
{
    ScanFiles file = {.paths = &data, .count = 1};
    memset(file.lacking, true, sizeof file.lacking); /* it is an old one: found by id */
    return buf_printf(sql, err, "COPY (") && summary_sql_count(sql, &file, err) &&
           buf_printf(sql, err, ") TO ") && engine_quote(sql, str_of(scratch), err) &&
           buf_printf(sql, err, " (FORMAT parquet, COMPRESSION zstd)") && buf_text(sql, err);
}

/* The engine writes it into the lake's folder for scratch; its place gets it whole or not at all.
 */
static bool fill(const Lake *lake, Engine *engine, const Missing *missing, Error *err)
{
    char scratch[LAYOUT_PATH_BYTES];
    FileInfo info;
    BUF_AUTO Buf sql = buf_init(SQL_BYTES_MAX), bytes = buf_init(FILE_BYTES_MAX);
    if (!layout_path(scratch, err, lake->folder, "tmp/summary.parquet") ||
        !put_copy(&sql, missing->data, scratch, err))
        return false;
    bool ok = engine_run(engine, sql.ptr, err) && file_read(scratch, &bytes, &info, err) &&
              layout_make_folder_of(missing->counted, err) &&
              file_replace(missing->counted, buf_str(&bytes), err);
    Error ignored = {0};
    if (!file_remove(scratch, &ignored))
        error_clear(&ignored);
    return ok;
}

static bool is_stopping(const atomic_bool *stopping)
{
    return stopping && atomic_load(stopping);
}

bool summary_fill(Lake *lake, Engine *engine, const atomic_bool *stopping, uint64_t *ret,
                  Error *err)
{
    BUF_AUTO Buf list = buf_init(LIST_BYTES_MAX);
    Arena *arena = arena_new(ARENA_BYTES_MAX, err);
    bool ok = arena && list_missing(lake, arena, &list, err);
    size_t count = list.len / sizeof(Missing);
    const Missing *missing = (const Missing *)(const void *)list.ptr;
    *ret = 0;
    for (size_t i = 0; ok && i < count && !is_stopping(stopping); i++) {
        ok = fill(lake, engine, &missing[i], err);
        *ret += ok;
    }
    arena_free(arena);
    if (!ok && is_stopping(stopping)) { /* the engine was interrupted */
        error_clear(err);
        return true;
    }
    return ok;
}
