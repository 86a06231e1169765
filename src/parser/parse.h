/* parse.h - what the files of the parser share: the position in the tokens, nodes, refusals.
 *
 * parser.c (statements) -> parse_query.c -> parse_relation.c -> parse_expression.c ->
 * parse_primary.c -> parse_function.c, parse_json.c, parse_type.c. Each function reads what its
 * name says from the current token on and gives its node, or NULL with *parse->err* filled. There
 * is no way back in the tokens; where one token does not decide, those behind it are looked at.
 */
#ifndef PARSER_PARSE_H
#define PARSER_PARSE_H

#include "parser/ast.h"
#include "parser/lexer.h"

typedef struct Parse {
    Str sql;
    const Token *tokens;
    uint32_t last; /* index of TOKEN_END or TOKEN_BAD */
    uint32_t at;   /* index of the current token */
    uint32_t depth;
    uint32_t parameters;
    bool back_quotes;      /* `names` are taken, as in Athena's DDL */
    const Ast *starred;    /* the last operand before ".*" */
    const char *complaint; /* of TOKEN_BAD */
    Place culprit;         /* what *err* speaks of */
    Arena *arena;
    Error *err;
} Parse;

/* The token *ahead* of the current one; behind the end, the last. */
const Token *parse_token(const Parse *parse, uint32_t ahead);

/* The current token, or the one *ahead* of it, is of this kind, or is this word. */
bool parse_is(const Parse *parse, TokenKind kind);
bool parse_is_word(const Parse *parse, Keyword word);
bool parse_ahead(const Parse *parse, uint32_t ahead, TokenKind kind);
bool parse_ahead_word(const Parse *parse, uint32_t ahead, Keyword word);

/* The token *ahead* may be a name: a word that is not reserved, or a quoted one. */
bool parse_is_name(const Parse *parse, uint32_t ahead);

/* The token *ahead* may begin an expression. */
bool parse_is_expression(const Parse *parse, uint32_t ahead);

/* The tokens from *ahead* on, which follow a '(', begin a query and not an expression. */
bool parse_is_query(const Parse *parse, uint32_t ahead);

/* Moves on if the current token is of this kind, is this word, or begins these two. */
bool parse_take(Parse *parse, TokenKind kind);
bool parse_take_word(Parse *parse, Keyword word);
bool parse_take_words(Parse *parse, Keyword first, Keyword second);

/* As parse_take, but refuses anything else: *what* was expected; for words, "BY after GROUP" of
 * BY and *where* "after GROUP". */
bool parse_expect(Parse *parse, TokenKind kind, const char *what);
bool parse_expect_word(Parse *parse, Keyword word, const char *where);

/* Refuses the current token: "expected *what*, found ...", with a hint where there is one. Both
 * return NULL, for either kind of function. */
void *parse_refuse(Parse *parse, const char *what);

