/* digest.h - a digest file's document ("CloudTrail digest files and validation", sections 3 and 4).
 *
 * Texts are kept as they stand, since what is signed and compared are texts. A Digest borrows from
 * the inflated bytes and the arena that it was read into.
 */
#ifndef DECODE_DIGEST_H
#define DECODE_DIGEST_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/hash.h"

/* A log file that a digest lists. */
typedef struct DigestLog {
    Str bucket;
    Str key;
    Str hash; /* as written: the lower-case hexadecimal SHA-256 of the inflated log */
    Str hash_algorithm;
} DigestLog;

typedef struct Digest {
    Str bucket; /* where CloudTrail put it */
    Str key;
    Str start, end; /* of the deliveries covered, as written */
    int64_t start_us, end_us;
    Str fingerprint;         /* of the public key */
    Str signature_algorithm; /* empty when absent */
    bool has_previous;       /* false for a starting digest */
    Str previous_bucket;
    Str previous_key;
    Str previous_hash;      /* empty for null */
    Str previous_signature; /* hexadecimal; empty for null */
    DigestLog *logs;
    size_t log_count;
    uint8_t sha256[HASH_SHA256_BYTES]; /* of the inflated bytes */
} Digest;

/* Reads the inflated bytes of a digest file. ERROR_INPUT names the member that is missing or not
 * what it must be; ERROR_LIMIT for the arena. */
bool digest_read(Str inflated, Arena *arena, Digest *ret, Error *err)
    __attribute__((warn_unused_result));

/* Appends the text that is signed for *digest* (section 4). */
bool digest_signed_text(const Digest *digest, Buf *ret, Error *err)
    __attribute__((warn_unused_result));

#endif
