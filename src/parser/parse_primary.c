/* parse_primary.c - operands: literals, names, rows, lambdas, CASE, CAST, subscripts (parse.h). */
#include "parser/parse.h"

#include <stdio.h>
#include <string.h>

static Ast *parse_binary(Parse *parse)
{
    Str text;
    bool ok = lexer_binary(parse_raw(parse), parse->arena, &text, parse->err);
    return parse_meaning(parse, ok, parse_token(parse, 0)->place)
               ? parse_leaf(parse, AST_BINARY, text)
               : NULL;
}

/* 9223372036854775808 is an integer behind a minus only. */
static Ast *parse_whole(Parse *parse)
{
    bool negative = parse->at && parse->tokens[parse->at - 1].kind == TOKEN_MINUS;
    Place place = parse_token(parse, 0)->place;
    Ast *integer = parse_integer(parse, "an integer");
    if (integer && !negative && str_equal(integer->text, STR("9223372036854775808")))
        return parse_refuse_at(parse, place,
                               "the integer is larger than 9223372036854775807; with "
                               "a point behind it, it is a decimal");
    return integer;
}

static Ast *parse_number(Parse *parse, AstKind kind)
{
    Str text;
    return lexer_number(parse_raw(parse), parse->arena, &text, parse->err)
               ? parse_leaf(parse, kind, text)
               : NULL;
}

static Ast *parse_parameter(Parse *parse)
{
    char digits[16];
    int len = snprintf(digits, sizeof digits, "%u", ++parse->parameters);
    char *text = arena_text(parse->arena, (Str){digits, (size_t)len}, parse->err);
    return text ? parse_leaf(parse, AST_PARAMETER, (Str){text, (size_t)len}) : NULL;
}

static Ast *read_lambda_name(Parse *parse)
{
    return parse_name(parse, AST_NAME, "the name of an argument");
}

/* x -> e, (x, y) -> e, () -> e. */
static Ast *parse_lambda(Parse *parse)
{
    Ast *lambda = parse_open(parse, AST_LAMBDA);
    if (parse_is(parse, TOKEN_OPEN) && parse_ahead(parse, 1, TOKEN_CLOSE))
        parse->at += 2;
    else if (parse_is(parse, TOKEN_OPEN)) {
        if (!parse_list_in_parentheses(parse, lambda, read_lambda_name, "'('"))
            return NULL;
    } else if (!parse_add(parse, lambda, read_lambda_name(parse)))
        return NULL;
    bool ok = parse_expect(parse, TOKEN_ARROW, "'->'") &&
              parse_add(parse, lambda, parse_expression(parse));
    return ok ? lambda : NULL;
}

static Ast *parse_subquery(Parse *parse, AstKind kind)
{
    Ast *subquery = parse_open(parse, kind);
    parse->at += kind == AST_EXISTS;
    bool ok = parse_add(parse, subquery,
                        parse_query_in_parentheses(parse, "'(' and a query after EXISTS"));
    return ok ? parse_close(parse, subquery) : NULL;
}

/* (e), which is e; (a, b), a row; (query); (x, y) -> e. */
static Ast *parse_parentheses(Parse *parse)
{
    uint32_t match = parse_token(parse, 0)->match;
    if (match && parse->tokens[match + 1].kind == TOKEN_ARROW)
        return parse_lambda(parse);
    if (parse_is_query(parse, 1))
        return parse_subquery(parse, AST_SUBQUERY);
    uint32_t open = parse->at++;
    Ast *value = parse_expression(parse);
    if (value && parse_take(parse, TOKEN_COMMA)) {
        value = parse_wrap(parse, AST_ROW, value);
        if (!value || !parse_list(parse, value, parse_expression))
            return NULL;
        value->flags = AST_IMPLICIT;
    }
    bool ok = value && parse_expect(parse, TOKEN_CLOSE, "',' or ')'");
    return ok ? parse_widen(parse, value, open) : NULL;
}

