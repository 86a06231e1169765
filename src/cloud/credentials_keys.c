#include "base/hash.h"
#include "cloud/credentials_source.h"

void credentials_wipe(Credentials *credentials)
{
    if (credentials->storage.cap)
        hash_wipe(credentials->storage.ptr, credentials->storage.cap);
    buf_free(&credentials->storage);
    *credentials = (Credentials){.expires_us = 0};
}

/* Keys are visible characters of ASCII: they stand in headers. */
static bool is_key(Str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] <= ' ' || text.ptr[i] >= 0x7f)
            return false;
    return true;
}

static Str append(Buf *storage, Str text)
{
    Str copy = {storage->ptr + storage->len, text.len};
    if (text.len && storage->ptr)
        memcpy(storage->ptr + storage->len, text.ptr, text.len);
    storage->len += text.len;
    return copy;
}

bool credentials_keep(Credentials *ret, Str access_key, Str secret_key, Str session_token,
                      Error *err)
{
    if (!access_key.len || !secret_key.len)
        return error_set(err, ERROR_INPUT, "there is no %s",
                         access_key.len ? "secret access key" : "access key id");
    if (!is_key(access_key) || !is_key(secret_key) || !is_key(session_token))
        return error_set(err, ERROR_INPUT, "the %s holds a character that no key has",
                         !is_key(access_key)   ? "access key id"
                         : !is_key(secret_key) ? "secret access key"
                                               : "session token");
    Buf storage = buf_init(CREDENTIALS_BYTES_MAX);
    if (!buf_reserve(&storage, access_key.len + secret_key.len + session_token.len, err))
        return false;
    credentials_wipe(ret);
    ret->access_key = append(&storage, access_key);
    ret->secret_key = append(&storage, secret_key);
    ret->session_token = append(&storage, session_token);
    ret->expires_us = INT64_MAX;
    ret->origin = "";
    ret->storage = storage;
    return true;
}
