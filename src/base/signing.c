#include "base/signing.h"

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <string.h>

#include "base/hash.h"

/* The library takes what it does not change as not const. */
static gnutls_datum_t datum_of(Str text)
{
    const union {
        const char *given;
        unsigned char *taken;
    } bytes = {.given = text.ptr};
    return (gnutls_datum_t){bytes.taken, (unsigned)text.len};
}

static bool take(const gnutls_datum_t *datum, uint8_t ret[SIGNING_KEY_BYTES])
{
    bool fits = datum->size == SIGNING_KEY_BYTES;
    if (fits)
        memcpy(ret, datum->data, SIGNING_KEY_BYTES);
    return fits;
}

bool signing_make(SigningPair *ret, Error *err)
{
    gnutls_privkey_t key = NULL;
    gnutls_datum_t x = {0}, y = {0}, k = {0};
    gnutls_ecc_curve_t curve;
    bool ok = gnutls_privkey_init(&key) == 0 &&
              gnutls_privkey_generate(key, GNUTLS_PK_EDDSA_ED25519,
                                      GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_ED25519), 0) == 0 &&
              gnutls_privkey_export_ecc_raw2(key, &curve, &x, &y, &k, 0) == 0 &&
              take(&x, ret->public) && take(&k, ret->secret);
    if (k.data)
        hash_wipe(k.data, k.size);
    gnutls_free(x.data);
    gnutls_free(y.data);
    gnutls_free(k.data);
    gnutls_privkey_deinit(key);
    return ok || error_set(err, ERROR_SYSTEM, "a key pair could not be made");
}

bool signing_sign(const SigningPair *pair, Str message, uint8_t ret[SIGNING_SIGNATURE_BYTES],
                  Error *err)
{
    SigningPair copy = *pair; /* the library takes what is not const */
    gnutls_privkey_t key = NULL;
    const gnutls_datum_t x = {copy.public, sizeof copy.public};
    const gnutls_datum_t k = {copy.secret, sizeof copy.secret};
    const gnutls_datum_t data = datum_of(message);
    gnutls_datum_t signature = {0};
    bool ok =
        gnutls_privkey_init(&key) == 0 &&
        gnutls_privkey_import_ecc_raw(key, GNUTLS_ECC_CURVE_ED25519, &x, NULL, &k) == 0 &&
        gnutls_privkey_sign_data2(key, GNUTLS_SIGN_EDDSA_ED25519, 0, &data, &signature) == 0 &&
        signature.size == SIGNING_SIGNATURE_BYTES;
    if (ok)
        memcpy(ret, signature.data, SIGNING_SIGNATURE_BYTES);
    hash_wipe(&copy, sizeof copy);
    gnutls_free(signature.data);
    gnutls_privkey_deinit(key);
    return ok || error_set(err, ERROR_INPUT, "nothing can be signed with this key");
}

bool signing_verify(const uint8_t public[SIGNING_KEY_BYTES], Str message,
                    const uint8_t signature[SIGNING_SIGNATURE_BYTES])
{
    uint8_t point[SIGNING_KEY_BYTES], given[SIGNING_SIGNATURE_BYTES];
    gnutls_pubkey_t key = NULL;
    memcpy(point, public, sizeof point);
    memcpy(given, signature, sizeof given);
    const gnutls_datum_t x = {point, sizeof point}, bytes = {given, sizeof given};
    const gnutls_datum_t data = datum_of(message);
    bool ok = gnutls_pubkey_init(&key) == 0 &&
              gnutls_pubkey_import_ecc_raw(key, GNUTLS_ECC_CURVE_ED25519, &x, NULL) == 0 &&
              gnutls_pubkey_verify_data2(key, GNUTLS_SIGN_EDDSA_ED25519, 0, &data, &bytes) >= 0;
    gnutls_pubkey_deinit(key);
    return ok;
}
