/* random.h - a small, fast, repeatable source of randomness for made-up trails; not for secrets. */
#ifndef GENERATE_RANDOM_H
#define GENERATE_RANDOM_H

#include <stdint.h>

#include "base/buf.h"

typedef struct Random {
    uint64_t state;
} Random;

/* A stream that depends on *seed* and on *stream* alone. */
Random random_new(uint64_t seed, uint64_t stream);

/* 64 random bits. */
uint64_t random_next(Random *random);

/* A number in [0, limit); *limit* must not be 0. */
uint32_t random_below(Random *random, uint32_t limit);

/* True *per_mille* times in a thousand. */
bool random_chance(Random *random, uint32_t per_mille);

/* A rank in [0, count): rank r is drawn about in proportion to 1 / (r + 1). */
uint32_t random_rank(Random *random, uint32_t count);

/* Appends *len* characters: hexadecimal; the base-32 letters of AWS ids; letters and digits. The
 * buffer must have room for them. */
void random_hex(Random *random, Buf *out, size_t len);
void random_id(Random *random, Buf *out, size_t len);
void random_alnum(Random *random, Buf *out, size_t len);

/* Appends a UUID of version 4. */
void random_uuid(Random *random, Buf *out);

#endif
