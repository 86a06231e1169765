#include "detect/rule_sql_json.h"

#include <string.h>

#include "detect/rule_sql_value.h"

enum { STEPS_MAX = 32, PATH_BYTES_MAX = 900 };

static SqlCond text_of(Str text, bool exact)
{
    return rule_sql_cond_text(text, exact);
}

static Str present(SqlWriter *writer, Str sql, bool negated)
{
    return rule_sql_cond_format(writer, "%.*s IS %sNULL", STR_ARG(sql), negated ? "" : "NOT ");
}

/* Bytes that stand in JSON as they are, and in no structure. */
static bool is_plain(char byte)
{
    unsigned char c = (unsigned char)byte;
    return c >= ' ' && c < 0x7f && !strchr("\"\\/{}[]:,", byte);
}

/* Not part of any number, which rules may see spelled otherwise. */
static bool is_wordy(Str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!strchr("0123456789+-.eEinfINFa", text.ptr[i]))
            return true;
    return false;
}

/* The longest part of *literal* that stands in JSON as it is. */
static Str plain_part(Str literal)
{
    Str longest = {"", 0};
    for (size_t from = 0; from < literal.len; from++) {
        size_t to = from;
        while (to < literal.len && is_plain(literal.ptr[to]))
            to++;
        Str part = str_slice(literal, from, to);
        if (part.len > longest.len && is_wordy(part))
            longest = part;
        from = to;
    }
    return longest;
}

/* The column's text holds what any text in it that holds *literal* holds. */
static SqlCond holds_literal(SqlWriter *writer, Str sql, Str literal, bool folded)
{
    Str part = plain_part(literal);
    if (!part.len)
        return text_of(present(writer, sql, false), false);
    Str quoted = rule_sql_cond_quote(writer, part);
    return text_of(rule_sql_cond_format(writer,
                                        "(strpos(%s%.*s%s, %.*s) > 0 OR strpos(%.*s, '\\u') > 0)",
                                        folded ? "lower(" : "", STR_ARG(sql), folded ? ")" : "",
                                        STR_ARG(quoted), STR_ARG(sql)),
                   false);
}

/* The literals of a pattern, a quotation mark for each wildcard. */
static Str literals_of(SqlWriter *writer, const Glob *glob)
{
    char *text = glob->shape == GLOB_GENERAL
                     ? arena_alloc(writer->arena, glob->count + 1, writer->err)
                     : NULL;
    if (glob->shape != GLOB_GENERAL)
        return glob->literal;
    writer->ok = writer->ok && text;
    for (uint32_t i = 0; text && i < glob->count; i++)
        text[i] = glob->pieces[i].kind == GLOB_LITERAL ? glob->pieces[i].byte : '"';
    return text ? (Str){text, glob->count} : STR("");
}

/* Of the column as a whole: any leaf, or the compact text. */
static SqlCond write_whole(SqlWriter *writer, const Test *test, Str sql)
{
    SqlJoin join = rule_sql_cond_join(writer, true);
    if (test->kind != TEST_TEXT)
        rule_sql_cond_add(&join, text_of(present(writer, sql, false), false));
    for (uint32_t i = 0; test->kind == TEST_TEXT && i < test->exact_count; i++)
        rule_sql_cond_add(&join, holds_literal(writer, sql, test->exact[i], test->folded));
    for (uint32_t i = 0; test->kind == TEST_TEXT && i < test->glob_count; i++)
        rule_sql_cond_add(
            &join, holds_literal(writer, sql, literals_of(writer, test->globs[i]), test->folded));
    return rule_sql_cond_end(&join);
}

static SqlCond whole(SqlWriter *writer, const Test *test, const Place *place, bool negated)
{
    bool usual = FIELDS[place->node].flags & FIELD_NULL_USUAL;
    if (test->kind == TEST_NULL)
        return text_of(present(writer, place->sql, !negated), true);
    if (test->kind == TEST_EXISTS && usual) /* null is there, too */
        return rule_sql_cond_constant(test->boolean != negated, true);
    if (test->kind == TEST_EXISTS)
        return text_of(present(writer, place->sql, test->boolean == negated), true);
    return negated ? rule_sql_cond_constant(true, false) : write_whole(writer, test, place->sql);
}

/* A path into the column, read three ways. */
typedef struct Way {
    Str value; /* what stands at the plain way, when it is a scalar */
    Str seen;  /* true where something may stand at the path in any way */
    Str doubt; /* true where another value may count */
} Way;

static bool is_number(Str name)
{
    for (size_t i = 0; i < name.len; i++)
        if (name.ptr[i] < '0' || name.ptr[i] > '9')
            return false;
    return true;
}

/* Names whose JSON text is not always the same, or that SQL takes for an index. */
static bool is_odd(Str name)
{
    for (size_t i = 0; i < name.len; i++)
        if ((unsigned char)name.ptr[i] <= ' ' || (unsigned char)name.ptr[i] >= 0x7f ||
            strchr("\"\\/", name.ptr[i]))
            return true;
    return is_number(name);
}

