/* The record parser for x86-64 with AVX2, chosen at run time. */
#include "decode/record_parser.h"

#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

#include "decode/text.h"

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,bmi,bmi2"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,bmi,bmi2")
#endif

static inline __m256i load(const char *at)
{
    __m256i block;
    memcpy(&block, at, sizeof block);
    return block;
}

static inline uint32_t stop_mask(const char *at, uint32_t *high)
{
    __m256i block = load(at);
    __m256i quote = _mm256_cmpeq_epi8(block, _mm256_set1_epi8('"'));
    __m256i slash = _mm256_cmpeq_epi8(block, _mm256_set1_epi8('\\'));
    __m256i control = _mm256_cmpeq_epi8(_mm256_min_epu8(block, _mm256_set1_epi8(0x1f)), block);
    *high = (uint32_t)_mm256_movemask_epi8(block);
    return (uint32_t)_mm256_movemask_epi8(_mm256_or_si256(_mm256_or_si256(quote, slash), control));
}

static inline uint32_t same_mask(const char *a, const char *b)
{
    return (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(load(a), load(b)));
}

/* Most members end within 64 bytes, so that one look says where they differ. */
static inline unsigned same_bytes(const char *a, const char *b)
{
    uint64_t differ = ~((uint64_t)same_mask(a + 32, b + 32) << 32 | same_mask(a, b));
    return differ ? (unsigned)__builtin_ctzll(differ) : 64;
}

#define BODY_SAME  64
#define BODY_PARSE record_avx2_parse
#include "decode/record_body.inc"

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

#else

typedef int RecordAvx2IsForX86;

#endif
