#include "base/hash.h"
#include "cloud/credentials_source.h"
#include "cloud/sigv4.h"

enum {
    TOKEN_BYTES_MAX = 32 << 10,
    URL_BYTES_MAX = 2048,
    ATTEMPTS = 3,
    TIMEOUT_US = 30000000,
    STATUS_UNAUTHORIZED = 401
};

/* A role that a login may take on. */
typedef struct Role {
    CredentialsLogin login;
    Str account, name;
} Role;

/* A setting of the session, or of the profile, as older files have it. */
static Str find(const CredentialsSearch *search, const CredentialsProfile *profile, Str session,
                Str name)
{
    Str value = {NULL, 0};
    if (session.len)
        value = profiles_get(search->profiles, SECTION_SSO_SESSION, session, name);
    return value.len ? value : profiles_get(search->profiles, SECTION_PROFILE, profile->name, name);
}

static bool read_role(const CredentialsSearch *search, const CredentialsProfile *profile, Role *ret,
                      Error *why)
{
    Str session = find(search, profile, STR(""), STR("sso_session"));
    *ret = (Role){.login = {.session = session,
                            .start_url = find(search, profile, session, STR("sso_start_url")),
                            .region = find(search, profile, session, STR("sso_region"))},
                  .account = find(search, profile, STR(""), STR("sso_account_id")),
                  .name = find(search, profile, STR(""), STR("sso_role_name"))};
    if (session.len && !profiles_has(search->profiles, SECTION_SSO_SESSION, session))
        return error_set(why, ERROR_USAGE,
                         "profile '%.*s' has the sso_session '%.*s', which is nowhere",
                         STR_ARG(profile->name), STR_ARG(session));
    const char *missing = !ret->account.len           ? "sso_account_id"
                          : !ret->name.len            ? "sso_role_name"
                          : !ret->login.region.len    ? "sso_region"
                          : !ret->login.start_url.len ? "sso_start_url"
                                                      : NULL;
    return !missing ||
           error_set(why, ERROR_USAGE, "profile '%.*s' has no %s", STR_ARG(profile->name), missing);
}

static bool print_url(CredentialsSearch *search, const Role *role, Buf *ret, Error *err)
{
    const EndpointSource source = {search->profiles, search->profile};
    const EndpointQuery query = {.service = STR("sso"), .region = role->login.region};
    const Sigv4Pair pairs[] = {{STR("account_id"), role->account}, {STR("role_name"), role->name}};
    Endpoint endpoint;
    return endpoint_find(&source, &query, &endpoint, err) &&
           buf_append_str(ret, str_of(endpoint.url), err) &&
           buf_append_str(ret, STR("/federation/credentials?"), err) &&
           sigv4_query(ret, pairs, 2, err) && buf_append_byte(ret, '\0', err);
}

/* roleCredentials, whose names and time are not those of the other sources. */
static bool take_keys(const Json *top, Credentials *ret, Error *why)
{
    const Json *keys = json_member(top, STR("roleCredentials"));
    int64_t expires_ms;
    if (!json_int(json_member(keys, STR("expiration")), &expires_ms) || expires_ms < 0 ||
        expires_ms > INT64_MAX / 1000)
        return error_set(why, ERROR_INPUT, "the answer has no expiration");
    if (!credentials_keep(ret, json_text(json_member(keys, STR("accessKeyId")), STR("")),
                          json_text(json_member(keys, STR("secretAccessKey")), STR("")),
                          json_text(json_member(keys, STR("sessionToken")), STR("")), why))
        return false;
    ret->expires_us = expires_ms * 1000;
    return true;
}

static bool take_answer(const CredentialsProfile *profile, const HttpReply *reply, Credentials *ret,
                        Error *why)
{
    CREDENTIALS_JSON_AUTO CredentialsJson json = {.top = NULL};
    if (reply->status == STATUS_UNAUTHORIZED)
        return credentials_login_missing(profile, "the login has expired or was withdrawn", why);
    if (reply->status != 200)
        return credentials_fetch_refused(reply, why);
    return credentials_json(buf_str(&reply->body), &json, why) && take_keys(json.top, ret, why);
}

static bool exchange(CredentialsSearch *search, const CredentialsProfile *profile, const Role *role,
                     Str token, Credentials *ret, Error *why)
{
    BUF_AUTO Buf url = buf_init(URL_BYTES_MAX);
    const HttpHeader header = {STR("x-amz-sso_bearer_token"), token};
    if (!print_url(search, role, &url, why))
        return false;
    HttpRequest request = {.method = STR("GET"),
                           .url = url.ptr,
                           .headers = &header,
                           .header_count = 1,
                           .timeout_us = TIMEOUT_US};
    HttpCall *call = credentials_fetch(search, &request, ATTEMPTS, NULL, why);
    bool ok = call && take_answer(profile, http_call_reply(call), ret, why);
    http_call_free(call);
    return ok || error_context(why, "role '%.*s' in account %.*s", STR_ARG(role->name),
                               STR_ARG(role->account));
}

static bool ask_with_login(CredentialsSearch *search, const CredentialsProfile *profile,
                           const Role *role, Credentials *ret, Error *why)
{
    Buf token = buf_init(TOKEN_BYTES_MAX);
    bool ok = buf_reserve(&token, TOKEN_BYTES_MAX, why) &&
              credentials_login(search, profile, &role->login, &token, why) &&
              exchange(search, profile, role, buf_str(&token), ret, why);
    if (token.cap)
        hash_wipe(token.ptr, token.cap);
    buf_free(&token);
    return ok;
}

CredentialsVerdict credentials_sso(CredentialsSearch *search, const CredentialsProfile *profile,
                                   Credentials *ret, Error *why)
{
    Role role;
    if (!find(search, profile, STR(""), STR("sso_account_id")).len &&
        !find(search, profile, STR(""), STR("sso_role_name")).len) {
        error_set(why, ERROR_ACCESS, "profile '%.*s' has no sso_account_id",
                  STR_ARG(profile->name));
        return CREDENTIALS_ABSENT;
    }
    return read_role(search, profile, &role, why) &&
                   ask_with_login(search, profile, &role, ret, why)
               ? CREDENTIALS_FOUND
               : CREDENTIALS_FAILED;
}
