/* Calls: the function's template with its arguments, and what stands behind aggregates. */
#include <string.h>

#include "planner/print_state.h"

/* What does for a template where a call is asked only whether it is true: no look for NULLs. */
static const struct {
    const char *how, *only_true;
} ONLY_TRUE[] = {
    {"athena_any(list_transform($1, $2))", "list_contains(list_transform($1, $2), true)"},
    {"athena_contains($1, $2)", "list_contains($1, $2)"},
};

static bool print_over(Print *print, const Ast *over)
{
    return print_text(print, " OVER ") &&
           (over->first->kind == AST_NAME ? print_name(print, over->first->text)
                                          : print_window(print, over->first));
}

static bool print_frame(Print *print, const Ast *frame)
{
    bool two = frame->count == 2;
    bool ok = print_format(print, " %.*s %s", STR_ARG(frame->text), two ? "BETWEEN " : "");
    for (const Ast *bound = frame->first; ok && bound; bound = bound->next)
        ok = (bound == frame->first || print_text(print, " AND ")) &&
             (!bound->first || (print_expression(print, bound->first) && print_text(print, " "))) &&
             buf_append_str(print->out, bound->text, print->err);
    return ok;
}

static bool print_partition(Print *print, const Ast *partition)
{
    bool ok = print_text(print, "PARTITION BY ");
    for (const Ast *part = partition->first; ok && part; part = part->next)
        ok = (part == partition->first || print_text(print, ", ")) && print_expression(print, part);
    return ok;
}

bool print_window(Print *print, const Ast *window)
{
    bool ok = print_text(print, "(");
    for (const Ast *child = window->first; ok && child; child = child->next) {
        if (child->kind == AST_NAME)
            ok = print_name(print, child->text);
        else if (child->kind == AST_PARTITION_BY)
            ok = print_partition(print, child);
        else if (child->kind == AST_ORDER_BY)
            ok = print_sorts(print, child);
        else
            ok = print_frame(print, child);
    }
    return ok && print_text(print, ")");
}

/* FILTER (WHERE ...) and OVER (...). */
static bool print_behind(Print *print, const Ast *node)
{
    const Ast *filter = ast_find(node, AST_FILTER);
    const Ast *over = ast_find(node, AST_OVER);
    return (!filter || (print_text(print, " FILTER (WHERE ") &&
                        print_expression(print, filter->first) && print_text(print, ")"))) &&
           (!over || print_over(print, over));
}

/* What stands in an aggregate's or window function's parentheses behind its arguments. */
static bool print_inside(Print *print, const Ast *node)
{
    const Ast *order = ast_find(node, AST_ORDER_BY);
    if (node->flags & AST_IGNORE_NULLS && !print_text(print, " IGNORE NULLS"))
        return false;
    return !order || print_sorts(print, order);
}

/* Arguments from *from* on, parted by commas. */
static bool print_rest(Print *print, const NamesCall *call, uint32_t from)
{
    bool ok = true;
    for (uint32_t i = from; ok && i < call->count; i++)
        ok = (i == from || print_text(print, ", ")) && print_expression(print, call->arguments[i]);
    return ok;
}

/* An argument: a text literal where the signature wants something else was let through by names
 * only when it spells it. */
static bool print_argument(Print *print, const Ast *node, const NamesCall *call, uint32_t index)
{
    if (index >= call->count)
        return print_fail(print, node, "%s misses an argument", call->function->name);
    return print_expression(print, call->arguments[index]);
}

static bool print_zone(Print *print, const NamesCall *call)
{
    Str zone = call->binding.zone;
    return print_literal(print, zone.len ? zone : STR("UTC"));
}

/* An argument that is no plain expression: $l a wall clock, $m the moment that a text stands for
 * when both compare alike, and of a language of its own $r a regular expression, $R what takes the
 * place of the expression before it, $j a path of JSON. */
static bool print_checked(Print *print, const Ast *node, const NamesCall *call, char mark,
                          uint32_t index)
{
    if (index >= call->count)
        return print_argument(print, node, call, index);
    const Ast *argument = call->arguments[index];
    const NamesColumn *moment = mark == 'm' ? print_iso_column(argument) : NULL;
    if (mark == 'm')
        return moment ? print_column(print, moment) : print_expression(print, argument);
    if (mark == 'l')
        return print_local(print, argument);
    if (mark == 'r')
        return print_pattern(print, argument);
    return mark == 'j' ? print_path(print, argument)
                       : print_replacement(print, argument, call->arguments[index - 1]);
}

/* What follows a dollar; *at* is moved behind it. */
static bool print_marker(Print *print, const Ast *node, const NamesCall *call, const char **at)
{
    char mark = *(*at)++;
    if (mark >= '1' && mark <= '9') {
        uint32_t index = (uint32_t)(mark - '1');
        if (**at != '*')
            return print_argument(print, node, call, index);
        ++*at;
        return print_rest(print, call, index);
    }
    if (memchr("jlmrR", mark, 5))
        return print_checked(print, node, call, mark, (uint32_t)(*(*at)++ - '1'));
    switch (mark) {
    case '*':
        return print_rest(print, call, 0);
    case 'z':
        ++*at;
        return print_zone(print, call);
    case 't':
        return type_write_engine(node->type, print->out, print->err);
    case 'd':
        return !(node->flags & AST_DISTINCT) || print_text(print, "DISTINCT ");
    case 'o':
        return print_inside(print, node);
    case 'w':
        return print_behind(print, node);
    default:
        return buf_append_byte(print->out, '$', print->err);
    }
}

bool print_template(Print *print, const Ast *node, const NamesCall *call, const char *how)
{
    bool ok = true;
    for (const char *at = how; ok && *at;) {
        if (*at == '$') {
            at++;
            ok = print_marker(print, node, call, &at);
        } else {
            ok = buf_append_byte(print->out, (unsigned char)*at++, print->err);
        }
    }
    return ok;
}

static const char *template_of(const NamesCall *call, bool only_true)
{
    const char *how = call->function->how;
    for (size_t i = 0; only_true && i < sizeof ONLY_TRUE / sizeof *ONLY_TRUE; i++)
        if (strcmp(how, ONLY_TRUE[i].how) == 0)
            return ONLY_TRUE[i].only_true;
    return how;
}

bool print_call(Print *print, const Ast *node)
{
    const NamesCall *call = node->bound;
    const char *how = template_of(call, print->only_true);
    print->only_true = false; /* of its arguments more is asked */
    return how[0] == '@' ? print_special(print, node, call)
                         : print_template(print, node, call, how);
}
