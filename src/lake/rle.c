#include "lake/rle.h"

#include <string.h>

enum { GROUP = 8, RUN_MIN = 16, VARINT_MAX = 10 };

int rle_width(uint32_t max)
{
    return max ? 32 - __builtin_clz(max) : 0;
}

static void put_varint(Buf *out, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        out->ptr[out->len++] = (char)(value | 0x80);
    out->ptr[out->len++] = (char)value;
}

bool rle_append_run(Buf *out, uint32_t value, uint64_t count, int width, Error *err)
{
    if (!buf_reserve(out, VARINT_MAX + sizeof value, err))
        return false;
    put_varint(out, count << 1);
    for (int bits = 0; bits < width; bits += 8)
        out->ptr[out->len++] = (char)(value >> bits);
    return true;
}

/* Packs *groups* x 8 values, least significant bit first; values behind *count* are zero. */
static bool append_packed(Buf *out, const uint32_t *values, size_t count, int width, Error *err)
{
    size_t groups = (count + GROUP - 1) / GROUP;
    size_t bytes = groups * (size_t)width;
    if (!buf_reserve(out, VARINT_MAX + bytes + sizeof(uint64_t), err))
        return false;
    put_varint(out, (uint64_t)groups << 1 | 1);
    uint64_t held = 0;
    int bits = 0;
    unsigned char *at = (unsigned char *)out->ptr + out->len;
    unsigned char *end = at + bytes;
    for (size_t i = 0; i < count; i++) {
        held |= (uint64_t)values[i] << bits;
        bits += width;
        if (bits >= 32) {
            uint32_t word = (uint32_t)held;
            memcpy(at, &word, sizeof word);
            at += sizeof word;
            held >>= 32;
            bits -= 32;
        }
    }
    while (at < end) {
        *at++ = (unsigned char)held;
        held >>= 8;
    }
    out->len += bytes;
    return true;
}

static size_t run_length(const uint32_t *values, size_t count)
{
    size_t run = 1;
    while (run < count && values[run] == values[0])
        run++;
    return run;
}

bool rle_append(Buf *out, const uint32_t *values, size_t count, int width, Error *err)
{
    size_t packed = 0; /* first value that is not written yet */
    size_t at = 0;
    while (at < count) {
        size_t run = run_length(values + at, count - at);
        size_t filler = (GROUP - (at - packed) % GROUP) % GROUP;
        if (run < RUN_MIN + filler) {
            at += run;
            continue;
        }
        /* A packed run in the middle must hold whole groups: the run lends it what is missing. */
        if (at > packed && !append_packed(out, values + packed, at + filler - packed, width, err))
            return false;
        size_t lent = at > packed ? filler : 0;
        if (!rle_append_run(out, values[at], run - lent, width, err))
            return false;
        at += run;
        packed = at;
    }
    return packed == count || append_packed(out, values + packed, count - packed, width, err);
}

/* Eight levels, a byte each, as 8 x *width* bits. */
static uint64_t fold(uint64_t group, int width)
{
    static const uint64_t BYTES = UINT64_C(0x00ff00ff00ff00ff),
                          PAIRS = UINT64_C(0x0000ffff0000ffff);
    group = (group & BYTES) | (group >> 8 & BYTES) << width;
    group = (group & PAIRS) | (group >> 16 & PAIRS) << 2 * width;
    return (group & UINT32_MAX) | group >> 32 << 4 * width;
}

/* The group of eight levels at *at*; zeros behind *count*. */
static uint64_t group_at(const uint8_t *levels, size_t at, size_t count)
{
    uint64_t group = 0;
    memcpy(&group, levels + at, count - at < GROUP ? count - at : GROUP);
    return group;
}

static bool append_folded(Buf *out, const uint8_t *levels, size_t count, int width, Error *err)
{
    size_t groups = (count + GROUP - 1) / GROUP;
    if (!buf_reserve(out, VARINT_MAX + groups * (size_t)width + sizeof(uint64_t), err))
        return false;
    put_varint(out, (uint64_t)groups << 1 | 1);
    for (size_t at = 0; at < count; at += GROUP) {
        uint64_t bits = fold(group_at(levels, at, count), width);
        memcpy(out->ptr + out->len, &bits, sizeof bits);
        out->len += (size_t)width;
    }
    return true;
}

/* Levels from *at*, a multiple of eight, on that are all the same; whole groups only. */
static size_t same_groups(const uint8_t *levels, size_t at, size_t count)
{
    uint64_t same = levels[at] * UINT64_C(0x0101010101010101);
    size_t end = at;
    while (count - end >= GROUP && group_at(levels, end, count) == same)
        end += GROUP;
    return end - at;
}

bool rle_append_levels(Buf *out, const uint8_t *levels, size_t count, int width, Error *err)
{
    size_t packed = 0; /* first level that is not written yet */
    for (size_t at = 0; at < count;) {
        size_t run = same_groups(levels, at, count);
        if (run < RUN_MIN) {
            at += GROUP;
            continue;
        }
        if ((at > packed && !append_folded(out, levels + packed, at - packed, width, err)) ||
            !rle_append_run(out, levels[at], run, width, err))
            return false;
        at += run;
        packed = at;
    }
    return packed >= count || append_folded(out, levels + packed, count - packed, width, err);
}
