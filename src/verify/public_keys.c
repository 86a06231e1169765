#include "verify/public_keys.h"

#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/timestamp.h"

enum { FILE_BYTES_MAX = 64 << 20, KEYS_MAX = 100000, TREE_BYTES_MAX = 512 << 20 };

struct PublicKeys {
    PublicKey *keys;
    size_t count, cap;
    Arena *texts;
};

PublicKeys *public_keys_new(Error *err)
{
    PublicKeys *keys = mem_calloc(1, sizeof *keys, err);
    if (keys && (keys->texts = arena_new(FILE_BYTES_MAX, err)))
        return keys;
    public_keys_free(keys);
    return NULL;
}

void public_keys_free(PublicKeys *keys)
{
    if (!keys)
        return;
    for (size_t i = 0; i < keys->count; i++)
        signature_key_free(keys->keys[i].key);
    arena_free(keys->texts);
    mem_free(keys->keys);
    mem_free(keys);
}

size_t public_keys_count(const PublicKeys *keys)
{
    return keys->count;
}

const PublicKey *public_keys_at(const PublicKeys *keys, size_t index)
{
    return &keys->keys[index];
}

const PublicKey *public_keys_find(const PublicKeys *keys, Str fingerprint)
{
    for (size_t i = 0; i < keys->count; i++)
        if (str_equal(keys->keys[i].fingerprint, fingerprint))
            return &keys->keys[i];
    return NULL;
}

/* Seconds since 1970 with a fraction, or RFC 3339. */
static int64_t read_time(const Json *value, int64_t fallback)
{
    int64_t us;
    char text[64];
    if (value && value->type == JSON_STRING && timestamp_parse(value->text, &us))
        return us;
    if (!value || value->type != JSON_NUMBER || value->text.len >= sizeof text)
        return fallback;
    memcpy(text, value->text.ptr, value->text.len);
    text[value->text.len] = 0;
    double seconds = strtod(text, NULL);
    return seconds > -1e12 && seconds < 1e12 ? (int64_t)(seconds * 1e6) : fallback;
}

static bool is_md5_of(Str der, Str fingerprint)
{
    uint8_t md5[HASH_MD5_BYTES];
    char hex[2 * HASH_MD5_BYTES + 1];
    hash_md5(der.ptr, der.len, md5);
    hash_hex(md5, sizeof md5, hex);
    return str_equal_nocase(str_of(hex), fingerprint);
}

static bool append(PublicKeys *keys, const PublicKey *key, Error *err)
{
    PublicKey *list = mem_grow(keys->keys, keys->count + 1, &keys->cap, sizeof *list, err);
    if (!list)
        return false;
    keys->keys = list;
    list[keys->count++] = *key;
    return true;
}

bool public_keys_add(PublicKeys *keys, const PublicKey *key, Error *err)
{
    Error unusable = {0};
    if (public_keys_find(keys, key->fingerprint))
        return true;
    if (keys->count == KEYS_MAX)
        return error_set(err, ERROR_LIMIT, "more than %d public keys", KEYS_MAX);
    char *name = arena_text(keys->texts, key->fingerprint, err);
    char *der = name ? arena_text(keys->texts, key->der, err) : NULL;
    if (!der)
        return false;
    const PublicKey added = {
        .fingerprint = {name, key->fingerprint.len},
        .der = {der, key->der.len},
        .key = signature_key_new(key->der, &unusable),
        .from_us = key->from_us,
        .to_us = key->to_us,
        .fingerprint_fits = is_md5_of(key->der, key->fingerprint),
    };
    if (!added.key && unusable.kind != ERROR_INPUT) {
        *err = unusable;
        return false;
    }
    if (append(keys, &added, err))
        return true;
    signature_key_free(added.key);
    return false;
}

static bool read_key(PublicKeys *keys, const Json *value, Error *err)
{
    BUF_AUTO Buf der = buf_init(SIGNATURE_DER_MAX);
    Str fingerprint = json_text(json_member(value, STR("Fingerprint")), STR(""));
    Str coded = json_text(json_member(value, STR("Value")), STR(""));
    if (!fingerprint.len || !coded.len)
        return error_set(err, ERROR_INPUT, "%s is missing", coded.len ? "Fingerprint" : "Value");
    if (!base64_decode(&der, coded, err))
        return error_context(err, "Value");
    const PublicKey key = {
        .fingerprint = fingerprint,
        .der = buf_str(&der),
        .from_us = read_time(json_member(value, STR("ValidityStartTime")), INT64_MIN),
        .to_us = read_time(json_member(value, STR("ValidityEndTime")), INT64_MAX),
    };
    return public_keys_add(keys, &key, err);
}

static bool read_answer(PublicKeys *keys, const Json *answer, Error *err)
{
    const Json *list = json_member(answer, STR("PublicKeyList"));
    size_t at = 0;
    if (!list || list->type != JSON_ARRAY)
        return error_set(err, ERROR_INPUT, "no PublicKeyList, as ListPublicKeys answers");
    for (const Json *key = list->first; key; key = key->next, at++)
        if (!read_key(keys, key, err))
            return error_context(err, "PublicKeyList[%zu]", at);
    return true;
}

bool public_keys_read_text(PublicKeys *keys, Str text, const char *name, Error *err)
{
    Arena *arena = arena_new(TREE_BYTES_MAX, err);
    const Json *document = arena ? json_read(text, &JSON_LIMITS_DEFAULT, arena, err) : NULL;
    bool ok = document != NULL;
    if (ok && document->type == JSON_ARRAY) {
        for (const Json *answer = document->first; ok && answer; answer = answer->next)
            ok = read_answer(keys, answer, err);
    } else if (ok) {
        ok = read_answer(keys, document, err);
    }
    arena_free(arena);
    return ok || error_context(err, "%s", name);
}

bool public_keys_read(PublicKeys *keys, const char *path, Error *err)
{
    BUF_AUTO Buf text = buf_init(FILE_BYTES_MAX);
    if (!file_read(path, &text, NULL, err))
        return error_context(err, "%s", path);
    return public_keys_read_text(keys, buf_str(&text), path, err);
}
