/* Arguments in languages of their own: regular expressions, their replacements, JSON paths. */
#include "natives/json_path.h"
#include "natives/regexp.h"
#include "planner/print_state.h"

bool print_constant(const Ast *node, Str *ret)
{
    while (node->kind == AST_PARAMETER)
        node = node->bound;
    *ret = node->text;
    return node->kind == AST_STRING;
}

/* *function*(*node*) */
static bool print_applied(Print *print, const char *function, const Ast *node)
{
    return print_text(print, function) && print_text(print, "(") && print_expression(print, node) &&
           print_text(print, ")");
}

/* Puts the place of *node* before an error that came from reading its text. */
static bool at_place(Print *print, const Ast *node, const Error *why)
{
    return why->kind == ERROR_USAGE ? print_fail(print, node, "%s", why->text)
                                    : error_set(print->err, why->kind, "%s", why->text);
}

bool print_pattern(Print *print, const Ast *pattern)
{
    BUF_AUTO Buf out = buf_init(4 * (size_t)REGEXP_PATTERN_BYTES_MAX);
    RegexpGroups groups;
    Error why = {0};
    Str text;
    if (!print_constant(pattern, &text))
        return print_applied(print, "athena_regexp", pattern);
    if (!regexp_pattern(text, &out, &groups, &why))
        return at_place(print, pattern, &why);
    return print_literal(print, buf_str(&out));
}

bool print_replacement(Print *print, const Ast *replacement, const Ast *pattern)
{
    BUF_AUTO Buf out = buf_init(4 * (size_t)REGEXP_PATTERN_BYTES_MAX);
    RegexpGroups groups;
    Error why = {0};
    Str text, with;
    if (!print_constant(pattern, &text) || !print_constant(replacement, &with))
        return print_text(print, "athena_replacement(") && print_expression(print, pattern) &&
               print_text(print, ", ") && print_expression(print, replacement) &&
               print_text(print, ")");
    if (!regexp_pattern(text, &out, &groups, &why))
        return at_place(print, pattern, &why);
    out.len = 0;
    if (!regexp_replacement(with, &groups, &out, &why))
        return at_place(print, replacement, &why);
    return print_literal(print, buf_str(&out));
}

bool print_path(Print *print, const Ast *path)
{
    JsonPath read;
    Error why = {0};
    Str text;
    if (print_constant(path, &text) && !json_path_read(text, &read, &why))
        return at_place(print, path, &why);
    return print_expression(print, path);
}
