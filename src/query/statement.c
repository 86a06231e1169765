#include "query/statement.h"

#include <stdio.h>
#include <string.h>

#include "base/engine.h"
#include "base/mem.h"
#include "planner/print.h"

enum { USING_MAX = 256, SQL_BYTES_MAX = 1 << 20 };

typedef struct Prepared {
    char *name, *sql;
} Prepared;

struct StatementStore {
    Prepared list[STATEMENT_PREPARED_MAX];
    size_t count;
};

/* One reading under way. */
typedef struct Reading {
    const StatementInput *input;
    Statement *ret;
    Place *culprit;
    Error *err;
} Reading;

StatementStore *statement_store_new(Error *err)
{
    return mem_calloc(1, sizeof(StatementStore), err);
}

static void drop(StatementStore *store, size_t index)
{
    mem_free(store->list[index].name);
    mem_free(store->list[index].sql);
    store->list[index] = store->list[--store->count];
}

void statement_store_free(StatementStore *store)
{
    while (store && store->count)
        drop(store, store->count - 1);
    mem_free(store);
}

static Prepared *find(StatementStore *store, Str name)
{
    for (size_t i = 0; i < store->count; i++)
        if (str_equal_nocase(str_of(store->list[i].name), name))
            return &store->list[i];
    return NULL;
}

/* "BEFORE 'name' BEHIND" */
static bool fail(Reading *in, Place place, const char *before, Str name, const char *behind)
{
    char quoted[PLACE_QUOTE_BYTES];
    place_quote(name, quoted);
    if (in->culprit)
        *in->culprit = place;
    return place_error(in->input->sql, place, in->err, "%s '%s'%s", before, quoted, behind);
}

typedef bool (*Printer)(const NamesStatement *, Str, Arena *, Buf *, Error *);

/* What *print* writes, in the arena. */
static bool print_into(Reading *in, Printer print, Str sql, Str *ret)
{
    BUF_AUTO Buf out = buf_init(PRINT_BYTES_MAX);
    bool ok = print(&in->ret->query, sql, in->input->arena, &out, in->err);
    const char *copy = ok ? arena_text(in->input->arena, buf_str(&out), in->err) : NULL;
    *ret = (Str){copy, copy ? out.len : 0};
    return copy != NULL;
}

/* Binds and prints a query. */
static bool finish(Reading *in, Ast *query, Str sql, Ast *const *values, uint32_t count)
{
    NamesInput names = {sql, in->input->catalog, query, values, count, in->input->arena};
    in->ret->sql = sql;
    if (!names_bind(&names, &in->ret->query, in->culprit, in->err))
        return false;
    in->ret->newest_first = print_newest_first(&in->ret->query);
    return print_into(in, print_statement, sql, &in->ret->engine_sql) &&
           print_into(in, print_planning, sql, &in->ret->planning_sql);
}

/* A query that the program writes itself, over constants: the text of SHOW and DESCRIBE. */
static bool finish_text(Reading *in, Buf *sql)
{
    ParserStatement parsed;
    const char *copy = arena_text(in->input->arena, buf_str(sql), in->err);
    if (!copy || !parser_read(str_of(copy), in->input->arena, &parsed, NULL, in->err))
        return false;
    return finish(in, parsed.root, str_of(copy), NULL, 0);
}

/* LIKE of SHOW; Hive's form 'a*|b*' without LIKE is written as a regular expression. */
static bool put_pattern(Buf *sql, const Ast *node, const char *column, Error *err)
{
    const Ast *pattern = ast_find(node, AST_PATTERN);
    if (!pattern)
        return true;
    if (!(pattern->flags & AST_REGEX))
        return buf_printf(sql, err, " WHERE %s LIKE ", column) &&
               engine_quote(sql, pattern->first->text, err) &&
               (pattern->count < 2 ||
                (buf_printf(sql, err, " ESCAPE ") && engine_quote(sql, pattern->last->text, err)));
    return buf_printf(sql, err, " WHERE regexp_like(%s, '^(' || replace(", column) &&
           engine_quote(sql, pattern->first->text, err) &&
           buf_printf(sql, err, ", '*', '.*') || ')$')");
}

