#include "generate/random.h"

#include <assert.h>
#include <math.h>

Random random_new(uint64_t seed, uint64_t stream)
{
    Random random = {seed * UINT64_C(0x9E3779B97F4A7C15) ^
                     (stream + 1) * UINT64_C(0xBF58476D1CE4E5B9)};
    random_next(&random);
    return random;
}

/* SplitMix64: a counter and a mixer. */
uint64_t random_next(Random *random)
{
    uint64_t z = random->state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

uint32_t random_below(Random *random, uint32_t limit)
{
    assert(limit > 0);
    return (uint32_t)((random_next(random) >> 32) * limit >> 32);
}

bool random_chance(Random *random, uint32_t per_mille)
{
    return random_below(random, 1000) < per_mille;
}

uint32_t random_rank(Random *random, uint32_t count)
{
    /* The inverse of the logarithm that sums 1 / (r + 1). */
    double share = (double)(random_next(random) >> 11) / 9007199254740992.0;
    double rank = exp(share * log((double)count + 1)) - 1;
    uint32_t whole = (uint32_t)rank;
    return whole < count ? whole : count - 1;
}

/* Characters of an alphabet of 2^bits, several from one random number. */
static void put_characters(Random *random, Buf *out, size_t len, const char *alphabet, int bits)
{
    uint64_t held = 0;
    int left = 0;
    assert(out->cap - out->len >= len);
    for (size_t i = 0; i < len; i++) {
        if (left < bits) {
            held = random_next(random);
            left = 64;
        }
        out->ptr[out->len++] = alphabet[held & ((UINT64_C(1) << bits) - 1)];
        held >>= bits;
        left -= bits;
    }
}

void random_hex(Random *random, Buf *out, size_t len)
{
    put_characters(random, out, len, "0123456789abcdef", 4);
}

void random_id(Random *random, Buf *out, size_t len)
{
    put_characters(random, out, len, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 5);
}

void random_alnum(Random *random, Buf *out, size_t len)
{
    put_characters(random, out, len,
                   "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789Qx", 6);
}

void random_uuid(Random *random, Buf *out)
{
    static const size_t GROUPS[] = {8, 4, 4, 4, 12};
    size_t start = out->len;
    assert(out->cap - out->len >= 36);
    for (size_t g = 0; g < 5; g++) {
        if (g)
            out->ptr[out->len++] = '-';
        random_hex(random, out, GROUPS[g]);
    }
    out->ptr[start + 14] = '4';
    out->ptr[start + 19] = "89ab"[random_below(random, 4)];
}