/* ROW (a, b) or ARRAY [a, b]; the word is the current token. */
static Ast *parse_row(Parse *parse)
{
    Ast *row = parse_open(parse, AST_ROW);
    parse->at++;
    return parse_list_in_parentheses(parse, row, parse_expression, "'(' after ROW") ? row : NULL;
}

static Ast *parse_array(Parse *parse)
{
    Ast *array = parse_open(parse, AST_ARRAY);
    parse->at += 2;
    if (!parse_take(parse, TOKEN_CLOSE_BRACKET) &&
        !(parse_list(parse, array, parse_expression) &&
          parse_expect(parse, TOKEN_CLOSE_BRACKET, "',' or ']'")))
        return NULL;
    return parse_close(parse, array);
}

static Ast *parse_when(Parse *parse)
{
    Ast *when = parse_open(parse, AST_WHEN);
    bool ok = parse_expect_word(parse, KEYWORD_WHEN, "after CASE") &&
              parse_add(parse, when, parse_expression(parse)) &&
              parse_expect_word(parse, KEYWORD_THEN, "after the condition of WHEN") &&
              parse_add(parse, when, parse_expression(parse));
    return ok ? when : NULL;
}

static Ast *parse_else(Parse *parse)
{
    Ast *otherwise = parse_open(parse, AST_ELSE);
    parse->at++;
    return parse_add(parse, otherwise, parse_expression(parse)) ? otherwise : NULL;
}

/* CASE WHEN c THEN e, or CASE o WHEN v THEN e. */
static Ast *parse_case(Parse *parse)
{
    bool has_operand = !parse_ahead_word(parse, 1, KEYWORD_WHEN);
    Ast *node = parse_open(parse, has_operand ? AST_CASE_OF : AST_CASE);
    parse->at++;
    if (has_operand && !parse_add(parse, node, parse_expression(parse)))
        return NULL;
    do
        if (!parse_add(parse, node, parse_when(parse)))
            return NULL;
    while (parse_is_word(parse, KEYWORD_WHEN));
    if (parse_is_word(parse, KEYWORD_ELSE) && !parse_add(parse, node, parse_else(parse)))
        return NULL;
    return parse_expect_word(parse, KEYWORD_END, "of CASE") ? parse_close(parse, node) : NULL;
}

/* CAST (e AS type), TRY_CAST (e AS type). */
static Ast *parse_cast(Parse *parse)
{
    Ast *cast = parse_open(parse, AST_CAST);
    if (cast && parse_is_word(parse, KEYWORD_TRY_CAST))
        cast->flags = AST_TRY;
    parse->at++;
    bool ok = parse_expect(parse, TOKEN_OPEN, "'(' after CAST") &&
              parse_add(parse, cast, parse_expression(parse)) &&
              parse_expect_word(parse, KEYWORD_AS, "and a type") &&
              parse_add(parse, cast, parse_type(parse)) &&
              parse_expect(parse, TOKEN_CLOSE, "')' after the type");
    return ok ? parse_close(parse, cast) : NULL;
}

static bool is_string(const Parse *parse, uint32_t ahead)
{
    return parse_ahead(parse, ahead, TOKEN_STRING) || parse_ahead(parse, ahead, TOKEN_UNICODE);
}

/* Behind INTERVAL, perhaps a sign, stands a string. */
static bool is_interval(const Parse *parse)
{
    uint32_t sign = parse_ahead(parse, 1, TOKEN_MINUS) || parse_ahead(parse, 1, TOKEN_PLUS);
    return parse_is_word(parse, KEYWORD_INTERVAL) && is_string(parse, 1 + sign);
}

