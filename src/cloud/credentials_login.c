#include <stdio.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/json_write.h"
#include "base/timestamp.h"
#include "cloud/credentials_source.h"
#include "cloud/profiles_files.h"

enum {
    CACHE_BYTES_MAX = 64 << 10,
    PATH_BYTES_MAX = 4096,
    URL_BYTES_MAX = 2048,
    ATTEMPTS = 3,
    TIMEOUT_US = 30000000
};

#define RENEWED_US INT64_C(300000000) /* before its end a token is renewed */
#define SECOND_US  INT64_C(1000000)

/* One login: the cached file's tree, and what the search goes by. */
typedef struct Login {
    CredentialsSearch *search;
    const CredentialsLogin *of;
    const char *path;
    const Json *cached;
    int64_t expires_us;
} Login;

bool credentials_login_missing(const CredentialsProfile *profile, const char *problem, Error *err)
{
    return error_set(err, ERROR_ACCESS, "%s: run 'aws sso login --profile %.*s'", problem,
                     STR_ARG(profile->name));
}

/* ~/.aws/sso/cache/HASH.json, whose name is the SHA-1 of the session's. */
static bool print_path(const CredentialsLogin *login, Buf *ret, Error *err)
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

static Str member(const Json *object, const char *name)
{
    return json_text(json_member(object, str_of(name)), STR(""));
}

static bool reserve(Buf *buf, size_t bytes_max, Error *err)
{
    *buf = buf_init(bytes_max);
    return buf_reserve(buf, bytes_max, err);
}

static void wipe(Buf *buf)
{
    if (buf->cap)
        hash_wipe(buf->ptr, buf->cap);
    buf_free(buf);
}

/* Whether the cache holds what renewing needs: a login of an sso-session, by a program that is
 * still registered. */
static bool may_renew(const Login *login)
{
    int64_t registered_us;
    return login->of->session.len && member(login->cached, "refreshToken").len &&
           member(login->cached, "clientId").len && member(login->cached, "clientSecret").len &&
           read_time(member(login->cached, "registrationExpiresAt"), &registered_us) &&
           registered_us > clock_now_us();
}

static bool print_url(const Login *login, Buf *ret, Error *err)
{
    const EndpointSource source = {login->search->profiles, login->search->profile};
    const EndpointQuery query = {.service = STR("oidc"), .region = login->of->region};
    Endpoint endpoint;
    return endpoint_find(&source, &query, &endpoint, err) &&
           buf_printf(ret, err, "%s/token", endpoint.url) && buf_append_byte(ret, '\0', err);
}

static bool print_request(const Login *login, Buf *ret, Error *err)
{
    JsonWriter to = {.out = ret, .err = err, .ok = true};
    json_write_open(&to, NULL, '{');
    json_write_text(&to, "grantType", STR("refresh_token"));
    json_write_text(&to, "clientId", member(login->cached, "clientId"));
    json_write_text(&to, "clientSecret", member(login->cached, "clientSecret"));
    json_write_text(&to, "refreshToken", member(login->cached, "refreshToken"));
    json_write_close(&to, '}');
    return to.ok;
}

/* The file as the AWS CLI goes on to read it. */
static bool print_cache(const Login *login, const Json *answer, int64_t expires_us, Buf *ret,
                        Error *err)
{
    char expires[TIMESTAMP_TEXT_BYTES];
    JsonWriter to = {.out = ret, .err = err, .ok = true};
    Str next = member(answer, "refreshToken");
    timestamp_format(expires_us, expires);
    json_write_open(&to, NULL, '{');
    json_write_text(&to, "startUrl", login->of->start_url);
    json_write_text(&to, "region", login->of->region);
    json_write_text(&to, "accessToken", member(answer, "accessToken"));
    json_write_text(&to, "expiresAt", str_of(expires));
    json_write_text(&to, "clientId", member(login->cached, "clientId"));
    json_write_text(&to, "clientSecret", member(login->cached, "clientSecret"));
    json_write_text(&to, "registrationExpiresAt", member(login->cached, "registrationExpiresAt"));
    json_write_text(&to, "refreshToken", next.len ? next : member(login->cached, "refreshToken"));
    json_write_close(&to, '}');
    return to.ok;
}

