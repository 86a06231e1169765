/* Calls that a template cannot write: their constants are translated, or their types looked at. */
#include <string.h>

#include "query/print_state.h"

typedef bool (*Special)(Print *print, const Ast *node, const NamesCall *call);

/* NULL when any argument is; the engine's own skips NULLs. */
static bool print_greatest(Print *print, const Ast *node, const NamesCall *call)
{
    bool ok = print_text(print, "CASE WHEN ");
    for (uint32_t i = 0; ok && i < call->count; i++)
        ok = (i == 0 || print_text(print, " AND ")) &&
             print_expression(print, call->arguments[i]) && print_text(print, " IS NOT NULL");
    return ok && print_format(print, " THEN %s(", call->function->name) &&
           print_template(print, node, call, "$*) END");
}

static bool print_typeof(Print *print, const Ast *node, const NamesCall *call)
{
    BUF_AUTO Buf text = buf_init(4096);
    (void)node;
    return type_write(call->arguments[0]->type, &text, print->err) &&
           print_literal(print, buf_str(&text));
}

/* A constant text argument; fails when it is none. */
static bool constant(Print *print, const NamesCall *call, uint32_t index, const char *what,
                     Str *ret)
{
    const Ast *node = call->arguments[index];
    while (node->kind == AST_PARAMETER)
        node = node->bound;
    *ret = node->text;
    return node->kind == AST_STRING ||
           print_fail(print, call->arguments[index], "%s of %s must be a text in quotes", what,
                      call->function->name);
}

/* One step of a path: `.name`, `["name"]`, `[0]`, `[*]`. Moves *at* behind it. */
static bool path_step(Print *print, const Ast *node, Str path, size_t *at, Buf *out)
{
    char c = path.ptr[*at];
    size_t from = *at + 1, end = from;
    if (c == '.') {
        while (end < path.len && path.ptr[end] != '.' && path.ptr[end] != '[')
            end++;
        *at = end;
    } else if (c == '[' && from < path.len && (path.ptr[from] == '"' || path.ptr[from] == '\'')) {
        size_t close = str_find_byte(path, path.ptr[from], from + 1);
        if (close + 1 >= path.len || path.ptr[close + 1] != ']')
            return print_fail(print, node, "the JSON path '%.*s' lacks a closing quote or ]",
                              STR_ARG(str_slice(path, 0, 100)));
        from++;
        end = close;
        *at = close + 2;
    } else if (c == '[') {
        end = str_find_byte(path, ']', from);
        bool number = end > from && end < path.len;
        for (size_t i = from; i < end; i++)
            number &= path.ptr[i] >= '0' && path.ptr[i] <= '9';
        *at = end + 1;
        return number ? buf_printf(out, print->err, "[%.*s]", STR_ARG(str_slice(path, from, end)))
                      : print_fail(print, node,
                                   "in the JSON path '%.*s' only [number] and [\"name\"] "
                                   "are taken",
                                   STR_ARG(str_slice(path, 0, 100)));
    }
    Str name = str_slice(path, from, end);
    bool plain = c == '.' || c == '[';
    for (size_t i = 0; i < name.len; i++)
        plain &= strchr(c == '.' ? "\"?()*," : "\"", name.ptr[i]) == NULL;
    if (!name.len || !plain)
        return print_fail(print, node, "'%.*s' is no JSON path: it is like $.name[0][\"a name\"]",
                          STR_ARG(str_slice(path, 0, 100)));
    return buf_printf(out, print->err, ".\"%.*s\"", STR_ARG(name));
}

bool print_json_path(Print *print, const Ast *node, Str path)
{
    BUF_AUTO Buf out = buf_init(4096);
    static const Str MODES[] = {{"lax ", 4}, {"strict ", 7}};
    for (size_t i = 0; i < sizeof MODES / sizeof *MODES; i++)
        if (str_starts(path, MODES[i]))
            path = str_trim(str_slice(path, MODES[i].len, path.len));
    size_t at = path.len && path.ptr[0] == '$' ? 1 : path.len;
    if (at != 1)
        return print_fail(print, node, "a JSON path begins with $: '%.*s'",
                          STR_ARG(str_slice(path, 0, 100)));
    if (!buf_append_byte(&out, '$', print->err))
        return false;
    while (at < path.len)
        if (!path_step(print, node, path, &at, &out))
            return false;
    return print_literal(print, buf_str(&out));
}

/* json_extract and its like: a function of the engine over a value and a constant path. */
static bool print_json_function(Print *print, const NamesCall *call, const char *engine)
{
    Str path;
    return constant(print, call, 1, "the path", &path) && print_text(print, engine) &&
           print_expression(print, call->arguments[0]) && print_text(print, ", ") &&
           print_json_path(print, call->arguments[1], path) && print_text(print, ")");
}

static bool print_json_extract(Print *print, const Ast *node, const NamesCall *call)
{
    (void)node;
    return print_json_function(print, call, "athena_json_extract(");
}

static bool print_json_extract_scalar(Print *print, const Ast *node, const NamesCall *call)
{
    (void)node;
    return print_json_function(print, call, "athena_json_scalar(");
}

static bool print_json_size(Print *print, const Ast *node, const NamesCall *call)
{
    (void)node;
    return print_json_function(print, call, "athena_json_size(");
}

static const struct {
    const char *name;
    Special write;
} SPECIALS[] = {
    {"@greatest", print_greatest},
    {"@json_extract", print_json_extract},
    {"@json_extract_scalar", print_json_extract_scalar},
    {"@json_size", print_json_size},
    {"@typeof", print_typeof},
};

bool print_special(Print *print, const Ast *node, const NamesCall *call)
{
    for (size_t i = 0; i < sizeof SPECIALS / sizeof *SPECIALS; i++)
        if (strcmp(SPECIALS[i].name, call->function->how) == 0)
            return SPECIALS[i].write(print, node, call);
    return print_fail(print, node, "%s is not done yet", call->function->name);
}
