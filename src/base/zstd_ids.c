#include "base/zstd_ids.h"

#include <stdint.h>
#include <string.h>

enum {
    ID_BYTES = 36,
    LENGTH_BYTES = 4,
    ENTRY_BYTES = LENGTH_BYTES + ID_BYTES,
    PREFIX_MAX = 2000, /* before the first id */
    BODY_MAX = 1 << 26,
    BLOCK_IDS_MAX = (128 << 10) / ENTRY_BYTES, /* RFC 8878, section 3.1.1.2.4 */
    STREAMS = 4,
    STEP = ID_BYTES / STREAMS, /* characters of a stream between two flushes: 45 bits at most */
    FRAME_HEADER_BYTES = 9,
    BLOCK_BYTES_MAX = 256, /* headers and tables of a block, and what its streams round up to */
    SLACK = 8,             /* a flush writes eight bytes */
    BLOCK_COMPRESSED = 2,
    LITERALS_COMPRESSED = 2,
    TREE_SYMBOLS = 'f',  /* weights that are written; that of 'f', the last, follows from them */
    RLE_TABLES = 0x54,   /* of all three codes of sequences (section 3.1.1.3.2.1) */
    OFFSET_CODE = 5,     /* of 40 + 3: 32 and five bits that say 11 */
    LENGTH_36_CODE = 22, /* of literals: 32 and three bits that say 4 */
    MATCH_4_CODE = 1,
    BAD = 1 << 15, /* in CODES: no character of an id */
};

/* A frame being written. */
typedef struct Writer {
    char *at;
    uint64_t bits; /* that wait to be written, the first in the lowest */
    unsigned count;
} Writer;

/* Code of a character << 4 | its bits: canonical, the longer ones first (section 4.2.1.3). */
static uint16_t code_of(unsigned char c)
{
    if (c == '-')
        return 5;
    if (c == '0')
        return 1 << 4 | 5;
    if (c > '0' && c <= '9')
        return (uint16_t)((c - '0') << 4 | 4);
    if (c < 'a' || c > 'f')
        return BAD;
    return (uint16_t)((c - 'a' + 10) << 4 | 4);
}

static void fill_codes(uint16_t codes[256])
{
    for (unsigned c = 0; c < 256; c++)
        codes[c] = code_of((unsigned char)c);
}

static void put(Writer *out, uint64_t number, size_t bytes)
{
    memcpy(out->at, &number, bytes); /* little-endian, as all the format */
    out->at += bytes;
}

static inline void add_bits(Writer *out, uint64_t value, unsigned count)
{
    out->bits |= value << out->count;
    out->count += count;
}

static inline void flush(Writer *out)
{
    memcpy(out->at, &out->bits, sizeof out->bits);
    out->at += out->count / 8;
    out->bits >>= out->count & ~7u;
    out->count &= 7;
}

/* The mark behind the last bit, from which readers begin. */
static void end_bits(Writer *out)
{
    add_bits(out, 1, 1);
    flush(out);
    out->at += out->count > 0;
    out->bits = out->count = 0;
}

static char *begin_block(Writer *out)
{
    char *header = out->at;
    out->at += 3;
    return header;
}

static void end_block(const Writer *out, char *header, bool last)
{
    uint32_t size = (uint32_t)(out->at - header - 3);
    uint32_t word = size << 3 | BLOCK_COMPRESSED << 1 | last;
    memcpy(header, &word, 3);
}

/* The code of a literal length from 40 to 4,095, and how many bits say what it is above *ret_base*
 * (section 3.1.1.3.2.1.1). */
static unsigned length_code(size_t length, unsigned *ret_bits, size_t *ret_base)
{
    static const struct {
        uint16_t base;
        uint8_t code, bits;
    } CODES[] = {{40, 23, 3},  {48, 24, 4},  {64, 25, 6},    {128, 26, 7},
                 {256, 27, 8}, {512, 28, 9}, {1024, 29, 10}, {2048, 30, 11}};
    size_t i = sizeof CODES / sizeof *CODES - 1;
    while (i && length < CODES[i].base)
        i--;
    *ret_bits = CODES[i].bits;
    *ret_base = CODES[i].base;
    return CODES[i].code;
}

/* The first block: all before the first id, the id, and the length of the second, which is a match
 * 40 bytes back. From here on that is the offset to repeat. */
static void put_first(Writer *out, Str body, size_t from)
{
    size_t literals = from + ENTRY_BYTES, base;
    unsigned bits, code = length_code(literals, &bits, &base);
    char *header = begin_block(out);
    put(out, 1 << 2 | literals << 4, 2); /* raw literals */
    memcpy(out->at, body.ptr, literals);
    out->at += literals;
    put(out, 1, 1);
    put(out, RLE_TABLES, 1);
    put(out, code, 1);
    put(out, OFFSET_CODE, 1);
    put(out, MATCH_4_CODE, 1);
    add_bits(out, literals - base, bits);
    add_bits(out, ENTRY_BYTES + 3 - (1 << OFFSET_CODE), OFFSET_CODE);
    end_bits(out);
    end_block(out, header, false);
}

