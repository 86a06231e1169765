/* parse_json.c - the functions of SQL/JSON with their clauses (parse.h). */
#include "parser/parse.h"

/* JSON, or JSON ENCODING UTF8 and its like. */
static bool read_format(Parse *parse, Str *ret)
{
    static const struct {
        Keyword word;
        Str text;
    } ENCODINGS[] = {
        {KEYWORD_UTF8, {"utf8", 4}}, {KEYWORD_UTF16, {"utf16", 5}}, {KEYWORD_UTF32, {"utf32", 5}}};
    *ret = STR("json");
    if (!parse_expect_word(parse, KEYWORD_JSON, "after FORMAT"))
        return false;
    if (!parse_take_word(parse, KEYWORD_ENCODING))
        return true;
    for (size_t i = 0; i < sizeof ENCODINGS / sizeof *ENCODINGS; i++)
        if (parse_take_word(parse, ENCODINGS[i].word)) {
            *ret = ENCODINGS[i].text;
            return true;
        }
    return parse_refuse(parse, "UTF8, UTF16 or UTF32 after ENCODING");
}

/* e, or e FORMAT JSON. */
static Ast *parse_input(Parse *parse)
{
    Ast *value = parse_expression(parse);
    if (!value || !parse_take_word(parse, KEYWORD_FORMAT))
        return value;
    Ast *format = parse_wrap(parse, AST_FORMAT_JSON, value);
    return format && read_format(parse, &format->text) ? parse_close(parse, format) : NULL;
}

static Ast *parse_argument(Parse *parse)
{
    Ast *argument = parse_open(parse, AST_JSON_ARGUMENT);
    bool ok = parse_add(parse, argument, parse_input(parse)) &&
              parse_expect_word(parse, KEYWORD_AS, "and a name in PASSING") &&
              parse_add(parse, argument, parse_name(parse, AST_NAME, "a name after AS"));
    return ok ? argument : NULL;
}

static Ast *parse_passing(Parse *parse)
{
    Ast *passing = parse_open(parse, AST_PASSING);
    parse->at++;
    return parse_list(parse, passing, parse_argument) ? passing : NULL;
}

/* e, 'path' [AS name] [PASSING a AS x]. */
static bool read_path(Parse *parse, Ast *json)
{
    if (!parse_add(parse, json, parse_input(parse)) ||
        !parse_expect(parse, TOKEN_COMMA, "',' and a path in quotes") ||
        !parse_add(parse, json, parse_string(parse, "a path in quotes")))
        return false;
    if (parse_take_word(parse, KEYWORD_AS) &&
        !parse_add(parse, json, parse_name(parse, AST_NAME, "a name after AS")))
        return false;
    return !parse_is_word(parse, KEYWORD_PASSING) || parse_add(parse, json, parse_passing(parse));
}

/* RETURNING type [FORMAT JSON], where it stands here; FORMAT is for functions that give JSON. */
static bool read_returning(Parse *parse, Ast *json, bool with_format)
{
    if (!parse_is_word(parse, KEYWORD_RETURNING))
        return true;
    Ast *returning = parse_open(parse, AST_RETURNING);
    parse->at++;
    if (!parse_add(parse, returning, parse_type(parse)))
        return false;
    if (with_format && parse_is_word(parse, KEYWORD_FORMAT)) {
        Ast *format = parse_open(parse, AST_FORMAT);
        parse->at++;
        if (!format || !read_format(parse, &format->text) ||
            !parse_add(parse, returning, parse_close(parse, format)))
            return false;
    }
    return parse_add(parse, json, returning);
}

/* ON EMPTY or ON ERROR behind what is to happen then. */
static bool close_behaviour(Parse *parse, Ast *json, Ast *behaviour, bool with_empty)
{
    if (!behaviour ||
        !parse_expect_word(parse, KEYWORD_ON, with_empty ? "EMPTY or ON ERROR" : "ERROR"))
        return false;
    bool had_empty = ast_find(json, AST_ON_EMPTY) != NULL || ast_find(json, AST_ON_ERROR) != NULL;
    if (with_empty && !had_empty && parse_take_word(parse, KEYWORD_EMPTY))
        behaviour->kind = AST_ON_EMPTY;
    else if (!parse_expect_word(parse, KEYWORD_ERROR,
                                with_empty ? "or EMPTY after ON" : "after ON"))
        return false;
    return parse_add(parse, json, parse_close(parse, behaviour));
}

