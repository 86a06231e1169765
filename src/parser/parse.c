/* parse.c - the position in the tokens, nodes, names, strings and lists (parse.h). */
#include "parser/parse.h"

#include "parser/parser.h"

const Token *parse_token(const Parse *parse, uint32_t ahead)
{
    return &parse->tokens[ahead < parse->last - parse->at ? parse->at + ahead : parse->last];
}

bool parse_ahead(const Parse *parse, uint32_t ahead, TokenKind kind)
{
    return parse_token(parse, ahead)->kind == kind;
}

bool parse_ahead_word(const Parse *parse, uint32_t ahead, Keyword word)
{
    return parse_token(parse, ahead)->keyword == word;
}

bool parse_is(const Parse *parse, TokenKind kind)
{
    return parse_ahead(parse, 0, kind);
}

bool parse_is_word(const Parse *parse, Keyword word)
{
    return parse_ahead_word(parse, 0, word);
}

bool parse_is_name(const Parse *parse, uint32_t ahead)
{
    const Token *token = parse_token(parse, ahead);
    return (token->kind == TOKEN_NAME && !keyword_is_reserved((Keyword)token->keyword)) ||
           token->kind == TOKEN_QUOTED || (token->kind == TOKEN_BACK_QUOTED && parse->back_quotes);
}

/* Reserved words that begin an expression. */
static bool begins_expression(Keyword word)
{
    static const uint16_t WORDS[] = {
        KEYWORD_CASE,
        KEYWORD_CAST,
        KEYWORD_CURRENT_CATALOG,
        KEYWORD_CURRENT_DATE,
        KEYWORD_CURRENT_PATH,
        KEYWORD_CURRENT_SCHEMA,
        KEYWORD_CURRENT_TIME,
        KEYWORD_CURRENT_TIMESTAMP,
        KEYWORD_CURRENT_USER,
        KEYWORD_EXISTS,
        KEYWORD_EXTRACT,
        KEYWORD_FALSE,
        KEYWORD_GROUPING,
        KEYWORD_JSON_ARRAY,
        KEYWORD_JSON_EXISTS,
        KEYWORD_JSON_OBJECT,
        KEYWORD_JSON_QUERY,
        KEYWORD_JSON_VALUE,
        KEYWORD_LISTAGG,
        KEYWORD_LOCALTIME,
        KEYWORD_LOCALTIMESTAMP,
        KEYWORD_NORMALIZE,
        KEYWORD_NOT,
        KEYWORD_NULL,
        KEYWORD_TRIM,
        KEYWORD_TRUE,
    };
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (word == (Keyword)WORDS[i])
            return true;
    return false;
}

bool parse_is_expression(const Parse *parse, uint32_t ahead)
{
    const Token *token = parse_token(parse, ahead);
    switch ((TokenKind)token->kind) {
    case TOKEN_NAME:
        return parse_is_name(parse, ahead) || begins_expression((Keyword)token->keyword);
    case TOKEN_QUOTED:
    case TOKEN_STRING:
    case TOKEN_UNICODE:
    case TOKEN_BINARY:
    case TOKEN_INTEGER:
    case TOKEN_DECIMAL:
    case TOKEN_DOUBLE:
    case TOKEN_PLUS:
    case TOKEN_MINUS:
    case TOKEN_OPEN:
    case TOKEN_QUESTION:
        return true;
    default:
        return false;
    }
}

static bool begins_query(Keyword word)
{
    return word == KEYWORD_SELECT || word == KEYWORD_WITH || word == KEYWORD_VALUES ||
           word == KEYWORD_TABLE;
}

/* What may stand behind a query in parentheses that is itself part of a query in parentheses. */
static bool goes_on_as_query(const Token *token)
{
    static const uint16_t WORDS[] = {KEYWORD_UNION, KEYWORD_INTERSECT, KEYWORD_EXCEPT,
                                     KEYWORD_ORDER, KEYWORD_OFFSET,    KEYWORD_LIMIT,
                                     KEYWORD_FETCH};
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (token->keyword == WORDS[i])
            return true;
    return token->kind == TOKEN_CLOSE;
}

