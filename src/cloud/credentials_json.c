#include "base/timestamp.h"
#include "cloud/credentials_source.h"

enum { TREE_BYTES_MAX = 512 << 10 };

bool credentials_json(Str text, CredentialsJson *ret, Error *err)
{
    const JsonLimits limits = {.depth_max = 8, .duplicates_allowed = false};
    Error why = {0};
    ret->top = NULL;
    ret->arena = arena_new(TREE_BYTES_MAX, err);
    if (!ret->arena)
        return false;
    ret->top = json_read(text, &limits, ret->arena, &why);
    if (!ret->top) /* what it found there may be a part of a key */
        return error_set(err, why.kind, "the answer is no JSON that can be read");
    return ret->top->type == JSON_OBJECT ||
           error_set(err, ERROR_INPUT, "the answer is no JSON object");
}

void credentials_json_free(CredentialsJson *json)
{
    if (json->arena)
        arena_wipe(json->arena);
    arena_free(json->arena);
    *json = (CredentialsJson){.top = NULL};
}

static Str member(const Json *object, Str name)
{
    return json_text(json_member(object, name), STR(""));
}

bool credentials_json_keys(const Json *object, Str token, bool expires, Credentials *ret,
                           Error *err)
{
    int64_t expires_us = INT64_MAX;
    Str expiration = member(object, STR("Expiration"));
    if (!expiration.len && expires)
        return error_set(err, ERROR_INPUT, "the answer has no Expiration");
    if (expiration.len && !timestamp_parse(expiration, &expires_us))
        return error_set(err, ERROR_INPUT, "the answer's Expiration '%.*s' is no time",
                         STR_ARG(str_slice(expiration, 0, TIMESTAMP_TEXT_BYTES)));
    if (!credentials_keep(ret, member(object, STR("AccessKeyId")),
                          member(object, STR("SecretAccessKey")), member(object, token), err))
        return false;
    ret->expires_us = expires_us;
    return true;
}
