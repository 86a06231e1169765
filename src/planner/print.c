#include "planner/print.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/engine.h"
#include "planner/print_state.h"

bool print_text(Print *print, const char *text)
{
    return buf_append(print->out, text, strlen(text), print->err);
}

bool print_format(Print *print, const char *format, ...)
{
    char text[512];
    va_list list;
    va_start(list, format);
    int len = vsnprintf(text, sizeof text, format, list);
    va_end(list);
    if (len < 0 || len >= (int)sizeof text)
        return error_set(print->err, ERROR_LIMIT, "a piece of the statement is too long");
    return buf_append(print->out, text, (size_t)len, print->err);
}

bool print_literal(Print *print, Str text)
{
    return engine_quote(print->out, text, print->err);
}

bool print_name(Print *print, Str name)
{
    bool ok = buf_append_byte(print->out, '"', print->err);
    for (size_t i = 0; ok && i < name.len; i++)
        ok = (name.ptr[i] != '"' || buf_append_byte(print->out, '"', print->err)) &&
             buf_append_byte(print->out, (unsigned char)name.ptr[i], print->err);
    return ok && buf_append_byte(print->out, '"', print->err);
}

bool print_fail(Print *print, const Ast *node, const char *format, ...)
{
    char text[ERROR_TEXT_MAX];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    return place_error(print->sql, node->place, print->err, "%s", text);
}

Str print_column_name(const NamesOutput *output, uint32_t index, char buffer[16])
{
    if (output->columns[index].name.len)
        return output->columns[index].name;
    snprintf(buffer, 16, "_col%u", index);
    return str_of(buffer);
}

bool print_statement(const NamesStatement *statement, Str sql, Arena *arena, Buf *out, Error *err)
{
    Print print = {.sql = sql, .arena = arena, .out = out, .err = err};
    return print_query(&print, statement->query, true);
}