/* A new token is written down for the next one who asks; that fails only for them. */
static void save(const Login *login, const Json *answer, int64_t expires_us)
{
    Buf text;
    Error err = {0};
    if (!reserve(&text, CACHE_BYTES_MAX, &err) ||
        !print_cache(login, answer, expires_us, &text, &err) ||
        !file_replace(login->path, buf_str(&text), &err))
        login->search->tell(login->search->context, err.text);
    wipe(&text);
}

static bool take_renewed(Login *login, const HttpReply *reply, Buf *ret_token, Error *err)
{
    CREDENTIALS_JSON_AUTO CredentialsJson json = {.top = NULL};
    int64_t seconds;
    if (reply->status != 200)
        return credentials_fetch_refused(reply, err);
    if (!credentials_json(buf_str(&reply->body), &json, err))
        return false;
    Str token = member(json.top, "accessToken");
    if (!token.len || !json_int(json_member(json.top, STR("expiresIn")), &seconds) || seconds < 1 ||
        seconds > 366 * 86400)
        return error_set(err, ERROR_INPUT, "the answer has no accessToken that expires");
    int64_t now_s = clock_now_us() / SECOND_US;
    if (!buf_append_str(ret_token, token, err))
        return false;
    save(login, json.top, (now_s + seconds) * SECOND_US);
    return true;
}

/* CreateToken of the service that the login came from. */
static bool renew(Login *login, Buf *ret_token, Error *err)
{
    BUF_AUTO Buf url = buf_init(URL_BYTES_MAX);
    Buf body;
    const HttpHeader header = {STR("content-type"), STR("application/json")};
    bool ok = reserve(&body, CACHE_BYTES_MAX, err) && print_url(login, &url, err) &&
              print_request(login, &body, err);
    HttpRequest request = {.method = STR("POST"),
                           .url = url.ptr,
                           .headers = &header,
                           .header_count = 1,
                           .body = buf_str(&body),
                           .timeout_us = TIMEOUT_US};
    HttpCall *call = ok ? credentials_fetch(login->search, &request, ATTEMPTS, NULL, err) : NULL;
    ok = call && take_renewed(login, http_call_reply(call), ret_token, err);
    http_call_free(call);
    wipe(&body);
    return ok;
}

/* The token at hand, or a new one when it ends soon. One that still counts is used when there is no
 * new one; that the service is out of reach is told as it is. */
static bool take_token(Login *login, const CredentialsProfile *profile, Buf *ret_token, Error *err)
{
    Str token = member(login->cached, "accessToken");
    if (!token.len || !read_time(member(login->cached, "expiresAt"), &login->expires_us))
        return credentials_login_missing(profile, "the cached login cannot be read", err);
    int64_t left_us = login->expires_us - clock_now_us();
    if (left_us < RENEWED_US && may_renew(login)) {
        if (renew(login, ret_token, err))
            return true;
        if (left_us <= 0 && err->kind == ERROR_BUSY)
            return error_context(err, "the login could not be renewed");
        error_clear(err);
    }
    return left_us > 0 ? buf_append_str(ret_token, token, err)
                       : credentials_login_missing(profile, "the login has expired", err);
}

bool credentials_login(CredentialsSearch *search, const CredentialsProfile *profile,
                       const CredentialsLogin *of, Buf *ret_token, Error *err)
{
    BUF_AUTO Buf path = buf_init(PATH_BYTES_MAX);
    CREDENTIALS_JSON_AUTO CredentialsJson json = {.top = NULL};
    Buf text = buf_init(CACHE_BYTES_MAX);
    if (!print_path(of, &path, err))
        return false;
    if (!file_exists(path.ptr))
        return credentials_login_missing(profile, "nobody has logged in", err);
    bool ok =
        file_read(path.ptr, &text, NULL, err) &&
        (credentials_json(buf_str(&text), &json, err) || error_context(err, "'%s'", path.ptr));
    Login login = {.search = search, .of = of, .path = path.ptr, .cached = json.top};
    ok = ok && take_token(&login, profile, ret_token, err);
    wipe(&text);
    return ok;
}