static bool show_tables(Reading *in, const Ast *node, Buf *sql)
{
    const Catalog *catalog = in->input->catalog;
    bool ok = buf_printf(sql, in->err, "SELECT tab_name FROM (VALUES ");
    for (size_t i = 0; ok && i < catalog->count; i++)
        ok = buf_printf(sql, in->err, "%s'%.*s'", i ? ", " : "", STR_ARG(catalog->tables[i].name));
    return ok && buf_printf(sql, in->err, ") t(tab_name)") &&
           put_pattern(sql, node, "tab_name", in->err) &&
           buf_printf(sql, in->err, " ORDER BY tab_name");
}

static bool show_schemas(Reading *in, const Ast *node, Buf *sql)
{
    return buf_printf(sql, in->err,
                      "SELECT database_name FROM (VALUES 'default') t(database_name)") &&
           put_pattern(sql, node, "database_name", in->err);
}

static bool show_functions(Reading *in, const Ast *node, Buf *sql)
{
    bool ok = buf_printf(sql, in->err, "SELECT * FROM (VALUES ");
    static const char *const CLASSES[] = {"scalar", "aggregate", "window"};
    for (size_t i = 0; ok && i < FUNCTION_COUNT; i++) {
        const Function *function = &FUNCTIONS[i];
        ok = buf_printf(sql, in->err, "%s('%s', '%s', '%s', ", i ? ", " : "", function->name,
                        function->signature, CLASSES[function->class]) &&
             engine_quote(sql, str_of(function->meaning), in->err) &&
             buf_append_byte(sql, ')', in->err);
    }
    return ok && buf_printf(sql, in->err, ") t(function, signature, type, description)") &&
           put_pattern(sql, node, "function", in->err) &&
           buf_printf(sql, in->err, " ORDER BY 1, 2");
}

static const CatalogTable *named_table(Reading *in, const Ast *path)
{
    const CatalogTable *table = catalog_find(in->input->catalog, path->last->text);
    if (!table)
        fail(in, path->place, "table", path->last->text, " does not exist; SHOW TABLES lists them");
    return table;
}

static bool show_columns(Reading *in, const Ast *node, Buf *sql)
{
    const CatalogTable *table = named_table(in, ast_find(node, AST_PATH));
    bool ok = table && buf_printf(sql, in->err, "SELECT * FROM (VALUES ");
    bool first = true;
    for (size_t i = 0; ok && i < table->count; i++) {
        BUF_AUTO Buf type = buf_init(SQL_BYTES_MAX);
        if (table->columns[i].flags & CATALOG_HIDDEN)
            continue;
        ok = type_write(table->columns[i].type, &type, in->err) &&
             buf_printf(sql, in->err, "%s('%.*s', '%.*s')", first ? "" : ", ",
                        STR_ARG(table->columns[i].name), STR_ARG(buf_str(&type)));
        first = false;
    }
    return ok && buf_printf(sql, in->err, ") t(col_name, data_type)") &&
           put_pattern(sql, node, "col_name", in->err);
}

/* CREATE TABLE in Athena's words, as the catalog has it. */
static bool show_create(Reading *in, const Ast *node, Buf *sql)
{
    const CatalogTable *table = named_table(in, node->first);
    BUF_AUTO Buf text = buf_init(SQL_BYTES_MAX);
    bool ok = table && buf_printf(&text, in->err, "CREATE TABLE %.*s (\n", STR_ARG(table->name));
    bool first = true;
    for (size_t i = 0; ok && i < table->count; i++) {
        if (table->columns[i].flags & CATALOG_HIDDEN)
            continue;
        ok = buf_printf(&text, in->err, "%s  %.*s ", first ? "" : ",\n",
                        STR_ARG(table->columns[i].name)) &&
             type_write(table->columns[i].type, &text, in->err);
        first = false;
    }
    return ok && buf_printf(&text, in->err, "\n)") &&
           buf_printf(sql, in->err, "SELECT * FROM (VALUES ") &&
           engine_quote(sql, buf_str(&text), in->err) &&
           buf_printf(sql, in->err, ") t(createtab_stmt)");
}

