#include "redact/redact_verb.h"

#include <assert.h>

#include "base/hash.h"

enum { TOKEN_BYTES = 16 };

const char *redact_verb_name(RedactVerb verb)
{
    static const char *const NAMES[REDACT_VERBS] = {
        [REDACT_REMOVE] = "remove",
        [REDACT_MASK] = "mask",
        [REDACT_TRUNCATE] = "truncate",
        [REDACT_HASH] = "hash",
    };
    return NAMES[verb];
}

static bool is_token(Str text)
{
    uint8_t bytes[TOKEN_BYTES];
    Str prefix = STR("hmac:");
    size_t colon = str_find_byte(text, ':', prefix.len);
    return str_starts(text, prefix) && colon - prefix.len <= REDACT_KEY_ID_MAX &&
           text.len == colon + 1 + 2 * sizeof bytes &&
           hash_unhex(str_slice(text, colon + 1, text.len), bytes, sizeof bytes);
}

bool redact_verb_find_hash(const RedactKey *key, Str text, size_t from, size_t *ret_from,
                           size_t *ret_to)
{
    uint8_t bytes[TOKEN_BYTES];
    Str prefix = STR("hmac:");
    size_t head = prefix.len + key->id.len + 1, len = head + 2 * sizeof bytes;
    for (size_t at = from; key->id.len && at + len <= text.len; at++) {
        if (!str_starts(str_slice(text, at, at + prefix.len), prefix) ||
            !str_equal(str_slice(text, at + prefix.len, at + head - 1), key->id) ||
            text.ptr[at + head - 1] != ':' ||
            !hash_unhex(str_slice(text, at + head, at + len), bytes, sizeof bytes))
            continue;
        *ret_from = at;
        *ret_to = at + len;
        return true;
    }
    return false;
}

static bool write_token(const RedactKey *key, Str text, Buf *out, Error *err)
{
    if (is_token(text))
        return buf_append_str(out, text, err);
    uint8_t digest[HASH_SHA256_BYTES];
    char hex[2 * TOKEN_BYTES + 1];
    hash_hmac_sha256(key->bytes, text, digest);
    hash_hex(digest, TOKEN_BYTES, hex);
    return buf_printf(out, err, "hmac:%.*s:%s", STR_ARG(key->id), hex);
}

/* The first *count* characters of *text*. */
static Str beginning(Str text, uint32_t count)
{
    size_t at = 0;
    for (; at < text.len; at++) {
        bool first = ((unsigned char)text.ptr[at] & 0xc0) != 0x80;
        if (first && count-- == 0)
            break;
    }
    return str_slice(text, 0, at);
}

bool redact_verb_write(RedactAction action, const RedactKey *key, Str text, Buf *out, Error *err)
{
    switch (action.verb) {
    case REDACT_MASK:
        return buf_append_str(out, STR("***"), err);
    case REDACT_TRUNCATE:
        return buf_append_str(out, beginning(text, action.keep), err);
    case REDACT_HASH:
        assert(key && key->bytes.len);
        return write_token(key, text, out, err);
    default:
        return true;
    }
}
