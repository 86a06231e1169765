/* Functions over bytes: texts of them and hashes ("athena", section 3). */
#include "base/hash.h"
#include "base/json.h"
#include "natives/natives_row.h"

enum { XXHASH_BYTES = 8 };

/* athena_from_utf8(bytes): U+FFFD for each byte that is no UTF-8 */
static bool from_utf8(NativesRow *row)
{
    Str bytes = row->arguments[0].text;
    for (size_t at = 0; at < bytes.len;) {
        unsigned length = json_utf8_length(bytes.ptr + at, bytes.ptr + bytes.len);
        bool ok = length ? buf_append(row->out, bytes.ptr + at, length, row->err)
                         : buf_append_str(row->out, STR("\xef\xbf\xbd"), row->err);
        if (!ok)
            return false;
        at += length ? length : 1;
    }
    return true;
}

/* athena_crc32(bytes) */
static bool crc32_of(NativesRow *row)
{
    row->result.integer = hash_crc32(0, row->arguments[0].text.ptr, row->arguments[0].text.len);
    return true;
}

/* athena_xxhash64(bytes): the highest byte first */
static bool xxhash64(NativesRow *row)
{
    uint64_t hash = hash_xxh64(row->arguments[0].text.ptr, row->arguments[0].text.len);
    uint8_t bytes[XXHASH_BYTES];
    for (size_t i = 0; i < XXHASH_BYTES; i++)
        bytes[i] = (uint8_t)(hash >> (56 - 8 * i));
    return buf_append(row->out, bytes, sizeof bytes, row->err);
}

/* athena_sha512(bytes) */
static bool sha512(NativesRow *row)
{
    uint8_t digest[HASH_SHA512_BYTES];
    hash_sha512(row->arguments[0].text.ptr, row->arguments[0].text.len, digest);
    return buf_append(row->out, digest, sizeof digest, row->err);
}

const NativesFunction NATIVES_BYTE_TEXTS[] = {
    {"athena_from_utf8", {NATIVES_BYTES}, NATIVES_TEXT, from_utf8, false},
    {"athena_sha512", {NATIVES_BYTES}, NATIVES_BYTES, sha512, false},
    {"athena_crc32", {NATIVES_BYTES}, NATIVES_INTEGER, crc32_of, false},
    {"athena_xxhash64", {NATIVES_BYTES}, NATIVES_BYTES, xxhash64, false},
    {NULL, {NATIVES_END}, NATIVES_END, NULL, false},
};
