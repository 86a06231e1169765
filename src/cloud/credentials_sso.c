#include <stdio.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/timestamp.h"
#include "cloud/credentials_source.h"
#include "cloud/profiles_files.h"
#include "cloud/sigv4.h"

enum {
    CACHE_BYTES_MAX = 64 << 10,
    PATH_BYTES_MAX = 4096,
    URL_BYTES_MAX = 2048,
    ATTEMPTS = 3,
    TIMEOUT_US = 30000000,
    STATUS_UNAUTHORIZED = 401
};

typedef struct Login {
    Str session; /* its name in the files; empty: of the older kind, named by its URL */
    Str start_url, region, account, role;
} Login;

static bool tell_login(const CredentialsProfile *profile, const char *problem, Error *why)
{
    return error_set(why, ERROR_ACCESS, "%s: run 'aws sso login --profile %.*s'", problem,
                     STR_ARG(profile->name));
}

/* A setting of the session, or of the profile, as older files have it. */
static Str find(const CredentialsSearch *search, const CredentialsProfile *profile, Str session,
                Str name)
{
    Str value = {NULL, 0};
    if (session.len)
        value = profiles_get(search->profiles, SECTION_SSO_SESSION, session, name);
    return value.len ? value : profiles_get(search->profiles, SECTION_PROFILE, profile->name, name);
}

static bool read_login(const CredentialsSearch *search, const CredentialsProfile *profile,
                       Login *ret, Error *why)
{
    Str session = find(search, profile, STR(""), STR("sso_session"));
    *ret = (Login){.session = session,
                   .start_url = find(search, profile, session, STR("sso_start_url")),
                   .region = find(search, profile, session, STR("sso_region")),
                   .account = find(search, profile, STR(""), STR("sso_account_id")),
                   .role = find(search, profile, STR(""), STR("sso_role_name"))};
    if (session.len && !profiles_has(search->profiles, SECTION_SSO_SESSION, session))
        return error_set(why, ERROR_USAGE,
                         "profile '%.*s' has the sso_session '%.*s', which is "
                         "nowhere",
                         STR_ARG(profile->name), STR_ARG(session));
    const char *missing = !ret->account.len     ? "sso_account_id"
                          : !ret->role.len      ? "sso_role_name"
                          : !ret->region.len    ? "sso_region"
                          : !ret->start_url.len ? "sso_start_url"
                                                : NULL;
    return !missing ||
           error_set(why, ERROR_USAGE, "profile '%.*s' has no %s", STR_ARG(profile->name), missing);
}

/* ~/.aws/sso/cache/HASH.json, whose name is the SHA-1 of the session's. */
static bool print_path(const Login *login, Buf *ret, Error *err)
{
    char name[2 * HASH_SHA1_BYTES + 1];
    uint8_t hash[HASH_SHA1_BYTES];
    Str of = login->session.len ? login->session : login->start_url;
    hash_sha1(of.ptr, of.len, hash);
    hash_hex(hash, sizeof hash, name);
    return profiles_path_below(STR("sso/cache/"), ret, err) &&
           buf_append(ret, name, sizeof name - 1, err) && buf_append_str(ret, STR(".json"), err) &&
           buf_append_byte(ret, '\0', err);
}

/* "2026-11-24T10:35:00Z", which older tools end with "UTC". */
static bool read_time(Str text, int64_t *ret_us)
{
    char time[TIMESTAMP_TEXT_BYTES];
    if (!str_ends(text, STR("UTC")) || text.len >= sizeof time)
        return timestamp_parse(text, ret_us);
    snprintf(time, sizeof time, "%.*sZ", STR_ARG(str_slice(text, 0, text.len - 3)));
    return timestamp_parse(str_of(time), ret_us);
}

/* The token in the file's tree, if it still counts. */
static bool take_token(const CredentialsProfile *profile, const Json *top, Str *ret, Error *why)
{
    int64_t expires_us;
    *ret = json_text(json_member(top, STR("accessToken")), STR(""));
    Str expires = json_text(json_member(top, STR("expiresAt")), STR(""));
    if (!ret->len || !read_time(expires, &expires_us))
        return tell_login(profile, "the cached login cannot be read", why);
    return expires_us > clock_now_us() || tell_login(profile, "the login has expired", why);
}

static bool print_url(CredentialsSearch *search, const Login *login, Buf *ret, Error *err)
{
    const EndpointSource source = {search->profiles, search->profile};
    const EndpointQuery query = {.service = STR("sso"), .region = login->region};
    const Sigv4Pair pairs[] = {{STR("account_id"), login->account},
                               {STR("role_name"), login->role}};
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
        return tell_login(profile, "the login has expired or was withdrawn", why);
    if (reply->status != 200)
        return credentials_fetch_refused(reply, why);
    return credentials_json(buf_str(&reply->body), &json, why) && take_keys(json.top, ret, why);
}

static bool exchange(CredentialsSearch *search, const CredentialsProfile *profile,
                     const Login *login, Str token, Credentials *ret, Error *why)
{
    BUF_AUTO Buf url = buf_init(URL_BYTES_MAX);
    const HttpHeader header = {STR("x-amz-sso_bearer_token"), token};
    if (!print_url(search, login, &url, why))
        return false;
    HttpRequest request = {.method = STR("GET"),
                           .url = url.ptr,
                           .headers = &header,
                           .header_count = 1,
                           .timeout_us = TIMEOUT_US};
    HttpCall *call = credentials_fetch(search, &request, ATTEMPTS, NULL, why);
    bool ok = call && take_answer(profile, http_call_reply(call), ret, why);
    http_call_free(call);
    return ok || error_context(why, "role '%.*s' in account %.*s", STR_ARG(login->role),
                               STR_ARG(login->account));
}

static bool ask_with_cache(CredentialsSearch *search, const CredentialsProfile *profile,
                           const Login *login, Credentials *ret, Error *why)
{
    BUF_AUTO Buf path = buf_init(PATH_BYTES_MAX);
    CREDENTIALS_JSON_AUTO CredentialsJson json = {.top = NULL};
    Buf text = buf_init(CACHE_BYTES_MAX);
    Str token;
    bool ok = print_path(login, &path, why);
    if (ok && !file_exists(path.ptr))
        return tell_login(profile, "nobody has logged in", why);
    ok = ok && file_read(path.ptr, &text, NULL, why) &&
         (credentials_json(buf_str(&text), &json, why) || error_context(why, "'%s'", path.ptr)) &&
         take_token(profile, json.top, &token, why) &&
         exchange(search, profile, login, token, ret, why);
    if (text.cap)
        hash_wipe(text.ptr, text.cap);
    buf_free(&text);
    return ok;
}

CredentialsVerdict credentials_sso(CredentialsSearch *search, const CredentialsProfile *profile,
                                   Credentials *ret, Error *why)
{
    Login login;
    if (!find(search, profile, STR(""), STR("sso_account_id")).len &&
        !find(search, profile, STR(""), STR("sso_role_name")).len) {
        error_set(why, ERROR_ACCESS, "profile '%.*s' has no sso_account_id",
                  STR_ARG(profile->name));
        return CREDENTIALS_ABSENT;
    }
    return read_login(search, profile, &login, why) &&
                   ask_with_cache(search, profile, &login, ret, why)
               ? CREDENTIALS_FOUND
               : CREDENTIALS_FAILED;
}
