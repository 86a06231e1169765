/* Expressions for the engine, a handler a kind. */
#include "planner/print_state.h"

typedef bool (*Handler)(Print *, const Ast *);

static bool print_listed(Print *print, const Ast *first, const char *between)
{
    bool ok = true;
    for (const Ast *child = first; ok && child; child = child->next)
        ok = (child == first || print_text(print, between)) && print_expression(print, child);
    return ok;
}

static bool print_field(Print *print, const Ast *node)
{
    if (node->bound)
        return print_column(print, node->bound);
    int index = type_field(node->first->type, node->text);
    return print_text(print, "struct_extract(") && print_expression(print, node->first) &&
           print_text(print, ", ") && print_literal(print, node->first->type->names[index]) &&
           print_text(print, ")");
}

/* Within TRY behind a function that may fail, for the engine's sake (print_try.c, 2). */
static bool on_field(Print *print, const Ast *node)
{
    bool hidden = print->within_try && node->type->kind == TYPE_VARCHAR;
    return (!hidden || print_text(print, "decode(encode(")) && print_field(print, node) &&
           (!hidden || print_text(print, "))"));
}

static bool on_parameter(Print *print, const Ast *node)
{
    return print_expression(print, node->bound);
}

static bool on_null(Print *print, const Ast *node)
{
    (void)node;
    return print_text(print, "NULL");
}

static bool on_word(Print *print, const Ast *node)
{
    return buf_append_str(print->out, node->text, print->err);
}

static bool on_string(Print *print, const Ast *node)
{
    return print_literal(print, node->text);
}

static bool on_binary(Print *print, const Ast *node)
{
    return print_text(print, "unhex(") && print_literal(print, node->text) &&
           print_text(print, ")");
}

static bool on_logic(Print *print, const Ast *node)
{
    return print_text(print, "(") &&
           print_listed(print, node->first, node->kind == AST_AND ? " AND " : " OR ") &&
           print_text(print, ")");
}

static bool on_not(Print *print, const Ast *node)
{
    return print_text(print, "(NOT ") && print_expression(print, node->first) &&
           print_text(print, ")");
}

static bool on_quantified(Print *print, const Ast *node)
{
    return print_text(print, "(") && print_expression(print, node->first) &&
           print_format(print, " %.*s %s (", STR_ARG(node->text),
                        node->flags & AST_ALL ? "ALL" : "ANY") &&
           print_query(print, node->last, false) && print_text(print, "))");
}

static bool on_in_query(Print *print, const Ast *node)
{
    return print_text(print, "(") && print_expression(print, node->first) &&
           print_text(print, node->flags & AST_NEGATED ? " NOT IN (" : " IN (") &&
           print_query(print, node->last, false) && print_text(print, "))");
}

static bool on_is_null(Print *print, const Ast *node)
{
    return print_text(print, "(") && print_expression(print, node->first) &&
           print_text(print, node->flags & AST_NEGATED ? " IS NOT NULL)" : " IS NULL)");
}

static bool on_is_distinct(Print *print, const Ast *node)
{
    return print_text(print, "(") && print_beside(print, node->first, node->last->type) &&
           print_text(print, node->flags & AST_NEGATED ? " IS NOT DISTINCT FROM "
                                                       : " IS DISTINCT FROM ") &&
           print_beside(print, node->last, node->first->type) && print_text(print, ")");
}

static bool on_exists(Print *print, const Ast *node)
{
    return print_text(print, "EXISTS (") && print_query(print, node->first, false) &&
           print_text(print, ")");
}

static bool on_subquery(Print *print, const Ast *node)
{
    return print_text(print, "(") && print_query(print, node->first, false) &&
           print_text(print, ")");
}

static bool on_unary(Print *print, const Ast *node)
{
    return print_format(print, "(%.*s", STR_ARG(node->text)) &&
           print_expression(print, node->first) && print_text(print, ")");
}

/* A moment stays what it is; its type has the zone. */
static bool on_zone(Print *print, const Ast *node)
{
    return print_expression(print, node->first);
}

static bool on_subscript(Print *print, const Ast *node)
{
    static const char *const OPEN[] = {"athena_at(", "athena_key(", "struct_extract_at("};
    TypeKind kind = node->first->type->kind;
    return print_text(print, OPEN[kind - TYPE_ARRAY]) && print_expression(print, node->first) &&
           print_text(print, ", ") &&
           print_beside(print, node->last,
                        kind == TYPE_MAP ? node->first->type->parts[0] : node->last->type) &&
           print_text(print, ")");
}

static bool on_lambda(Print *print, const Ast *node)
{
    const NamesColumn *parameters = node->bound;
    bool ok = print_text(print, "lambda ");
    if (node->count == 1)
        return print_fail(print, node, "a lambda without parameters is not supported");
    for (uint32_t i = 0; ok && i + 1 < node->count; i++)
        ok = print_format(print, "%s%.*s", i ? ", " : "", STR_ARG(parameters[i].sql));
    return ok && print_text(print, ": ") && print_expression(print, node->last);
}