Ast *parse_interval(Parse *parse)
{
    Ast *interval = parse_open(parse, AST_INTERVAL);
    parse->at++;
    if (interval && parse_take(parse, TOKEN_MINUS))
        interval->flags = AST_NEGATIVE;
    else
        parse_take(parse, TOKEN_PLUS);
    bool ok =
        parse_add(parse, interval, parse_string(parse, "a number in quotes after INTERVAL")) &&
        parse_interval_fields(parse, &interval->text);
    return ok ? parse_close(parse, interval) : NULL;
}

/* DATE '2024-01-01', DOUBLE PRECISION '1'. */
static Ast *parse_typed(Parse *parse)
{
    Ast *typed = parse_open(parse, AST_TYPED);
    if (!typed || !parse_text(parse, &typed->text))
        return NULL;
    if (!parse_is(parse, TOKEN_NAME))
        typed->flags = AST_QUOTED;
    parse->at += parse_ahead_word(parse, 1, KEYWORD_PRECISION) ? 2 : 1;
    return parse_add(parse, typed, parse_string(parse, "a value in quotes")) ? typed : NULL;
}

/* CURRENT_DATE and its like; those with a time may have a precision. */
static Ast *parse_current(Parse *parse)
{
    Str text;
    bool timed = parse_is_word(parse, KEYWORD_CURRENT_TIME) ||
                 parse_is_word(parse, KEYWORD_CURRENT_TIMESTAMP) ||
                 parse_is_word(parse, KEYWORD_LOCALTIME) ||
                 parse_is_word(parse, KEYWORD_LOCALTIMESTAMP);
    if (!parse_text(parse, &text))
        return NULL;
    Ast *current = parse_leaf(parse, AST_CURRENT, text);
    if (!timed || !parse_take(parse, TOKEN_OPEN))
        return current;
    bool ok = parse_add(parse, current, parse_integer(parse, "a number of digits")) &&
              parse_expect(parse, TOKEN_CLOSE, "')' after the number of digits");
    return ok ? parse_close(parse, current) : NULL;
}

/* f(, a.f(, a.b.f(: a name that a parenthesis follows. */
static bool is_call(const Parse *parse)
{
    uint32_t ahead = 1;
    while (parse_ahead(parse, ahead, TOKEN_DOT) && parse_is_name(parse, ahead + 1))
        ahead += 2;
    return parse_ahead(parse, ahead, TOKEN_OPEN);
}

/* What begins with a name: a typed literal, a lambda, a call, a column. */
static Ast *parse_named(Parse *parse)
{
    if (!parse_is_name(parse, 0))
        return parse_refuse(parse, "an expression");
    if (is_string(parse, 1) ||
        (parse_is_word(parse, KEYWORD_DOUBLE) && parse_ahead_word(parse, 1, KEYWORD_PRECISION) &&
         is_string(parse, 2)))
        return parse_typed(parse);
    if (parse_ahead(parse, 1, TOKEN_ARROW))
        return parse_lambda(parse);
    return is_call(parse) ? parse_call(parse) : parse_name(parse, AST_COLUMN, "an expression");
}

/* Words that are more than a name only where a certain token follows. */
static Ast *parse_soft_word(Parse *parse)
{
    if (is_interval(parse))
        return parse_interval(parse);
    if (parse_is_word(parse, KEYWORD_ARRAY) && parse_ahead(parse, 1, TOKEN_OPEN_BRACKET))
        return parse_array(parse);
    if (parse_is_word(parse, KEYWORD_ROW) && parse_ahead(parse, 1, TOKEN_OPEN))
        return parse_row(parse);
    if (parse_is_word(parse, KEYWORD_TRY_CAST) && parse_ahead(parse, 1, TOKEN_OPEN))
        return parse_cast(parse);
    return parse_is_special(parse) ? parse_special(parse) : parse_named(parse);
}

static bool is_one_of(const Parse *parse, const uint16_t *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (parse_is_word(parse, (Keyword)words[i]))
            return true;
    return false;
}

