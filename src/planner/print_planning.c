/* What the engine plans to say which filters reach a scan.
 *
 * A plain SELECT over one scan is planned without what it selects and sorts by: neither changes
 * which rows WHERE lets through, and each column costs time when it is bound. Everything else
 * stands for itself: with several scans the columns tell which is which.
 */
#include "planner/print_state.h"

bool print_is_more_than_a_row(const Ast *node)
{
    const NamesCall *call = node->kind == AST_CALL ? node->bound : NULL;
    if (call && call->function->class != FUNCTION_SCALAR)
        return true;
    if (ast_class((AstKind)node->kind) == AST_CLASS_QUERY || node->kind == AST_SUBQUERY ||
        node->kind == AST_EXISTS || node->kind == AST_IN_QUERY || node->kind == AST_QUANTIFIED)
        return true;
    for (const Ast *child = node->first; child; child = child->next)
        if (print_is_more_than_a_row(child))
            return true;
    return false;
}

static bool is_plain_select(const Ast *select)
{
    if (select->kind != AST_SELECT || select->flags & AST_DISTINCT)
        return false;
    for (const Ast *child = select->first; child; child = child->next) {
        if (child->kind == AST_GROUP_BY || child->kind == AST_HAVING || child->kind == AST_WINDOWS)
            return false;
        if (child->kind != AST_FROM && child->kind != AST_WHERE && print_is_more_than_a_row(child))
            return false;
    }
    return true;
}

static bool is_plain(const NamesStatement *statement, const Ast *body)
{
    const Ast *query = statement->query;
    const Ast *order = ast_find(query, AST_ORDER_BY), *fetch = ast_find(query, AST_FETCH);
    return statement->scan_count == 1 && is_plain_select(body) &&
           (!order || !print_is_more_than_a_row(order)) && !(fetch && fetch->flags & AST_WITH_TIES);
}

/* What a sort is by, also when it means a column of the output. */
static const Ast *sorted_by(const Ast *sort, const NamesOutput *output)
{
    const NamesOrdinal *ordinal = sort->bound;
    return ordinal ? output->columns[ordinal->index - 1].expr : sort->first;
}

bool print_newest_first(const NamesStatement *statement)
{
    const Ast *query = statement->query;
    const Ast *with = ast_find(query, AST_WITH), *order = ast_find(query, AST_ORDER_BY);
    const Ast *body = with ? with->next : query->first;
    const Ast *limit = ast_find(query, AST_LIMIT), *fetch = ast_find(query, AST_FETCH);
    const Ast *count = limit ? limit : fetch;
    if (!order || !count || count->flags & AST_ALL || !is_plain(statement, body) ||
        !(order->first->flags & AST_DESCENDING))
        return false;
    const Ast *by = sorted_by(order->first, body->bound);
    const NamesColumn *column = by && by->kind == AST_COLUMN ? by->bound : NULL;
    return column && column->relation && column->relation->scan &&
           column->type->kind == TYPE_TIMESTAMP && str_equal(column->name, STR("eventtime"));
}

bool print_planning(const NamesStatement *statement, Str sql, Arena *arena, Buf *out, Error *err)
{
    Print print = {.sql = sql, .arena = arena, .out = out, .err = err};
    const Ast *with = ast_find(statement->query, AST_WITH);
    const Ast *body = with ? with->next : statement->query->first;
    if (!is_plain(statement, body))
        return print_query(&print, statement->query, true);
    const Ast *from = ast_find(body, AST_FROM), *where = ast_find(body, AST_WHERE);
    return (!with || print_with(&print, with)) && print_text(&print, "SELECT 1") &&
           (!from || print_relations(&print, from)) && (!where || print_filter(&print, body));
}
