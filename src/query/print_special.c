/* Calls that a template cannot write: their constants are translated, or their types looked at. */
#include <string.h>

#include "query/print_state.h"

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

/* Listed so that an error can name it and say why it is not there: that is its meaning. */
static bool print_refused(Print *print, const Ast *node, const NamesCall *call)
{
    return print_fail(print, node, "%s is not supported: %s", call->function->name,
                      call->function->meaning);
}

Str print_constant(const Ast *argument)
{
    while (argument->kind == AST_PARAMETER)
        argument = argument->bound;
    return argument->kind == AST_STRING ? argument->text : (Str){NULL, 0};
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

/* A lambda over two values that are written as *first* and *second*, fields of the one parameter e.
 */
static bool print_pair_lambda(Print *print, const Ast *lambda, const char *first,
                              const char *second)
{
    const NamesColumn *parameters = lambda->bound;
    NamesColumn named[2] = {parameters[0], parameters[1]};
    return print_format(print, "list_transform([{'a': %s, 'b': %s}], lambda %.*s_: ", first, second,
                        STR_ARG(named[0].sql)) &&
           print_format(print,
                        "list_transform([%.*s_.a], lambda %.*s: list_transform([%.*s_.b], lambda "
                        "%.*s: ",
                        STR_ARG(named[0].sql), STR_ARG(named[0].sql), STR_ARG(named[0].sql),
                        STR_ARG(named[1].sql)) &&
           print_expression(print, lambda->last) && print_text(print, ")[1])[1])[1]");
}

/* zip_with, map_filter and their like: entries through a lambda of two parameters. */
static bool print_zip_with(Print *print, const Ast *node, const NamesCall *call)
{
    (void)node;
    return print_template(
               print, node, call,
               "list_transform(list_transform(range(1, 1 + greatest(len($1), len($2))), lambda "
               "i: {'a': ($1)[i], 'b': ($2)[i]}), lambda e: ") &&
           print_pair_lambda(print, call->arguments[2], "e.a", "e.b") && print_text(print, ")");
}

static bool print_map_filter(Print *print, const Ast *node, const NamesCall *call)
{
    return print_template(print, node, call,
                          "map_from_entries(list_filter(map_entries($1), lambda e: ") &&
           print_pair_lambda(print, call->arguments[1], "e.key", "e.value") &&
           print_text(print, "))");
}

static bool print_transform_values(Print *print, const Ast *node, const NamesCall *call)
{
    return print_template(
               print, node, call,
               "map_from_entries(list_transform(map_entries($1), lambda e: {'k': e.key, 'v': ") &&
           print_pair_lambda(print, call->arguments[1], "e.key", "e.value") &&
           print_text(print, "}))");
}

static bool print_transform_keys(Print *print, const Ast *node, const NamesCall *call)
{
    return print_template(print, node, call,
                          "map_from_entries(list_transform(map_entries($1), lambda e: "
                          "{'k': ") &&
           print_pair_lambda(print, call->arguments[1], "e.key", "e.value") &&
           print_text(print, ", 'v': e.value}))");
}

static const struct {
    const char *name;
    PrintSpecial write;
} SPECIALS[] = {
    {"@greatest", print_greatest},
    {"@json_extract", print_json_extract},
    {"@json_extract_scalar", print_json_extract_scalar},
    {"@json_size", print_json_size},
    {"@map_filter", print_map_filter},
    {"@refuse", print_refused},
    {"@transform_keys", print_transform_keys},
    {"@transform_values", print_transform_values},
    {"@zip_with", print_zip_with},
    {"@typeof", print_typeof},
};

bool print_special(Print *print, const Ast *node, const NamesCall *call)
{
    for (size_t i = 0; i < sizeof SPECIALS / sizeof *SPECIALS; i++)
        if (strcmp(SPECIALS[i].name, call->function->how) == 0)
            return SPECIALS[i].write(print, node, call);
    Str how = str_of(call->function->how);
    PrintSpecial other = print_special_time(how);
    if (other)
        return other(print, node, call);
    return print_fail(print, node, "%s is not done yet", call->function->name);
}
