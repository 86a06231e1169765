/* lexer_text.c - what tokens mean: names, strings, numbers (lexer.h). */
#include <string.h>

#include "parser/lexer.h"

/* What stands between the quotes, *prefix* bytes before the first. */
static Str inside(Str raw, size_t prefix)
{
    return str_slice(raw, prefix + 1, raw.len - 1);
}

/* *text* with every pair of *quote* as one; itself when there is none. */
static bool undouble(Str text, char quote, Arena *arena, Str *ret, Error *err)
{
    *ret = text;
    if (str_find_byte(text, quote, 0) == text.len)
        return true;
    char *copy = arena_alloc(arena, text.len, err);
    if (!copy)
        return false;
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        copy[len++] = text.ptr[i];
        i += text.ptr[i] == quote;
    }
    *ret = (Str){copy, len};
    return true;
}

static bool fold(Str word, Arena *arena, Str *ret, Error *err)
{
    size_t i = 0;
    while (i < word.len && !(word.ptr[i] >= 'A' && word.ptr[i] <= 'Z'))
        i++;
    *ret = word;
    if (i == word.len)
        return true;
    char *copy = arena_alloc(arena, word.len, err);
    if (!copy)
        return false;
    for (i = 0; i < word.len; i++)
        copy[i] = word.ptr[i] >= 'A' && word.ptr[i] <= 'Z' ? (char)(word.ptr[i] + 32) : word.ptr[i];
    *ret = (Str){copy, word.len};
    return true;
}

bool lexer_name(Str raw, Arena *arena, Str *ret, Error *err)
{
    if (raw.ptr[0] != '"' && raw.ptr[0] != '`')
        return fold(raw, arena, ret, err);
    Str name = inside(raw, 0);
    if (!name.len)
        return error_set(err, ERROR_USAGE, "expected a name between the quotes, found nothing");
    return undouble(name, raw.ptr[0], arena, ret, err);
}

bool lexer_string(Str raw, Arena *arena, Str *ret, Error *err)
{
    return undouble(inside(raw, 0), '\'', arena, ret, err);
}

/* The value of a hexadecimal digit, or 16. */
static uint32_t hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return (uint32_t)(c - '0');
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a' + 10) : 16;
}

/* The number of *digits* hexadecimal digits at *from*. */
static bool read_code(Str text, size_t from, size_t digits, uint32_t *ret)
{
    uint32_t code = 0;
    if (text.len < from + digits)
        return false;
    for (size_t i = 0; i < digits; i++) {
        uint32_t value = hex_value(text.ptr[from + i]);
        if (value > 15)
            return false;
        code = code << 4 | value;
    }
    *ret = code;
    return true;
}

static size_t put_utf8(char *to, uint32_t code)
{
    if (code < 0x80) {
        to[0] = (char)code;
        return 1;
    }
    size_t len = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = len - 1; i > 0; i--, code >>= 6)
        to[i] = (char)(0x80 | (code & 0x3f));
    to[0] = (char)((0xf00 >> len & 0xff) | code);
    return len;
}

/* One escape at *from*, of which the escape character was read: its length, or 0 with *err*. */
static size_t read_escape(Str text, size_t from, uint32_t *ret, Error *err)
{
    bool six = from < text.len && text.ptr[from] == '+';
    if (!read_code(text, from + six, six ? 6 : 4, ret)) {
        error_set(err, ERROR_USAGE, "expected four digits 0-9A-F behind the escape, or + and six");
        return 0;
    }
    if (*ret == 0 || *ret > 0x10ffff || (*ret >= 0xd800 && *ret <= 0xdfff)) {
        error_set(err, ERROR_USAGE, "the escape of U+%04X is no character", *ret);
        return 0;
    }
    return six ? 7 : 4;
}

