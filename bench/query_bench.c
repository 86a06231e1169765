/* query_bench - what a statement of Athena's SQL costs before and inside the engine.
 *
 *     query_bench bind LAKE SQL    reading a statement and choosing its files, in milliseconds
 *     query_bench print SQL        the engine's SQL that is written for it
 *     query_bench plain LAKE SQL   what `spoor sql` would answer, by the engine alone: what is
 * printed, over all files, in this process, without the choice of files query_bench raw LAKE SQL
 * the same for SQL of the engine over scan_1
 *
 * `bind` prints the best of ROUNDS: reading (words, tree, names, print), then files, plan, choice
 * and views. `plain` and `raw` print the rows as CSV; whole processes are compared (scripts/bench).
 */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "lake/layout.h"
#include "lake/scan_sql.h"
#include "lake/views.h"
#include "natives/macros.h"
#include "natives/natives.h"
#include "query/output.h"
#include "query/scan.h"
#include "query/state_table.h"
#include "query/statement.h"

enum { ROUNDS = 15, ARENA_BYTES = 1 << 30, SQL_BYTES_MAX = 256 << 20, PATHS_MAX = 1 << 20 };

typedef struct Bench {
    Lake *lake;
    Engine *engine;
    Arena *arena, *kept;
    const Catalog *catalog;
    StatementStore *store;
    Statement statement;
    const char **paths;
    size_t count;
    char state[LAYOUT_PATH_BYTES];
} Bench;

static bool open_reader(Bench *bench, Error *err)
{
    bench->kept = arena_new(ARENA_BYTES, err);
    bench->arena = arena_new(ARENA_BYTES, err);
    bench->store = statement_store_new(err);
    bench->catalog = bench->kept && bench->arena ? catalog_new(bench->kept, err) : NULL;
    return bench->catalog && bench->store;
}

static bool open_engine(Bench *bench, const char *folder, Error *err)
{
    const EngineOptions options = {.memory_bytes = UINT64_C(2) << 30};
    bench->lake = lake_open(folder, LAKE_READ, err);
    bench->engine = bench->lake ? engine_open(&options, err) : NULL;
    return bench->engine && layout_path(bench->state, err, bench->lake->folder, "state.db") &&
           natives_register(bench->engine, err) &&
           state_table_register(bench->engine, bench->state, err);
}

static bool read_statement(Bench *bench, const char *sql, Error *err)
{
    arena_reset(bench->arena);
    const StatementInput input = {str_of(sql), bench->catalog, bench->store, bench->arena};
    return statement_read(&input, &bench->statement, NULL, err);
}

static bool list_paths(Bench *bench, Error *err)
{
    char path[LAYOUT_PATH_BYTES];
    bool row = true;
    DbStatement *select = db_statement(
        bench->lake->db, "SELECT path FROM parts WHERE removed_seq IS NULL ORDER BY day, id", err);
    bench->paths = arena_alloc(bench->kept, PATHS_MAX * sizeof *bench->paths, err);
    if (!select || !bench->paths)
        return false;
    while (db_next(select, &row, err)) {
        if (!row)
            return true;
        if (bench->count == PATHS_MAX ||
            !layout_path(path, err, bench->lake->folder, "%.*s", STR_ARG(db_text(select, 0))))
            return false;
        bench->paths[bench->count] = arena_text(bench->kept, str_of(path), err);
        if (!bench->paths[bench->count++])
            return false;
    }
    return false;
}

/* scan_N over all files. */
static bool make_view(Bench *bench, uint32_t number, bool logs, Error *err)
{
    BUF_AUTO Buf shape = buf_init(SQL_BYTES_MAX);
    BUF_AUTO Buf sql = buf_init(SQL_BYTES_MAX);
    const ScanFiles files = {.paths = (const char *const *)bench->paths, .count = bench->count};
    Str asked = bench->statement.engine_sql;
    bool ok = logs ? views_select(&shape, STR("cloudtrail_logs"), asked, err)
                   : buf_printf(&shape, err, "SELECT * FROM ");
    asked = logs ? buf_str(&shape) : asked;
    return ok && buf_printf(&sql, err, "CREATE TEMP VIEW scan_%u AS ", number) &&
           buf_append_str(&sql, buf_str(&shape), err) && scan_sql_named(&sql, &files, asked, err) &&
           buf_text(&sql, err) && engine_run(bench->engine, sql.ptr, err);
}