/* ERROR, NULL, DEFAULT e: what JSON_VALUE gives instead. */
static bool read_value_behaviour(Parse *parse, Ast *behaviour)
{
    if (parse_take_word(parse, KEYWORD_ERROR))
        behaviour->text = STR("error");
    else if (parse_take_word(parse, KEYWORD_NULL))
        behaviour->text = STR("null");
    else if (parse_take_word(parse, KEYWORD_DEFAULT)) {
        behaviour->text = STR("default");
        return parse_add(parse, behaviour, parse_expression(parse));
    } else
        return parse_refuse(parse, "')' or ERROR, NULL, DEFAULT for ON EMPTY or ON ERROR");
    return true;
}

/* ERROR, NULL, EMPTY ARRAY, EMPTY OBJECT: what JSON_QUERY gives instead. */
static bool read_query_behaviour(Parse *parse, Ast *behaviour)
{
    if (parse_take_word(parse, KEYWORD_ERROR))
        behaviour->text = STR("error");
    else if (parse_take_word(parse, KEYWORD_NULL))
        behaviour->text = STR("null");
    else if (parse_take_words(parse, KEYWORD_EMPTY, KEYWORD_ARRAY))
        behaviour->text = STR("empty array");
    else if (parse_take_words(parse, KEYWORD_EMPTY, KEYWORD_OBJECT))
        behaviour->text = STR("empty object");
    else
        return parse_refuse(parse, "')' or ERROR, NULL, EMPTY ARRAY, EMPTY OBJECT for ON EMPTY or "
                                   "ON ERROR");
    return true;
}

/* Up to two of them, ON EMPTY first. */
static bool read_behaviours(Parse *parse, Ast *json, bool (*read)(Parse *, Ast *))
{
    for (int i = 0; i < 2 && !parse_is(parse, TOKEN_CLOSE); i++) {
        Ast *behaviour = parse_open(parse, AST_ON_ERROR);
        if (!behaviour || !read(parse, behaviour) ||
            !close_behaviour(parse, json, behaviour, i == 0))
            return false;
        if (behaviour->kind == AST_ON_ERROR)
            break;
    }
    return true;
}

/* TRUE, FALSE, UNKNOWN or ERROR ON ERROR. */
static bool read_exists_behaviour(Parse *parse, Ast *json)
{
    if (parse_is(parse, TOKEN_CLOSE))
        return true;
    Ast *behaviour = parse_open(parse, AST_ON_ERROR);
    if (!behaviour)
        return false;
    if (parse_take_word(parse, KEYWORD_TRUE))
        behaviour->text = STR("true");
    else if (parse_take_word(parse, KEYWORD_FALSE))
        behaviour->text = STR("false");
    else if (parse_take_word(parse, KEYWORD_UNKNOWN))
        behaviour->text = STR("unknown");
    else if (parse_take_word(parse, KEYWORD_ERROR))
        behaviour->text = STR("error");
    else
        return parse_refuse(parse, "')' or TRUE, FALSE, UNKNOWN, ERROR for ON ERROR");
    return close_behaviour(parse, json, behaviour, false);
}

/* WITHOUT [ARRAY] WRAPPER, WITH [CONDITIONAL | UNCONDITIONAL] [ARRAY] WRAPPER. */
static bool read_wrapper(Parse *parse, Ast *json)
{
    if (!parse_is_word(parse, KEYWORD_WITH) && !parse_is_word(parse, KEYWORD_WITHOUT))
        return true;
    Ast *wrapper = parse_open(parse, AST_WRAPPER);
    if (!wrapper)
        return false;
    if (parse_take_word(parse, KEYWORD_WITHOUT))
        wrapper->text = STR("without");
    else if (++parse->at, parse_take_word(parse, KEYWORD_CONDITIONAL))
        wrapper->text = STR("conditional");
    else {
        parse_take_word(parse, KEYWORD_UNCONDITIONAL);
        wrapper->text = STR("unconditional");
    }
    parse_take_word(parse, KEYWORD_ARRAY);
    return parse_expect_word(parse, KEYWORD_WRAPPER, "in JSON_QUERY") &&
           parse_add(parse, json, parse_close(parse, wrapper));
}

/* KEEP QUOTES, OMIT QUOTES [ON SCALAR STRING]. */
static bool read_quotes(Parse *parse, Ast *json)
{
    if (!parse_is_word(parse, KEYWORD_KEEP) && !parse_is_word(parse, KEYWORD_OMIT))
        return true;
    Ast *quotes = parse_open(parse, AST_QUOTES);
    if (!quotes)
        return false;
    quotes->text = parse_is_word(parse, KEYWORD_KEEP) ? STR("keep") : STR("omit");
    parse->at++;
    if (!parse_expect_word(parse, KEYWORD_QUOTES, "after KEEP or OMIT"))
        return false;
    if (parse_take_word(parse, KEYWORD_ON) &&
        !(parse_expect_word(parse, KEYWORD_SCALAR, "STRING after QUOTES ON") &&
          parse_expect_word(parse, KEYWORD_STRING, "after SCALAR")))
        return false;
    return parse_add(parse, json, parse_close(parse, quotes));
}

