/* sha256_pair.h - SHA-256 of two texts at once, for the receipts of log objects.
 *
 * One stream of SHA-256 waits for its own rounds most of the time: the processor's instructions
 * could do twice as much. Two streams side by side fill the gaps. Only where the processor has
 * SHA instructions (x86-64); elsewhere base/hash does the work, which stays the one to use for
 * everything that is not throughput. FIPS 180-4; no secrets are hashed here.
 *
 * One thread owns a stream.
 */
#ifndef BASE_SHA256_PAIR_H
#define BASE_SHA256_PAIR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/hash.h"
#include "base/str.h"

typedef struct Sha256Stream {
    uint32_t state[8];
    const uint8_t *at; /* what is left of the text */
    size_t left;
    uint64_t total; /* bytes of the whole text */
} Sha256Stream;

/* True when this processor can do it; the functions below may be called only then. Ask once and
 * keep the answer: in a virtual machine the question takes tens of microseconds. */
bool sha256_pair_works(void);

/* Begins with *text*, borrowed until the end. */
void sha256_pair_start(Sha256Stream *stream, Str text);

/* Advances both streams until the shorter one has less than a block (64 bytes) left. */
void sha256_pair_run(Sha256Stream *a, Sha256Stream *b);

/* Takes what is left and writes the digest. */
void sha256_pair_end(Sha256Stream *stream, uint8_t ret[HASH_SHA256_BYTES]);

#endif
