/* parse_type.c - types, and the fields of intervals (parse.h). */
#include <string.h>

#include "parser/parse.h"

/* YEAR to SECOND, where the token *ahead* is one. */
static bool find_interval_field(const Parse *parse, uint32_t ahead, Str *ret)
{
    static const struct {
        Keyword word;
        Str text;
    } FIELDS[] = {{KEYWORD_YEAR, {"year", 4}},     {KEYWORD_MONTH, {"month", 5}},
                  {KEYWORD_DAY, {"day", 3}},       {KEYWORD_HOUR, {"hour", 4}},
                  {KEYWORD_MINUTE, {"minute", 6}}, {KEYWORD_SECOND, {"second", 6}}};
    for (size_t i = 0; i < sizeof FIELDS / sizeof *FIELDS; i++)
        if (parse_ahead_word(parse, ahead, FIELDS[i].word)) {
            *ret = FIELDS[i].text;
            return true;
        }
    return false;
}

static bool read_interval_field(Parse *parse, Str *ret)
{
    if (!find_interval_field(parse, 0, ret))
        return parse_refuse(parse, "YEAR, MONTH, DAY, HOUR, MINUTE or SECOND for the interval");
    parse->at++;
    return true;
}

/* The texts in *arena*, one behind the other. */
static bool join(Parse *parse, const Str *parts, size_t count, Str *ret)
{
    size_t len = 0;
    for (size_t i = 0; i < count; i++)
        len += parts[i].len;
    char *text = arena_alloc(parse->arena, len, parse->err);
    if (!text)
        return false;
    *ret = (Str){text, len};
    for (size_t i = 0; i < count; text += parts[i].len, i++)
        memcpy(text, parts[i].ptr, parts[i].len);
    return true;
}

bool parse_interval_fields(Parse *parse, Str *ret)
{
    Str from, to;
    if (!read_interval_field(parse, &from))
        return false;
    *ret = from;
    if (!parse_take_word(parse, KEYWORD_TO))
        return true;
    if (!read_interval_field(parse, &to))
        return false;
    return join(parse, (const Str[]){from, STR(" to "), to}, 3, ret);
}

/* varchar(10), map(k, v): a number or a type. */
static Ast *read_parameter(Parse *parse)
{
    return parse_is(parse, TOKEN_INTEGER) ? parse_integer(parse, "a number") : parse_type(parse);
}

/* WITH TIME ZONE, WITHOUT TIME ZONE: false when it does not stand here. */
static bool is_zone(const Parse *parse, Keyword word)
{
    return parse_is_word(parse, word) && parse_ahead_word(parse, 1, KEYWORD_TIME) &&
           parse_ahead_word(parse, 2, KEYWORD_ZONE);
}

/* timestamp(3) with time zone; "without time zone" is what timestamp alone is. */
static bool read_time(Parse *parse, Ast *type)
{
    if (parse_take(parse, TOKEN_OPEN) &&
        !(parse_add(parse, type, parse_integer(parse, "a number of digits")) &&
          parse_expect(parse, TOKEN_CLOSE, "')' after the number of digits")))
        return false;
    if (is_zone(parse, KEYWORD_WITH)) {
        parse->at += 3;
        return join(parse, (const Str[]){type->text, STR(" with time zone")}, 2, &type->text);
    }
    parse->at += is_zone(parse, KEYWORD_WITHOUT) ? 3 : 0;
    return true;
}

static bool read_interval(Parse *parse, Ast *type)
{
    Str fields;
    return parse_interval_fields(parse, &fields) &&
           join(parse, (const Str[]){STR("interval "), fields}, 2, &type->text);
}

/* In a row, `interval day` and `interval day to second` are types. */
static bool is_interval(const Parse *parse)
{
    Str field;
    return find_interval_field(parse, 1, &field) &&
           (parse_ahead(parse, 2, TOKEN_COMMA) || parse_ahead(parse, 2, TOKEN_CLOSE) ||
            parse_ahead_word(parse, 2, KEYWORD_TO));
}

