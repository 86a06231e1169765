/* parse_expression.c - operators and predicates, by how tightly they bind (parse.h). */
#include "parser/parse.h"

/* A zone: a string or an interval. */
static Ast *parse_zone(Parse *parse)
{
    return parse_is_word(parse, KEYWORD_INTERVAL) ? parse_interval(parse)
                                                  : parse_string(parse, "a time zone in quotes");
}

/* e AT TIME ZONE z, which binds tighter than a sign. */
static Ast *parse_zoned(Parse *parse)
{
    Ast *value = parse_primary(parse);
    while (value && parse_is_word(parse, KEYWORD_AT) && parse_ahead_word(parse, 1, KEYWORD_TIME)) {
        parse->at += 2;
        Ast *zoned = parse_wrap(parse, AST_AT_TIME_ZONE, value);
        bool ok = parse_expect_word(parse, KEYWORD_ZONE, "after TIME") &&
                  parse_add(parse, zoned, parse_zone(parse));
        value = ok ? parse_close(parse, zoned) : NULL;
    }
    return value;
}

static Ast *parse_signed(Parse *parse);

static Ast *read_signed(Parse *parse)
{
    Ast *sign = parse_open(parse, AST_UNARY);
    bool minus = parse_is(parse, TOKEN_MINUS);
    parse->at++;
    if (sign)
        sign->text = minus ? STR("-") : STR("+");
    return parse_add(parse, sign, parse_signed(parse)) ? sign : NULL;
}

static Ast *parse_signed(Parse *parse)
{
    if (!parse_is(parse, TOKEN_MINUS) && !parse_is(parse, TOKEN_PLUS))
        return parse_zoned(parse);
    return parse_enter(parse) ? parse_leave(parse, read_signed(parse)) : NULL;
}

/* The operators of two values by how tightly they bind, the loosest first. */
enum { LEVELS = 3, LEVEL_OPERATORS = 3 };

typedef struct Operator {
    uint8_t token;
    AstKind kind;
    Str text;
} Operator;

static const Operator OPERATORS[LEVELS][LEVEL_OPERATORS] = {
    {{TOKEN_CONCAT, AST_CONCAT, {NULL, 0}}},
    {{TOKEN_PLUS, AST_ARITHMETIC, {"+", 1}}, {TOKEN_MINUS, AST_ARITHMETIC, {"-", 1}}},
    {{TOKEN_STAR, AST_ARITHMETIC, {"*", 1}},
     {TOKEN_SLASH, AST_ARITHMETIC, {"/", 1}},
     {TOKEN_PERCENT, AST_ARITHMETIC, {"%", 1}}},
};

static const Operator *find_operator(const Parse *parse, unsigned level)
{
    for (unsigned i = 0; i < LEVEL_OPERATORS; i++)
        if (OPERATORS[level][i].token && parse_is(parse, (TokenKind)OPERATORS[level][i].token))
            return &OPERATORS[level][i];
    return NULL;
}

/* Operands of one level; those of one operator in a row become one node. */
static Ast *parse_level(Parse *parse, unsigned level)
{
    if (level == LEVELS)
        return parse_signed(parse);
    Ast *left = parse_level(parse, level + 1);
    Ast *chain = NULL;
    const Operator *operator;
    while (left && (operator= find_operator(parse, level))) {
        parse->at++;
        if (!chain || chain->text.ptr != operator->text.ptr) {
            chain = parse_wrap(parse, operator->kind, left);
            if (!chain)
                return NULL;
            chain->text = operator->text;
        }
        left = parse_add(parse, chain, parse_level(parse, level + 1)) ? chain : NULL;
    }
    return left;
}

Ast *parse_value(Parse *parse)
{
    return parse_enter(parse) ? parse_leave(parse, parse_level(parse, 0)) : NULL;
}

static bool find_comparison(const Parse *parse, Str *ret)
{
    static const struct {
        uint8_t token;
        Str text;
    } COMPARISONS[] = {
        {TOKEN_EQUAL, {"=", 1}},   {TOKEN_NOT_EQUAL, {"<>", 2}},
        {TOKEN_LESS, {"<", 1}},    {TOKEN_LESS_EQUAL, {"<=", 2}},
        {TOKEN_GREATER, {">", 1}}, {TOKEN_GREATER_EQUAL, {">=", 2}},
    };
    for (size_t i = 0; i < sizeof COMPARISONS / sizeof *COMPARISONS; i++)
        if (parse_is(parse, (TokenKind)COMPARISONS[i].token)) {
            *ret = COMPARISONS[i].text;
            return true;
        }
    return false;
}

/* ALL (query), ANY (query), SOME (query); as a function's name, the word has no query behind. */
static uint32_t find_quantifier(const Parse *parse)
{
    if (!parse_ahead(parse, 1, TOKEN_OPEN) || !parse_is_query(parse, 2))
        return 0;
    if (parse_is_word(parse, KEYWORD_ALL))
        return AST_ALL;
    return parse_is_word(parse, KEYWORD_ANY) || parse_is_word(parse, KEYWORD_SOME) ? AST_ANY : 0;
}

