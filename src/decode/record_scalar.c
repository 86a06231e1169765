/* The record parser without vector instructions: eight bytes in a word. */
#include <string.h>

#include "decode/record_parser.h"
#include "decode/text.h"

static const uint64_t ONES = 0x0101010101010101u;
static const uint64_t TOPS = 0x8080808080808080u;

static inline uint64_t load(const char *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

/* The top bit of every byte that is zero. */
static inline uint64_t zero_bytes(uint64_t word)
{
    return ~(((word & ~TOPS) + ~TOPS) | word | ~TOPS);
}

/* Top bits to eight adjacent bits, the first byte lowest. */
static inline uint32_t gather(uint64_t tops)
{
    return (uint32_t)(((tops >> 7) * 0x0102040810204080u) >> 56);
}

static inline uint32_t stop_mask(const char *at, uint32_t *high)
{
    uint32_t stops = 0, highs = 0;
    for (unsigned i = 0; i < 4; i++) {
        uint64_t word = load(at + 8 * i);
        uint64_t quote = zero_bytes(word ^ ONES * '"');
        uint64_t slash = zero_bytes(word ^ ONES * '\\');
        uint64_t control = zero_bytes(word & ONES * 0xe0);
        stops |= gather(quote | slash | control) << (8 * i);
        highs |= gather(word & TOPS) << (8 * i);
    }
    *high = highs;
    return stops;
}

static inline unsigned same_bytes(const char *a, const char *b)
{
    for (unsigned i = 0; i < 4; i++) {
        uint64_t differ = load(a + 8 * i) ^ load(b + 8 * i);
        if (differ)
            return 8 * i + (unsigned)__builtin_ctzll(differ) / 8;
    }
    return 32;
}

#define BODY_SAME  32
#define BODY_PARSE record_scalar_parse
#include "decode/record_body.inc"