bool parse_is_query(const Parse *parse, uint32_t ahead)
{
    uint32_t opens = 0;
    while (opens <= PARSER_NESTING_MAX && parse_ahead(parse, ahead + opens, TOKEN_OPEN))
        opens++;
    if (!begins_query((Keyword)parse_token(parse, ahead + opens)->keyword))
        return false;
    while (opens--) {
        uint32_t match = parse_token(parse, ahead + opens)->match;
        if (!match)
            return true; /* the refusal will speak of the parenthesis */
        if (!goes_on_as_query(&parse->tokens[match + 1]))
            return false;
    }
    return true;
}

bool parse_take(Parse *parse, TokenKind kind)
{
    bool is = parse_is(parse, kind);
    parse->at += is;
    return is;
}

bool parse_take_word(Parse *parse, Keyword word)
{
    bool is = parse_is_word(parse, word);
    parse->at += is;
    return is;
}

bool parse_take_words(Parse *parse, Keyword first, Keyword second)
{
    bool are = parse_is_word(parse, first) && parse_ahead_word(parse, 1, second);
    parse->at += are ? 2 : 0;
    return are;
}

bool parse_enter(Parse *parse)
{
    if (parse->depth < PARSER_NESTING_MAX) {
        parse->depth++;
        return true;
    }
    return parse_refuse_at(parse, parse_token(parse, 0)->place,
                           "the statement is nested deeper than %d levels from here on",
                           PARSER_NESTING_MAX);
}

Ast *parse_leave(Parse *parse, Ast *node)
{
    parse->depth--;
    return node;
}

Ast *parse_open(Parse *parse, AstKind kind)
{
    return ast_new(parse->arena, kind, parse_token(parse, 0)->place, parse->err);
}

Ast *parse_wrap(Parse *parse, AstKind kind, Ast *first)
{
    Ast *node = first ? ast_new(parse->arena, kind, first->place, parse->err) : NULL;
    return parse_add(parse, node, first) ? node : NULL;
}

bool parse_add(Parse *parse, Ast *parent, Ast *child)
{
    if (!parent || !child)
        return false;
    if (child->height >= AST_HEIGHT_MAX)
        return parse_refuse_at(parse, child->place,
                               "the expression that begins here has more than %d steps, one in the "
                               "other",
                               AST_HEIGHT_MAX);
    if (child->place.end > parent->place.end)
        parent->place.end = child->place.end;
    return ast_append(parent, child, parse->err);
}

Ast *parse_close(Parse *parse, Ast *node)
{
    if (node && parse->at)
        node->place.end = parse->tokens[parse->at - 1].place.end;
    return node;
}

Ast *parse_widen(Parse *parse, Ast *node, uint32_t open)
{
    if (node)
        node->place.at = parse->tokens[open].place.at;
    return parse_close(parse, node);
}

Ast *parse_leaf(Parse *parse, AstKind kind, Str text)
{
    Ast *node = parse_open(parse, kind);
    if (node)
        node->text = text;
    parse->at++;
    return node;
}

Str parse_raw(const Parse *parse)
{
    Place place = parse_token(parse, 0)->place;
    return str_slice(parse->sql, place.at, place.end);
}

bool parse_meaning(Parse *parse, bool ok, Place place)
{
    if (ok || parse->err->kind != ERROR_USAGE)
        return ok;
    Error plain = *parse->err;
    return parse_refuse_at(parse, place, "%s", plain.text);
}

bool parse_text(Parse *parse, Str *ret)
{
    bool ok = lexer_name(parse_raw(parse), parse->arena, ret, parse->err);
    return parse_meaning(parse, ok, parse_token(parse, 0)->place);
}

static void *refuse_name(Parse *parse, const char *what)
{
    const Token *token = parse_token(parse, 0);
    if (token->kind != TOKEN_NAME)
        return parse_refuse(parse, what);
    return parse_refuse_at(parse, token->place,
                           "expected %s, found '%.*s', a reserved word; as a name it stands in "
                           "double quotes",
                           what, STR_ARG(parse_raw(parse)));
}

Ast *parse_name(Parse *parse, AstKind kind, const char *what)
{
    Str text;
    if (!parse_is_name(parse, 0))
        return refuse_name(parse, what);
    if (!parse_text(parse, &text))
        return NULL;
    bool quoted = !parse_is(parse, TOKEN_NAME);
    Ast *name = parse_leaf(parse, kind, text);
    if (name && quoted)
        name->flags = AST_QUOTED;
    return name;
}

