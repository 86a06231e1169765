/* parse_table_function.c - a function behind FROM becomes the query that it stands for (parse.h).
 */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "parser/parse.h"
#include "parser/parser.h"

enum { ARGUMENT_BYTES_MAX = 1000, TEXT_BYTES_MAX = 64 << 10, NAMES_BYTES = 100 };

static const struct {
    const char *name;
    const char *argument;
    const char *query;
} FUNCTIONS[] = {
#define TABLE_FUNCTION(name, argument, query) {(name), (argument), (query)},
#include "parser/table_function_table.h"
#undef TABLE_FUNCTION
};

enum { FUNCTION_COUNT = sizeof FUNCTIONS / sizeof *FUNCTIONS };

static Ast *refuse_name(Parse *parse, const Ast *path)
{
    char quote[PLACE_QUOTE_BYTES];
    place_quote(path->last->text, quote);
    return parse_refuse_at(parse, path->place,
                           "the table function '%s' is not taken here: only tables, queries, "
                           "UNNEST and lineage('an access key') are",
                           quote);
}

/* FUNCTION_COUNT: none. */
static size_t find_function(const Ast *path)
{
    size_t function = 0;
    while (
        function < FUNCTION_COUNT &&
        (path->count != 1 || !str_equal_nocase(path->last->text, str_of(FUNCTIONS[function].name))))
        function++;
    return function;
}

/* The query's text with the argument, a string in its quotes, in place. It lives in the arena. */
static bool expand(Parse *parse, size_t function, Str argument, Str *ret)
{
    BUF_AUTO Buf text = buf_init(TEXT_BYTES_MAX);
    const char *at = FUNCTIONS[function].query;
    bool ok = true;
    for (const char *mark = strstr(at, "$1"); ok && mark; mark = strstr(at, "$1")) {
        ok = buf_append(&text, at, (size_t)(mark - at), parse->err) &&
             buf_append_str(&text, argument, parse->err);
        at = mark + 2;
    }
    const char *copy = ok && buf_append(&text, at, strlen(at), parse->err)
                           ? arena_text(parse->arena, buf_str(&text), parse->err)
                           : NULL;
    *ret = (Str){copy, text.len};
    return copy != NULL;
}

/* The whole query stands where its function does. */
static void move_to(Ast *tree, Place place)
{
    tree->place = place;
    for (Ast *child = tree->first; child; child = child->next)
        move_to(child, place);
}

static Ast *read_query(const Parse *parse, Str text, Buf *tokens)
{
    char complaint[LEXER_COMPLAINT_BYTES];
    if (!lexer_read(text, tokens, complaint, parse->err))
        return NULL;
    Parse inner = {.sql = text,
                   .tokens = (const Token *)(const void *)tokens->ptr,
                   .last = (uint32_t)(tokens->len / sizeof(Token)) - 1,
                   .depth = parse->depth,
                   .complaint = complaint,
                   .arena = parse->arena,
                   .err = parse->err};
    return parse_query(&inner);
}

/* The string in parentheses; empty with *err*. */
static Str take_argument(Parse *parse, size_t function)
{
    char what[NAMES_BYTES];
    (void)snprintf(what, sizeof what, "%s as a string: %s('...')", FUNCTIONS[function].argument,
                   FUNCTIONS[function].name);
    parse->at++;
    const Place place = parse_token(parse, 0)->place;
    if (!parse_expect(parse, TOKEN_STRING, what) || !parse_expect(parse, TOKEN_CLOSE, "')'"))
        return STR("");
    if (place.end - place.at <= ARGUMENT_BYTES_MAX)
        return str_slice(parse->sql, place.at, place.end);
    parse_refuse_at(parse, place, "the argument is longer than %d bytes", ARGUMENT_BYTES_MAX);
    return STR("");
}

Ast *parse_table_function(Parse *parse, const Ast *path)
{
    BUF_AUTO Buf tokens = buf_init((PARSER_SQL_BYTES_MAX + 1) * sizeof(Token));
    Str text;
    size_t function = find_function(path);
    if (function == FUNCTION_COUNT)
        return refuse_name(parse, path);
    Ast *derived = parse_open(parse, AST_DERIVED);
    Str argument = take_argument(parse, function);
    if (!derived || !argument.len || !expand(parse, function, argument, &text))
        return NULL;
    Ast *query = read_query(parse, text, &tokens);
    if (!parse_add(parse, derived, query) || !parse_close(parse, derived))
        return NULL;
    move_to(derived, (Place){path->place.at, derived->place.end});
    return derived;
}
