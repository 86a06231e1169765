#include "base/hash.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <libdeflate.h>
#include <string.h>
#ifndef __clang_analyzer__ /* which would find fault with the library */
#define XXH_INLINE_ALL     /* most texts are short: a call costs as much as their hash */
#endif
#define XXH_STATIC_LINKING_ONLY
#include <xxhash.h>

#include "base/mem.h"

struct HashSha256 {
    gnutls_hash_hd_t handle;
};

uint64_t hash_keyed64(const uint8_t *secret, const void *bytes, size_t len)
{
    return XXH3_64bits_withSecret(bytes, len, secret, HASH_SECRET_BYTES);
}

Hash128 hash_keyed128(const uint8_t *secret, const void *bytes, size_t len)
{
    XXH128_hash_t hash = XXH3_128bits_withSecret(bytes, len, secret, HASH_SECRET_BYTES);
    return (Hash128){hash.high64, hash.low64};
}

uint64_t hash_fast64(const void *bytes, size_t len)
{
    return XXH3_64bits(bytes, len);
}

uint64_t hash_xxh64(const void *bytes, size_t len)
{
    return XXH64(bytes, len, 0);
}

uint32_t hash_crc32(uint32_t crc, const void *bytes, size_t len)
{
    return libdeflate_crc32(crc, bytes, len);
}

void hash_md5(const void *bytes, size_t len, uint8_t ret[HASH_MD5_BYTES])
{
    gnutls_hash_fast(GNUTLS_DIG_MD5, bytes, len, ret);
}

void hash_sha1(const void *bytes, size_t len, uint8_t ret[HASH_SHA1_BYTES])
{
    gnutls_hash_fast(GNUTLS_DIG_SHA1, bytes, len, ret);
}

void hash_sha256(const void *bytes, size_t len, uint8_t ret[HASH_SHA256_BYTES])
{
    gnutls_hash_fast(GNUTLS_DIG_SHA256, bytes, len, ret);
}

void hash_sha512(const void *bytes, size_t len, uint8_t ret[HASH_SHA512_BYTES])
{
    gnutls_hash_fast(GNUTLS_DIG_SHA512, bytes, len, ret);
}

HashSha256 *hash_sha256_new(Error *err)
{
    HashSha256 *hash = mem_calloc(1, sizeof *hash, err);
    if (hash && gnutls_hash_init(&hash->handle, GNUTLS_DIG_SHA256) != 0) {
        error_set(err, ERROR_SYSTEM, "SHA-256 could not be started");
        mem_free(hash);
        return NULL;
    }
    return hash;
}

void hash_sha256_add(HashSha256 *hash, const void *bytes, size_t len)
{
    gnutls_hash(hash->handle, bytes, len);
}

void hash_sha256_end(HashSha256 *hash, uint8_t *ret)
{
    if (!hash)
        return;
    gnutls_hash_deinit(hash->handle, ret);
    mem_free(hash);
}

void hash_hmac_sha256(Str key, Str text, uint8_t ret[HASH_SHA256_BYTES])
{
    uint8_t mac[HASH_SHA256_BYTES];
    gnutls_hmac_fast(GNUTLS_MAC_SHA256, key.ptr, key.len, text.ptr, text.len, mac);
    memcpy(ret, mac, sizeof mac);
    hash_wipe(mac, sizeof mac);
}

void hash_wipe(void *bytes, size_t len)
{
    gnutls_memset(bytes, 0, len);
}

void hash_hex(const void *bytes, size_t len, char *ret)
{
    static const char DIGITS[] = "0123456789abcdef";
    const uint8_t *at = bytes;
    for (size_t i = 0; i < len; i++) {
        ret[2 * i] = DIGITS[at[i] >> 4];
        ret[2 * i + 1] = DIGITS[at[i] & 15];
    }
    ret[2 * len] = '\0';
}

bool hash_unhex(Str text, void *ret, size_t len)
{
    static const char DIGITS[] = "0123456789abcdef";
    uint8_t *to = ret;
    if (text.len != 2 * len)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        const char *digit = memchr(DIGITS, text.ptr[i], sizeof DIGITS - 1);
        if (!digit)
            return false;
        to[i / 2] = (uint8_t)(i % 2 ? to[i / 2] << 4 | (digit - DIGITS) : digit - DIGITS);
    }
    return true;
}

bool hash_random(void *bytes, size_t len, Error *err)
{
    if (gnutls_rnd(GNUTLS_RND_RANDOM, bytes, len) != 0)
        return error_set(err, ERROR_SYSTEM, "the system gave no random bytes");
    return true;
}

bool hash_uuid(char ret[37], Error *err)
{
    static const int GROUP_BYTES[] = {4, 2, 2, 2, 6};
    uint8_t raw[16];
    if (!hash_random(raw, sizeof raw, err))
        return false;
    raw[6] = (uint8_t)((raw[6] & 0x0f) | 0x40);
    raw[8] = (uint8_t)((raw[8] & 0x3f) | 0x80);
    const uint8_t *from = raw;
    for (size_t group = 0; group < sizeof GROUP_BYTES / sizeof *GROUP_BYTES; group++) {
        hash_hex(from, (size_t)GROUP_BYTES[group], ret);
        ret += 2 * GROUP_BYTES[group];
        from += GROUP_BYTES[group];
        *ret++ = '-';
    }
    ret[-1] = '\0';
    return true;
}
