/* hash.h - hashes: fast and keyed for tables, XXH64 for bloom filters, SHA-256 for evidence. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"

enum {
    HASH_MD5_BYTES = 16,
    HASH_SHA1_BYTES = 20,
    HASH_SHA256_BYTES = 32,
    HASH_SHA512_BYTES = 64,
    HASH_SECRET_BYTES = 192
};

typedef struct Hash128 {
    uint64_t high;
    uint64_t low;
} Hash128;

/* XXH3, 64 bits, keyed with HASH_SECRET_BYTES of secret. */
uint64_t hash_keyed64(const uint8_t *secret, const void *bytes, size_t len);

/* XXH3, 128 bits, keyed with HASH_SECRET_BYTES of secret. */
Hash128 hash_keyed128(const uint8_t *secret, const void *bytes, size_t len);

/* XXH3, 64 bits, unkeyed: for tables over trusted text and for checksums of our own files. */
uint64_t hash_fast64(const void *bytes, size_t len);

/* XXH64 with seed 0, as Parquet's bloom filters take it ("parquet-iceberg", section 10). */
uint64_t hash_xxh64(const void *bytes, size_t len);

/* CRC-32 of the gzip polynomial, continued from *crc* (0 at the start). */
uint32_t hash_crc32(uint32_t crc, const void *bytes, size_t len);

/* MD5 of *len* bytes into *ret*: an old name of things, no evidence. */
void hash_md5(const void *bytes, size_t len, uint8_t ret[HASH_MD5_BYTES]);

/* SHA-1 of *len* bytes into *ret*: an old name of things, no evidence. */
void hash_sha1(const void *bytes, size_t len, uint8_t ret[HASH_SHA1_BYTES]);

/* SHA-256 of *len* bytes into *ret*. */
void hash_sha256(const void *bytes, size_t len, uint8_t ret[HASH_SHA256_BYTES]);

/* SHA-512 of *len* bytes into *ret*. */
void hash_sha512(const void *bytes, size_t len, uint8_t ret[HASH_SHA512_BYTES]);

/* SHA-256 of bytes that come in pieces. */
typedef struct HashSha256 HashSha256;
HashSha256 *hash_sha256_new(Error *err) __attribute__((warn_unused_result));
void hash_sha256_add(HashSha256 *hash, const void *bytes, size_t len);

/* Writes the digest and frees *hash*; NULL *ret* only frees. NULL *hash* is fine. */
void hash_sha256_end(HashSha256 *hash, uint8_t *ret);

/* HMAC of *text* with SHA-256 under *key* into *ret*, which may be the key's own memory. */
void hash_hmac_sha256(Str key, Str text, uint8_t ret[HASH_SHA256_BYTES]);

/* Overwrites what held a secret, for certain. */
void hash_wipe(void *bytes, size_t len);

/* Lower-case hexadecimal of *len* bytes and a NUL into *ret* (2 * len + 1 bytes). */
void hash_hex(const void *bytes, size_t len, char *ret);

/* The *len* bytes that hash_hex wrote; false for any other text. */
bool hash_unhex(Str text, void *ret, size_t len);

/* Fills *len* bytes with random ones from the system. */
bool hash_random(void *bytes, size_t len, Error *err) __attribute__((warn_unused_result));

/* A random UUID of version 4 as 36 characters and a NUL. */
bool hash_uuid(char ret[37], Error *err) __attribute__((warn_unused_result));

#endif
