/* signature.h - RSA keys and the signatures that they make and verify.
 *
 * Keys are immutable once made: any number of threads may use one.
 */
#ifndef BASE_SIGNATURE_H
#define BASE_SIGNATURE_H

#include <stdint.h>

#include "base/buf.h"

enum { SIGNATURE_BYTES_MAX = 1024, SIGNATURE_DER_MAX = 8192 };

typedef struct SignatureKey SignatureKey;

/* An RSA public key from DER, as PKCS#1 RSAPublicKey or as SubjectPublicKeyInfo. NULL with *err*
 * (ERROR_INPUT when it is neither); the caller frees. */
SignatureKey *signature_key_new(Str der, Error *err) __attribute__((warn_unused_result));

/* NULL is fine. */
void signature_key_free(SignatureKey *key);

/* Whether *signature* is what the key's owner made of *message*: RSASSA-PKCS1-v1_5 with SHA-256. */
bool signature_verify(const SignatureKey *key, Str message, Str signature);

typedef struct SignatureSecret SignatureSecret;

/* A new RSA key of 2048 bits. NULL with *err*; the caller frees. */
SignatureSecret *signature_secret_new(Error *err) __attribute__((warn_unused_result));
void signature_secret_free(SignatureSecret *secret);

/* Appends its public key as PKCS#1 RSAPublicKey in DER. */
bool signature_secret_public(const SignatureSecret *secret, Buf *ret, Error *err)
    __attribute__((warn_unused_result));

/* Appends the signature of *message*, as signature_verify takes it. */
bool signature_secret_sign(const SignatureSecret *secret, Str message, Buf *ret, Error *err)
    __attribute__((warn_unused_result));

#endif