static Ast *parse_comparison(Parse *parse, Ast *left, Str text)
{
    parse->at++;
    uint32_t quantifier = find_quantifier(parse);
    Ast *node = parse_wrap(parse, quantifier ? AST_QUANTIFIED : AST_COMPARISON, left);
    if (!node)
        return NULL;
    node->text = text;
    node->flags = quantifier;
    if (!quantifier)
        return parse_add(parse, node, parse_value(parse)) ? node : NULL;
    parse->at++;
    bool ok = parse_add(parse, node, parse_query_in_parentheses(parse, "'('"));
    return ok ? parse_close(parse, node) : NULL;
}

static Ast *parse_between(Parse *parse, Ast *left)
{
    Ast *node = parse_wrap(parse, AST_BETWEEN, left);
    bool ok = parse_add(parse, node, parse_value(parse)) &&
              parse_expect_word(parse, KEYWORD_AND, "between the two limits") &&
              parse_add(parse, node, parse_value(parse));
    return ok ? node : NULL;
}

/* IN (query), or IN (a, b): ((query)) is a list of one value. */
static Ast *parse_in(Parse *parse, Ast *left)
{
    bool query = parse_is(parse, TOKEN_OPEN) && parse_is_query(parse, 1);
    if (query && parse_ahead(parse, 1, TOKEN_OPEN)) {
        uint32_t match = parse_token(parse, 1)->match;
        query = !match || parse->tokens[match + 1].kind != TOKEN_CLOSE;
    }
    Ast *node = parse_wrap(parse, query ? AST_IN_QUERY : AST_IN_LIST, left);
    bool ok = query ? parse_add(parse, node, parse_query_in_parentheses(parse, "'('"))
                    : parse_list_in_parentheses(parse, node, parse_expression, "'(' after IN");
    return ok ? parse_close(parse, node) : NULL;
}

static Ast *parse_like(Parse *parse, Ast *left)
{
    Ast *node = parse_wrap(parse, AST_LIKE, left);
    bool ok =
        parse_add(parse, node, parse_value(parse)) &&
        (!parse_take_word(parse, KEYWORD_ESCAPE) || parse_add(parse, node, parse_value(parse)));
    return ok ? node : NULL;
}

/* IS [NOT] NULL, IS [NOT] DISTINCT FROM e. */
static Ast *parse_is_predicate(Parse *parse, Ast *left)
{
    bool negated = parse_take_word(parse, KEYWORD_NOT);
    bool distinct = parse_is_word(parse, KEYWORD_DISTINCT);
    Ast *node = parse_wrap(parse, distinct ? AST_IS_DISTINCT : AST_IS_NULL, left);
    if (!node)
        return NULL;
    node->flags = negated ? AST_NEGATED : 0;
    if (!distinct)
        return parse_expect_word(parse, KEYWORD_NULL,
                                 negated ? "or DISTINCT FROM after IS NOT"
                                         : "or DISTINCT FROM after IS")
                   ? parse_close(parse, node)
                   : NULL;
    parse->at++;
    bool ok = parse_expect_word(parse, KEYWORD_FROM, "after IS DISTINCT") &&
              parse_add(parse, node, parse_value(parse));
    return ok ? node : NULL;
}

/* What may follow a value: at most one comparison or predicate. */
static Ast *parse_predicate(Parse *parse)
{
    Str comparison;
    Ast *left = parse_level(parse, 0);
    if (!left)
        return NULL;
    if (find_comparison(parse, &comparison))
        return parse_comparison(parse, left, comparison);
    if (parse_take_word(parse, KEYWORD_IS))
        return parse_is_predicate(parse, left);
    bool negated = parse_take_word(parse, KEYWORD_NOT);
    Ast *node = left;
    if (parse_take_word(parse, KEYWORD_BETWEEN))
        node = parse_between(parse, left);
    else if (parse_take_word(parse, KEYWORD_IN))
        node = parse_in(parse, left);
    else if (parse_take_word(parse, KEYWORD_LIKE))
        node = parse_like(parse, left);
    else if (negated)
        return parse_refuse(parse, "BETWEEN, IN or LIKE after NOT");
    if (node && negated)
        node->flags |= AST_NEGATED;
    return node;
}

static Ast *parse_not(Parse *parse);

static Ast *read_not(Parse *parse)
{
    Ast *node = parse_open(parse, AST_NOT);
    parse->at++;
    return parse_add(parse, node, parse_not(parse)) ? node : NULL;
}

static Ast *parse_not(Parse *parse)
{
    if (!parse_is_word(parse, KEYWORD_NOT))
        return parse_predicate(parse);
    return parse_enter(parse) ? parse_leave(parse, read_not(parse)) : NULL;
}

/* All operands of AND, or of OR, in one node. */
static Ast *parse_logic(Parse *parse, AstKind kind, Keyword word, ParseRead read)
{
    Ast *left = read(parse);
    if (!left || !parse_is_word(parse, word))
        return left;
    Ast *node = parse_wrap(parse, kind, left);
    while (node && parse_take_word(parse, word))
        if (!parse_add(parse, node, read(parse)))
            return NULL;
    return node;
}

static Ast *parse_and(Parse *parse)
{
    return parse_logic(parse, AST_AND, KEYWORD_AND, parse_not);
}

Ast *parse_expression(Parse *parse)
{
    if (!parse_enter(parse))
        return NULL;
    return parse_leave(parse, parse_logic(parse, AST_OR, KEYWORD_OR, parse_and));
}
