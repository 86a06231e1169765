#include "query/check.h"

#include <string.h>

/* Table functions that compute and never open anything. */
static const char *const FUNCTIONS[] = {"unnest",    "range",  "generate_series", "json_each",
                                        "json_tree", "repeat", "repeat_row",      "summary"};

static bool starts_word(Str text, Str word)
{
    return text.len > word.len && str_equal_nocase(str_slice(text, 0, word.len), word) &&
           (unsigned char)text.ptr[word.len] <= ' ';
}

/* What stands behind EXPLAIN and EXPLAIN ANALYZE. */
static Str without_explain(Str sql)
{
    sql = str_trim(sql);
    if (!starts_word(sql, STR("explain")))
        return sql;
    sql = str_trim(str_slice(sql, 7, sql.len));
    return starts_word(sql, STR("analyze")) ? str_trim(str_slice(sql, 7, sql.len)) : sql;
}

static bool tree_query(Str sql, const char *select, Buf *query, Error *err)
{
    return buf_printf(query, err, "WITH tree AS (SELECT json_serialize_sql(") &&
           engine_quote(query, sql, err) && buf_printf(query, err, ") AS sql) %s", select) &&
           buf_text(query, err);
}

/* The parser's verdict: an error with its words, or more than one statement. */
static bool check_parsed(Engine *engine, Str sql, Error *err)
{
    BUF_AUTO Buf query = buf_init(4 * CHECK_SQL_BYTES_MAX);
    BUF_AUTO Buf words = buf_init(CHECK_SQL_BYTES_MAX);
    bool row;
    if (!tree_query(sql,
                    "SELECT CASE WHEN (sql->>'error_type') = 'parser' THEN (sql->>'error_message')"
                    " WHEN (sql->>'error')::BOOLEAN THEN 'only reading statements are taken here:"
                    " SELECT, WITH, VALUES, FROM, DESCRIBE, SHOW, SUMMARIZE, EXPLAIN'"
                    " WHEN json_array_length(sql->'statements') <> 1 THEN 'one statement at a time"
                    " is taken' END FROM tree",
                    &query, err))
        return false;
    EngineResult *result = engine_query(engine, query.ptr, err);
    if (!result)
        return false;
    bool ok = engine_next(result, &row, err) && row;
    if (ok && !engine_is_null(result, 0) && engine_value(result, 0, ENGINE_TEXT, &words, err))
        ok = error_set(err, ERROR_USAGE, "%.*s", STR_ARG(buf_str(&words)));
    engine_result_free(result);
    return ok;
}

static bool is_listed(Str name)
{
    for (size_t i = 0; i < sizeof FUNCTIONS / sizeof *FUNCTIONS; i++)
        if (str_equal_nocase(name, str_of(FUNCTIONS[i])))
            return true;
    return false;
}

static bool check_source(bool is_function, Str name, Error *err)
{
    if (is_function)
        return is_listed(name) ||
               error_set(err, ERROR_USAGE,
                         "the table function '%.*s' is not within reach here: only tables of the "
                         "lake are",
                         STR_ARG(str_slice(name, 0, 64)));
    for (size_t i = 0; i < name.len; i++)
        if (strchr("./\\:*?[]{}", name.ptr[i]))
            return error_set(err, ERROR_USAGE,
                             "'%.*s' names no table of the lake; files are not within reach here",
                             STR_ARG(str_slice(name, 0, 64)));
    return true;
}

/* Every source of rows in the tree: (is it a function, its name). */
static bool check_sources(Engine *engine, Str sql, Error *err)
{
    BUF_AUTO Buf query = buf_init(4 * CHECK_SQL_BYTES_MAX);
    BUF_AUTO Buf name = buf_init(CHECK_SQL_BYTES_MAX);
    bool row = true;
    if (!tree_query(sql,
                    "SELECT (t.value->>'type') = 'TABLE_FUNCTION',"
                    " coalesce((t.value->'function'->>'function_name'), (t.value->>'table_name'),"
                    " '') FROM tree, json_tree(tree.sql) AS t WHERE t.type = 'OBJECT'"
                    " AND (t.value->>'type') IN ('TABLE_FUNCTION', 'BASE_TABLE')",
                    &query, err))
        return false;
    EngineResult *result = engine_query(engine, query.ptr, err);
    bool ok = result != NULL;
    while (ok && (ok = engine_next(result, &row, err)) && row) {
        BUF_AUTO Buf kind = buf_init(16);
        name.len = 0;
        ok = engine_value(result, 0, ENGINE_TEXT, &kind, err) &&
             engine_value(result, 1, ENGINE_TEXT, &name, err) &&
             check_source(str_equal(buf_str(&kind), STR("true")), buf_str(&name), err);
    }
    engine_result_free(result);
    return ok;
}

bool check_statement(Engine *engine, Str sql, Error *err)
{
    if (sql.len > CHECK_SQL_BYTES_MAX)
        return error_set(err, ERROR_USAGE, "the statement has %zu bytes; at most %d are taken",
                         sql.len, CHECK_SQL_BYTES_MAX);
    sql = without_explain(sql);
    return check_parsed(engine, sql, err) && check_sources(engine, sql, err);
}
