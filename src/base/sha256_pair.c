#include "base/sha256_pair.h"

#include <assert.h>
#include <string.h>

enum { BLOCK = 64, ROUND_GROUPS = 16 };

#if defined(__x86_64__)

#include <cpuid.h>
#include <immintrin.h>

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("sha,sse4.1,ssse3"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("sha,sse4.1,ssse3")
#endif

/* FIPS 180-4, section 4.2.2. */
static const uint32_t K[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

/* A stream in registers: the state as the instructions want it, and sixteen message words. */
typedef struct Lane {
    __m128i abef, cdgh, abef_before, cdgh_before;
    __m128i words[4];
    const uint8_t *at;
} Lane;

static inline __m128i load(const void *at)
{
    __m128i block;
    memcpy(&block, at, sizeof block);
    return block;
}

static inline Lane lane_of(const Sha256Stream *stream)
{
    __m128i dcba = _mm_shuffle_epi32(load(stream->state), 0xb1);
    __m128i hgfe = _mm_shuffle_epi32(load(stream->state + 4), 0x1b);
    return (Lane){.abef = _mm_alignr_epi8(dcba, hgfe, 8),
                  .cdgh = _mm_blend_epi16(hgfe, dcba, 0xf0),
                  .at = stream->at};
}

static inline void lane_store(const Lane *lane, Sha256Stream *stream)
{
    __m128i feba = _mm_shuffle_epi32(lane->abef, 0x1b);
    __m128i dchg = _mm_shuffle_epi32(lane->cdgh, 0xb1);
    __m128i low = _mm_blend_epi16(feba, dchg, 0xf0), high = _mm_alignr_epi8(dchg, feba, 8);
    memcpy(stream->state, &low, sizeof low);
    memcpy(stream->state + 4, &high, sizeof high);
}

/* Rounds 4 * group to 4 * group + 3 of a block. */
static inline __attribute__((always_inline)) void lane_rounds(Lane *lane, unsigned group)
{
    __m128i *words = lane->words;
    if (group < 4) {
        const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
        words[group] = _mm_shuffle_epi8(load(lane->at + 16 * group), swap);
    } else {
        __m128i near = words[(group + 3) & 3];
        __m128i sum = _mm_add_epi32(_mm_sha256msg1_epu32(words[group & 3], words[(group + 1) & 3]),
                                    _mm_alignr_epi8(near, words[(group + 2) & 3], 4));
        words[group & 3] = _mm_sha256msg2_epu32(sum, near);
    }
    __m128i keyed = _mm_add_epi32(words[group & 3], load(K + (size_t)4 * group));
    lane->cdgh = _mm_sha256rnds2_epu32(lane->cdgh, lane->abef, keyed);
    lane->abef = _mm_sha256rnds2_epu32(lane->abef, lane->cdgh, _mm_shuffle_epi32(keyed, 0x0e));
}

static inline void lane_begin(Lane *lane)
{
    lane->abef_before = lane->abef;
    lane->cdgh_before = lane->cdgh;
}

static inline void lane_finish(Lane *lane)
{
    lane->abef = _mm_add_epi32(lane->abef, lane->abef_before);
    lane->cdgh = _mm_add_epi32(lane->cdgh, lane->cdgh_before);
    lane->at += BLOCK;
}

static void run_one(Sha256Stream *stream, size_t blocks)
{
    Lane lane = lane_of(stream);
    for (size_t i = 0; i < blocks; i++) {
        lane_begin(&lane);
#pragma GCC unroll 16
        for (unsigned group = 0; group < ROUND_GROUPS; group++)
            lane_rounds(&lane, group);
        lane_finish(&lane);
    }
    lane_store(&lane, stream);
}

static void run_two(Sha256Stream *a, Sha256Stream *b, size_t blocks)
{
    Lane left = lane_of(a), right = lane_of(b);
    for (size_t i = 0; i < blocks; i++) {
        lane_begin(&left);
        lane_begin(&right);
#pragma GCC unroll 16
        for (unsigned group = 0; group < ROUND_GROUPS; group++) {
            lane_rounds(&left, group);
            lane_rounds(&right, group);
        }
        lane_finish(&left);
        lane_finish(&right);
    }
    lane_store(&left, a);
    lane_store(&right, b);
}

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

bool sha256_pair_works(void)
{
    unsigned a, b, c, d;
    bool sha = __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & (1u << 29));
    return sha && __builtin_cpu_supports("sse4.1") && __builtin_cpu_supports("ssse3");
}

#else

bool sha256_pair_works(void)
{
    return false;
}

static void run_one(Sha256Stream *stream, size_t blocks)
{
    (void)stream;
    assert(blocks == 0 && "sha256_pair_works() is false");
}

static void run_two(Sha256Stream *a, Sha256Stream *b, size_t blocks)
{
    (void)a;
    run_one(b, blocks);
}

#endif

void sha256_pair_start(Sha256Stream *stream, Str text)
{
    static const uint32_t START[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    memcpy(stream->state, START, sizeof START);
    stream->at = (const uint8_t *)text.ptr;
    stream->left = text.len;
    stream->total = text.len;
}

static void advance(Sha256Stream *stream, size_t blocks)
{
    stream->at += blocks * BLOCK;
    stream->left -= blocks * BLOCK;
}

void sha256_pair_run(Sha256Stream *a, Sha256Stream *b)
{
    size_t blocks = (a->left < b->left ? a->left : b->left) / BLOCK;
    run_two(a, b, blocks);
    advance(a, blocks);
    advance(b, blocks);
}

void sha256_pair_end(Sha256Stream *stream, uint8_t ret[HASH_SHA256_BYTES])
{
    uint8_t last[2 * BLOCK] = {0};
    size_t blocks = stream->left / BLOCK;
    run_one(stream, blocks);
    advance(stream, blocks);
    if (stream->left)
        memcpy(last, stream->at, stream->left);
    last[stream->left] = 0x80;
    size_t size = stream->left < BLOCK - 8 ? BLOCK : 2 * BLOCK;
    for (unsigned i = 0; i < 8; i++)
        last[size - 1 - i] = (uint8_t)(stream->total * 8 >> (8 * i));
    stream->at = last;
    run_one(stream, size / BLOCK);
    stream->at = NULL;
    stream->left = 0;
    for (unsigned i = 0; i < HASH_SHA256_BYTES; i++)
        ret[i] = (uint8_t)(stream->state[i / 4] >> (24 - 8 * (i % 4)));
}
