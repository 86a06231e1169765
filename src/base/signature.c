#include "base/signature.h"

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <string.h>

#include "base/mem.h"

struct SignatureKey {
    gnutls_pubkey_t key;
};

struct SignatureSecret {
    gnutls_privkey_t key;
};

enum { DER_SEQUENCE = 0x30, DER_BITS = 0x03, DER_INTEGER = 0x02, DER_LONG = 0x80 };

/* The header of an element of *len* bytes. */
static bool put_header(Buf *out, unsigned char tag, size_t len, Error *err)
{
    if (!buf_append_byte(out, tag, err))
        return false;
    if (len < DER_LONG)
        return buf_append_byte(out, (unsigned char)len, err);
    return buf_append_byte(out, DER_LONG | 2, err) &&
           buf_append_byte(out, (unsigned char)(len >> 8), err) &&
           buf_append_byte(out, (unsigned char)len, err);
}

/* A PKCS#1 key starts with the modulus, a SubjectPublicKeyInfo with the algorithm. */
static bool is_pkcs1(Str der)
{
    const unsigned char *at = (const unsigned char *)der.ptr;
    size_t header = 2;
    if (der.len < 8 || at[0] != DER_SEQUENCE)
        return false;
    if (at[1] & DER_LONG)
        header += at[1] & 0x7fu;
    return header < der.len && at[header] == DER_INTEGER;
}

/* A SubjectPublicKeyInfo around a PKCS#1 key (RFC 3279, 2.3.1). */
static bool wrap(Str pkcs1, Buf *out, Error *err)
{
    static const char RSA_ALGORITHM[] = "\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05";
    enum { BITS_HEADER = 5 }; /* its tag, three bytes of length, no unused bits */
    size_t inner = sizeof RSA_ALGORITHM + BITS_HEADER + pkcs1.len;
    if (pkcs1.len < DER_LONG)
        return error_set(err, ERROR_INPUT, "no RSA public key: only %zu bytes", pkcs1.len);
    return put_header(out, DER_SEQUENCE, inner, err) &&
           buf_append(out, RSA_ALGORITHM, sizeof RSA_ALGORITHM, err) &&
           put_header(out, DER_BITS, pkcs1.len + 1, err) && buf_append_byte(out, 0, err) &&
           buf_append_str(out, pkcs1, err);
}

static bool import(gnutls_pubkey_t key, Str info, Error *err)
{
    unsigned char bytes[SIGNATURE_DER_MAX];
    const gnutls_datum_t datum = {bytes, (unsigned)info.len};
    if (info.len > sizeof bytes)
        return error_set(err, ERROR_INPUT, "a public key of %zu bytes, %d is the most", info.len,
                         SIGNATURE_DER_MAX);
    memcpy(bytes, info.ptr, info.len);
    int status = gnutls_pubkey_import(key, &datum, GNUTLS_X509_FMT_DER);
    if (status != 0)
        return error_set(err, ERROR_INPUT, "no public key in DER: %s", gnutls_strerror(status));
    if (gnutls_pubkey_get_pk_algorithm(key, NULL) != GNUTLS_PK_RSA)
        return error_set(err, ERROR_INPUT, "a public key, but none of RSA");
    return true;
}

SignatureKey *signature_key_new(Str der, Error *err)
{
    BUF_AUTO Buf wrapped = buf_init(SIGNATURE_DER_MAX);
    SignatureKey *key = NULL;
    if (is_pkcs1(der)) {
        if (!wrap(der, &wrapped, err))
            return NULL;
        der = buf_str(&wrapped);
    }
    key = mem_calloc(1, sizeof *key, err);
    if (!key)
        return NULL;
    if (gnutls_pubkey_init(&key->key) != 0)
        error_set(err, ERROR_SYSTEM, "a public key could not be made");
    else if (import(key->key, der, err))
        return key;
    signature_key_free(key);
    return NULL;
}

void signature_key_free(SignatureKey *key)
{
    if (key && key->key)
        gnutls_pubkey_deinit(key->key);
    mem_free(key);
}

bool signature_verify(const SignatureKey *key, Str message, Str signature)
{
    unsigned char digest[32], bytes[SIGNATURE_BYTES_MAX];
    const gnutls_datum_t hash = {digest, sizeof digest};
    const gnutls_datum_t given = {bytes, (unsigned)signature.len};
    if (signature.len > sizeof bytes)
        return false;
    memcpy(bytes, signature.ptr, signature.len);
    gnutls_hash_fast(GNUTLS_DIG_SHA256, message.ptr, message.len, digest);
    return gnutls_pubkey_verify_hash2(key->key, GNUTLS_SIGN_RSA_SHA256, 0, &hash, &given) >= 0;
}

SignatureSecret *signature_secret_new(Error *err)
{
    SignatureSecret *secret = mem_calloc(1, sizeof *secret, err);
    if (!secret)
        return NULL;
    if (gnutls_privkey_init(&secret->key) == 0 &&
        gnutls_privkey_generate(secret->key, GNUTLS_PK_RSA, 2048, 0) == 0)
        return secret;
    error_set(err, ERROR_SYSTEM, "a key pair could not be made");
    signature_secret_free(secret);
    return NULL;
}

void signature_secret_free(SignatureSecret *secret)
{
    if (secret && secret->key)
        gnutls_privkey_deinit(secret->key);
    mem_free(secret);
}

/* A number of DER; *datum* is big-endian, with a zero before a first byte that would be a sign. */
static bool put_integer(Buf *out, const gnutls_datum_t *datum, Error *err)
{
    return put_header(out, DER_INTEGER, datum->size, err) &&
           buf_append(out, datum->data, datum->size, err);
}

bool signature_secret_public(const SignatureSecret *secret, Buf *ret, Error *err)
{
    gnutls_datum_t modulus = {0}, exponent = {0};
    BUF_AUTO Buf body = buf_init(SIGNATURE_DER_MAX);
    int status = gnutls_privkey_export_rsa_raw2(secret->key, &modulus, &exponent, NULL, NULL, NULL,
                                                NULL, NULL, NULL, 0);
    bool ok = status == 0 ? put_integer(&body, &modulus, err) && put_integer(&body, &exponent, err)
                          : error_set(err, ERROR_SYSTEM, "a public key could not be written");
    ok = ok && put_header(ret, DER_SEQUENCE, body.len, err) &&
         buf_append_str(ret, buf_str(&body), err);
    gnutls_free(modulus.data);
    gnutls_free(exponent.data);
    return ok;
}

bool signature_secret_sign(const SignatureSecret *secret, Str message, Buf *ret, Error *err)
{
    unsigned char digest[32];
    gnutls_datum_t hash = {digest, sizeof digest}, signature = {0};
    gnutls_hash_fast(GNUTLS_DIG_SHA256, message.ptr, message.len, digest);
    if (gnutls_privkey_sign_hash2(secret->key, GNUTLS_SIGN_RSA_SHA256, 0, &hash, &signature) != 0)
        return error_set(err, ERROR_SYSTEM, "a text could not be signed");
    bool ok = buf_append(ret, signature.data, signature.size, err);
    gnutls_free(signature.data);
    return ok;
}
