/* Operators for the engine, where it means something else than Athena. */
#include <string.h>

#include "planner/print_state.h"

/* The same condition said of the moment, when a column of ISO texts is compared with a literal. */
static bool print_iso(Print *print, const Ast *node)
{
    static const struct {
        const char *op, *swapped;
    } SWAPS[] = {{"<", ">"}, {"<=", ">="}, {">", "<"}, {">=", "<="}, {"=", "="}};
    const Ast *left = node->first, *right = node->last;
    for (size_t i = 0; i < sizeof SWAPS / sizeof *SWAPS; i++) {
        if (!str_equal(node->text, str_of(SWAPS[i].op)))
            continue;
        if (right->kind == AST_STRING)
            return print_iso_bounds(print, left, SWAPS[i].op, right->text);
        if (left->kind == AST_STRING)
            return print_iso_bounds(print, right, SWAPS[i].swapped, left->text);
    }
    return true;
}

bool print_comparison(Print *print, const Ast *node)
{
    const Ast *left = node->first, *right = node->last;
    return print_text(print, "(") && print_beside(print, left, right->type) &&
           print_format(print, " %.*s ", STR_ARG(node->text)) &&
           print_beside(print, right, left->type) && print_iso(print, node) &&
           print_text(print, ")");
}

bool print_between(Print *print, const Ast *node)
{
    const Ast *value = node->first, *low = value->next, *high = low->next;
    bool plain = !(node->flags & AST_NEGATED);
    return print_text(print, "(") && print_beside(print, value, low->type) &&
           print_text(print, plain ? " BETWEEN " : " NOT BETWEEN ") &&
           print_beside(print, low, value->type) && print_text(print, " AND ") &&
           print_beside(print, high, value->type) &&
           (!plain || low->kind != AST_STRING || print_iso_bounds(print, value, ">=", low->text)) &&
           (!plain || high->kind != AST_STRING ||
            print_iso_bounds(print, value, "<=", high->text)) &&
           print_text(print, ")");
}

bool print_in_list(Print *print, const Ast *node)
{
    const Ast *value = node->first;
    bool ok = print_text(print, "(") && print_expression(print, value) &&
              print_text(print, node->flags & AST_NEGATED ? " NOT IN (" : " IN (");
    for (const Ast *child = value->next; ok && child; child = child->next)
        ok = (child == value->next || print_text(print, ", ")) &&
             print_beside(print, child, value->type);
    return ok && print_text(print, "))");
}

/* The literal beginning of a LIKE pattern. */
static Str like_prefix(Str pattern)
{
    size_t end = 0;
    while (end < pattern.len && pattern.ptr[end] != '%' && pattern.ptr[end] != '_')
        end++;
    return str_slice(pattern, 0, end);
}

bool print_like(Print *print, const Ast *node)
{
    const Ast *value = node->first, *pattern = value->next, *escape = pattern->next;
    bool plain = !(node->flags & AST_NEGATED) && pattern->kind == AST_STRING && !escape;
    return print_text(print, "(") && print_expression(print, value) &&
           print_text(print, node->flags & AST_NEGATED ? " NOT LIKE " : " LIKE ") &&
           print_expression(print, pattern) &&
           (!escape || (print_text(print, " ESCAPE ") && print_expression(print, escape))) &&
           (!plain || print_iso_bounds(print, value, "like", like_prefix(pattern->text))) &&
           print_text(print, ")");
}

/* How one step of a chain a op b op c is written: around and between its two sides. */
typedef struct Step {
    const char *open, *middle, *close;
    const Type *type; /* of the step, when it must be cast to it */
} Step;

static bool is_zero_free(const Ast *node)
{
    if (node->kind != AST_INTEGER && node->kind != AST_DECIMAL && node->kind != AST_DOUBLE)
        return false;
    for (size_t i = 0; i < node->text.len && node->text.ptr[i] != 'E'; i++)
        if (node->text.ptr[i] >= '1' && node->text.ptr[i] <= '9')
            return true;
    return false;
}

/* Division: of integers it cuts, of decimals it keeps the scale; by zero it fails for both. */
static Step division_step(const Type *type, const Ast *right)
{
    bool safe = is_zero_free(right);
    if (type->kind == TYPE_REAL || type->kind == TYPE_DOUBLE)
        return (Step){"(", " / ", ")", NULL};
    if (type->kind == TYPE_DECIMAL)
        return safe ? (Step){"CAST((", " / ", ")", type}
                    : (Step){"CAST(athena_divide(", ", ", ")", type};
    return safe ? (Step){"(", " // ", ")", NULL} : (Step){"athena_div(", ", ", ")", NULL};
}

static Step step_of(char op, const Type *left, const Type *right, const Type *type,
                    const Ast *operand)
{
    static const char *const MIDDLES[] = {['+'] = " + ", ['-'] = " - ", ['*'] = " * "};
    if (op == '/')
        return division_step(type, operand);
    if (op == '%')
        return type->kind >= TYPE_REAL || is_zero_free(operand)
                   ? (Step){"(", " % ", ")", NULL}
                   : (Step){"athena_mod(", ", ", ")", NULL};
    if (op == '-' && left->kind == TYPE_DATE && right->kind == TYPE_DATE)
        return (Step){"to_days(CAST(", " - ", " AS INTEGER))", NULL};
    if (type->kind == TYPE_DATE)
        return (Step){"CAST((", MIDDLES[(int)op], ") AS DATE)", NULL};
    return (Step){"(", MIDDLES[(int)op], ")", NULL};
}

static bool close_step(Print *print, const Step *step)
{
    return print_text(print, step->close) &&
           (!step->type ||
            (print_text(print, " AS ") && type_write_engine(step->type, print->out, print->err) &&
             print_text(print, ")")));
}

bool print_arithmetic(Print *print, const Ast *node)
{
    char op = node->text.ptr[0];
    uint32_t count = node->count - 1, i = 0;
    Step *steps = arena_alloc(print->arena, count * sizeof *steps, print->err);
    if (!steps)
        return false;
    const Type *type = node->first->type;
    for (const Ast *child = node->first->next; child; child = child->next, i++) {
        const Type *result = names_arithmetic_type(print->arena, op, type, child->type, print->err);
        if (!result)
            return false;
        steps[i] = step_of(op, type, child->type, result, child);
        type = result;
    }
    bool ok = true;
    for (i = count; ok && i-- > 0;)
        ok = print_text(print, steps[i].open);
    ok = ok && print_expression(print, node->first);
    i = 0;
    for (const Ast *child = node->first->next; ok && child; child = child->next, i++)
        ok = print_text(print, steps[i].middle) && print_expression(print, child) &&
             close_step(print, &steps[i]);
    return ok;
}

/* Arrays join with arrays and with single elements. */
static bool print_array_part(Print *print, const Ast *child)
{
    bool single = child->type->kind != TYPE_ARRAY && child->type->kind != TYPE_UNKNOWN;
    return (!single || print_text(print, "[")) && print_expression(print, child) &&
           (!single || print_text(print, "]"));
}

bool print_concat(Print *print, const Ast *node)
{
    bool arrays = node->type->kind == TYPE_ARRAY;
    bool ok = print_text(print, "(");
    for (const Ast *child = node->first; ok && child; child = child->next)
        ok = (child == node->first || print_text(print, " || ")) &&
             (arrays ? print_array_part(print, child) : print_expression(print, child));
    return ok && print_text(print, ")");
}
