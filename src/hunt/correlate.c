#include "hunt/correlate.h"

#include <string.h>

#include "base/engine.h"
#include "hunt/signals.h"

enum { SQL_BYTES_MAX = 16 << 20, CELL_BYTES_MAX = 1 << 20 };

/* The columns of a match that a query gives, in its order behind t and n and g. */
static const struct {
    const char *name;
    size_t offset;
} COLUMNS[] = {
    {"event_id", offsetof(HuntMatch, event_id)},
    {"event_source", offsetof(HuntMatch, event_source)},
    {"event_name", offsetof(HuntMatch, event_name)},
    {"region", offsetof(HuntMatch, region)},
    {"account", offsetof(HuntMatch, account)},
    {"principal", offsetof(HuntMatch, principal)},
    {"address", offsetof(HuntMatch, address)},
    {"error_code", offsetof(HuntMatch, error_code)},
};

enum { COLUMN_COUNT = sizeof COLUMNS / sizeof *COLUMNS };

/* The table `signals` out of the workers' files. */
static bool load(const CorrelateOptions *options, Engine *engine, Error *err)
{
    BUF_AUTO Buf sql = buf_init(SQL_BYTES_MAX);
    BUF_AUTO Buf path = buf_init(CELL_BYTES_MAX);
    bool ok = buf_printf(&path, err, "%s/signals-*.jsonl", options->folder) &&
              buf_printf(&sql, err, "CREATE TABLE signals AS SELECT * FROM read_json(") &&
              engine_quote(&sql, buf_str(&path), err) &&
              buf_printf(&sql, err,
                         ", format = 'newline_delimited', columns = {r: 'INTEGER', e: 'BIGINT', "
                         "t: 'BIGINT'");
    for (size_t i = 0; ok && i < correlation_sql_path_count(options->paths); i++)
        ok = buf_printf(&sql, err, ", p%zu: 'VARCHAR'", i);
    for (int i = 0; ok && i < COLUMN_COUNT; i++)
        ok = buf_printf(&sql, err, ", %s: 'VARCHAR'", COLUMNS[i].name);
    return ok && buf_printf(&sql, err, "})") && buf_text(&sql, err) &&
           engine_run(engine, sql.ptr, err);
}

static bool write_query(const CorrelateOptions *options, const Rule *rule, Buf *sql, Error *err)
{
    bool ok = buf_printf(sql, err, "SELECT c.t, c.n, array_to_string(c.g, ' | ')");
    for (int i = 0; ok && i < COLUMN_COUNT; i++)
        ok = buf_printf(sql, err, ", any_value(s.%s)", COLUMNS[i].name);
    return ok && buf_printf(sql, err, " FROM (") &&
           correlation_sql_write(options->paths, rule, sql, err) &&
           buf_printf(sql, err,
                      ") c LEFT JOIN signals s ON s.e = c.e WHERE c.fires GROUP BY c.t, c.e, c.n, "
                      "c.g ORDER BY c.t") &&
           buf_text(sql, err);
}

static bool read_cell(const EngineResult *result, size_t column, Arena *texts, Str *ret, Error *err)
{
    BUF_AUTO Buf cell = buf_init(CELL_BYTES_MAX);
    if (engine_is_null(result, column)) {
        *ret = STR("");
        return true;
    }
    const char *copy = engine_value(result, column, ENGINE_TEXT, &cell, err)
                           ? arena_text(texts, buf_str(&cell), err)
                           : NULL;
    *ret = (Str){copy, cell.len};
    return copy != NULL;
}

static bool read_row(const EngineResult *result, const Rule *rule, Buf *matches, Arena *texts,
                     Error *err)
{
    HuntMatch match = {.rule = rule};
    Str time;
    uint64_t time_us;
    bool ok = read_cell(result, 0, texts, &time, err) &&
              read_cell(result, 1, texts, &match.value, err) &&
              read_cell(result, 2, texts, &match.group, err);
    for (size_t i = 0; ok && i < COLUMN_COUNT; i++)
        ok = read_cell(result, i + 3, texts, (Str *)(void *)((char *)&match + COLUMNS[i].offset),
                       err);
    bool before = ok && time.len && time.ptr[0] == '-';
    if (ok && str_to_u64(str_slice(time, before, time.len), &time_us))
        match.time_us = before ? -(int64_t)time_us : (int64_t)time_us;
    return ok && buf_append(matches, &match, sizeof match, err);
}

static bool ask(const CorrelateOptions *options, Engine *engine, const Rule *rule, Buf *matches,
                Arena *texts, Error *err)
{
    BUF_AUTO Buf sql = buf_init(SQL_BYTES_MAX);
    bool row = true;
    if (!write_query(options, rule, &sql, err))
        return false;
    EngineResult *result = engine_query(engine, sql.ptr, err);
    bool ok = result != NULL;
    while (ok && row) {
        ok =
            engine_next(result, &row, err) && (!row || read_row(result, rule, matches, texts, err));
    }
    engine_result_free(result);
    return ok || error_context(err, "correlation '%.*s'", STR_ARG(rule->title));
}

bool correlate_run(const CorrelateOptions *options, Buf *matches, Arena *texts, Error *err)
{
    const EngineOptions engine_options = {.memory_bytes = options->memory_bytes,
                                          .threads = options->threads,
                                          .temp_folder = options->folder};
    Engine *engine = engine_open(&engine_options, err);
    bool ok = engine && load(options, engine, err);
    for (size_t i = 0; ok && i < ruleset_count(options->rules); i++) {
        const Rule *rule = ruleset_rule(options->rules, i);
        bool wanted = !rule->silent && rule->level >= options->level_min;
        if (rule->kind == RULE_CORRELATION && (options->only ? options->only == rule : wanted))
            ok = ask(options, engine, rule, matches, texts, err);
    }
    engine_close(engine);
    return ok;
}
