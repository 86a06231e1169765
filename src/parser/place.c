/* place.c - lines, columns and quotes for messages. */
#include "parser/place.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { QUOTE_CHARACTERS = 40, CHARACTER_BYTES = 4 };

_Static_assert(PLACE_QUOTE_BYTES > QUOTE_CHARACTERS * CHARACTER_BYTES + 3, "room for a quote");

static bool continues_character(char c)
{
    return ((unsigned char)c & 0xc0) == 0x80;
}

void place_line(Str sql, uint32_t at, uint32_t *ret_line, uint32_t *ret_column)
{
    uint32_t line = 1, column = 1;
    for (size_t i = 0; i < at && i < sql.len; i++) {
        if (sql.ptr[i] == '\n') {
            line++;
            column = 1;
        } else if (!continues_character(sql.ptr[i])) {
            column++;
        }
    }
    *ret_line = line;
    *ret_column = column;
}

/* A character of *len* bytes that a terminal obeys or nobody sees: C0, DEL, C1, the soft hyphen,
 * zero-width ones, marks of direction, the separators of lines. */
static bool is_unsafe(const unsigned char *p, size_t len)
{
    if (len == 1)
        return p[0] < 0x20 || p[0] == 0x7f;
    if (len == 2)
        return p[0] == 0xc2 && (p[1] < 0xa0 || p[1] == 0xad);
    if (len != 3)
        return p[0] == 0xf3 && p[1] == 0xa0; /* tags */
    unsigned code = (p[0] & 0xfu) << 12 | (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu);
    return (code >= 0x200b && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) ||
           (code >= 0x2060 && code <= 0x206f) || code == 0xfeff || code == 0x061c;
}

Str place_quote(Str text, char out[PLACE_QUOTE_BYTES])
{
    size_t used = 0, i = 0;
    for (unsigned n = 0; i < text.len && n < QUOTE_CHARACTERS; n++) {
        size_t len = 1;
        while (len < CHARACTER_BYTES && i + len < text.len &&
               continues_character(text.ptr[i + len]))
            len++;
        if (is_unsafe((const unsigned char *)text.ptr + i, len)) {
            out[used++] = '?';
        } else {
            memcpy(out + used, text.ptr + i, len);
            used += len;
        }
        i += len;
    }
    if (i < text.len) {
        memcpy(out + used, "...", 3);
        used += 3;
    }
    out[used] = '\0';
    return (Str){out, used};
}

bool place_error(Str sql, Place place, Error *err, const char *format, ...)
{
    char text[ERROR_TEXT_MAX];
    uint32_t line, column;
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    place_line(sql, place.at, &line, &column);
    return error_set(err, ERROR_USAGE, "line %u:%u: %s", line, column, text);
}

bool place_is_uuid(Str text)
{
    static const char PATTERN[] = "hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh";
    bool ok = text.len == sizeof PATTERN - 1;
    for (size_t i = 0; ok && i < text.len; i++) {
        char c = str_lower(text.ptr[i]);
        ok = PATTERN[i] == '-' ? c == '-' : (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    }
    return ok;
}