static void add_doubt(SqlWriter *writer, SqlJoin *join, const char *format, Str sql, Str name)
{
    BUF_AUTO Buf pattern = buf_init(PATH_BYTES_MAX * 4);
    bool ok = true;
    for (const char *at = format; ok && *at; at++)
        ok = *at == '@' ? buf_append_str(&pattern, name, writer->err)
                        : buf_append_byte(&pattern, (unsigned char)*at, writer->err);
    writer->ok = writer->ok && ok;
    Str quoted = rule_sql_cond_quote(writer, buf_str(&pattern));
    rule_sql_cond_add(
        join, text_of(rule_sql_cond_format(writer, "%.*s LIKE %.*s", STR_ARG(sql), STR_ARG(quoted)),
                      false));
}

/* Of equal names the last one counts, and "a" and "b" of "a.b.c" begin names with dots, if there
 * are any. A name that holds % or _ doubts more than it need. */
static void write_doubt(SqlWriter *writer, const Place *place, const Str *names, uint32_t count,
                        Way *way)
{
    SqlJoin join = rule_sql_cond_join(writer, true);
    for (uint32_t i = 0; i < count; i++) {
        add_doubt(writer, &join, "%\"@\"%\"@\"%", place->sql, names[i]);
        if (i + 1 < count)
            add_doubt(writer, &join, "%@.%", place->sql, names[i]);
    }
    rule_sql_cond_add(
        &join, text_of(rule_sql_cond_format(writer, "strpos(%.*s, '\\u') > 0", STR_ARG(place->sql)),
                       false));
    way->doubt = rule_sql_cond_sql(rule_sql_cond_end(&join));
}

static bool write_way(SqlWriter *writer, const Place *place, Way *way)
{
    Str names[STEPS_MAX], rest = place->rest;
    uint32_t count = 0;
    BUF_AUTO Buf path = buf_init(PATH_BYTES_MAX);
    bool ok = buf_append_byte(&path, '$', writer->err);
    while (ok && rest.len && count < STEPS_MAX) {
        names[count] = str_slice(rest, 0, str_find_byte(rest, '.', 0));
        if (is_odd(names[count]) || path.len + names[count].len + 8 > PATH_BYTES_MAX)
            return false;
        ok = buf_printf(&path, writer->err, "[\"%.*s\"]", STR_ARG(names[count]));
        rest = str_slice(rest, names[count++].len + 1, rest.len);
    }
    writer->ok = writer->ok && ok;
    if (!ok || rest.len)
        return false;
    Str quoted = rule_sql_cond_quote(writer, buf_str(&path));
    Str end = rule_sql_cond_quote(
        writer, rule_sql_cond_format(writer, "%.*s\"", STR_ARG(names[count - 1])));
    way->value = rule_sql_cond_format(writer, "json_extract_scalar(%.*s, %.*s)",
                                      STR_ARG(place->sql), STR_ARG(quoted));
    way->seen = rule_sql_cond_format(writer, "(strpos(%.*s, %.*s) > 0 OR strpos(%.*s, '\\u') > 0)",
                                     STR_ARG(place->sql), STR_ARG(end), STR_ARG(place->sql));
    write_doubt(writer, place, names, count, way);
    return true;
}

/* The plain way's value does not tell. */
static Str unclear(SqlWriter *writer, const Test *test, const Way *way)
{
    bool numeric = rule_sql_value_is_numeric(test);
    return rule_sql_cond_format(writer, "(%.*s IS NULL OR %.*s%s%.*s%s)", STR_ARG(way->value),
                                STR_ARG(way->doubt), numeric ? " OR regexp_like(" : "",
                                numeric ? (int)way->value.len : 0, way->value.ptr,
                                numeric ? ", '^-?[0-9]+[.eE]|^-0')" : "");
}

static SqlCond write_values(SqlWriter *writer, const Test *test, const Way *way, bool negated)
{
    SqlJoin join = rule_sql_cond_join(writer, true);
    Str doubt = unclear(writer, test, way);
    SqlCond plain = rule_sql_value(writer, test, way->value, negated);
    if (plain.kind == SQL_TRUE)
        plain = text_of(present(writer, way->value, false), false);
    if (negated && plain.kind == SQL_TEXT)
        plain.text = rule_sql_cond_format(writer, "NOT %.*s", STR_ARG(plain.text));
    else if (negated)
        plain = rule_sql_cond_constant(true, false);
    Str perhaps = negated ? doubt
                          : rule_sql_cond_format(writer, "(%.*s AND %.*s)", STR_ARG(doubt),
                                                 STR_ARG(way->seen));
    rule_sql_cond_add(&join, plain);
    rule_sql_cond_add(&join, text_of(perhaps, false));
    return rule_sql_cond_end(&join);
}

static SqlCond write_null(SqlWriter *writer, const Way *way, bool negated)
{
    if (negated)
        return text_of(way->seen, false);
    return text_of(rule_sql_cond_format(writer, "(%.*s IS NULL OR %.*s)", STR_ARG(way->value),
                                        STR_ARG(way->doubt)),
                   false);
}

SqlCond rule_sql_json(SqlWriter *writer, const Test *test, const Place *place, bool negated)
{
    Way way;
    if (!place->rest.len)
        return whole(writer, test, place, negated);
    if (!write_way(writer, place, &way))
        return rule_sql_cond_constant(true, false);
    if (test->kind == TEST_NULL)
        return write_null(writer, &way, negated);
    if (test->kind == TEST_EXISTS)
        return write_null(writer, &way, test->boolean != negated);
    return write_values(writer, test, &way, negated);
}
