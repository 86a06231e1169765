/* Queries for the engine. */
#include <stdio.h>
#include <string.h>

#include "planner/print_state.h"

/* An output column as an expression. */
bool print_column(Print *print, const NamesColumn *column)
{
    return column->expr ? print_expression(print, column->expr)
                        : buf_append_str(print->out, column->sql, print->err);
}

static bool print_shown_moment(Print *print, const NamesColumn *column)
{
    Str zone = print_is_local(column->type) ? column->type->zone : (Str){"", 0};
    return print_text(print, "(strftime(") && print_local_open(print, zone) &&
           print_column(print, column) && print_local_close(print, zone) &&
           print_text(print, ", '%Y-%m-%d %H:%M:%S.%g ') || ") &&
           print_literal(print, zone.len ? zone : STR("UTC")) && print_text(print, ")");
}

/* A column at the top, as users see it: what the engine holds in a form of its own becomes a text,
 * moments with a zone as Athena shows them ("athena", section 4). */
static bool print_shown(Print *print, const NamesColumn *column)
{
    static const struct {
        TypeKind kind;
        const char *open, *close;
    } FORMS[] = {
        {TYPE_TIME, "strftime(DATE '1970-01-01' + ", ", '%H:%M:%S.%g')"},
        {TYPE_INTERVAL_DAY, "athena_interval_day_text(", ")"},
        {TYPE_INTERVAL_YEAR, "athena_interval_year_text(", ")"},
        {TYPE_IPADDRESS, "athena_ip_text(", ")"},
        {TYPE_IPPREFIX, "athena_prefix_text(", ")"},
    };
    if (column->type->kind == TYPE_TIMESTAMP_TZ)
        return print_shown_moment(print, column);
    for (size_t i = 0; i < sizeof FORMS / sizeof *FORMS; i++)
        if (FORMS[i].kind == column->type->kind)
            return print_text(print, FORMS[i].open) && print_column(print, column) &&
                   print_text(print, FORMS[i].close);
    return print_column(print, column);
}

/* What is selected; at the top with the names that the user sees. */
static bool print_items(Print *print, const NamesOutput *output, bool top)
{
    char buffer[16];
    for (uint32_t i = 0; i < output->count; i++) {
        if (i > 0 && !print_text(print, ", "))
            return false;
        if (!(top ? print_shown : print_column)(print, &output->columns[i]))
            return false;
        if (top && (!print_text(print, " AS ") ||
                    !print_name(print, print_column_name(output, i, buffer))))
            return false;
    }
    return true;
}

/* (a, b) of GROUP BY and of GROUPING SETS; a number stands for what is selected. */
static bool print_grouping(Print *print, const Ast *node, const NamesOutput *output)
{
    static const struct {
        AstKind kind;
        const char *open;
    } SETS[] = {{AST_SET, "("},
                {AST_ROLLUP, "ROLLUP ("},
                {AST_CUBE, "CUBE ("},
                {AST_GROUPING_SETS, "GROUPING SETS ("}};
    const NamesOrdinal *ordinal = node->kind == AST_INTEGER ? node->bound : NULL;
    if (ordinal)
        return print_column(print, &output->columns[ordinal->index - 1]);
    for (size_t i = 0; i < sizeof SETS / sizeof *SETS; i++) {
        if (node->kind != SETS[i].kind)
            continue;
        if (!print_text(print, SETS[i].open))
            return false;
        for (const Ast *child = node->first; child; child = child->next)
            if ((child != node->first && !print_text(print, ", ")) ||
                !print_grouping(print, child, output))
                return false;
        return print_text(print, ")");
    }
    return print_expression(print, node);
}

static bool print_group_by(Print *print, const Ast *group, const NamesOutput *output)
{
    if (group->flags & AST_DISTINCT)
        return print_fail(print, group, "GROUP BY DISTINCT is not supported");
    if (!print_text(print, " GROUP BY "))
        return false;
    for (const Ast *child = group->first; child; child = child->next) {
        const NamesOrdinal *ordinal = child->kind == AST_INTEGER ? child->bound : NULL;
        bool ok = (child == group->first || print_text(print, ", ")) &&
                  (ordinal ? print_format(print, "%u", ordinal->index)
                           : print_grouping(print, child, output));
        if (!ok)
            return false;
    }
    return true;
}

static bool print_windows(Print *print, const Ast *windows)
{
    bool ok = print_text(print, " WINDOW ");
    for (const Ast *named = windows->first; ok && named; named = named->next)
        ok = (named == windows->first || print_text(print, ", ")) &&
             print_name(print, named->first->text) && print_text(print, " AS ") &&
             print_window(print, named->last);
    return ok;
}