static bool read_escape_character(Str escape, char *ret, Error *err)
{
    *ret = '\\';
    if (!escape.len)
        return true;
    Str inner = inside(escape, 0);
    bool fits = inner.len == 1 && (unsigned char)inner.ptr[0] > ' ' &&
                (unsigned char)inner.ptr[0] < 0x7f && hex_value(inner.ptr[0]) == 16 &&
                !memchr("+'\"", inner.ptr[0], 3);
    if (!fits)
        return error_set(err, ERROR_USAGE,
                         "expected one character behind UESCAPE, other than a digit, a letter of "
                         "A-F, + or a quote");
    *ret = inner.ptr[0];
    return true;
}

bool lexer_unicode(Str raw, Str escape, Arena *arena, Str *ret, Error *err)
{
    Str text = {NULL, 0};
    char mark;
    if (!read_escape_character(escape, &mark, err) ||
        !undouble(inside(raw, 2), '\'', arena, &text, err))
        return false;
    char *copy = arena_alloc(arena, text.len, err);
    if (!copy)
        return false;
    size_t len = 0;
    for (size_t i = 0; i < text.len;) {
        char c = text.ptr[i++];
        bool is_mark = c == mark;
        if (!is_mark || (i < text.len && text.ptr[i] == mark)) {
            copy[len++] = c;
            i += is_mark;
            continue;
        }
        uint32_t code;
        size_t used = read_escape(text, i, &code, err);
        if (!used)
            return false;
        len += put_utf8(copy + len, code);
        i += used;
    }
    *ret = (Str){copy, len};
    return true;
}

bool lexer_binary(Str raw, Arena *arena, Str *ret, Error *err)
{
    Str text = inside(raw, 1);
    char *copy = arena_alloc(arena, text.len, err);
    if (!copy)
        return false;
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == ' ' || c == '\t' || c == '\r' || c == '\n')
            continue;
        if (hex_value(c) > 15)
            return error_set(err, ERROR_USAGE, "expected digits 0-9A-F in a binary literal");
        copy[len++] = c >= 'a' ? (char)(c - 32) : c;
    }
    if (len % 2)
        return error_set(err, ERROR_USAGE, "expected an even number of digits in a binary literal");
    *ret = (Str){copy, len};
    return true;
}

static uint64_t radix_of(Str raw)
{
    char letter = raw.len > 2 && raw.ptr[0] == '0' ? (char)(raw.ptr[1] | 0x20) : '\0';
    return letter == 'x' ? 16 : letter == 'o' ? 8 : letter == 'b' ? 2 : 10;
}

bool lexer_integer(Str raw, Arena *arena, Str *ret, Error *err)
{
    enum { DIGITS_MAX = 20 };
    const uint64_t most = (uint64_t)INT64_MAX + 1;
    uint64_t radix = radix_of(raw), value = 0;
    for (size_t i = radix == 10 ? 0 : 2; i < raw.len; i++) {
        if (raw.ptr[i] == '_')
            continue;
        uint64_t digit = hex_value(raw.ptr[i]);
        if (value > (most - digit) / radix)
            return error_set(err, ERROR_USAGE,
                             "the integer is larger than 9223372036854775807; with a point behind "
                             "it, it is a decimal");
        value = value * radix + digit;
    }
    char *copy = arena_alloc(arena, DIGITS_MAX, err);
    if (!copy)
        return false;
    size_t at = DIGITS_MAX;
    do
        copy[--at] = (char)('0' + value % 10);
    while (value /= 10);
    *ret = (Str){copy + at, DIGITS_MAX - at};
    return true;
}

bool lexer_number(Str raw, Arena *arena, Str *ret, Error *err)
{
    char *copy = arena_alloc(arena, raw.len, err);
    if (!copy)
        return false;
    size_t len = 0;
    for (size_t i = 0; i < raw.len; i++)
        if (raw.ptr[i] != '_')
            copy[len++] = raw.ptr[i];
    *ret = (Str){copy, len};
    return true;
}
