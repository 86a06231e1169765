/* lexer.h - the text of a statement as tokens with their places.
 *
 * sql -> [lexer] -> parser. Words are as in Trino: names in any case, "quoted" names, 'strings',
 * U&'strings' with escapes, X'binary', 1, 1.5, 1E5, 0xff, 1_000, comments of both kinds.
 *
 * Invariants
 *   1. Tokens stand in the order of the text and do not overlap; the last is TOKEN_END right behind
 *      the one before, or TOKEN_BAD where the text stops being tokens.
 *   2. With TOKEN_BAD, the complaint is one line that says why.
 *   3. `match` of a '(' is the index of its ')', or 0.
 * Thread safe: nothing is shared.
 */
#ifndef PARSER_LEXER_H
#define PARSER_LEXER_H

#include "base/arena.h"
#include "base/buf.h"
#include "parser/keyword.h"
#include "parser/place.h"

typedef enum {
    TOKEN_END,
    TOKEN_BAD,
    TOKEN_NAME,        /* a word; `keyword` says which, if one */
    TOKEN_QUOTED,      /* "a name" */
    TOKEN_BACK_QUOTED, /* `a name`, which only DDL has */
    TOKEN_DIGIT_NAME,  /* 1a, which is not a name */
    TOKEN_STRING,
    TOKEN_UNICODE, /* U&'...' */
    TOKEN_BINARY,  /* X'...' */
    TOKEN_INTEGER,
    TOKEN_DECIMAL,
    TOKEN_DOUBLE,
    TOKEN_EQUAL,
    TOKEN_NOT_EQUAL, /* <> or != */
    TOKEN_LESS,
    TOKEN_LESS_EQUAL,
    TOKEN_GREATER,
    TOKEN_GREATER_EQUAL,
    TOKEN_PLUS,
    TOKEN_MINUS,
    TOKEN_STAR,
    TOKEN_SLASH,
    TOKEN_PERCENT,
    TOKEN_CONCAT,       /* || */
    TOKEN_ARROW,        /* -> */
    TOKEN_DOUBLE_ARROW, /* => */
    TOKEN_DOT,
    TOKEN_COMMA,
    TOKEN_SEMICOLON,
    TOKEN_OPEN,
    TOKEN_CLOSE,
    TOKEN_OPEN_BRACKET,
    TOKEN_CLOSE_BRACKET,
    TOKEN_QUESTION,
    TOKEN_COLON,
} TokenKind;

typedef struct Token {
    Place place;
    uint32_t match;   /* of '(' */
    uint16_t keyword; /* Keyword of a TOKEN_NAME */
    uint8_t kind;     /* TokenKind */
} Token;

enum { LEXER_COMPLAINT_BYTES = 200 };

/* Appends the tokens of *sql*, at most 4 GiB, to *tokens* (Token each). A text that stops being
 * tokens is no failure: TOKEN_BAD ends the list. False when *tokens* cannot grow. */
bool lexer_read(Str sql, Buf *tokens, char complaint[LEXER_COMPLAINT_BYTES], Error *err)
    __attribute__((warn_unused_result));

/* What tokens mean, *raw* being their text. Results are in *arena*, or borrow from *raw*. False
 * with ERROR_USAGE, without a place, when the token has no meaning; ERROR_LIMIT from the arena. */

/* A TOKEN_NAME in lower case; a TOKEN_QUOTED or TOKEN_BACK_QUOTED as written between its quotes. */
bool lexer_name(Str raw, Arena *arena, Str *ret, Error *err) __attribute__((warn_unused_result));

/* The value of a TOKEN_STRING. */
bool lexer_string(Str raw, Arena *arena, Str *ret, Error *err) __attribute__((warn_unused_result));

/* The value of a TOKEN_UNICODE whose escapes begin with the character in the TOKEN_STRING *escape*
 * (UESCAPE '...'), a backslash when that is empty: \0041, \+01F600, \\. */
bool lexer_unicode(Str raw, Str escape, Arena *arena, Str *ret, Error *err)
    __attribute__((warn_unused_result));

/* The digits of a TOKEN_BINARY, in pairs and in capitals. */
bool lexer_binary(Str raw, Arena *arena, Str *ret, Error *err) __attribute__((warn_unused_result));

/* A TOKEN_INTEGER as decimal digits, at most 9223372036854775808. */
bool lexer_integer(Str raw, Arena *arena, Str *ret, Error *err) __attribute__((warn_unused_result));

/* A TOKEN_DECIMAL or TOKEN_DOUBLE without underscores. */
bool lexer_number(Str raw, Arena *arena, Str *ret, Error *err) __attribute__((warn_unused_result));

#endif
