/* Queries: what they give, and what ORDER BY and GROUP BY mean by their words. */
#include <string.h>

#include "planner/names_scope.h"

enum { COLUMNS_MAX = 2000 };

/* The output of a SELECT under construction. */
typedef struct Items {
    NamesColumn *columns;
    uint32_t count, cap;
} Items;

static bool add_item(Names *names, Items *items, NamesColumn column, Place place)
{
    if (items->count == COLUMNS_MAX)
        return names_fail(names, place, "more than %d columns are selected", COLUMNS_MAX);
    if (items->count == items->cap) {
        uint32_t cap = items->cap ? 2 * items->cap : 16;
        NamesColumn *grown = arena_alloc(names->arena, cap * sizeof *grown, names->err);
        if (!grown)
            return false;
        if (items->count)
            memcpy(grown, items->columns, items->count * sizeof *grown);
        items->columns = grown;
        items->cap = cap;
    }
    items->columns[items->count++] = column;
    return true;
}

static NamesOutput *make_output(Names *names, const NamesColumn *columns, uint32_t count)
{
    NamesOutput *output = arena_alloc(names->arena, sizeof *output, names->err);
    if (output)
        *output = (NamesOutput){columns, count, ++names->relations};
    return output;
}

/* The name of a column without AS: its own, or the field's. */
static Str own_name(const Ast *expr)
{
    return expr->kind == AST_COLUMN || expr->kind == AST_FIELD ? expr->text : (Str){"", 0};
}

static bool take_item(Names *names, Ast *item, const NamesScope *scope, Items *items)
{
    const Ast *name = ast_find(item, AST_NAME);
    const Type *type = names_expression(names, item->first, scope);
    if (!type)
        return false;
    NamesColumn column = {
        .name = name ? name->text : own_name(item->first), .type = type, .expr = item->first};
    return add_item(names, items, column, item->place);
}

/* *: all columns that are seen; t.*: those of one relation. */
static bool take_starred(Names *names, Ast *node, Str qualifier, const NamesScope *scope,
                         Items *items)
{
    uint32_t before = items->count;
    for (uint32_t i = 0; i < scope->count; i++) {
        const NamesEntry *entry = &scope->entries[i];
        bool hidden = entry->column->flags & CATALOG_HIDDEN;
        bool wanted = qualifier.len ? str_equal_nocase(entry->qualifier, qualifier) && !hidden
                                    : entry->starred;
        if (wanted && !add_item(names, items, *entry->column, node->place))
            return false;
    }
    return items->count > before || qualifier.len ||
           names_fail(names, node->place, "* has no columns to stand for: FROM is missing");
}

static bool take_row_fields(Names *names, Ast *node, const NamesScope *scope, Items *items)
{
    const Type *row = names_expression(names, node->first, scope);
    if (!row)
        return false;
    if (row->kind != TYPE_ROW)
        return names_fail(names, node->place, ".* stands behind a relation or a row");
    for (uint32_t i = 0; i < row->count; i++) {
        Ast *field = ast_new(names->arena, AST_FIELD, node->place, names->err);
        if (!field)
            return false;
        field->text = row->names[i];
        field->first = field->last = node->first;
        field->count = 1;
        field->type = row->parts[i];
        NamesColumn column = {.name = row->names[i], .type = row->parts[i], .expr = field};
        if (!add_item(names, items, column, node->place))
            return false;
    }
    return true;
}

/* AS (a, b) behind t.*. */
static bool rename_from(Names *names, const Ast *columns, Items *items, uint32_t from)
{
    if (!columns)
        return true;
    if (columns->count != items->count - from)
        return names_fail(names, columns->place, "%u names are given for %u columns",
                          columns->count, items->count - from);
    for (const Ast *name = columns->first; name; name = name->next)
        items->columns[from++].name = name->text;
    return true;
}

static bool take_all_of(Names *names, Ast *node, const NamesScope *scope, Items *items)
{
    uint32_t from = items->count;
    if (node->first->kind == AST_COLUMN &&
        !take_starred(names, node, node->first->text, scope, items))
        return false;
    if (items->count == from && !take_row_fields(names, node, scope, items))
        return false;
    return rename_from(names, ast_find(node, AST_COLUMNS), items, from);
}

