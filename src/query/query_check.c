#include "query/query_check.h"

#include "query/statement.h"

enum { ARENA_BYTES_MAX = 64 << 20 };

static bool has_column(const NamesOutput *output, Str name)
{
    for (uint32_t i = 0; i < output->count; i++)
        if (str_equal_nocase(output->columns[i].name, name))
            return true;
    return false;
}

static bool check_columns(const Statement *statement, const Str *columns, size_t count, Error *err)
{
    if (statement->kind != STATEMENT_QUERY)
        return error_set(err, ERROR_USAGE, "it is no query");
    for (size_t i = 0; i < count; i++)
        if (!has_column(statement->query.output, columns[i]))
            return error_set(err, ERROR_USAGE, "its result has no column '%.*s'",
                             STR_ARG(str_slice(columns[i], 0, 80)));
    return true;
}

static bool check(Arena *arena, StatementStore *store, Str sql, Place *ret_culprit, Statement *ret,
                  Error *err)
{
    const Catalog *catalog = catalog_new(arena, err);
    const StatementInput input = {sql, catalog, store, arena};
    return catalog && statement_read(&input, ret, ret_culprit, err);
}

bool query_check(Str sql, const Str *columns, size_t count, uint32_t *ret_line, Error *err)
{
    Statement statement;
    Place culprit = {0, 0};
    *ret_line = 0;
    Arena *arena = arena_new(ARENA_BYTES_MAX, err);
    StatementStore *store = arena ? statement_store_new(err) : NULL;
    bool ok = store && check(arena, store, sql, &culprit, &statement, err) &&
              check_columns(&statement, columns, count, err);
    for (size_t i = 0; !ok && i < culprit.at && i < sql.len; i++)
        *ret_line += sql.ptr[i] == '\n';
    statement_store_free(store);
    arena_free(arena);
    return ok;
}
