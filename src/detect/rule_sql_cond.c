#include "detect/rule_sql_cond.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/engine.h"

enum { TREE_BYTES_MAX = 1 << 22 };

static Str keep(SqlWriter *writer, bool ok, const Buf *text)
{
    const char *copy = ok ? arena_text(writer->arena, buf_str(text), writer->err) : NULL;
    writer->ok = writer->ok && copy;
    return copy ? (Str){copy, text->len} : STR("");
}

Str rule_sql_cond_format(SqlWriter *writer, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int len = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *text = len < 0 ? NULL : arena_alloc(writer->arena, (size_t)len + 1, writer->err);
    if (text)
        vsnprintf(text, (size_t)len + 1, format, again);
    va_end(again);
    writer->ok = writer->ok && text;
    return text ? (Str){text, (size_t)len} : STR("");
}

Str rule_sql_cond_quote(SqlWriter *writer, Str text)
{
    BUF_AUTO Buf quoted = buf_init(RULE_SQL_BYTES_MAX);
    return keep(writer, engine_quote(&quoted, text, writer->err), &quoted);
}

SqlCond rule_sql_cond_constant(bool holds, bool exact)
{
    return (SqlCond){.kind = holds ? SQL_TRUE : SQL_FALSE, .exact = exact};
}

SqlCond rule_sql_cond_text(Str text, bool exact)
{
    return (SqlCond){.kind = SQL_TEXT, .exact = exact, .text = text};
}

SqlCond rule_sql_cond_not(SqlWriter *writer, Str value, SqlCond cond)
{
    if (cond.kind == SQL_FALSE)
        return rule_sql_cond_constant(true, cond.exact);
    if (cond.kind == SQL_TRUE)
        return rule_sql_cond_text(rule_sql_cond_format(writer, "%.*s IS NULL", STR_ARG(value)),
                                  cond.exact);
    return rule_sql_cond_text(rule_sql_cond_format(writer, "(%.*s IS NULL OR NOT %.*s)",
                                                   STR_ARG(value), STR_ARG(cond.text)),
                              cond.exact);
}

SqlJoin rule_sql_cond_join(SqlWriter *writer, bool any)
{
    return (SqlJoin){
        .writer = writer, .any = any, .exact = true, .text = buf_init(RULE_SQL_BYTES_MAX)};
}

void rule_sql_cond_add(SqlJoin *join, SqlCond cond)
{
    SqlWriter *writer = join->writer;
    join->exact = join->exact && cond.exact;
    if (cond.kind == SQL_TEXT) {
        bool ok = !join->count ||
                  buf_append_str(&join->text, join->any ? STR(" OR ") : STR(" AND "), writer->err);
        writer->ok = ok && buf_append_str(&join->text, cond.text, writer->err) && writer->ok;
        join->count++;
    } else if ((cond.kind == SQL_TRUE) == join->any) {
        join->ended = true;
        join->ended_exact = join->ended_exact || cond.exact;
    }
}

SqlCond rule_sql_cond_end(SqlJoin *join)
{
    SqlCond ret = rule_sql_cond_constant(!join->any, join->exact);
    if (join->ended) {
        ret = rule_sql_cond_constant(join->any, join->ended_exact);
    } else if (join->count) {
        Str text = buf_str(&join->text);
        ret = rule_sql_cond_text(join->count > 1
                                     ? rule_sql_cond_format(join->writer, "(%.*s)", STR_ARG(text))
                                     : rule_sql_cond_format(join->writer, "%.*s", STR_ARG(text)),
                                 join->exact);
    }
    buf_free(&join->text);
    return ret;
}

Str rule_sql_cond_sql(SqlCond cond)
{
    return cond.kind == SQL_TEXT ? cond.text : cond.kind == SQL_TRUE ? STR("TRUE") : STR("FALSE");
}

bool rule_sql_cond_holds(SqlWriter *writer, const Expr *item, Str member, Str value)
{
    BUF_AUTO Buf text = buf_init(TREE_BYTES_MAX);
    Arena *arena = arena_new(TREE_BYTES_MAX, writer->err);
    bool ok = arena && (value.len ? buf_printf(&text, writer->err, "{\"%.*s\":", STR_ARG(member)) &&
                                        buf_append_str(&text, value, writer->err) &&
                                        buf_append_byte(&text, '}', writer->err)
                                  : buf_printf(&text, writer->err, "{}"));
    const Json *tree =
        ok ? json_read(buf_str(&text), &JSON_LIMITS_DEFAULT, arena, writer->err) : NULL;
    bool holds = true;
    writer->ok = writer->ok && tree;
    if (tree) {
        document_set_tree(writer->document, tree);
        holds = expr_holds(item, writer->document);
    }
    arena_free(arena);
    return holds;
}
