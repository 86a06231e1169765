/* place.h - where in a statement something stands, and errors that say so.
 *
 * sql -> [lexer -> parser] -> tree. Everything that has an opinion on a statement speaks of it by
 * these, so that all messages look alike. Thread safe: nothing is shared.
 */
#ifndef PARSER_PLACE_H
#define PARSER_PLACE_H

#include <stdint.h>

#include "base/error.h"
#include "base/str.h"

/* Bytes [at, end) of the statement's text. */
typedef struct Place {
    uint32_t at;
    uint32_t end;
} Place;

enum { PLACE_QUOTE_BYTES = 200 };

/* The line and the column of a byte, both from 1. Columns count characters, as Trino's do; lines
 * end with LF. Positions behind the text are the place behind its last character. */
void place_line(Str sql, uint32_t at, uint32_t *ret_line, uint32_t *ret_column);

/* Writes *text* into *out* so that it may stand in a message: one line, at most 40 characters and
 * then "...", characters that move the cursor, hide or turn the direction of the text as '?'.
 * Returns what was written, NUL-terminated. *text* is valid UTF-8. */
Str place_quote(Str text, char out[PLACE_QUOTE_BYTES]);

/* Whether *text* is a UUID: 36 bytes, hexadecimal digits and '-' in their places. */
bool place_is_uuid(Str text);

/* Fills *err* with ERROR_USAGE, "line 3:15: " and the formatted text. Returns false. */
bool place_error(Str sql, Place place, Error *err, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
