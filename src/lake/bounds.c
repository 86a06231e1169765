#include "lake/bounds.h"

#include <string.h>

Bound bounds_lower(Str value)
{
    Bound bound = {.exact = value.len <= BOUNDS_BYTES_MAX};
    bound.len = (uint8_t)str_utf8_prefix(value, BOUNDS_BYTES_MAX);
    if (bound.len)
        memcpy(bound.bytes, value.ptr, bound.len);
    return bound;
}

/* Reads the code point that ends at *end*; *ret_start* is where it begins. */
static uint32_t last_code_point(const char *bytes, size_t end, size_t *ret_start)
{
    size_t start = end - 1;
    while (start > 0 && ((unsigned char)bytes[start] & 0xc0) == 0x80)
        start--;
    unsigned char first = (unsigned char)bytes[start];
    uint32_t point = first < 0x80   ? first
                     : first < 0xe0 ? first & 0x1fu
                     : first < 0xf0 ? first & 0x0fu
                                    : first & 0x07u;
    for (size_t i = start + 1; i < end; i++)
        point = point << 6 | ((unsigned char)bytes[i] & 0x3fu);
    *ret_start = start;
    return point;
}

static size_t put_code_point(uint32_t point, char *at)
{
    if (point < 0x80) {
        at[0] = (char)point;
        return 1;
    }
    size_t more = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
    static const unsigned char FIRST[] = {0, 0xc0, 0xe0, 0xf0};
    for (size_t i = more; i > 0; i--, point >>= 6)
        at[i] = (char)(0x80 | (point & 0x3f));
    at[0] = (char)(FIRST[more] | point);
    return more + 1;
}

/* Makes a cut text greater than all that it begins: its last code point goes up by one. */
static bool raise_last(Bound *ret)
{
    size_t end = ret->len;
    while (end > 0) {
        size_t start;
        uint32_t point = last_code_point(ret->bytes, end, &start) + 1;
        if (point == 0xd800)
            point = 0xe000; /* surrogates are no code points of UTF-8 */
        char next[4];
        size_t len = point <= 0x10ffff ? put_code_point(point, next) : sizeof next + 1;
        if (start + len <= BOUNDS_BYTES_MAX && len <= sizeof next) {
            memcpy(ret->bytes + start, next, len);
            ret->len = (uint8_t)(start + len);
            return true;
        }
        end = start;
    }
    return false;
}

bool bounds_upper(Str value, Bound *ret)
{
    *ret = bounds_lower(value);
    return ret->exact || raise_last(ret);
}

static size_t bytes_of_points(const Bound *bound, size_t points)
{
    size_t at = 0;
    while (at < bound->len && points-- > 0) {
        at++;
        while (at < bound->len && ((unsigned char)bound->bytes[at] & 0xc0) == 0x80)
            at++;
    }
    return at;
}

bool bounds_cut_lower(const Bound *bound, size_t points, Bound *ret)
{
    size_t len = bytes_of_points(bound, points);
    *ret = *bound;
    ret->exact = bound->exact && len == bound->len;
    ret->len = (uint8_t)len;
    return true;
}

bool bounds_cut_upper(const Bound *bound, size_t points, Bound *ret)
{
    bounds_cut_lower(bound, points, ret);
    return ret->len == bound->len || raise_last(ret);
}
