/* parse_refuse.c - what is said of a statement that is not taken (parse.h). */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "parser/parse.h"

enum { FOUND_BYTES = PLACE_QUOTE_BYTES + 160, HINT_BYTES = 200, WORD_BYTES_MAX = 12 };

void *parse_refuse_at(Parse *parse, Place place, const char *format, ...)
{
    char text[ERROR_TEXT_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    parse->culprit = place;
    place_error(parse->sql, place, parse->err, "%s", text);
    return NULL;
}

void *parse_refuse_kind(Parse *parse, const char *name, const char *why)
{
    return parse_refuse_at(parse, parse_token(parse, 0)->place, "%s is not taken here: %s", name,
                           why);
}

static Str text_of(const Parse *parse, const Token *token)
{
    return str_slice(parse->sql, token->place.at, token->place.end);
}

static void describe_found(const Parse *parse, char out[FOUND_BYTES])
{
    char quote[PLACE_QUOTE_BYTES];
    const Token *token = parse_token(parse, 0);
    place_quote(text_of(parse, token), quote);
    switch ((TokenKind)token->kind) {
    case TOKEN_END:
        snprintf(out, FOUND_BYTES, "the end of the statement");
        return;
    case TOKEN_BACK_QUOTED:
        snprintf(out, FOUND_BYTES, "%s; back-quotes are for DDL, here names stand in double quotes",
                 quote);
        return;
    case TOKEN_DIGIT_NAME:
        snprintf(out, FOUND_BYTES, "'%s'; a name that begins with a digit stands in double quotes",
                 quote);
        return;
    case TOKEN_STRING:
    case TOKEN_UNICODE:
    case TOKEN_BINARY:
        snprintf(out, FOUND_BYTES, "the string %s", quote);
        return;
    default:
        snprintf(out, FOUND_BYTES, "'%s'", quote);
    }
}

/* The innermost '(' before here that nothing closes. */
static const Token *find_unclosed(const Parse *parse)
{
    for (uint32_t i = parse->at; i--;)
        if (parse->tokens[i].kind == TOKEN_OPEN && !parse->tokens[i].match)
            return &parse->tokens[i];
    return NULL;
}

/* The word is one letter away from the keyword, or has its letters in another order. */
static bool resembles(Str word, Str keyword)
{
    char capitals[WORD_BYTES_MAX];
    int balance[128] = {0};
    if (word.len < 3 || word.len > sizeof capitals)
        return false;
    for (size_t i = 0; i < word.len; i++) {
        char c = word.ptr[i] >= 'a' && word.ptr[i] <= 'z' ? (char)(word.ptr[i] - 32) : word.ptr[i];
        capitals[i] = c;
        balance[(unsigned char)c & 127]++;
    }
    for (size_t i = 0; i < keyword.len; i++)
        balance[(unsigned char)keyword.ptr[i]]--;
    bool same_letters = true;
    for (size_t i = 0; i < sizeof balance / sizeof *balance; i++)
        same_letters &= balance[i] == 0;
    size_t distance = str_distance((Str){capitals, word.len}, keyword);
    return distance == 1 || (distance == 2 && same_letters);
}

static bool hint_misspelt(const Parse *parse, const Token *token, char out[HINT_BYTES])
{
    static const char *const WORDS[] = {
        "SELECT", "FROM",   "WHERE",   "GROUP", "ORDER", "HAVING", "LIMIT",   "OFFSET", "UNION",
        "JOIN",   "VALUES", "BETWEEN", "LIKE",  "INNER", "OUTER",  "EXPLAIN", "SHOW",   "DESCRIBE"};
    if (token->kind != TOKEN_NAME || token->keyword != KEYWORD_NONE)
        return false;
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (resembles(text_of(parse, token), str_of(WORDS[i]))) {
            snprintf(out, HINT_BYTES, "; is '%.*s' meant as %s?", STR_ARG(text_of(parse, token)),
                     WORDS[i]);
            return true;
        }
    return false;
}

/* Words and signs of other dialects. */
static const char *find_foreign(const Parse *parse)
{
    static const struct {
        const char *word;
        const char *hint;
    } FOREIGN[] = {
        {"ilike", "; without regard to case, compare lower(x) LIKE 'pattern'"},
        {"rlike", "; for regular expressions there is regexp_like(x, 'pattern')"},
        {"regexp", "; for regular expressions there is regexp_like(x, 'pattern')"},
        {"similar", "; for regular expressions there is regexp_like(x, 'pattern')"},
        {"qualify", "; filter on a window function in a query around this one"},
        {"div", "; '/' of two integers gives an integer"},
        {"semi", "; for a semi join there is WHERE EXISTS (SELECT ...)"},
        {"anti", "; for an anti join there is WHERE NOT EXISTS (SELECT ...)"},
    };
    const Token *token = parse_token(parse, 0);
    if (token->kind == TOKEN_COLON && parse_ahead(parse, 1, TOKEN_COLON))
        return "; to change a type, write CAST(x AS type)";
    if (token->kind == TOKEN_INTEGER && parse->at &&
        parse->tokens[parse->at - 1].keyword == KEYWORD_INTERVAL)
        return "; the number of an interval stands in quotes, INTERVAL '7' DAY";
    for (size_t i = 0; i < sizeof FOREIGN / sizeof *FOREIGN; i++)
        if (token->kind == TOKEN_NAME &&
            str_equal_nocase(text_of(parse, token), str_of(FOREIGN[i].word)))
            return FOREIGN[i].hint;
    return NULL;
}

static void find_hint(const Parse *parse, char out[HINT_BYTES])
{
    const char *foreign = find_foreign(parse);
    const Token *unclosed = NULL;
    out[0] = '\0';
    if (foreign)
        snprintf(out, HINT_BYTES, "%s", foreign);
    else if (parse_is(parse, TOKEN_END))
        unclosed = find_unclosed(parse);
    else if (!hint_misspelt(parse, parse_token(parse, 0), out) && parse->at)
        hint_misspelt(parse, &parse->tokens[parse->at - 1], out);
    if (unclosed) {
        uint32_t line, column;
        place_line(parse->sql, unclosed->place.at, &line, &column);
        snprintf(out, HINT_BYTES, "; the '(' at line %u:%u is not closed", line, column);
    }
}

void *parse_refuse(Parse *parse, const char *what)
{
    char found[FOUND_BYTES], hint[HINT_BYTES];
    const Token *token = parse_token(parse, 0);
    if (token->kind == TOKEN_BAD)
        return parse_refuse_at(parse, token->place, "%s", parse->complaint);
    describe_found(parse, found);
    find_hint(parse, hint);
    return parse_refuse_at(parse, token->place, "expected %s, found %s%s", what, found, hint);
}

bool parse_expect(Parse *parse, TokenKind kind, const char *what)
{
    return parse_take(parse, kind) || parse_refuse(parse, what);
}

bool parse_expect_word(Parse *parse, Keyword word, const char *where)
{
    char what[HINT_BYTES];
    if (parse_take_word(parse, word))
        return true;
    snprintf(what, sizeof what, "%s%s%s", keyword_name(word), where[0] ? " " : "", where);
    return parse_refuse(parse, what);
}