static bool take_items(Names *names, Ast *select, const NamesScope *scope, Items *items)
{
    for (Ast *child = select->first; child; child = child->next) {
        bool ok = true;
        uint32_t from = items->count;
        if (child->kind == AST_ITEM)
            ok = take_item(names, child, scope, items);
        else if (child->kind == AST_ALL_COLUMNS)
            ok = take_starred(names, child, (Str){"", 0}, scope, items);
        else if (child->kind == AST_ALL_OF)
            ok = take_all_of(names, child, scope, items);
        else
            break;
        if (!ok)
            return false;
        child->bound = make_output(names, items->columns + from, items->count - from);
        if (!child->bound)
            return false;
    }
    return true;
}

/* The column of the output that an integer means. */
static bool bind_ordinal(Names *names, Ast *node, const Ast *integer, uint32_t columns)
{
    uint64_t index = 0;
    NamesOrdinal *ordinal = arena_alloc(names->arena, sizeof *ordinal, names->err);
    if (!ordinal)
        return false;
    if (!str_to_u64(integer->text, &index) || index < 1 || index > columns)
        return names_fail(names, integer->place, "column %.*s is not selected: there are %u",
                          STR_ARG(integer->text), columns);
    ordinal->index = (uint32_t)index;
    node->bound = ordinal;
    return true;
}

/* What GROUP BY lists: expressions over FROM, or numbers of selected columns. */
static bool bind_grouping(Names *names, Ast *group, const NamesScope *scope, uint32_t columns)
{
    for (Ast *child = group->first; child; child = child->next) {
        bool ok = ast_class((AstKind)child->kind) != AST_CLASS_EXPR
                      ? bind_grouping(names, child, scope, columns)
                  : child->kind == AST_INTEGER ? bind_ordinal(names, child, child, columns)
                                               : names_expression(names, child, scope) != NULL;
        if (!ok)
            return false;
    }
    return true;
}

static bool bind_windows(Names *names, Ast *windows, const NamesScope *scope)
{
    for (Ast *named = windows->first; named; named = named->next)
        if (!names_call_window(names, named->last, scope))
            return false;
    return true;
}

/* The clauses behind the items and FROM. */
static bool bind_clauses(Names *names, Ast *select, const NamesScope *scope, uint32_t columns)
{
    for (Ast *child = select->first; child; child = child->next) {
        bool ok = true;
        if (child->kind == AST_WHERE)
            ok = names_condition(names, child->first, scope, "WHERE");
        else if (child->kind == AST_GROUP_BY)
            ok = bind_grouping(names, child, scope, columns);
        else if (child->kind == AST_HAVING)
            ok = names_condition(names, child->first, scope, "HAVING");
        else if (child->kind == AST_WINDOWS)
            ok = bind_windows(names, child, scope);
        if (!ok)
            return false;
    }
    return true;
}

static const NamesOutput *bind_select(Names *names, Ast *select, NamesScope *scope)
{
    Items items = {0};
    Ast *from = ast_find(select, AST_FROM);
    if (from && !names_unnest_join(from, names))
        return NULL;
    for (Ast *relation = from ? from->first : NULL; relation; relation = relation->next)
        if (!names_relation(names, relation, scope))
            return NULL;
    if (!take_items(names, select, scope, &items) ||
        !bind_clauses(names, select, scope, items.count))
        return NULL;
    return make_output(names, items.columns, items.count);
}

/* Rows of VALUES: columns without names, of types that all rows have in common. */
static const NamesOutput *bind_values(Names *names, Ast *values, const NamesScope *outer)
{
    Items items = {0};
    for (Ast *row = values->first; row; row = row->next) {
        const Type *type = names_expression(names, row, outer);
        if (!type)
            return NULL;
        uint32_t width = row->kind == AST_ROW ? type->count : 1;
        if (row == values->first)
            for (uint32_t i = 0; i < width; i++)
                if (!add_item(names, &items, (NamesColumn){.type = type_simple(TYPE_UNKNOWN)},
                              row->place))
                    return NULL;
        if (width != items.count) {
            names_fail(names, row->place, "this row has %u values, the first one %u", width,
                       items.count);
            return NULL;
        }
        for (uint32_t i = 0; i < width; i++) {
            const Type *part = row->kind == AST_ROW ? type->parts[i] : type;
            items.columns[i].type = names_common(names, row, items.columns[i].type, part);
            if (!items.columns[i].type)
                return NULL;
        }
    }
    return make_output(names, items.columns, items.count);
}

