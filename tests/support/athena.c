#include "support/athena.h"

#include "natives/macros.h"
#include "natives/natives.h"
#include "query/statement.h"
#include "support/support.h"

enum { ARENA_BYTES = 256 << 20, CELL_BYTES = 1 << 20 };

static Engine *engine;
static StatementStore *store;

static void begin(void)
{
    Error err = {0};
    const EngineOptions options = {.memory_bytes = (uint64_t)1 << 30, .threads = 1};
    if (engine)
        return;
    engine = engine_open(&options, &err);
    store = statement_store_new(&err);
    support_ok(engine && store && natives_register(engine, &err), &err);
}

void athena_end(void)
{
    engine_close(engine);
    statement_store_free(store);
    engine = NULL;
    store = NULL;
}

static void put(Buf *out, Str text)
{
    Error err = {0};
    support_ok(buf_append_str(out, text, &err), &err);
}

static void put_error(Buf *out, const Error *err)
{
    put(out, STR("error: "));
    put(out, str_of(err->text));
}

static bool read_statement(Str sql, Arena *arena, Statement *ret, Error *err)
{
    const Catalog *catalog = catalog_new(arena, err);
    support_ok(catalog != NULL, err);
    const StatementInput input = {sql, catalog, store, arena};
    return statement_read(&input, ret, NULL, err);
}

static void put_row(EngineResult *result, Buf *out)
{
    Error err = {0};
    for (size_t i = 0; i < engine_columns(result); i++) {
        BUF_AUTO Buf cell = buf_init(CELL_BYTES);
        put(out, i ? STR(" | ") : STR(""));
        if (engine_is_null(result, i))
            put(out, STR("NULL"));
        else
            support_ok(engine_value(result, i, ENGINE_TEXT, &cell, &err), &err);
        put(out, buf_str(&cell));
    }
}

static bool put_rows(const char *sql, Buf *out, Error *err)
{
    EngineResult *result =
        macros_create(engine, str_of(sql), err) ? engine_query(engine, sql, err) : NULL;
    bool row = true, first = true;
    bool ok = result != NULL;
    while (ok && (ok = engine_next(result, &row, err)) && row) {
        put(out, first ? STR("") : STR("; "));
        first = false;
        put_row(result, out);
    }
    engine_result_free(result);
    return ok;
}

void athena_answer(Str sql, Buf *out)
{
    Error err = {0};
    Statement statement;
    begin();
    Arena *arena = arena_new(ARENA_BYTES, &err);
    support_ok(arena != NULL, &err);
    bool ok = read_statement(sql, arena, &statement, &err);
    if (ok && statement.kind == STATEMENT_QUERY)
        ok = put_rows(statement.engine_sql.ptr, out, &err);
    if (!ok)
        put_error(out, &err);
    arena_free(arena);
}

static void put_sql(Str sql, bool planned, Buf *out)
{
    Error err = {0};
    Statement statement;
    begin();
    Arena *arena = arena_new(ARENA_BYTES, &err);
    support_ok(arena != NULL, &err);
    if (read_statement(sql, arena, &statement, &err))
        put(out, planned ? statement.planning_sql : statement.engine_sql);
    else
        put_error(out, &err);
    arena_free(arena);
}

void athena_written(Str sql, Buf *out)
{
    put_sql(sql, false, out);
}

void athena_planned(Str sql, Buf *out)
{
    put_sql(sql, true, out);
}