bool print_relations(Print *print, const Ast *from)
{
    bool ok = print_text(print, " FROM ");
    for (const Ast *relation = from->first; ok && relation; relation = relation->next)
        ok =
            (relation == from->first || print_text(print, ", ")) && print_relation(print, relation);
    return ok;
}

static bool print_select(Print *print, const Ast *select, bool top)
{
    const NamesOutput *output = select->bound;
    bool ok = print_text(print, select->flags & AST_DISTINCT ? "SELECT DISTINCT " : "SELECT ") &&
              print_items(print, output, top);
    for (const Ast *child = select->first; ok && child; child = child->next) {
        if (child->kind == AST_FROM)
            ok = print_relations(print, child);
        else if (child->kind == AST_WHERE)
            ok = print_filter(print, select);
        else if (child->kind == AST_GROUP_BY)
            ok = print_group_by(print, child, output);
        else if (child->kind == AST_HAVING)
            ok = print_text(print, " HAVING ") && print_expression(print, child->first);
        else if (child->kind == AST_WINDOWS)
            ok = print_windows(print, child);
    }
    return ok;
}

static bool print_values(Print *print, const Ast *values)
{
    bool ok = print_text(print, "VALUES ");
    for (const Ast *row = values->first; ok && row; row = row->next) {
        ok = (row == values->first || print_text(print, ", ")) && print_text(print, "(");
        const Ast *first = row->kind == AST_ROW ? row->first : row;
        for (const Ast *value = first; ok && value; value = value->next) {
            ok = (value == first || print_text(print, ", ")) && print_expression(print, value);
            if (row->kind != AST_ROW)
                break;
        }
        ok = ok && print_text(print, ")");
    }
    return ok;
}

static bool print_table_all(Print *print, const Ast *node)
{
    Ast table = {.kind = AST_TABLE, .first = node->first, .bound = node->first->bound};
    return print_text(print, "SELECT ") && print_items(print, node->bound, false) &&
           print_text(print, " FROM ") && print_relation(print, &table);
}

static bool print_set(Print *print, const Ast *set)
{
    const char *word = set->kind == AST_UNION       ? " UNION "
                       : set->kind == AST_INTERSECT ? " INTERSECT "
                                                    : " EXCEPT ";
    bool ok = true;
    for (const Ast *child = set->first; ok && child; child = child->next)
        ok = (child == set->first || (print_text(print, word) &&
                                      (!(set->flags & AST_ALL) || print_text(print, "ALL ")))) &&
             print_text(print, "(") && print_query(print, child, false) && print_text(print, ")");
    return ok;
}

/* " AS r3("c1", "c2")" */
static bool print_derived_names(Print *print, char letter, uint32_t number, uint32_t count)
{
    bool ok = print_format(print, "%c%u(", letter, number);
    for (uint32_t i = 0; ok && i < count; i++)
        ok = print_format(print, "%s\"c%u\"", i ? ", " : "", i + 1);
    return ok && print_text(print, ")");
}

bool print_with(Print *print, const Ast *with)
{
    bool ok = print_text(print, with->flags & AST_RECURSIVE ? "WITH RECURSIVE " : "WITH ");
    for (const Ast *cte = with->first; ok && cte; cte = cte->next) {
        const NamesRelation *relation = cte->bound;
        ok = (cte == with->first || print_text(print, ", ")) &&
             print_derived_names(print, 'w', relation->number, relation->count) &&
             print_text(print, " AS (") && print_query(print, cte->last, false) &&
             print_text(print, ")");
    }
    return ok && print_text(print, " ");
}

static bool print_sort(Print *print, const Ast *sort)
{
    const NamesOrdinal *ordinal = sort->bound;
    bool descending = sort->flags & AST_DESCENDING;
    /* NULLs come last both ways unless said otherwise ("athena", section 3). */
    return (ordinal ? print_format(print, "%u", ordinal->index)
                    : print_expression(print, sort->first)) &&
           print_text(print, descending ? " DESC" : " ASC") &&
           print_text(print, sort->flags & AST_NULLS_FIRST ? " NULLS FIRST" : " NULLS LAST");
}

bool print_sorts(Print *print, const Ast *order)
{
    bool ok = print_text(print, " ORDER BY ");
    for (const Ast *sort = order->first; ok && sort; sort = sort->next)
        ok = (sort == order->first || print_text(print, ", ")) && print_sort(print, sort);
    return ok;
}

static bool print_count(Print *print, const Ast *clause)
{
    return clause->first ? print_expression(print, clause->first) : print_text(print, "1");
}