static bool is_current(const Parse *parse)
{
    static const uint16_t WORDS[] = {
        KEYWORD_CURRENT_CATALOG, KEYWORD_CURRENT_DATE, KEYWORD_CURRENT_PATH,
        KEYWORD_CURRENT_SCHEMA,  KEYWORD_CURRENT_TIME, KEYWORD_CURRENT_TIMESTAMP,
        KEYWORD_CURRENT_USER,    KEYWORD_LOCALTIME,    KEYWORD_LOCALTIMESTAMP};
    return is_one_of(parse, WORDS, sizeof WORDS / sizeof *WORDS);
}

static bool is_json(const Parse *parse)
{
    static const uint16_t WORDS[] = {KEYWORD_JSON_ARRAY, KEYWORD_JSON_EXISTS, KEYWORD_JSON_OBJECT,
                                     KEYWORD_JSON_QUERY, KEYWORD_JSON_VALUE};
    return is_one_of(parse, WORDS, sizeof WORDS / sizeof *WORDS);
}

static Ast *parse_word(Parse *parse)
{
    switch ((Keyword)parse_token(parse, 0)->keyword) {
    case KEYWORD_NULL:
        return parse_leaf(parse, AST_NULL, (Str){NULL, 0});
    case KEYWORD_TRUE:
        return parse_leaf(parse, AST_BOOLEAN, STR("true"));
    case KEYWORD_FALSE:
        return parse_leaf(parse, AST_BOOLEAN, STR("false"));
    case KEYWORD_CASE:
        return parse_case(parse);
    case KEYWORD_CAST:
        return parse_cast(parse);
    case KEYWORD_EXISTS:
        return parse_subquery(parse, AST_EXISTS);
    default:
        if (is_current(parse))
            return parse_current(parse);
        return is_json(parse) ? parse_json(parse) : parse_soft_word(parse);
    }
}

/* An operand before its subscripts and fields. */
static Ast *parse_base(Parse *parse)
{
    switch ((TokenKind)parse_token(parse, 0)->kind) {
    case TOKEN_NAME:
        return parse_word(parse);
    case TOKEN_STRING:
    case TOKEN_UNICODE:
        return parse_string(parse, "a string");
    case TOKEN_BINARY:
        return parse_binary(parse);
    case TOKEN_INTEGER:
        return parse_whole(parse);
    case TOKEN_DECIMAL:
        return parse_number(parse, AST_DECIMAL);
    case TOKEN_DOUBLE:
        return parse_number(parse, AST_DOUBLE);
    case TOKEN_QUESTION:
        return parse_parameter(parse);
    case TOKEN_OPEN:
        return parse_parentheses(parse);
    default:
        return parse_named(parse);
    }
}

static Ast *parse_subscript(Parse *parse, Ast *base)
{
    Ast *subscript = parse_wrap(parse, AST_SUBSCRIPT, base);
    parse->at++;
    bool ok = parse_add(parse, subscript, parse_value(parse)) &&
              parse_expect(parse, TOKEN_CLOSE_BRACKET, "']' after the subscript");
    return ok ? parse_close(parse, subscript) : NULL;
}

static Ast *parse_field(Parse *parse, Ast *base)
{
    Ast *field = parse_wrap(parse, AST_FIELD, base);
    parse->at++;
    Ast *name = parse_name(parse, AST_NAME, "a name after '.'");
    if (!field || !name)
        return NULL;
    field->text = name->text;
    field->flags = name->flags;
    return parse_close(parse, field);
}

Ast *parse_primary(Parse *parse)
{
    Ast *value = parse_base(parse);
    while (value) {
        if (parse_is(parse, TOKEN_OPEN_BRACKET))
            value = parse_subscript(parse, value);
        else if (parse_is(parse, TOKEN_DOT) && !parse_ahead(parse, 1, TOKEN_STAR))
            value = parse_field(parse, value);
        else
            break;
    }
    parse->starred = value;
    return value;
}
