/* parse_special.c - functions with words between their arguments, such as EXTRACT (parse.h). */
#include <stdio.h>
#include <string.h>

#include "parser/parse.h"

static bool close_call(Parse *parse, Ast *call, const char *what)
{
    return parse_expect(parse, TOKEN_CLOSE, what) && parse_close(parse, call);
}

/* A call of *name*, of which the word and the parenthesis are taken. */
static Ast *open_call(Parse *parse, Str name, const char *what)
{
    Ast *call = parse_open(parse, AST_CALL);
    parse->at++;
    if (!call || !parse_expect(parse, TOKEN_OPEN, what))
        return NULL;
    call->text = name;
    return call;
}

static bool is_field(Str field)
{
    static const char *const FIELDS[] = {
        "year",          "quarter",         "month", "week",   "day",
        "day_of_month",  "day_of_week",     "dow",   "doy",    "day_of_year",
        "yow",           "year_of_week",    "hour",  "minute", "second",
        "timezone_hour", "timezone_minute",
    };
    for (size_t i = 0; i < sizeof FIELDS / sizeof *FIELDS; i++)
        if (str_equal(field, str_of(FIELDS[i])))
            return true;
    return false;
}

/* EXTRACT (field FROM e). */
static Ast *parse_extract(Parse *parse)
{
    Ast *extract = parse_open(parse, AST_EXTRACT);
    parse->at++;
    if (!extract || !parse_expect(parse, TOKEN_OPEN, "'(' after EXTRACT"))
        return NULL;
    if (!parse_is(parse, TOKEN_NAME) || !parse_text(parse, &extract->text) ||
        !is_field(extract->text))
        return parse_refuse(parse, "a field of a time, such as YEAR, DAY or HOUR");
    parse->at++;
    bool ok = parse_expect_word(parse, KEYWORD_FROM, "after the field") &&
              parse_add(parse, extract, parse_value(parse)) &&
              parse_expect(parse, TOKEN_CLOSE, "')' after EXTRACT's value");
    return ok ? parse_close(parse, extract) : NULL;
}

/* POSITION (a IN b) is strpos(b, a). */
static Ast *parse_position(Parse *parse)
{
    Ast *call = open_call(parse, STR("strpos"), "'('");
    Ast *part = call ? parse_value(parse) : NULL;
    bool ok = part && parse_expect_word(parse, KEYWORD_IN, "between the two texts of POSITION") &&
              parse_add(parse, call, parse_value(parse)) && parse_add(parse, call, part) &&
              close_call(parse, call, "')' after POSITION");
    return ok ? call : NULL;
}

/* SUBSTRING (e FROM a FOR b), or with commas. */
static Ast *parse_substring(Parse *parse)
{
    Ast *call = open_call(parse, STR("substring"), "'('");
    if (!call || !parse_add(parse, call, parse_expression(parse)))
        return NULL;
    bool ok = true;
    if (parse_take_word(parse, KEYWORD_FROM))
        ok = parse_add(parse, call, parse_value(parse)) &&
             (!parse_take_word(parse, KEYWORD_FOR) || parse_add(parse, call, parse_value(parse)));
    else if (parse_take(parse, TOKEN_COMMA))
        ok = parse_list(parse, call, parse_expression);
    return ok && close_call(parse, call, "',', FROM, FOR or ')' in SUBSTRING") ? call : NULL;
}

/* What TRIM takes away, or FROM, stands behind the current word: so that is no column. */
static bool has_characters(const Parse *parse)
{
    const Token *next = parse_token(parse, 1);
    if (next->kind == TOKEN_OPEN)
        return next->match && parse->tokens[next->match + 1].keyword == KEYWORD_FROM;
    return next->keyword == KEYWORD_FROM ||
           (parse_is_expression(parse, 1) && next->kind != TOKEN_PLUS && next->kind != TOKEN_MINUS);
}

/* LEADING, TRAILING or BOTH, where they are not a column. */
static void take_side(Parse *parse, Ast *call)
{
    static const struct {
        Keyword word;
        Str function;
    } SIDES[] = {
        {KEYWORD_LEADING, {"ltrim", 5}},
        {KEYWORD_TRAILING, {"rtrim", 5}},
        {KEYWORD_BOTH, {"trim", 4}},
    };
    for (size_t i = 0; i < sizeof SIDES / sizeof *SIDES; i++)
        if (parse_is_word(parse, SIDES[i].word) && has_characters(parse)) {
            parse->at++;
            call->text = SIDES[i].function;
            return;
        }
}

/* TRIM ([side] [characters] FROM e), TRIM (e), TRIM (e, characters). */
static Ast *parse_trim(Parse *parse)
{
    Ast *call = open_call(parse, STR("trim"), "'(' after TRIM");
    Ast *first = NULL;
    if (!call)
        return NULL;
    take_side(parse, call);
    if (!parse_is_word(parse, KEYWORD_FROM) && !(first = parse_value(parse)))
        return NULL;
    bool ok;
    if (parse_take_word(parse, KEYWORD_FROM))
        ok =
            parse_add(parse, call, parse_value(parse)) && (!first || parse_add(parse, call, first));
    else if (!str_equal(call->text, STR("trim")))
        return parse_refuse(parse, "FROM in TRIM");
    else
        ok = parse_add(parse, call, first) &&
             (!parse_take(parse, TOKEN_COMMA) || parse_add(parse, call, parse_value(parse)));
    return ok && close_call(parse, call, "',', FROM or ')' in TRIM") ? call : NULL;
}

