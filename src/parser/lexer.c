/* lexer.c - the text of a statement is cut into tokens. */
#include "parser/lexer.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"

typedef struct Lexer {
    Str sql;
    size_t at;
    Buf *tokens;
    uint32_t open; /* index of the innermost '(' that is open, 0 for none */
    char *complaint;
    Error *err;
} Lexer;

/* Byte *ahead* from here, NUL behind the end. */
static char peek(const Lexer *lexer, size_t ahead)
{
    return lexer->at + ahead < lexer->sql.len ? lexer->sql.ptr[lexer->at + ahead] : '\0';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_word_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_word(char c)
{
    return is_word_start(c) || is_digit(c);
}

/* Adds the next *len* bytes as a token and moves behind them. */
static bool add(Lexer *lexer, TokenKind kind, size_t len)
{
    Token token = {.place = {(uint32_t)lexer->at, (uint32_t)(lexer->at + len)},
                   .kind = (uint8_t)kind};
    if (kind == TOKEN_NAME)
        token.keyword = (uint16_t)keyword_find((Str){lexer->sql.ptr + lexer->at, len});
    lexer->at += len;
    return buf_append(lexer->tokens, &token, sizeof token, lexer->err);
}

/* Ends the tokens here. */
static bool add_bad(Lexer *lexer, size_t len, const char *complaint)
{
    snprintf(lexer->complaint, LEXER_COMPLAINT_BYTES, "%.*s", LEXER_COMPLAINT_BYTES - 1, complaint);
    bool ok = add(lexer, TOKEN_BAD, len);
    lexer->at = lexer->sql.len;
    return ok;
}

/* A character that no token begins with. */
static bool add_stranger(Lexer *lexer)
{
    static const struct {
        const char *character;
        const char *complaint;
    } KNOWN[] = {
        {"\u201c", "expected straight quotes, found '\u201c'"},
        {"\u201d", "expected straight quotes, found '\u201d'"},
        {"\u2018", "expected straight quotes, found '\u2018'"},
        {"\u2019", "expected straight quotes, found '\u2019'"},
        {"\u00a0", "expected SQL, found a no-break space (U+00A0)"},
        {"\ufeff", "expected SQL, found a byte order mark (U+FEFF)"},
        {"!", "expected NOT or '!=', found '!'"},
        {"|", "expected '||', found '|'; for bits there are bitwise_or(a, b) and its like"},
        {"&", "expected AND, found '&'; for bits there are bitwise_and(a, b) and its like"},
        {"{", "expected SQL, found '{'; is a placeholder not filled in?"},
        {"$", "expected SQL, found '$'; names with it stand in double quotes, such as \"$path\""},
    };
    const char *here = lexer->sql.ptr + lexer->at, *end = lexer->sql.ptr + lexer->sql.len;
    Str character = {here, json_utf8_length(here, end)};
    for (size_t i = 0; i < sizeof KNOWN / sizeof *KNOWN; i++)
        if (str_equal(character, str_of(KNOWN[i].character)))
            return add_bad(lexer, character.len, KNOWN[i].complaint);
    char quote[PLACE_QUOTE_BYTES], complaint[PLACE_QUOTE_BYTES + 100];
    place_quote(character, quote);
    if (strcmp(quote, "?") == 0)
        snprintf(complaint, sizeof complaint, "expected SQL, found a character that is not shown");
    else if (character.len > 1)
        snprintf(complaint, sizeof complaint,
                 "expected SQL, found '%s'; names with it stand in double quotes", quote);
    else
        snprintf(complaint, sizeof complaint, "expected SQL, found '%s'", quote);
    return add_bad(lexer, character.len, complaint);
}

/* A text between *quote*s, where a double one stands for one; *prefix* bytes stand before it. */
static bool add_quoted(Lexer *lexer, TokenKind kind, size_t prefix, char quote)
{
    size_t from = lexer->at + prefix + 1;
    for (;;) {
        size_t close = str_find_byte(lexer->sql, quote, from);
        if (close == lexer->sql.len)
            return add_bad(lexer, prefix + 1,
                           quote == '\'' ? "the string that begins here is not closed: expected '"
                                         : "the name that begins here is not closed");
        if (close + 1 == lexer->sql.len || lexer->sql.ptr[close + 1] != quote)
            return add(lexer, kind, close + 1 - lexer->at);
        from = close + 2;
    }
}

static bool add_word(Lexer *lexer)
{
    char first = peek(lexer, 0);
    if ((first == 'x' || first == 'X') && peek(lexer, 1) == '\'')
        return add_quoted(lexer, TOKEN_BINARY, 1, '\'');
    if ((first == 'u' || first == 'U') && peek(lexer, 1) == '&' && peek(lexer, 2) == '\'')
        return add_quoted(lexer, TOKEN_UNICODE, 2, '\'');
    size_t len = 1;
    while (is_word(peek(lexer, len)))
        len++;
    return add(lexer, TOKEN_NAME, len);
}

static bool is_radix_digit(char c, char radix)
{
    switch (radix) {
    case 'b':
        return c == '0' || c == '1';
    case 'o':
        return c >= '0' && c <= '7';
    case 'x':
        return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    default:
        return is_digit(c);
    }
}

/* Moves *len* over digits of a radix, single underscores before any but the first (or before the
 * first, too, behind 0x). True when there was an underscore. */
static bool skip_digits(const Lexer *lexer, size_t *len, char radix)
{
    bool underscore = false;
    bool begun = radix != 'd';
    for (;;) {
        size_t skip = begun && peek(lexer, *len) == '_';
        if (!is_radix_digit(peek(lexer, *len + skip), radix))
            return underscore;
        underscore |= skip > 0;
        begun = true;
        *len += skip + 1;
    }
}

static bool skip_exponent(const Lexer *lexer, size_t *len)
{
    size_t at = *len;
    if (peek(lexer, at) != 'e' && peek(lexer, at) != 'E')
        return false;
    at += peek(lexer, at + 1) == '+' || peek(lexer, at + 1) == '-' ? 2 : 1;
    if (!is_digit(peek(lexer, at)))
        return false;
    while (is_digit(peek(lexer, at)))
        at++;
    *len = at;
    return true;
}

/* 0xff, 0o17, 0b11: the length, or 0 when it is none. */
static size_t radix_length(const Lexer *lexer)
{
    char letter = (char)(peek(lexer, 1) | 0x20);
    size_t len = 2;
    if (peek(lexer, 0) != '0' || !strchr("box", letter))
        return 0;
    skip_digits(lexer, &len, letter);
    return len > 2 ? len : 0;
}

/* The longest of the forms of numbers, or a name that begins with a digit where that is longer. */
static bool add_number(Lexer *lexer)
{
    TokenKind kind = TOKEN_INTEGER;
    size_t len = radix_length(lexer), word = 0;
    if (!len) {
        bool underscore = skip_digits(lexer, &len, 'd');
        if (peek(lexer, len) == '.') {
            kind = TOKEN_DECIMAL;
            len++;
            underscore |= skip_digits(lexer, &len, 'd');
        }
        if (!underscore && skip_exponent(lexer, &len))
            kind = TOKEN_DOUBLE;
    }
    while (is_word(peek(lexer, word)))
        word++;
    return word > len ? add(lexer, TOKEN_DIGIT_NAME, word) : add(lexer, kind, len);
}

static bool add_parenthesis(Lexer *lexer, bool opens)
{
    uint32_t index = (uint32_t)(lexer->tokens->len / sizeof(Token));
    if (!add(lexer, opens ? TOKEN_OPEN : TOKEN_CLOSE, 1))
        return false;
    Token *tokens = (Token *)(void *)lexer->tokens->ptr;
    if (opens) {
        tokens[index].match = lexer->open;
        lexer->open = index + 1;
    } else if (lexer->open) {
        Token *open = &tokens[lexer->open - 1];
        lexer->open = open->match;
        open->match = index;
    }
    return true;
}

/* Until it is closed, a '(' holds the one around it; what stays open matches nothing. */
static void clear_open(Lexer *lexer)
{
    Token *tokens = (Token *)(void *)lexer->tokens->ptr;
    while (lexer->open) {
        Token *open = &tokens[lexer->open - 1];
        lexer->open = open->match;
        open->match = 0;
    }
}

static bool add_operator(Lexer *lexer)
{
    static const struct {
        char text[3];
        uint8_t kind;
    } OPERATORS[] = {
        {"<>", TOKEN_NOT_EQUAL},    {"!=", TOKEN_NOT_EQUAL},
        {"<=", TOKEN_LESS_EQUAL},   {">=", TOKEN_GREATER_EQUAL},
        {"||", TOKEN_CONCAT},       {"->", TOKEN_ARROW},
        {"=>", TOKEN_DOUBLE_ARROW}, {"=", TOKEN_EQUAL},
        {"<", TOKEN_LESS},          {">", TOKEN_GREATER},
        {"+", TOKEN_PLUS},          {"-", TOKEN_MINUS},
        {"*", TOKEN_STAR},          {"/", TOKEN_SLASH},
        {"%", TOKEN_PERCENT},       {".", TOKEN_DOT},
        {",", TOKEN_COMMA},         {";", TOKEN_SEMICOLON},
        {"[", TOKEN_OPEN_BRACKET},  {"]", TOKEN_CLOSE_BRACKET},
        {"?", TOKEN_QUESTION},      {":", TOKEN_COLON},
    };
    Str rest = str_slice(lexer->sql, lexer->at, lexer->sql.len);
    for (size_t i = 0; i < sizeof OPERATORS / sizeof *OPERATORS; i++)
        if (str_starts(rest, str_of(OPERATORS[i].text)))
            return add(lexer, (TokenKind)OPERATORS[i].kind, strlen(OPERATORS[i].text));
    return add_stranger(lexer);
}

/* Moves behind the comment that begins here, false when it does not end. */
static bool skip_comment(Lexer *lexer)
{
    size_t at = lexer->at + 2;
    if (peek(lexer, 0) == '-') {
        while (at < lexer->sql.len && lexer->sql.ptr[at] != '\n' && lexer->sql.ptr[at] != '\r')
            at++;
        lexer->at = at;
        return true;
    }
    do
        at = str_find_byte(lexer->sql, '*', at) + 1;
    while (at < lexer->sql.len && lexer->sql.ptr[at] != '/');
    if (at >= lexer->sql.len)
        return false;
    lexer->at = at + 1;
    return true;
}

/* Moves over white space and comments, false at a comment that does not end. */
static bool skip_space(Lexer *lexer)
{
    for (;;) {
        char c = peek(lexer, 0);
        if (c == ' ' || c == '\t' || c == '\r' || c == '\n')
            lexer->at++;
        else if ((c == '-' && peek(lexer, 1) == '-') || (c == '/' && peek(lexer, 1) == '*')) {
            if (!skip_comment(lexer))
                return false;
        } else
            return true;
    }
}

static bool add_token(Lexer *lexer)
{
    char c = peek(lexer, 0);
    if (is_word_start(c))
        return add_word(lexer);
    if (is_digit(c) || (c == '.' && is_digit(peek(lexer, 1))))
        return add_number(lexer);
    if (c == '\'')
        return add_quoted(lexer, TOKEN_STRING, 0, c);
    if (c == '"')
        return add_quoted(lexer, TOKEN_QUOTED, 0, c);
    if (c == '`')
        return add_quoted(lexer, TOKEN_BACK_QUOTED, 0, c);
    if (c == '(' || c == ')')
        return add_parenthesis(lexer, c == '(');
    return add_operator(lexer);
}

/* The first byte that is not part of UTF-8, or a NUL; the text's length when there is none. */
static size_t find_foul(Str sql)
{
    size_t at = 0;
    while (at < sql.len && sql.ptr[at]) {
        unsigned len = json_utf8_length(sql.ptr + at, sql.ptr + sql.len);
        if (!len)
            break;
        at += len;
    }
    return at;
}

/* The end stands right behind the last token, where what is missing belongs. */
static bool add_end(Lexer *lexer)
{
    size_t count = lexer->tokens->len / sizeof(Token);
    const Token *tokens = (const Token *)(const void *)lexer->tokens->ptr;
    lexer->at = count ? tokens[count - 1].place.end : 0;
    return add(lexer, TOKEN_END, 0);
}

bool lexer_read(Str sql, Buf *tokens, char complaint[LEXER_COMPLAINT_BYTES], Error *err)
{
    Lexer lexer = {.sql = sql, .tokens = tokens, .complaint = complaint, .err = err};
    assert(sql.len < UINT32_MAX);
    complaint[0] = '\0';
    size_t foul = find_foul(sql);
    if (foul < sql.len) {
        lexer.at = foul;
        return add_bad(&lexer, 1,
                       sql.ptr[foul] ? "the text is not UTF-8 from here on" : "the text has a NUL");
    }
    for (;;) {
        if (!skip_space(&lexer) &&
            !add_bad(&lexer, 2, "the comment that begins here is not closed"))
            return false;
        if (lexer.at >= sql.len)
            break;
        if (!add_token(&lexer))
            return false;
    }
    clear_open(&lexer);
    return complaint[0] != '\0' || add_end(&lexer);
}