/* Behind the first token of a row's field stands its type: so that token is its name. */
static bool has_field_name(const Parse *parse)
{
    if (!parse_is_name(parse, 0) || !parse_is_name(parse, 1))
        return false;
    switch ((Keyword)parse_token(parse, 0)->keyword) {
    case KEYWORD_DOUBLE:
        return !parse_ahead_word(parse, 1, KEYWORD_PRECISION);
    case KEYWORD_INTERVAL:
        return !is_interval(parse);
    case KEYWORD_TIME:
    case KEYWORD_TIMESTAMP:
        return !parse_ahead_word(parse, 1, KEYWORD_WITHOUT);
    default:
        /* `int array` is a type; `a array(int)` has a name. */
        return !parse_ahead_word(parse, 1, KEYWORD_ARRAY) || parse_ahead(parse, 2, TOKEN_OPEN) ||
               parse_ahead(parse, 2, TOKEN_LESS);
    }
}

static Ast *read_row_field(Parse *parse)
{
    Ast *field = parse_open(parse, AST_ROW_FIELD);
    if (has_field_name(parse) &&
        !parse_add(parse, field, parse_name(parse, AST_NAME, "a field's name")))
        return NULL;
    return parse_add(parse, field, parse_type(parse)) ? field : NULL;
}

/* array<t>, map<k, v>. */
static bool read_angles(Parse *parse, Ast *type)
{
    parse->at++;
    return parse_list(parse, type, parse_type) &&
           parse_expect(parse, TOKEN_GREATER, "',' or '>' after the type");
}

/* What follows the type's name. */
static bool read_rest(Parse *parse, Ast *type, Keyword word)
{
    switch (word) {
    case KEYWORD_TIME:
    case KEYWORD_TIMESTAMP:
        return read_time(parse, type);
    case KEYWORD_INTERVAL:
        return read_interval(parse, type);
    case KEYWORD_DOUBLE:
        parse_take_word(parse, KEYWORD_PRECISION);
        return true;
    case KEYWORD_ROW:
        return parse_list_in_parentheses(parse, type, read_row_field, "'(' after ROW");
    case KEYWORD_ARRAY:
    case KEYWORD_MAP:
        if (parse_is(parse, TOKEN_LESS))
            return read_angles(parse, type);
        break;
    default:
        break;
    }
    return !parse_is(parse, TOKEN_OPEN) ||
           parse_list_in_parentheses(parse, type, read_parameter, "'('");
}

/* t ARRAY, t ARRAY[10]: array(t). */
static Ast *read_suffixes(Parse *parse, Ast *type)
{
    while (type && parse_take_word(parse, KEYWORD_ARRAY)) {
        Ast *array = parse_wrap(parse, AST_TYPE, type);
        if (!array)
            return NULL;
        array->text = STR("array");
        if (parse_take(parse, TOKEN_OPEN_BRACKET) &&
            !(parse_expect(parse, TOKEN_INTEGER, "a number of elements") &&
              parse_expect(parse, TOKEN_CLOSE_BRACKET, "']' after the number of elements")))
            return NULL;
        type = parse_close(parse, array);
    }
    return type;
}

static Ast *read_type(Parse *parse)
{
    Ast *type = parse_open(parse, AST_TYPE);
    Keyword word = (Keyword)parse_token(parse, 0)->keyword;
    if (!parse_is_name(parse, 0))
        return parse_refuse(parse, "a type");
    if (!type || !parse_text(parse, &type->text))
        return NULL;
    if (!parse_is(parse, TOKEN_NAME))
        type->flags = AST_QUOTED;
    parse->at++;
    return read_rest(parse, type, word) ? read_suffixes(parse, parse_close(parse, type)) : NULL;
}

Ast *parse_type(Parse *parse)
{
    return parse_enter(parse) ? parse_leave(parse, read_type(parse)) : NULL;
}
