#include "query/session.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/file.h"
#include "base/mem.h"
#include "lake/layout.h"
#include "natives/macros.h"
#include "natives/natives.h"
#include "query/explain.h"
#include "query/state_table.h"
#include "query/statement.h"

enum {
    SQL_BYTES_MAX = 64 << 20,
    CATALOG_BYTES_MAX = 4 << 20,
    STATEMENT_BYTES_MAX = 1 << 30, /* trees, texts, and summaries of the files */
};

struct Session {
    Lake *lake;
    Engine *engine;
    ScanRange range;
    const char *temp; /* private folder: spills and exports */
    char *own_temp;   /* NULL when it was given */
    char export_path[LAYOUT_PATH_BYTES];
    char state_path[LAYOUT_PATH_BYTES];
    Arena *kept; /* the catalog */
    const Catalog *catalog;
    StatementStore *store;
    /* Of the last statement. */
    Arena *arena;
    Statement statement;
    const Scan *scans;
    uint32_t scan_count;
    Place culprit;
    uint64_t read_max; /* 0: any */
};

static bool lock(Session *session, Error *err)
{
    char data[LAYOUT_PATH_BYTES], summary[LAYOUT_PATH_BYTES];
    const char *folders[] = {data, summary, session->temp};
    return layout_path(data, err, session->lake->folder, LAYOUT_DATA) &&
           layout_path(summary, err, session->lake->folder, LAYOUT_SUMMARY) &&
           engine_lock(session->engine, folders, 3, err);
}

static bool open_engine(Session *session, const SessionOptions *given, Error *err)
{
    const Config *config = given->config;
    EngineOptions options = {
        .memory_bytes = (uint64_t)config_number(config, CONFIG_QUERY_MEMORY),
        .threads = (int)config_number(config, CONFIG_QUERY_THREADS),
        .temp_folder = session->temp,
        .temp_bytes = (uint64_t)config_number(config, CONFIG_QUERY_TEMP),
    };
    if (given->threads > 0)
        options.threads = given->threads;
    if (given->share.count)
        options.memory_bytes /= given->share.count;
    session->engine = engine_open(&options, err);
    return session->engine && natives_register(session->engine, err) &&
           state_table_register(session->engine, session->state_path, err) && lock(session, err);
}

Session *session_open(Lake *lake, const SessionOptions *options, Error *err)
{
    Session *session = mem_calloc(1, sizeof *session, err);
    if (!session)
        return NULL;
    session->lake = lake;
    session->own_temp = options->temp ? NULL : file_make_temp(err);
    session->temp = options->temp ? options->temp : session->own_temp;
    session->range = (ScanRange){options->since_us, options->until_us, options->share};
    session->kept = session->temp ? arena_new(CATALOG_BYTES_MAX, err) : NULL;
    session->arena = session->kept ? arena_new(STATEMENT_BYTES_MAX, err) : NULL;
    session->store = session->arena ? statement_store_new(err) : NULL;
    session->catalog = session->store ? catalog_new(session->kept, err) : NULL;
    if (session->catalog &&
        layout_path(session->export_path, err, session->temp, "export.parquet") &&
        layout_path(session->state_path, err, lake->folder, "state.db") &&
        open_engine(session, options, err))
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
    statement_store_free(session->store);
    arena_free(session->arena);
    arena_free(session->kept);
    if (session->own_temp && !file_remove_tree(session->own_temp, &err))
        error_clear(&err); /* a temporary folder that stays does no harm */
    mem_free(session->own_temp);
    mem_free(session);
}

static bool check_read(const Session *session, Error *err)
{
    uint64_t bytes = 0;
    for (uint32_t i = 0; session->scans && i < session->scan_count; i++)
        bytes += session->scans[i].chosen.bytes;
    return !session->read_max || bytes <= session->read_max ||
           error_set(err, ERROR_LIMIT,
                     "it would read %" PRIu64 " bytes of data files, and may read %" PRIu64, bytes,
                     session->read_max);
}