/* NULL ON NULL, ABSENT ON NULL. */
static bool read_nulls(Parse *parse, Ast *json)
{
    bool is_null = parse_is_word(parse, KEYWORD_NULL);
    if (!is_null && !parse_is_word(parse, KEYWORD_ABSENT))
        return true;
    parse->at++;
    json->flags |= is_null ? AST_NULL_ON_NULL : AST_ABSENT_ON_NULL;
    return parse_expect_word(parse, KEYWORD_ON, "NULL") &&
           parse_expect_word(parse, KEYWORD_NULL, "after ON");
}

/* WITH UNIQUE [KEYS], WITHOUT UNIQUE [KEYS]. */
static bool read_unique(Parse *parse, Ast *json)
{
    bool with = parse_is_word(parse, KEYWORD_WITH);
    if (!with && !parse_is_word(parse, KEYWORD_WITHOUT))
        return true;
    parse->at++;
    json->flags |= with ? AST_UNIQUE : 0;
    if (!parse_expect_word(parse, KEYWORD_UNIQUE, "KEYS in JSON_OBJECT"))
        return false;
    parse_take_word(parse, KEYWORD_KEYS);
    return true;
}

/* 'k' : v, or [KEY] 'k' VALUE v. */
static Ast *parse_member(Parse *parse)
{
    Ast *member = parse_open(parse, AST_JSON_MEMBER);
    if (parse_is_word(parse, KEYWORD_KEY) && parse_is_expression(parse, 1) &&
        !parse_ahead_word(parse, 1, KEYWORD_VALUE) && !parse_ahead(parse, 1, TOKEN_OPEN))
        parse->at++;
    if (!parse_add(parse, member, parse_expression(parse)))
        return NULL;
    if (!parse_take(parse, TOKEN_COLON) &&
        !parse_expect_word(parse, KEYWORD_VALUE, "or ':' after the key"))
        return NULL;
    return parse_add(parse, member, parse_input(parse)) ? member : NULL;
}

/* There are members, or elements, before the clauses. */
static bool has_members(const Parse *parse)
{
    return !parse_is(parse, TOKEN_CLOSE) &&
           !(parse_is_word(parse, KEYWORD_RETURNING) && parse_is_name(parse, 1));
}

static bool read_object(Parse *parse, Ast *json)
{
    return (!has_members(parse) || (parse_list(parse, json, parse_member) &&
                                    read_nulls(parse, json) && read_unique(parse, json))) &&
           read_returning(parse, json, true);
}

static bool read_array(Parse *parse, Ast *json)
{
    return (!has_members(parse) ||
            (parse_list(parse, json, parse_input) && read_nulls(parse, json))) &&
           read_returning(parse, json, true);
}

static bool read_exists(Parse *parse, Ast *json)
{
    return read_path(parse, json) && read_exists_behaviour(parse, json);
}

static bool read_value(Parse *parse, Ast *json)
{
    return read_path(parse, json) && read_returning(parse, json, false) &&
           read_behaviours(parse, json, read_value_behaviour);
}

static bool read_query(Parse *parse, Ast *json)
{
    return read_path(parse, json) && read_returning(parse, json, true) &&
           read_wrapper(parse, json) && read_quotes(parse, json) &&
           read_behaviours(parse, json, read_query_behaviour);
}

Ast *parse_json(Parse *parse)
{
    static const struct {
        Keyword word;
        AstKind kind;
        bool (*read)(Parse *, Ast *);
    } FUNCTIONS[] = {
        {KEYWORD_JSON_EXISTS, AST_JSON_EXISTS, read_exists},
        {KEYWORD_JSON_VALUE, AST_JSON_VALUE, read_value},
        {KEYWORD_JSON_QUERY, AST_JSON_QUERY, read_query},
        {KEYWORD_JSON_OBJECT, AST_JSON_OBJECT, read_object},
        {KEYWORD_JSON_ARRAY, AST_JSON_ARRAY, read_array},
    };
    size_t i = 0;
    while (!parse_is_word(parse, FUNCTIONS[i].word))
        i++;
    Ast *json = parse_open(parse, FUNCTIONS[i].kind);
    parse->at++;
    bool ok = json && parse_expect(parse, TOKEN_OPEN, "'(' after the function's name") &&
              FUNCTIONS[i].read(parse, json) &&
              parse_expect(parse, TOKEN_CLOSE, "',' or ')' in the function");
    return ok ? parse_close(parse, json) : NULL;
}
