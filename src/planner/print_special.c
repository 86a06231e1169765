/* Calls that a template cannot write: their constants are translated, or their types looked at. */
#include <string.h>

#include "natives/format_spec.h"
#include "planner/print_state.h"

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

/* NULL when any is; the engine's own skips NULLs. */
static bool print_joined(Print *print, const Ast *node, const NamesCall *call)
{
    bool ok = print_text(print, "(");
    (void)node;
    for (uint32_t i = 0; ok && i < call->count; i++)
        ok = (i == 0 || print_text(print, " || ")) && print_expression(print, call->arguments[i]);
    return ok && print_text(print, ")");
}

/* The argument that a conversion of format() takes; *next* is the one behind the last. */
static bool print_converted(Print *print, const NamesCall *call, Str format, size_t *at,
                            uint32_t *next)
{
    FormatSpec spec;
    Error why = {0};
    size_t from = *at;
    const Ast *place = call->arguments[0];
    if (!format_spec_read(format, at, &spec, &why))
        return print_fail(print, place, "%s", why.text);
    if (!strchr("dfeExXosb", spec.letter))
        return print_fail(print, place, "format() does not take %%%c", spec.letter);
    uint32_t index = spec.argument ? spec.argument : spec.previous ? *next - 1 : (*next)++;
    if (index == 0 || index >= call->count)
        return print_fail(print, place, "format() misses an argument for '%.*s'",
                          STR_ARG(str_slice(format, from, *at)));
    return print_text(print, "athena_format(") &&
           print_literal(print, str_slice(format, from, *at)) && print_text(print, ", ") &&
           print_as_text(print, call->arguments[index]) && print_text(print, ")");
}

/* format(): its texts and conversions one behind the other. */
static bool print_format_call(Print *print, const Ast *node, const NamesCall *call)
{
    Str format;
    uint32_t next = 1;
    if (!print_constant(call->arguments[0], &format))
        return print_fail(print, node, "the first argument of format() must be a text in quotes");
    bool ok = print_text(print, "(''");
    for (size_t at = 0; ok && at < format.len;) {
        size_t end = str_find_byte(format, '%', at);
        char mark = end + 1 < format.len ? format.ptr[end + 1] : '\0';
        ok = print_text(print, " || ");
        if (end > at) {
            ok = ok && print_literal(print, str_slice(format, at, end));
            at = end;
        } else if (mark == '%' || mark == 'n') {
            ok = ok && print_text(print, mark == '%' ? "'%'" : "chr(10)");
            at += 2;
        } else {
            ok = ok && print_converted(print, call, format, &at, &next);
        }
    }
    return ok && print_text(print, ")");
}

static bool print_try_call(Print *print, const Ast *node, const NamesCall *call)
{
    (void)node;
    return print_try(print, call->arguments[0], call->arguments[0], print_expression);
}

static const struct {
    const char *name;
    PrintSpecial write;
} SPECIALS[] = {
    {"@concat", print_joined},
    {"@format", print_format_call},
    {"@greatest", print_greatest},
    {"@map_filter", print_map_filter},
    {"@refuse", print_refused},
    {"@try", print_try_call},
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
