/* public_keys.h - the public keys of CloudTrail's digests, by fingerprint ("CloudTrail digest files
 * and validation", section 5). Immutable once read: any number of threads may look up. */
#ifndef VERIFY_PUBLIC_KEYS_H
#define VERIFY_PUBLIC_KEYS_H

#include "base/signature.h"

typedef struct PublicKey {
    Str fingerprint;
    Str der;                /* its bytes as ListPublicKeys gives them, decoded */
    SignatureKey *key;      /* NULL: it cannot be loaded */
    int64_t from_us, to_us; /* of validity; INT64_MIN and INT64_MAX when not said */
    bool fingerprint_fits;  /* it is the MD5 of the key's bytes */
} PublicKey;

typedef struct PublicKeys PublicKeys;

/* No keys; the caller frees. NULL with *err*. */
PublicKeys *public_keys_new(Error *err) __attribute__((warn_unused_result));
void public_keys_free(PublicKeys *keys);

/* What such a file is called when it lies beside copies of buckets. */
#define PUBLIC_KEYS_NAME "list-public-keys.json"

/* Adds a key of which fingerprint, der and the times of validity are given (copied); one that is
 * there already stays. */
bool public_keys_add(PublicKeys *keys, const PublicKey *key, Error *err)
    __attribute__((warn_unused_result));

/* Adds the keys of a file with the answer of ListPublicKeys, or several of them in an array. A key
 * that is there already stays. ERROR_INPUT names the file and the key's place. */
bool public_keys_read(PublicKeys *keys, const char *path, Error *err)
    __attribute__((warn_unused_result));

/* The same of a text; *name* stands for the file in messages. */
bool public_keys_read_text(PublicKeys *keys, Str text, const char *name, Error *err)
    __attribute__((warn_unused_result));

/* How many there are. */
size_t public_keys_count(const PublicKeys *keys);

/* The key at *index*, in the order in which they were added. */
const PublicKey *public_keys_at(const PublicKeys *keys, size_t index);

/* The key of a fingerprint, or NULL. */
const PublicKey *public_keys_find(const PublicKeys *keys, Str fingerprint);

#endif