/* Weights of the characters, four bits each: 1 for five bits, 2 for four (section 4.2.1.1). */
static void put_tree(Writer *out, const uint16_t codes[256])
{
    put(out, 127 + TREE_SYMBOLS, 1);
    for (unsigned c = 0; c < TREE_SYMBOLS; c += 2) {
        unsigned high = codes[c] & BAD ? 0 : 6u - (codes[c] & 15);
        unsigned low = codes[c + 1] & BAD ? 0 : 6u - (codes[c + 1] & 15);
        put(out, high << 4 | low, 1);
    }
}

/* The four streams of *count* ids' characters, each a quarter of them written backwards. False when
 * one is no character of an id. */
static bool put_streams(Writer *out, const unsigned char *text, size_t count,
                        const uint16_t codes[256])
{
    enum { STREAM_BYTES_MAX = BLOCK_IDS_MAX * STEP * 5 / 8 + 2 * SLACK };
    char rooms[STREAMS][STREAM_BYTES_MAX];
    Writer streams[STREAMS];
    size_t quarter = count * STEP;
    unsigned all = 0;
    char *sizes = out->at;
    for (int s = 0; s < STREAMS; s++)
        streams[s] = (Writer){.at = rooms[s]};
    for (size_t end = quarter; end > 0; end -= STEP) {
        for (unsigned i = 1; i <= STEP; i++)
            for (size_t s = 0; s < STREAMS; s++) {
                unsigned code = codes[text[s * quarter + end - i]];
                all |= code;
                add_bits(&streams[s], code >> 4 & 15, code & 15);
            }
        for (int s = 0; s < STREAMS; s++)
            flush(&streams[s]);
    }
    out->at += 2 * (STREAMS - 1); /* the sizes of all but the last */
    for (int s = 0; s < STREAMS; s++) {
        end_bits(&streams[s]);
        size_t size = (size_t)(streams[s].at - rooms[s]);
        if (s < STREAMS - 1)
            memcpy(sizes + 2 * s, &size, 2);
        memcpy(out->at, rooms[s], size);
        out->at += size;
    }
    return !(all & BAD);
}

static bool put_literals(Writer *out, const unsigned char *text, size_t count,
                         const uint16_t codes[256])
{
    char *header = out->at;
    out->at += 5;
    put_tree(out, codes);
    bool ok = put_streams(out, text, count, codes);
    uint64_t packed = (uint64_t)(out->at - header - 5);
    uint64_t word = LITERALS_COMPRESSED | 3 << 2 | count * ID_BYTES << 4 | packed << 22;
    memcpy(header, &word, 5);
    return ok;
}

/* Sequences of 36 literals and a match of four bytes, at the offset of the one before. */
static void put_sequences(Writer *out, size_t count)
{
    if (count < 128)
        put(out, count, 1);
    else
        put(out, (128 + (count >> 8)) | (count & 255) << 8, 2);
    if (!count)
        return;
    put(out, RLE_TABLES, 1);
    put(out, LENGTH_36_CODE, 1);
    put(out, 0, 1); /* the last offset again */
    put(out, MATCH_4_CODE, 1);
    for (size_t i = 0; i < count; i++) {
        add_bits(out, ID_BYTES - 32, 3);
        if (out->count > 40)
            flush(out);
    }
    end_bits(out);
}

/* The characters of *count* ids, the first of which begins at *at*, in one piece. False when one
 * has another length. */
static bool gather(const char *at, size_t count, unsigned char *ret)
{
    bool ok = true;
    for (size_t i = 0; i < count; i++, at += ENTRY_BYTES) {
        uint32_t length;
        memcpy(&length, at - LENGTH_BYTES, sizeof length);
        ok &= length == ID_BYTES;
        memcpy(ret + i * ID_BYTES, at, ID_BYTES);
    }
    return ok;
}

/* A block of *count* ids, and the length of the one behind them unless they are the last. */
static bool put_block(Writer *out, const char *at, size_t count, bool last,
                      const uint16_t codes[256])
{
    unsigned char text[BLOCK_IDS_MAX * ID_BYTES];
    char *header = begin_block(out);
    if (!gather(at, count, text) || !put_literals(out, text, count, codes))
        return false;
    put_sequences(out, last ? count - 1 : count);
    end_block(out, header, last);
    return true;
}

size_t zstd_ids_bound(size_t len)
{
    return len + BLOCK_BYTES_MAX * (len / (BLOCK_IDS_MAX * (size_t)ENTRY_BYTES) + 2);
}

size_t zstd_ids_pack(Str body, size_t from, char *to)
{
    uint16_t codes[256];
    Writer out = {.at = to};
    if (from > PREFIX_MAX || body.len > BODY_MAX || body.len < from + 2 * ENTRY_BYTES ||
        (body.len - from) % ENTRY_BYTES)
        return 0;
    size_t left = (body.len - from) / ENTRY_BYTES - 1;
    const char *at = body.ptr + from + LENGTH_BYTES;
    uint32_t length;
    memcpy(&length, at - LENGTH_BYTES, sizeof length);
    if (length != ID_BYTES)
        return 0;
    fill_codes(codes);
    put(&out, 0xfd2fb528, 4);
    put(&out, 0xa0 | (uint64_t)body.len << 8, 5); /* one segment, its length in four bytes */
    put_first(&out, body, from);
    for (at += ENTRY_BYTES; left;) {
        size_t count = left < BLOCK_IDS_MAX ? left : BLOCK_IDS_MAX;
        left -= count;
        if (!put_block(&out, at, count, !left, codes))
            return 0;
        at += count * ENTRY_BYTES;
    }
    return (size_t)(out.at - to);
}