static bool make_views(Bench *bench, Error *err)
{
    const NamesStatement *query = &bench->statement.query;
    for (uint32_t i = 0; i < query->scan_count; i++)
        if (!make_view(bench, i + 1, str_equal(query->scans[i].table->name, STR("cloudtrail_logs")),
                       err))
            return false;
    return query->scan_count > 0 || make_view(bench, 1, false, err);
}

static bool answer(Bench *bench, const char *sql, Error *err)
{
    const OutputStyle style = {.format = OUTPUT_CSV, .types = bench->statement.query.output};
    uint64_t rows;
    EngineResult *result = engine_query(bench->engine, sql, err);
    bool ok = result && output_write(result, &style, stdout, &rows, err);
    engine_result_free(result);
    return ok;
}

static bool raw(Bench *bench, const char *folder, const char *sql, Error *err)
{
    return open_engine(bench, folder, err) && macros_create(bench->engine, str_of(sql), err) &&
           list_paths(bench, err) && make_views(bench, err) && answer(bench, sql, err);
}

static bool plain(Bench *bench, const char *folder, const char *sql, Error *err)
{
    return read_statement(bench, sql, err) &&
           raw(bench, folder, bench->statement.engine_sql.ptr, err);
}

static bool print(Bench *bench, const char *sql, Error *err)
{
    return read_statement(bench, sql, err) && puts(bench->statement.engine_sql.ptr) >= 0;
}

static bool bind(Bench *bench, const char *folder, const char *sql, Error *err)
{
    int64_t read = INT64_MAX, prepare = INT64_MAX;
    const Scan *scans = NULL;
    if (!open_engine(bench, folder, err))
        return false;
    for (int i = 0; i < ROUNDS; i++) {
        int64_t start = clock_monotonic_us();
        if (!read_statement(bench, sql, err))
            return false;
        int64_t middle = clock_monotonic_us();
        const ScanInput input = {.lake = bench->lake,
                                 .engine = bench->engine,
                                 .range = {INT64_MIN, INT64_MAX},
                                 .statement = &bench->statement.query,
                                 .engine_sql = bench->statement.engine_sql,
                                 .planning_sql = bench->statement.planning_sql,
                                 .arena = bench->arena};
        if (!macros_create(bench->engine, bench->statement.engine_sql, err) ||
            !scan_prepare(&input, &scans, err))
            return false;
        int64_t end = clock_monotonic_us();
        read = middle - start < read ? middle - start : read;
        prepare = end - middle < prepare ? end - middle : prepare;
    }
    uint64_t files = bench->statement.query.scan_count ? scans[0].all.files : 0;
    uint64_t chosen = bench->statement.query.scan_count ? scans[0].chosen.files : 0;
    return printf("%.3f %.3f %llu %llu\n", (double)read / 1e3, (double)prepare / 1e3,
                  (unsigned long long)files, (unsigned long long)chosen) > 0;
}

static bool run(Bench *bench, int argc, char **argv, Error *err)
{
    if (argc == 3 && strcmp(argv[1], "print") == 0)
        return print(bench, argv[2], err);
    if (argc == 4 && strcmp(argv[1], "bind") == 0)
        return bind(bench, argv[2], argv[3], err);
    if (argc == 4 && strcmp(argv[1], "plain") == 0)
        return plain(bench, argv[2], argv[3], err);
    if (argc == 4 && strcmp(argv[1], "raw") == 0)
        return raw(bench, argv[2], argv[3], err);
    return error_set(err, ERROR_USAGE,
                     "usage: query_bench print SQL | (bind | plain | raw) LAKE SQL");
}

int main(int argc, char **argv)
{
    static Bench bench;
    Error err = {0};
    bool ok = open_reader(&bench, &err) && run(&bench, argc, argv, &err);
    if (!ok)
        fprintf(stderr, "query_bench: %s\n", err.text);
    fflush(stdout);
    return !ok; /* the system frees an engine faster than it does itself */
}
