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
    Special write;
} SPECIALS[] = {
    {"@greatest", print_greatest},
    {"@map_filter", print_map_filter},
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
    return print_fail(print, node, "%s is not done yet", call->function->name);
}