static const NamesOutput *bind_set(Names *names, Ast *set, const NamesScope *outer)
{
    Items items = {0};
    for (Ast *child = set->first; child; child = child->next) {
        const NamesOutput *output = names_query(names, child, outer);
        if (!output)
            return NULL;
        for (uint32_t i = 0; child == set->first && i < output->count; i++) {
            NamesColumn column = {.name = output->columns[i].name, .type = output->columns[i].type};
            if (!add_item(names, &items, column, child->place))
                return NULL;
        }
        if (output->count != items.count) {
            names_fail(names, child->place, "this query gives %u columns, the first one %u",
                       output->count, items.count);
            return NULL;
        }
        for (uint32_t i = 0; i < items.count; i++) {
            items.columns[i].type =
                names_common(names, child, items.columns[i].type, output->columns[i].type);
            if (!items.columns[i].type)
                return NULL;
        }
    }
    return make_output(names, items.columns, items.count);
}

static const NamesOutput *bind_table(Names *names, Ast *node)
{
    NamesScope scope = {0};
    Items items = {0};
    NamesRelation *relation = names_relation_table(names, node->first);
    if (!relation || !names_scope_add(names, &scope, relation) ||
        !take_starred(names, node, (Str){"", 0}, &scope, &items))
        return NULL;
    node->first->bound = relation;
    return make_output(names, items.columns, items.count);
}

/* A sort's word: a number or a name of the output, or an expression over output and FROM. */
static bool bind_sort(Names *names, Ast *sort, const NamesScope *scope)
{
    Ast *expr = sort->first;
    if (expr->kind == AST_INTEGER)
        return bind_ordinal(names, sort, expr, scope->output_count);
    for (uint32_t i = 0; expr->kind == AST_COLUMN && i < scope->output_count; i++) {
        Str name = scope->outputs[i].name;
        if (!name.len || !str_equal_nocase(name, expr->text))
            continue;
        NamesOrdinal *ordinal = arena_alloc(names->arena, sizeof *ordinal, names->err);
        if (!ordinal)
            return false;
        ordinal->index = i + 1;
        sort->bound = ordinal;
        return true;
    }
    return names_expression(names, expr, scope) != NULL;
}

static bool bind_order(Names *names, Ast *query, NamesScope *scope, const NamesOutput *output)
{
    const Ast *order = ast_find(query, AST_ORDER_BY);
    NamesColumn *columns =
        arena_alloc(names->arena, (output->count + 1) * sizeof *columns, names->err);
    if (!columns)
        return false;
    for (uint32_t i = 0; i < output->count; i++) {
        columns[i] = output->columns[i];
        if (!columns[i].expr && !columns[i].sql.len)
            columns[i].sql = names_text(names, "r%u.\"c%u\"", output->number, i + 1);
    }
    scope->outputs = columns;
    scope->output_count = output->count;
    for (Ast *sort = order ? order->first : NULL; sort; sort = sort->next)
        if (!bind_sort(names, sort, scope))
            return false;
    return true;
}

/* Counts of LIMIT, OFFSET and FETCH: an integer, or a parameter that is one. */
static bool bind_counts(Names *names, Ast *query)
{
    for (Ast *child = query->first; child; child = child->next) {
        bool counts =
            child->kind == AST_LIMIT || child->kind == AST_OFFSET || child->kind == AST_FETCH;
        if (!counts || !child->first)
            continue;
        const Type *type = names_expression(names, child->first, NULL);
        if (type && !type_is_integer(type))
            return names_fail(names, child->first->place, "a number of rows is expected");
        if (!type)
            return false;
    }
    return true;
}

static const NamesOutput *bind_whole(Names *names, Ast *query, const NamesScope *outer)
{
    const NamesCte *before = names->ctes;
    NamesScope scope = {.outer = outer};
    Ast *with = ast_find(query, AST_WITH);
    Ast *body = with ? with->next : query->first;
    if (with && !names_with(names, with))
        return NULL;
    const NamesOutput *output = body->kind == AST_SELECT ? bind_select(names, body, &scope)
                                                         : names_query(names, body, outer);
    if (!output)
        return NULL;
    body->bound = output;
    if (!bind_order(names, query, &scope, output) || !bind_counts(names, query))
        return NULL;
    names->ctes = before;
    return output;
}

const NamesOutput *names_query(Names *names, Ast *query, const NamesScope *outer)
{
    const NamesOutput *output = NULL;
    NamesScope scope = {.outer = outer};
    switch (query->kind) {
    case AST_QUERY:
        output = bind_whole(names, query, outer);
        break;
    case AST_SELECT:
        output = bind_select(names, query, &scope);
        break;
    case AST_VALUES:
        output = bind_values(names, query, outer);
        break;
    case AST_TABLE_ALL:
        output = bind_table(names, query);
        break;
    default:
        output = bind_set(names, query, outer);
    }
    query->bound = output;
    return output;
}