static bool on_row(Print *print, const Ast *node)
{
    uint32_t number = 0;
    bool ok = print_text(print, "{");
    for (const Ast *child = node->first; ok && child; child = child->next, number++)
        ok = print_format(print, "%s'field%u': ", number ? ", " : "", number) &&
             print_expression(print, child);
    return ok && print_text(print, "}");
}

static bool on_array(Print *print, const Ast *node)
{
    return print_text(print, "[") && print_listed(print, node->first, ", ") &&
           print_text(print, "]");
}

static bool print_case_part(Print *print, const Ast *part, const Type *of)
{
    if (part->kind == AST_ELSE)
        return print_text(print, " ELSE ") && print_expression(print, part->first);
    return print_text(print, " WHEN ") &&
           (of ? print_beside(print, part->first, of) : print_expression(print, part->first)) &&
           print_text(print, " THEN ") && print_expression(print, part->last);
}

static bool on_case(Print *print, const Ast *node)
{
    const Type *of = node->kind == AST_CASE_OF ? node->first->type : NULL;
    bool ok = print_text(print, "CASE");
    for (const Ast *child = node->first; ok && child; child = child->next)
        ok = of && child == node->first ? print_text(print, " ") && print_expression(print, child)
                                        : print_case_part(print, child, of);
    return ok && print_text(print, " END");
}

static bool on_grouping(Print *print, const Ast *node)
{
    return print_text(print, "grouping(") && print_listed(print, node->first, ", ") &&
           print_text(print, ")");
}

static const Handler HANDLERS[AST_KINDS] = {
    [AST_COLUMN] = on_field,
    [AST_FIELD] = on_field,
    [AST_PARAMETER] = on_parameter,
    [AST_NULL] = on_null,
    [AST_BOOLEAN] = on_word,
    [AST_INTEGER] = on_word,
    [AST_DECIMAL] = on_word,
    [AST_DOUBLE] = on_word,
    [AST_STRING] = on_string,
    [AST_BINARY] = on_binary,
    [AST_TYPED] = print_typed,
    [AST_INTERVAL] = print_interval,
    [AST_CURRENT] = print_current,
    [AST_OR] = on_logic,
    [AST_AND] = on_logic,
    [AST_NOT] = on_not,
    [AST_COMPARISON] = print_comparison,
    [AST_BETWEEN] = print_between,
    [AST_IN_LIST] = print_in_list,
    [AST_IS_DISTINCT] = on_is_distinct,
    [AST_QUANTIFIED] = on_quantified,
    [AST_IN_QUERY] = on_in_query,
    [AST_LIKE] = print_like,
    [AST_IS_NULL] = on_is_null,
    [AST_EXISTS] = on_exists,
    [AST_SUBQUERY] = on_subquery,
    [AST_ARITHMETIC] = print_arithmetic,
    [AST_UNARY] = on_unary,
    [AST_CONCAT] = print_concat,
    [AST_AT_TIME_ZONE] = on_zone,
    [AST_SUBSCRIPT] = on_subscript,
    [AST_LAMBDA] = on_lambda,
    [AST_ROW] = on_row,
    [AST_ARRAY] = on_array,
    [AST_CASE] = on_case,
    [AST_CASE_OF] = on_case,
    [AST_CALL] = print_call,
    [AST_CAST] = print_cast,
    [AST_EXTRACT] = print_call,
    [AST_GROUPING] = on_grouping,
    [AST_JSON_EXISTS] = print_json,
    [AST_JSON_VALUE] = print_json,
    [AST_JSON_QUERY] = print_json,
    [AST_JSON_OBJECT] = print_json,
    [AST_JSON_ARRAY] = print_json,
};

bool print_expression(Print *print, const Ast *node)
{
    Handler handler = node->kind < AST_KINDS ? HANDLERS[node->kind] : NULL;
    if (!handler)
        return print_fail(print, node, "a %s cannot stand here",
                          ast_kind_name((AstKind)node->kind));
    bool before = print->only_true;
    print->only_true = before && (handler == on_logic || handler == print_call);
    bool ok = handler(print, node);
    print->only_true = before;
    return ok;
}

bool print_beside(Print *print, const Ast *node, const Type *other)
{
    static const TypeKind SPELLED[] = {TYPE_BOOLEAN, TYPE_DATE, TYPE_TIMESTAMP, TYPE_TIMESTAMP_TZ};
    static const char *const NAMES[] = {"BOOLEAN", "DATE", "TIMESTAMP", "TIMESTAMP"};
    if (node->kind == AST_STRING && other->kind == TYPE_IPADDRESS)
        return print_text(print, "athena_ip(") && print_literal(print, node->text) &&
               print_text(print, ")");
    for (size_t i = 0; node->kind == AST_STRING && i < sizeof SPELLED / sizeof *SPELLED; i++)
        if (other->kind == SPELLED[i])
            return print_text(print, "CAST(") && print_literal(print, node->text) &&
                   print_format(print, " AS %s)", NAMES[i]);
    return print_expression(print, node);
}
