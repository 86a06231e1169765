/* The record parser for arm64. */
#include "decode/record_parser.h"

#if defined(__aarch64__)

#include <arm_neon.h>
#include <string.h>

#include "decode/text.h"

/* One bit per byte of two blocks whose bytes are 0x00 or 0xff. */
static inline uint32_t bits_of(uint8x16_t low, uint8x16_t high)
{
    const uint8x16_t weights = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    uint8x16_t sums = vpaddq_u8(vandq_u8(low, weights), vandq_u8(high, weights));
    sums = vpaddq_u8(sums, sums);
    sums = vpaddq_u8(sums, sums);
    return vgetq_lane_u32(vreinterpretq_u32_u8(sums), 0);
}

static inline uint8x16_t stops(uint8x16_t block)
{
    uint8x16_t quote = vceqq_u8(block, vdupq_n_u8('"'));
    uint8x16_t slash = vceqq_u8(block, vdupq_n_u8('\\'));
    return vorrq_u8(vorrq_u8(quote, slash), vcltq_u8(block, vdupq_n_u8(0x20)));
}

static inline uint32_t stop_mask(const char *at, uint32_t *high)
{
    uint8x16_t low_block = vld1q_u8((const uint8_t *)at);
    uint8x16_t high_block = vld1q_u8((const uint8_t *)at + 16);
    const uint8x16_t top = vdupq_n_u8(0x80);
    *high = bits_of(vcgeq_u8(low_block, top), vcgeq_u8(high_block, top));
    return bits_of(stops(low_block), stops(high_block));
}

static inline unsigned same_bytes(const char *a, const char *b)
{
    uint8x16_t low = vceqq_u8(vld1q_u8((const uint8_t *)a), vld1q_u8((const uint8_t *)b));
    uint8x16_t high =
        vceqq_u8(vld1q_u8((const uint8_t *)a + 16), vld1q_u8((const uint8_t *)b + 16));
    uint32_t differ = ~bits_of(low, high);
    return differ ? (unsigned)__builtin_ctz(differ) : 32;
}

#define BODY_SAME  32
#define BODY_PARSE record_neon_parse
#include "decode/record_body.inc"

#else

typedef int RecordNeonIsForArm;

#endif