/* Reads the statement and makes the views of its scans. */
static bool prepare(Session *session, Str sql, Error *err)
{
    session->scans = NULL;
    session->scan_count = 0;
    session->statement = (Statement){.kind = STATEMENT_DONE};
    arena_reset(session->arena);
    const StatementInput input = {sql, session->catalog, session->store, session->arena};
    if (!statement_read(&input, &session->statement, &session->culprit, err))
        return false;
    if (session->statement.kind == STATEMENT_DONE)
        return true;
    if (!macros_create(session->engine, session->statement.engine_sql, err))
        return false;
    const ScanInput scan = {.lake = session->lake,
                            .engine = session->engine,
                            .range = session->range,
                            .statement = &session->statement.query,
                            .engine_sql = session->statement.engine_sql,
                            .planning_sql = session->statement.planning_sql,
                            .newest_first = session->statement.newest_first,
                            .arena = session->arena};
    session->scan_count = session->statement.query.scan_count;
    return scan_prepare(&scan, &session->scans, err) && check_read(session, err);
}

static EngineResult *run(Session *session, const char *before, Error *err)
{
    BUF_AUTO Buf text = buf_init(SQL_BYTES_MAX);
    if (!buf_printf(&text, err, "%s", before) ||
        !buf_append_str(&text, session->statement.engine_sql, err) || !buf_text(&text, err))
        return NULL;
    return engine_query(session->engine, text.ptr, err);
}

/* EXPLAIN: what would be opened, then the engine's plan. */
static EngineResult *explain(Session *session, Error *err)
{
    BUF_AUTO Buf text = buf_init(SQL_BYTES_MAX);
    EngineResult *plan =
        run(session, session->statement.kind == STATEMENT_EXPLAIN ? "EXPLAIN " : "EXPLAIN ANALYZE ",
            err);
    bool ok = plan && explain_write(session->scans, session->scan_count, plan, &text, err) &&
              buf_text(&text, err);
    engine_result_free(plan);
    return ok ? engine_query(session->engine, text.ptr, err) : NULL;
}

EngineResult *session_query(Session *session, Str sql, Error *err)
{
    if (!prepare(session, sql, err))
        return NULL;
    switch (session->statement.kind) {
    case STATEMENT_QUERY:
        return run(session, "", err);
    case STATEMENT_DONE:
        return engine_query(session->engine, "SELECT 'done' AS result", err);
    default:
        return explain(session, err);
    }
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

bool session_export(Session *session, Str sql, const char **ret_path, uint64_t *ret_rows,
                    Error *err)
{
    BUF_AUTO Buf text = buf_init(SQL_BYTES_MAX);
    if (!file_remove(session->export_path, err) || !prepare(session, sql, err))
        return false;
    if (session->statement.kind != STATEMENT_QUERY)
        return error_set(err, ERROR_USAGE, "only the result of a query is written as Parquet");
    if (!buf_printf(&text, err, "COPY (") ||
        !buf_append_str(&text, session->statement.engine_sql, err) ||
        !buf_printf(&text, err, ") TO ") ||
        !engine_quote(&text, str_of(session->export_path), err) ||
        !buf_printf(&text, err, " (FORMAT parquet, COMPRESSION zstd)") || !buf_text(&text, err))
        return false;
    EngineResult *result = engine_query(session->engine, text.ptr, err);
    bool ok = result && first_number(result, ret_rows, err);
    engine_result_free(result);
    *ret_path = session->export_path;
    return ok;
}

const NamesOutput *session_output(const Session *session)
{
    return session->statement.kind == STATEMENT_QUERY ? session->statement.query.output : NULL;
}

const Scan *session_scans(const Session *session, uint32_t *ret_count)
{
    *ret_count = session->scans ? session->scan_count : 0;
    return session->scans;
}

static void add_count(ScanCount *sum, const ScanCount *more)
{
    sum->files += more->files;
    sum->bytes += more->bytes;
    sum->rows += more->rows;
    sum->days += more->days;
}

ScanCount session_scanned(const Session *session)
{
    ScanCount sum = {0};
    for (uint32_t i = 0; session->scans && i < session->scan_count; i++)
        add_count(&sum, &session->scans[i].more);
    return sum;
}

ScanCount session_scannable(const Session *session)
{
    ScanCount sum = {0};
    for (uint32_t i = 0; session->scans && i < session->scan_count; i++)
        add_count(&sum, &session->scans[i].more_all);
    return sum;
}

Place session_culprit(const Session *session)
{
    return session->culprit;
}

const Catalog *session_catalog(const Session *session)
{
    return session->catalog;
}

void session_watch(Session *session, EngineTell tell, void *context)
{
    engine_watch(session->engine, tell, context);
}

void session_limit_read(Session *session, uint64_t bytes_max)
{
    session->read_max = bytes_max;
}

void session_interrupt(Session *session)
{
    engine_interrupt(session->engine);
}
