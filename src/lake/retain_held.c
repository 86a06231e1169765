#include "lake/retain_held.h"

#include <inttypes.h>

#include "base/arena.h"
#include "lake/hold.h"
#include "lake/layout.h"
#include "lake/scan_sql.h"

enum { SQL_BYTES_MAX = 64 << 20, VALUES_AT_ONCE = 10000, PATHS_BYTES_MAX = 64 << 20 };

bool retain_held_begin(Lake *lake, Error *err)
{
    return db_exec(
        lake->db,
        "CREATE TEMP TABLE due_records (object_id INTEGER NOT NULL, record_index INTEGER"
        " NOT NULL, day INTEGER NOT NULL, PRIMARY KEY (object_id, record_index)) WITHOUT"
        " ROWID;"
        "CREATE TEMP TABLE held_records (object_id INTEGER NOT NULL, record_index INTEGER"
        " NOT NULL, PRIMARY KEY (object_id, record_index)) WITHOUT ROWID",
        err);
}

bool retain_held_end(Lake *lake, Error *err)
{
    return db_exec(lake->db, "DROP TABLE due_records; DROP TABLE held_records", err);
}

/* Gives the engine the next values of *select*; *ret_more*: there were some. */
static bool give_values(DbStatement *select, Engine *engine, bool *ret_more, Error *err)
{
    bool row = true;
    size_t count = 0;
    BUF_AUTO Buf sql = buf_init(SQL_BYTES_MAX);
    if (!buf_printf(&sql, err, "INSERT INTO due_records VALUES "))
        return false;
    while (count < VALUES_AT_ONCE && db_next(select, &row, err) && row)
        if (!buf_printf(&sql, err, "%s(%" PRId64 ",%" PRId64 ")", count++ ? "," : "",
                        db_int(select, 0), db_int(select, 1)))
            return false;
    if (row && count < VALUES_AT_ONCE)
        return false; /* db_next failed */
    *ret_more = row;
    return count == 0 || (buf_text(&sql, err) && engine_run(engine, sql.ptr, err));
}

static bool give_records(Lake *lake, Engine *engine, Error *err)
{
    bool more = true;
    DbStatement *select =
        db_statement(lake->db, "SELECT object_id, record_index FROM due_records", err);
    bool ok = select && engine_run(engine,
                                   "CREATE OR REPLACE TEMP TABLE due_records (object_id BIGINT,"
                                   " record_index INTEGER)",
                                   err);
    while (ok && more)
        ok = give_values(select, engine, &more, err);
    if (select && !ok)
        db_reset(select);
    return ok;
}

static bool take_held(Lake *lake, const EngineResult *result, Error *err)
{
    int64_t object_id, record_index;
    DbStatement *insert = db_statement(
        lake->db, "INSERT OR IGNORE INTO held_records (object_id, record_index) VALUES (?, ?)",
        err);
    if (!insert || !engine_long(result, 0, &object_id, err) ||
        !engine_long(result, 1, &record_index, err))
        return false;
    db_bind_int(insert, 1, object_id);
    db_bind_int(insert, 2, record_index);
    return db_run(insert, err);
}

/* Asks one data file. */
static bool ask_file(Lake *lake, Engine *engine, const char *path, Str held, Error *err)
{
    bool row = true;
    BUF_AUTO Buf sql = buf_init(SQL_BYTES_MAX);
    if (!buf_printf(&sql, err, "SELECT object_id, CAST(record_index AS BIGINT) FROM ") ||
        !scan_sql(&sql, &path, 1, err) ||
        !buf_printf(&sql, err,
                    " AS c WHERE EXISTS (SELECT 1 FROM due_records d WHERE d.object_id ="
                    " c.object_id AND d.record_index = c.record_index) AND %.*s",
                    STR_ARG(held)) ||
        !buf_text(&sql, err))
        return false;
    EngineResult *result = engine_query(engine, sql.ptr, err);
    bool ok = result != NULL;
    while (ok && (ok = engine_next(result, &row, err)) && row)
        ok = take_held(lake, result, err);
    engine_result_free(result);
    return ok;
}

/* Paths of the files that records may lie in, a line each. */
static bool list_files(Lake *lake, Buf *ret, Error *err)
{
    bool row = true;
    DbStatement *select = db_statement(lake->db,
                                       "SELECT path FROM parts WHERE removed_seq IS NULL AND day IN"
                                       " (SELECT DISTINCT day FROM due_records) ORDER BY id",
                                       err);
    if (!select)
        return false;
    while (db_next(select, &row, err)) {
        if (!row)
            return true;
        if (!buf_append_str(ret, db_text(select, 0), err) || !buf_append_byte(ret, '\n', err)) {
            db_reset(select);
            return false;
        }
    }
    return false;
}

bool retain_held_find(Lake *lake, Engine *engine, Error *err)
{
    int64_t holds;
    char path[LAYOUT_PATH_BYTES];
    BUF_AUTO Buf files = buf_init(PATHS_BYTES_MAX);
    BUF_AUTO Buf held = buf_init(SQL_BYTES_MAX);
    if (!db_get_int(lake->db,
                    "SELECT count(*) FROM holds WHERE released_us IS NULL AND (account IS NOT NULL"
                    " OR principal IS NOT NULL)",
                    0, &holds, err))
        return false;
    bool ok = holds == 0 || (give_records(lake, engine, err) && list_files(lake, &files, err) &&
                             hold_sql(lake, &held, err));
    for (Str rest = buf_str(&files); ok && rest.len;) {
        size_t end = str_find_byte(rest, '\n', 0);
        ok = layout_path(path, err, lake->folder, "%.*s", STR_ARG(str_slice(rest, 0, end))) &&
             ask_file(lake, engine, path, buf_str(&held), err);
        rest = str_slice(rest, end + 1, rest.len);
    }
    return ok;
}
