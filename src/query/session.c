#include "query/session.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/file_copy.h"
#include "base/mem.h"
#include "lake/layout.h"
#include "lake/scan_sql.h"
#include "lake/views.h"
#include "query/check.h"
#include "query/state_table.h"

enum { SQL_BYTES_MAX = 256 << 20, PATHS_BYTES_MAX = 256 << 20 };

struct Session {
    Engine *engine;
    char temp[64]; /* private folder: spills and exports */
    char state_path[LAYOUT_PATH_BYTES];
    uint64_t files;
    uint64_t bytes;
};

/* Absolute paths of the live parts in a range of time. */
typedef struct PartList {
    Arena *arena;
    Buf paths; /* const char * each */
} PartList;

static bool list_parts(Session *session, Lake *lake, const SessionOptions *options, PartList *list,
                       Error *err)
{
    bool row = true;
    DbStatement *select = db_statement(
        lake->db,
        "SELECT path, bytes FROM parts WHERE removed_seq IS NULL AND time_max >= ?1 AND time_min < "
        "?2 ORDER BY day, id",
        err);
    if (!select)
        return false;
    db_bind_int(select, 1, options->since_us);
    db_bind_int(select, 2, options->until_us);
    while (db_next(select, &row, err)) {
        char path[LAYOUT_PATH_BYTES];
        if (!row)
            return true;
        if (!layout_path(path, err, lake->folder, "%.*s", STR_ARG(db_text(select, 0))))
            return false;
        const char *copy = arena_text(list->arena, str_of(path), err);
        if (!copy || !buf_append(&list->paths, &copy, sizeof copy, err))
            return false;
        session->files++;
        session->bytes += (uint64_t)db_int(select, 1);
    }
    return false;
}

static bool put_range(Buf *sql, const SessionOptions *options, Error *err)
{
    bool since = options->since_us != INT64_MIN;
    bool until = options->until_us != INT64_MAX;
    bool ok = true;
    if (since)
        ok = buf_printf(sql, err, " WHERE eventtime >= make_timestamp(%" PRId64 ")",
                        options->since_us);
    if (ok && until)
        ok = buf_printf(sql, err, " %s eventtime < make_timestamp(%" PRId64 ")",
                        since ? "AND" : "WHERE", options->until_us);
    return ok;
}

static bool create_views(Session *session, Lake *lake, const SessionOptions *options, Error *err)
{
    PartList list = {arena_new(PATHS_BYTES_MAX, err), buf_init(PATHS_BYTES_MAX)};
    BUF_AUTO Buf sql = buf_init(SQL_BYTES_MAX);
    bool ok = list.arena && list_parts(session, lake, options, &list, err) &&
              buf_printf(&sql, err, "CREATE VIEW cloudtrail AS SELECT * FROM ") &&
              scan_sql(&sql, (const char *const *)(void *)list.paths.ptr,
                       list.paths.len / sizeof(char *), err) &&
              put_range(&sql, options, err) && buf_text(&sql, err) &&
              engine_run(session->engine, sql.ptr, err);
    sql.len = 0;
    ok = ok && views_cloudtrail_logs(&sql, err) && buf_text(&sql, err) &&
         engine_run(session->engine, sql.ptr, err);
    buf_free(&list.paths);
    arena_free(list.arena);
    return ok;
}

static bool make_temp(Session *session, Error *err)
{
    const char *base = getenv("TMPDIR");
    int used = snprintf(session->temp, sizeof session->temp, "%s/spoor-XXXXXX",
                        base && base[0] ? base : "/tmp");
    if (used >= (int)sizeof session->temp || !mkdtemp(session->temp)) {
        session->temp[0] = '\0';
        return error_errno(err, "no temporary folder could be made in '%s'",
                           base && base[0] ? base : "/tmp");
    }
    return true;
}

static bool lock(Session *session, const Lake *lake, Error *err)
{
    char data[LAYOUT_PATH_BYTES];
    const char *folders[] = {data, session->temp};
    return layout_path(data, err, lake->folder, "cloudtrail/data") &&
           engine_lock(session->engine, folders, 2, err);
}

Session *session_open(Lake *lake, const SessionOptions *options, Error *err)
{
    Session *session = mem_calloc(1, sizeof *session, err);
    if (!session)
        return NULL;
    EngineOptions engine = {
        .memory_bytes = (uint64_t)config_number(options->config, CONFIG_QUERY_MEMORY),
        .threads = (int)config_number(options->config, CONFIG_QUERY_THREADS),
        .temp_folder = session->temp,
    };
    bool ok =
        make_temp(session, err) && layout_path(session->state_path, err, lake->folder, "state.db");
    if (ok)
        session->engine = engine_open(&engine, err);
    ok = ok && session->engine && create_views(session, lake, options, err) &&
         state_table_register(session->engine, session->state_path, err) &&
         lock(session, lake, err);
    if (ok)
        return session;
    session_close(session);
    return NULL;
}

void session_close(Session *session)
{
    Error err = {0};
    if (!session)
        return;
    engine_close(session->engine);
    if (session->temp[0] && !file_remove_tree(session->temp, &err))
        error_clear(&err); /* a temporary folder that stays does no harm */
    mem_free(session);
}

EngineResult *session_query(Session *session, Str sql, Error *err)
{
    BUF_AUTO Buf text = buf_init(CHECK_SQL_BYTES_MAX + 1);
    if (!check_statement(session->engine, sql, err) || !buf_append_str(&text, sql, err) ||
        !buf_text(&text, err))
        return NULL;
    return engine_query(session->engine, text.ptr, err);
}

static bool first_number(EngineResult *result, uint64_t *ret, Error *err)
{
    BUF_AUTO Buf text = buf_init(64);
    bool row;
    *ret = 0;
    return engine_next(result, &row, err) &&
           (!row || (engine_value(result, 0, ENGINE_TEXT, &text, err) &&
                     (str_to_u64(buf_str(&text), ret) || true)));
}

bool session_export(Session *session, Str sql, const char *path, uint64_t *ret_rows, Error *err)
{
    BUF_AUTO Buf text = buf_init(2 * CHECK_SQL_BYTES_MAX);
    char temp[128];
    snprintf(temp, sizeof temp, "%s/export.parquet", session->temp);
    sql = str_trim(sql);
    while (sql.len && sql.ptr[sql.len - 1] == ';')
        sql = str_trim(str_slice(sql, 0, sql.len - 1));
    if (!check_statement(session->engine, sql, err) || !buf_append(&text, "COPY (\n", 7, err) ||
        !buf_append_str(&text, sql, err) || !buf_printf(&text, err, "\n) TO ") ||
        !engine_quote(&text, str_of(temp), err) ||
        !buf_printf(&text, err, " (FORMAT parquet, COMPRESSION zstd)") || !buf_text(&text, err))
        return false;
    EngineResult *result = engine_query(session->engine, text.ptr, err);
    bool ok = result && first_number(result, ret_rows, err);
    engine_result_free(result);
    return ok && file_copy(temp, path, NULL, err) && file_remove(temp, err);
}

void session_interrupt(Session *session)
{
    engine_interrupt(session->engine);
}

void session_scope(const Session *session, uint64_t *ret_files, uint64_t *ret_bytes)
{
    *ret_files = session->files;
    *ret_bytes = session->bytes;
}