/* Refuses what stands at *place*, in the words of the format. */
void *parse_refuse_at(Parse *parse, Place place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Refuses what Athena has and this program does not: "*name* is not taken here: *why*". */
void *parse_refuse_kind(Parse *parse, const char *name, const char *why);

/* One level deeper: false when the ceiling is reached. parse_leave goes back and gives *node*. */
bool parse_enter(Parse *parse);
Ast *parse_leave(Parse *parse, Ast *node);

/* A node that begins at the current token; NULL with *err*. */
Ast *parse_open(Parse *parse, AstKind kind);

/* A node that begins where *first* does, with *first* (NULL: fails) as its first child. */
Ast *parse_wrap(Parse *parse, AstKind kind, Ast *first);

/* Hangs *child* on *parent*. False when either is NULL, which has its reason in *err*. */
bool parse_add(Parse *parse, Ast *parent, Ast *child);

/* Ends the node at the last token that was taken, and gives it; NULL stays NULL. */
Ast *parse_close(Parse *parse, Ast *node);

/* Parentheses were around *node*, the first of them the token *open*: they belong to its place. */
Ast *parse_widen(Parse *parse, Ast *node, uint32_t open);

/* A node of the current token alone, which is taken, with *text*; NULL with *err*. */
Ast *parse_leaf(Parse *parse, AstKind kind, Str text);

/* The current token as it stands in the statement. */
Str parse_raw(const Parse *parse);

/* What the lexer says of a token's meaning, *ok* or *err*, which gets the token's place. */
bool parse_meaning(Parse *parse, bool ok, Place place);

/* The folded text of the current token, which is a word or a name: false with *err*. */
bool parse_text(Parse *parse, Str *ret);

/* A name; *what* is expected, such as "a name after AS". `kind` is AST_NAME or AST_COLUMN. */
Ast *parse_name(Parse *parse, AstKind kind, const char *what);

/* a.b.c as a path; *what* is expected. */
Ast *parse_path(Parse *parse, const char *what);

/* A string of either kind; *what* is expected. */
Ast *parse_string(Parse *parse, const char *what);

/* A number without point. */
Ast *parse_integer(Parse *parse, const char *what);

/* Reads items with *read* and hangs them on *parent*, commas between them. */
typedef Ast *(*ParseRead)(Parse *parse);
bool parse_list(Parse *parse, Ast *parent, ParseRead read);

/* *kind* with the items that *read* reads behind an opening parenthesis, and the closing one. */
bool parse_list_in_parentheses(Parse *parse, Ast *parent, ParseRead read, const char *where);

/* "(a, b)", names in parentheses, as `columns` or `using`, which begins a token before. */
Ast *parse_columns(Parse *parse);
Ast *parse_using(Parse *parse);

/* DISTINCT gives AST_DISTINCT; ALL, where it is not a name, gives 0 as no word does. */
uint32_t parse_quantifier(Parse *parse);

/* An alias without AS: a name that is not the beginning of a clause such as LIMIT 5. */
bool parse_is_alias(const Parse *parse);

/* Queries (parse_query.c). parse_query reads one up to its end, parse_query_in_parentheses one in
 * parentheses, *where* being said of what is missing. */
Ast *parse_query(Parse *parse);
Ast *parse_query_in_parentheses(Parse *parse, const char *where);

/* PARTITION BY ... ORDER BY ... ROWS ..., in parentheses (parse_window.c). */
Ast *parse_window(Parse *parse);

/* The clauses WINDOW a AS (...), and ORDER BY a, b. */
Ast *parse_windows(Parse *parse);
Ast *parse_order_by(Parse *parse);

/* A relation with its joins (parse_relation.c). */
Ast *parse_relation(Parse *parse);

/* The query that the function *path* stands for; the current token is the '(' behind its name
 * (table_function_table.h). */
Ast *parse_table_function(Parse *parse, const Ast *path);

/* Any expression; one without AND, OR, NOT and comparisons (parse_expression.c); one without
 * operators (parse_primary.c). */
Ast *parse_expression(Parse *parse);
Ast *parse_value(Parse *parse);
Ast *parse_primary(Parse *parse);

/* INTERVAL '7' DAY, and a field of it: YEAR to SECOND, as text (parse_primary.c, parse_type.c). */
Ast *parse_interval(Parse *parse);
bool parse_interval_fields(Parse *parse, Str *ret);

/* A call of the function whose name begins here (parse_function.c). */
Ast *parse_call(Parse *parse);

/* What reads like a function but has words between its arguments (parse_special.c): EXTRACT(DAY
 * FROM x), POSITION, SUBSTRING, TRIM, NORMALIZE, LISTAGG, GROUPING. The first says whether the
 * current token begins one. */
bool parse_is_special(const Parse *parse);
Ast *parse_special(Parse *parse);

/* FILTER (WHERE condition), if it stands here, hung on *call*. */
bool parse_filter(Parse *parse, Ast *call);

/* JSON_EXISTS, JSON_VALUE, JSON_QUERY, JSON_OBJECT, JSON_ARRAY (parse_json.c). */
Ast *parse_json(Parse *parse);

/* A type (parse_type.c). */
Ast *parse_type(Parse *parse);

#endif
