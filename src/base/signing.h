/* signing.h - Ed25519 keys (RFC 8032): what the program signs of its own.
 *
 * Keys are immutable once made: any number of threads may use one.
 */
#ifndef BASE_SIGNING_H
#define BASE_SIGNING_H

#include <stdint.h>

#include "base/error.h"
#include "base/str.h"

enum { SIGNING_KEY_BYTES = 32, SIGNING_SIGNATURE_BYTES = 64 };

/* A key pair as bytes. */
typedef struct SigningPair {
    uint8_t secret[SIGNING_KEY_BYTES];
    uint8_t public[SIGNING_KEY_BYTES];
} SigningPair;

/* Draws a new pair. */
bool signing_make(SigningPair *ret, Error *err) __attribute__((warn_unused_result));

/* Signs *message* with a pair. ERROR_INPUT when the pair is none. */
bool signing_sign(const SigningPair *pair, Str message, uint8_t ret[SIGNING_SIGNATURE_BYTES],
                  Error *err) __attribute__((warn_unused_result));

/* Whether *signature* is what the owner of the public key made of *message*. */
bool signing_verify(const uint8_t public[SIGNING_KEY_BYTES], Str message,
                    const uint8_t signature[SIGNING_SIGNATURE_BYTES]);

#endif