static Ast *parse_form(Parse *parse)
{
    switch ((Keyword)parse_token(parse, 0)->keyword) {
    case KEYWORD_NFC:
    case KEYWORD_NFD:
    case KEYWORD_NFKC:
    case KEYWORD_NFKD:
        return parse_leaf(parse, AST_STRING,
                          str_of(keyword_name((Keyword)parse_token(parse, 0)->keyword)));
    default:
        return parse_refuse(parse, "NFC, NFD, NFKC or NFKD");
    }
}

/* NORMALIZE (e, form). */
static Ast *parse_normalize(Parse *parse)
{
    Ast *call = open_call(parse, STR("normalize"), "'(' after NORMALIZE");
    bool ok = call && parse_add(parse, call, parse_value(parse)) &&
              (!parse_take(parse, TOKEN_COMMA) || parse_add(parse, call, parse_form(parse))) &&
              close_call(parse, call, "',' or ')' in NORMALIZE");
    return ok ? call : NULL;
}

/* ON OVERFLOW ERROR, ON OVERFLOW TRUNCATE '...' WITH COUNT. */
static Ast *parse_overflow(Parse *parse)
{
    Ast *overflow = parse_open(parse, AST_OVERFLOW);
    parse->at++;
    if (!overflow || !parse_expect_word(parse, KEYWORD_OVERFLOW, "after ON"))
        return NULL;
    overflow->text = STR("error");
    if (parse_take_word(parse, KEYWORD_ERROR))
        return parse_close(parse, overflow);
    overflow->text = STR("truncate");
    if (!parse_expect_word(parse, KEYWORD_TRUNCATE, "or ERROR after OVERFLOW"))
        return NULL;
    bool has_filler = !parse_is_word(parse, KEYWORD_WITH) && !parse_is_word(parse, KEYWORD_WITHOUT);
    if (has_filler && !parse_add(parse, overflow, parse_string(parse, "a string or WITH COUNT")))
        return NULL;
    if (parse_take_word(parse, KEYWORD_WITH))
        overflow->flags = AST_COUNT;
    else if (!parse_expect_word(parse, KEYWORD_WITHOUT, "or WITH COUNT"))
        return NULL;
    return parse_expect_word(parse, KEYWORD_COUNT, "after WITH or WITHOUT")
               ? parse_close(parse, overflow)
               : NULL;
}

/* LISTAGG (e, ', ' ON OVERFLOW ...) WITHIN GROUP (ORDER BY ...). */
static Ast *parse_listagg(Parse *parse)
{
    Ast *call = open_call(parse, STR("listagg"), "'(' after LISTAGG");
    if (!call)
        return NULL;
    call->flags = parse_quantifier(parse) | AST_WITHIN_GROUP;
    if (!parse_add(parse, call, parse_expression(parse)))
        return NULL;
    if (parse_take(parse, TOKEN_COMMA) &&
        !parse_add(parse, call, parse_string(parse, "a separator in quotes")))
        return NULL;
    if (parse_is_word(parse, KEYWORD_ON) && !parse_add(parse, call, parse_overflow(parse)))
        return NULL;
    bool ok = parse_expect(parse, TOKEN_CLOSE, "',', ON OVERFLOW or ')' in LISTAGG") &&
              parse_expect_word(parse, KEYWORD_WITHIN, "GROUP (ORDER BY ...) after LISTAGG") &&
              parse_expect_word(parse, KEYWORD_GROUP, "after WITHIN") &&
              parse_expect(parse, TOKEN_OPEN, "'(' after WITHIN GROUP") &&
              parse_add(parse, call, parse_order_by(parse)) &&
              close_call(parse, call, "',' or ')' after the order");
    return ok && parse_filter(parse, call) ? call : NULL;
}

static Ast *read_grouped(Parse *parse)
{
    enum { PARTS_MAX = 16 };
    const Ast *parts[PARTS_MAX];
    Place place = parse_token(parse, 0)->place;
    if (!parse_is_name(parse, 0))
        return parse_refuse(parse, "a column in GROUPING");
    Ast *column = parse_primary(parse);
    if (column && !ast_chain(column, parts, PARTS_MAX))
        return parse_refuse_at(parse, place, "expected a column in GROUPING, found an expression");
    return column;
}

/* GROUPING (a, b.c). */
static Ast *parse_grouping(Parse *parse)
{
    Ast *grouping = parse_open(parse, AST_GROUPING);
    parse->at++;
    if (parse_is(parse, TOKEN_OPEN) && parse_ahead(parse, 1, TOKEN_CLOSE)) {
        parse->at += 2;
        return parse_close(parse, grouping);
    }
    return parse_list_in_parentheses(parse, grouping, read_grouped, "'(' after GROUPING") ? grouping
                                                                                          : NULL;
}

typedef struct Special {
    Keyword word;
    Ast *(*read)(Parse *parse);
} Special;

static const Special *find_special(const Parse *parse)
{
    static const Special SPECIALS[] = {
        {KEYWORD_EXTRACT, parse_extract},   {KEYWORD_GROUPING, parse_grouping},
        {KEYWORD_LISTAGG, parse_listagg},   {KEYWORD_NORMALIZE, parse_normalize},
        {KEYWORD_POSITION, parse_position}, {KEYWORD_SUBSTRING, parse_substring},
        {KEYWORD_TRIM, parse_trim},
    };
    for (size_t i = 0; i < sizeof SPECIALS / sizeof *SPECIALS; i++)
        if (parse_is_word(parse, SPECIALS[i].word))
            return keyword_is_reserved(SPECIALS[i].word) || parse_ahead(parse, 1, TOKEN_OPEN)
                       ? &SPECIALS[i]
                       : NULL;
    return NULL;
}

bool parse_is_special(const Parse *parse)
{
    return find_special(parse) != NULL;
}

Ast *parse_special(Parse *parse)
{
    return find_special(parse)->read(parse);
}