Ast *parse_path(Parse *parse, const char *what)
{
    Ast *path = parse_open(parse, AST_PATH);
    if (!parse_add(parse, path, parse_name(parse, AST_NAME, what)))
        return NULL;
    while (parse_take(parse, TOKEN_DOT))
        if (!parse_add(parse, path, parse_name(parse, AST_NAME, "a name after '.'")))
            return NULL;
    return parse_close(parse, path);
}

Ast *parse_string(Parse *parse, const char *what)
{
    const Token *token = parse_token(parse, 0);
    Str raw = parse_raw(parse), text, escape = {"", 0};
    if (token->kind != TOKEN_STRING && token->kind != TOKEN_UNICODE)
        return parse_refuse(parse, what);
    Ast *string = parse_leaf(parse, AST_STRING, raw);
    if (token->kind == TOKEN_UNICODE && parse_take_word(parse, KEYWORD_UESCAPE)) {
        escape = parse_raw(parse);
        if (!parse_expect(parse, TOKEN_STRING, "a string after UESCAPE"))
            return NULL;
    }
    bool ok = token->kind == TOKEN_STRING
                  ? lexer_string(raw, parse->arena, &text, parse->err)
                  : lexer_unicode(raw, escape, parse->arena, &text, parse->err);
    if (!string || !parse_meaning(parse, ok, token->place))
        return NULL;
    string->text = text;
    return parse_close(parse, string);
}

Ast *parse_integer(Parse *parse, const char *what)
{
    Str text;
    if (!parse_is(parse, TOKEN_INTEGER))
        return parse_refuse(parse, what);
    bool ok = lexer_integer(parse_raw(parse), parse->arena, &text, parse->err);
    if (!parse_meaning(parse, ok, parse_token(parse, 0)->place))
        return NULL;
    return parse_leaf(parse, AST_INTEGER, text);
}

bool parse_list(Parse *parse, Ast *parent, ParseRead read)
{
    do
        if (!parse_add(parse, parent, read(parse)))
            return false;
    while (parse_take(parse, TOKEN_COMMA));
    return true;
}

bool parse_list_in_parentheses(Parse *parse, Ast *parent, ParseRead read, const char *where)
{
    return parse_expect(parse, TOKEN_OPEN, where) && parse_list(parse, parent, read) &&
           parse_expect(parse, TOKEN_CLOSE, "',' or ')'") && parse_close(parse, parent);
}

static Ast *read_column(Parse *parse)
{
    return parse_name(parse, AST_NAME, "a column's name");
}

Ast *parse_columns(Parse *parse)
{
    Ast *columns = parse_open(parse, AST_COLUMNS);
    return parse_list_in_parentheses(parse, columns, read_column, "'('") ? columns : NULL;
}

Ast *parse_using(Parse *parse)
{
    Ast *using = parse_open(parse, AST_USING);
    parse->at++;
    return parse_list_in_parentheses(parse, using, read_column, "'(' after USING") ? using : NULL;
}

uint32_t parse_quantifier(Parse *parse)
{
    if (parse_take_word(parse, KEYWORD_DISTINCT))
        return AST_DISTINCT;
    if (parse_is_word(parse, KEYWORD_ALL) &&
        (parse_is_expression(parse, 1) || parse_ahead(parse, 1, TOKEN_STAR)))
        parse->at++;
    return 0;
}

/* Words that begin a clause where an alias may stand. */
static bool begins_clause(Keyword word)
{
    return word == KEYWORD_LIMIT || word == KEYWORD_OFFSET || word == KEYWORD_FETCH ||
           word == KEYWORD_WINDOW || word == KEYWORD_TABLESAMPLE || word == KEYWORD_MATCH_RECOGNIZE;
}

/* `SELECT 1 limit, 2`: nothing of a clause follows, so the word is an alias. */
static bool ends_alias(const Token *token)
{
    switch ((TokenKind)token->kind) {
    case TOKEN_END:
    case TOKEN_COMMA:
    case TOKEN_CLOSE:
    case TOKEN_SEMICOLON:
        return true;
    default:
        return token->kind == TOKEN_NAME && keyword_is_reserved((Keyword)token->keyword);
    }
}

bool parse_is_alias(const Parse *parse)
{
    return parse_is_name(parse, 0) && (!begins_clause((Keyword)parse_token(parse, 0)->keyword) ||
                                       ends_alias(parse_token(parse, 1)));
}