/* "rank() OVER (ORDER BY ...)" in the order of the query, numbers as what they stand for. */
static bool print_place(Print *print, const char *function, const Ast *order,
                        const NamesOutput *output)
{
    bool ok = print_format(print, "%s() OVER (ORDER BY ", function);
    for (const Ast *sort = order->first; ok && sort; sort = sort->next) {
        const NamesOrdinal *ordinal = sort->bound;
        ok = (sort == order->first || print_text(print, ", ")) &&
             (ordinal ? print_column(print, &output->columns[ordinal->index - 1])
                      : print_expression(print, sort->first)) &&
             print_text(print, sort->flags & AST_DESCENDING ? " DESC" : " ASC") &&
             print_text(print, sort->flags & AST_NULLS_FIRST ? " NULLS FIRST" : " NULLS LAST");
    }
    return ok && print_text(print, ")");
}

/* FETCH ... WITH TIES: the rows whose rank is among the wanted, behind those of OFFSET. */
static bool print_ties(Print *print, const Ast *query, const Ast *body, const Ast *fetch)
{
    const Ast *order = ast_find(query, AST_ORDER_BY), *offset = ast_find(query, AST_OFFSET);
    if (!order)
        return print_fail(print, fetch, "FETCH ... WITH TIES needs ORDER BY");
    if (body->kind != AST_SELECT || body->flags & AST_DISTINCT)
        return print_fail(print, fetch,
                          "FETCH ... WITH TIES is taken of a SELECT without DISTINCT only");
    bool ok = print_text(print, " QUALIFY ") && print_place(print, "rank", order, body->bound) &&
              print_text(print, " <= ") && print_count(print, fetch);
    if (ok && offset)
        ok = print_text(print, " + ") && print_count(print, offset) && print_text(print, " AND ") &&
             print_place(print, "row_number", order, body->bound) && print_text(print, " > ") &&
             print_count(print, offset);
    return ok;
}

static const Ast *find_ties(const Ast *query)
{
    const Ast *fetch = ast_find(query, AST_FETCH);
    return fetch && fetch->flags & AST_WITH_TIES ? fetch : NULL;
}

static bool print_counts(Print *print, const Ast *query)
{
    for (const Ast *child = query->first; child && !find_ties(query); child = child->next) {
        bool limit = child->kind == AST_LIMIT || child->kind == AST_FETCH;
        if ((!limit && child->kind != AST_OFFSET) || child->flags & AST_ALL)
            continue;
        if (!print_text(print, limit ? " LIMIT " : " OFFSET ") || !print_count(print, child))
            return false;
    }
    return true;
}

static bool has_expressions(const Ast *order)
{
    for (const Ast *sort = order ? order->first : NULL; sort; sort = sort->next)
        if (!sort->bound)
            return true;
    return false;
}

/* A body that is no SELECT, as a relation of its own: for names at the top, and for ORDER BY with
 * expressions. */
static bool print_wrapped(Print *print, const Ast *body, const NamesOutput *output, bool top)
{
    char buffer[16];
    bool ok = print_text(print, "SELECT ");
    for (uint32_t i = 0; ok && i < output->count; i++) {
        NamesColumn column = output->columns[i];
        char sql[40];
        snprintf(sql, sizeof sql, "r%u.\"c%u\"", output->number, i + 1);
        column.expr = NULL;
        column.sql = str_of(sql);
        ok = (i == 0 || print_text(print, ", ")) &&
             (top ? print_shown : print_column)(print, &column);
        if (ok && top)
            ok = print_text(print, " AS ") &&
                 print_name(print, print_column_name(output, i, buffer));
    }
    return ok && print_text(print, " FROM (") && print_query(print, body, false) &&
           print_text(print, ") AS ") &&
           print_derived_names(print, 'r', output->number, output->count);
}

static bool print_body(Print *print, const Ast *body, const Ast *order, bool top)
{
    if (body->kind == AST_SELECT)
        return print_select(print, body, top);
    if (top || has_expressions(order))
        return print_wrapped(print, body, body->bound, top);
    bool nested = body->kind == AST_QUERY;
    return (!nested || print_text(print, "(")) && print_query(print, body, false) &&
           (!nested || print_text(print, ")"));
}

static bool print_whole(Print *print, const Ast *query, bool top)
{
    const Ast *with = ast_find(query, AST_WITH);
    const Ast *order = ast_find(query, AST_ORDER_BY);
    const Ast *body = with ? with->next : query->first;
    const Ast *ties = find_ties(query);
    return (!with || print_with(print, with)) && print_body(print, body, order, top) &&
           (!ties || print_ties(print, query, body, ties)) &&
           (!order || print_sorts(print, order)) && print_counts(print, query);
}

bool print_query(Print *print, const Ast *query, bool top)
{
    switch (query->kind) {
    case AST_QUERY:
        return print_whole(print, query, top);
    case AST_SELECT:
        return print_select(print, query, top);
    case AST_VALUES:
        return print_values(print, query);
    case AST_TABLE_ALL:
        return print_table_all(print, query);
    default:
        return print_set(print, query);
    }
}
