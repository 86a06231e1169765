/* signature.h - public keys and the signatures they verify.
 *
 * Keys are immutable once made: any number of threads may verify with one.
 */
#ifndef BASE_SIGNATURE_H
#define BASE_SIGNATURE_H

#include <stdint.h>

#include "base/error.h"
#include "base/str.h"

enum { SIGNATURE_BYTES_MAX = 1024, SIGNATURE_DER_MAX = 8192 };

typedef struct SignatureKey SignatureKey;

/* An RSA public key from DER, as PKCS#1 RSAPublicKey or as SubjectPublicKeyInfo. NULL with *err*
 * (ERROR_INPUT when it is neither); the caller frees. */
SignatureKey *signature_key_new(Str der, Error *err) __attribute__((warn_unused_result));

void signature_key_free(SignatureKey *key);

/* Whether *signature* is what the key's owner made of *message*: RSASSA-PKCS1-v1_5 with SHA-256. */
bool signature_verify(const SignatureKey *key, Str message, Str signature);

#endif