static bool prepare(Reading *in, const Ast *node)
{
    StatementStore *store = in->input->store;
    Str name = node->first->text;
    Place place = node->last->place;
    Prepared *old = find(store, name);
    if (!old && store->count == STATEMENT_PREPARED_MAX)
        return fail(in, node->first->place, "no room for", name, ": 1000 statements are prepared");
    char *name_copy = mem_text(name.ptr, name.len, in->err);
    char *sql_copy =
        name_copy ? mem_text(in->input->sql.ptr + place.at, place.end - place.at, in->err) : NULL;
    if (!sql_copy) {
        mem_free(name_copy);
        return false;
    }
    if (old)
        drop(store, (size_t)(old - store->list));
    store->list[store->count++] = (Prepared){name_copy, sql_copy};
    in->ret->kind = STATEMENT_DONE;
    return true;
}

static bool deallocate(Reading *in, const Ast *node)
{
    StatementStore *store = in->input->store;
    Prepared *old = find(store, node->first->text);
    if (!old)
        return fail(in, node->first->place, "no statement", node->first->text, " is prepared");
    drop(store, (size_t)(old - store->list));
    in->ret->kind = STATEMENT_DONE;
    return true;
}

/* A prepared text, or one in quotes, with the values of its parameters. */
static bool execute(Reading *in, const Ast *node)
{
    Ast *values[USING_MAX];
    uint32_t count = 0;
    Str sql = node->first->text;
    ParserStatement parsed;
    if (node->kind == AST_EXECUTE) {
        const Prepared *prepared = find(in->input->store, sql);
        if (!prepared)
            return fail(in, node->first->place, "no statement", sql, " is prepared");
        const char *copy = arena_text(in->input->arena, str_of(prepared->sql), in->err);
        if (!copy)
            return false;
        sql = str_of(copy);
    }
    for (Ast *value = node->first->next; value; value = value->next) {
        if (count == USING_MAX)
            return fail(in, value->place, "too many values are given from", value->text, " on");
        values[count++] = value;
    }
    if (!parser_read(sql, in->input->arena, &parsed, NULL, in->err))
        return error_context(in->err, "the statement to execute");
    if (parsed.root->kind != AST_QUERY)
        return error_set(in->err, ERROR_USAGE, "only queries are executed");
    return finish(in, parsed.root, sql, values, count);
}

static bool explain(Reading *in, Ast *node)
{
    in->ret->kind = node->flags & AST_ANALYZE ? STATEMENT_EXPLAIN_ANALYZE : STATEMENT_EXPLAIN;
    return finish(in, node->last, in->input->sql, NULL, 0);
}

typedef bool (*Shower)(Reading *in, const Ast *node, Buf *sql);

static const struct {
    AstKind kind;
    Shower show;
} SHOWS[] = {
    {AST_SHOW_TABLES, show_tables},       {AST_SHOW_SCHEMAS, show_schemas},
    {AST_SHOW_FUNCTIONS, show_functions}, {AST_SHOW_COLUMNS, show_columns},
    {AST_DESCRIBE, show_columns},         {AST_SHOW_CREATE_TABLE, show_create},
    {AST_SHOW_CREATE_VIEW, show_create},
};

static bool take(Reading *in, Ast *root)
{
    BUF_AUTO Buf sql = buf_init(SQL_BYTES_MAX);
    for (size_t i = 0; i < sizeof SHOWS / sizeof *SHOWS; i++)
        if (root->kind == SHOWS[i].kind)
            return SHOWS[i].show(in, root, &sql) && finish_text(in, &sql);
    switch (root->kind) {
    case AST_EXPLAIN:
        return explain(in, root);
    case AST_PREPARE:
        return prepare(in, root);
    case AST_DEALLOCATE:
        return deallocate(in, root);
    case AST_EXECUTE:
    case AST_EXECUTE_IMMEDIATE:
        return execute(in, root);
    default:
        return finish(in, root, in->input->sql, NULL, 0);
    }
}

bool statement_read(const StatementInput *input, Statement *ret, Place *ret_culprit, Error *err)
{
    Reading in = {input, ret, ret_culprit, err};
    ParserStatement parsed;
    *ret = (Statement){.kind = STATEMENT_QUERY};
    if (ret_culprit)
        *ret_culprit = (Place){0, 0};
    return parser_read(input->sql, input->arena, &parsed, ret_culprit, err) &&
           take(&in, parsed.root);
}
