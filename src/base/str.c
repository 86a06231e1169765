#include "base/str.h"

#include <string.h>

Str str_of(const char *text)
{
    return text ? (Str){text, strlen(text)} : (Str){"", 0};
}

bool str_equal(Str a, Str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

char str_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

bool str_equal_nocase(Str a, Str b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (str_lower(a.ptr[i]) != str_lower(b.ptr[i]))
            return false;
    return true;
}

int str_compare(Str a, Str b)
{
    size_t shared = a.len < b.len ? a.len : b.len;
    int order = shared ? memcmp(a.ptr, b.ptr, shared) : 0;
    if (order != 0)
        return order;
    return (a.len > b.len) - (a.len < b.len);
}

bool str_starts(Str text, Str part)
{
    return text.len >= part.len && str_equal(str_slice(text, 0, part.len), part);
}

bool str_ends(Str text, Str part)
{
    return text.len >= part.len && str_equal(str_slice(text, text.len - part.len, text.len), part);
}

size_t str_find_byte(Str text, char byte, size_t from)
{
    if (from >= text.len)
        return text.len;
    const char *at = memchr(text.ptr + from, byte, text.len - from);
    return at ? (size_t)(at - text.ptr) : text.len;
}

static bool is_name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '$';
}

bool str_has_name(Str text, Str name)
{
    for (size_t at = 0; name.len && at + name.len <= text.len; at++) {
        at = str_find_byte(text, name.ptr[0], at);
        size_t end = at + name.len;
        if (end <= text.len && memcmp(text.ptr + at, name.ptr, name.len) == 0 &&
            (at == 0 || !is_name_byte(text.ptr[at - 1])) &&
            (end == text.len || !is_name_byte(text.ptr[end])))
            return true;
    }
    return false;
}

Str str_slice(Str text, size_t from, size_t to)
{
    if (to > text.len)
        to = text.len;
    if (from > to)
        from = to;
    return (Str){text.ptr + from, to - from};
}

Str str_base_name(Str path)
{
    size_t at = path.len;
    while (at > 0 && path.ptr[at - 1] != '/')
        at--;
    return str_slice(path, at, path.len);
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

bool str_matches(Str pattern, Str text)
{
    size_t p = 0, t = 0, star = SIZE_MAX, from = 0;
    while (t < text.len) {
        if (p < pattern.len && pattern.ptr[p] == '*') {
            star = p++;
            from = t;
        } else if (p < pattern.len && (pattern.ptr[p] == '?' || pattern.ptr[p] == text.ptr[t])) {
            p++;
            t++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            t = ++from;
        } else {
            return false;
        }
    }
    while (p < pattern.len && pattern.ptr[p] == '*')
        p++;
    return p == pattern.len;
}

Str str_trim(Str text)
{
    while (text.len && is_space(text.ptr[0]))
        text = (Str){text.ptr + 1, text.len - 1};
    while (text.len && is_space(text.ptr[text.len - 1]))
        text.len--;
    return text;
}

bool str_to_u64(Str text, uint64_t *ret)
{
    uint64_t value = 0;
    if (text.len == 0)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        unsigned digit = (unsigned)(text.ptr[i] - '0');
        if (digit > 9 || value > (UINT64_MAX - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    *ret = value;
    return true;
}

size_t str_distance(Str a, Str b)
{
    enum { LENGTH_MAX = 64 };
    size_t row[LENGTH_MAX + 1];
    a = str_slice(a, 0, LENGTH_MAX);
    b = str_slice(b, 0, LENGTH_MAX);
    for (size_t j = 0; j <= b.len; j++)
        row[j] = j;
    for (size_t i = 0; i < a.len; i++) {
        size_t diagonal = row[0];
        row[0] = i + 1;
        for (size_t j = 0; j < b.len; j++) {
            size_t above = row[j + 1];
            size_t best = diagonal + (a.ptr[i] != b.ptr[j]);
            if (above + 1 < best)
                best = above + 1;
            if (row[j] + 1 < best)
                best = row[j] + 1;
            row[j + 1] = best;
            diagonal = above;
        }
    }
    return row[b.len];
}

size_t str_utf8_prefix(Str text, size_t bytes_max)
{
    if (text.len <= bytes_max)
        return text.len;
    size_t len = bytes_max;
    while (len > 0 && ((unsigned char)text.ptr[len] & 0xc0) == 0x80)
        len--;
    return len;
}
