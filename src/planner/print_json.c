/* SQL/JSON: JSON_EXISTS, JSON_VALUE, JSON_QUERY, JSON_OBJECT and JSON_ARRAY. */
#include "planner/print_state.h"

static const Ast *path_of(const Ast *node)
{
    return node->first->next;
}

/* Clauses that change what comes back are taken only where they ask for what is done. */
static bool check_clauses(Print *print, const Ast *node)
{
    for (const Ast *child = node->first; child; child = child->next) {
        bool fallback = child->kind == AST_ON_EMPTY || child->kind == AST_ON_ERROR;
        if (fallback && !str_equal(child->text, STR("null")) &&
            !str_equal(child->text, STR("false")))
            return print_fail(print, child, "only NULL ON EMPTY and NULL ON ERROR are supported");
        if (child->kind == AST_WRAPPER && !str_equal(child->text, STR("without")))
            return print_fail(print, child, "WITH WRAPPER is not supported");
        if (child->kind == AST_QUOTES && !str_equal(child->text, STR("keep")))
            return print_fail(print, child, "OMIT QUOTES is not supported");
    }
    return true;
}

static bool print_read(Print *print, const Ast *node, const char *function)
{
    bool typed = node->kind == AST_JSON_VALUE && node->type->kind != TYPE_VARCHAR;
    return check_clauses(print, node) && (!typed || print_text(print, "TRY_CAST(")) &&
           print_text(print, function) && print_expression(print, node->first) &&
           print_text(print, ", ") && print_path(print, path_of(node)) && print_text(print, ")") &&
           (!typed ||
            (print_text(print, " AS ") && type_write_engine(node->type, print->out, print->err) &&
             print_text(print, ")")));
}

static bool print_made(Print *print, const Ast *node)
{
    bool object = node->kind == AST_JSON_OBJECT;
    if (object ? node->flags & AST_ABSENT_ON_NULL : node->flags & AST_NULL_ON_NULL)
        return print_fail(print, node, "%s is not supported",
                          object ? "ABSENT ON NULL" : "NULL ON NULL");
    bool ok = print_text(print, object ? "CAST(json_object(" : "CAST(json_array(");
    for (const Ast *child = node->first; ok && child; child = child->next) {
        ok = child == node->first || print_text(print, ", ");
        if (object)
            ok = ok && print_expression(print, child->first) && print_text(print, ", ") &&
                 print_expression(print, child->last);
        else
            ok = ok && print_expression(print, child);
    }
    return ok && print_text(print, ") AS VARCHAR)");
}

bool print_json(Print *print, const Ast *node)
{
    switch (node->kind) {
    case AST_JSON_EXISTS:
        return print_read(print, node, "athena_json_exists(");
    case AST_JSON_VALUE:
        return print_read(print, node, "athena_json_scalar(");
    case AST_JSON_QUERY:
        return print_read(print, node, "athena_json_query(");
    default:
        return print_made(print, node);
    }
}
