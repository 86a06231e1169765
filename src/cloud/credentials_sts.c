#include "base/clock.h"
#include "base/hash.h"
#include "base/timestamp.h"
#include "cloud/credentials_source.h"
#include "cloud/sigv4.h"
#include "cloud/xml.h"

enum {
    FORM_BYTES_MAX = 256 << 10, /* a token of 20,000 bytes, each as three */
    ATTEMPTS = 3,
    TIMEOUT_US = 30000000,
    MESSAGE_BYTES = 500,
    HEADERS = 5
};

static const char FORM_TYPE[] = "application/x-www-form-urlencoded; charset=utf-8";

/* Errors that pass, answered with a status that says otherwise. */
static const char *const PASSING[] = {"IDPCommunicationError", "Throttling", "ThrottlingException",
                                      "RequestLimitExceeded", "RequestThrottled"};

/* Buffers of secrets are reserved at their ceiling, so that growing leaves no copies. */
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

static bool append_field(Buf *form, Str name, Str value, Error *err)
{
    return !value.len ||
           ((!form->len || buf_append_byte(form, '&', err)) && buf_append_str(form, name, err) &&
            buf_append_byte(form, '=', err) && sigv4_encode(form, value, false, err));
}

/* The name that CloudTrail shows of the session. */
static bool append_session(Buf *form, Str name, Error *err)
{
    BUF_AUTO Buf made = buf_init(64);
    return (name.len ||
            buf_printf(&made, err, "spoor-%lld", (long long)(clock_now_us() / 1000000))) &&
           append_field(form, STR("RoleSessionName"), name.len ? name : buf_str(&made), err);
}

static bool print_form(const CredentialsRole *role, bool by_token, Buf *form, Error *err)
{
    return append_field(form, STR("Action"),
                        by_token ? STR("AssumeRoleWithWebIdentity") : STR("AssumeRole"), err) &&
           append_field(form, STR("Version"), STR("2011-06-15"), err) &&
           append_field(form, STR("RoleArn"), role->role_arn, err) &&
           append_session(form, role->session_name, err) &&
           append_field(form, STR("ExternalId"), role->external_id, err) &&
           append_field(form, STR("DurationSeconds"), role->duration_s, err) &&
           append_field(form, STR("WebIdentityToken"), by_token ? role->token : STR(""), err);
}

/* The code and the message of an error's answer, which are the operator's to read. */
static bool refused(const HttpReply *reply, Error *err)
{
    Str body = buf_str(&reply->body);
    BUF_AUTO Buf code = buf_init(MESSAGE_BYTES), message = buf_init(MESSAGE_BYTES);
    ERROR_UNREAD(unread);
    credentials_fetch_refused(reply, err);
    if (xml_value(body, STR("Code"), &code, &unread) &&
        xml_value(body, STR("Message"), &message, &unread))
        error_set(err, err->kind, "%.*s: %.*s", STR_ARG(buf_str(&code)),
                  STR_ARG(buf_str(&message)));
    return false;
}

static bool passes(const HttpReply *reply)
{
    Str rest = buf_str(&reply->body), code;
    if (reply->status < 400 || !xml_next(&rest, STR("Code"), &code))
        return false;
    for (size_t i = 0; i < sizeof PASSING / sizeof *PASSING; i++)
        if (str_equal(code, str_of(PASSING[i])))
            return true;
    return false;
}

/* The four texts of <Credentials>, one behind the other in *texts*. */
static bool take_keys(Str body, Buf *texts, Credentials *ret, Error *err)
{
    static const char *const NAMES[] = {"AccessKeyId", "SecretAccessKey", "SessionToken",
                                        "Expiration"};
    Str inside, values[4];
    if (!xml_next(&body, STR("Credentials"), &inside))
        return error_set(err, ERROR_INPUT, "the answer has no <Credentials>");
    for (int i = 0; i < 4; i++) {
        size_t from = texts->len;
        if (!xml_value(inside, str_of(NAMES[i]), texts, err))
            return false;
        values[i] = str_slice(buf_str(texts), from, texts->len);
    }
    int64_t expires_us;
    if (!timestamp_parse(values[3], &expires_us))
        return error_set(err, ERROR_INPUT, "the answer's Expiration is no time");
    if (!credentials_keep(ret, values[0], values[1], values[2], err))
        return false;
    ret->expires_us = expires_us;
    return true;
}

static bool take_answer(const HttpReply *reply, Credentials *ret, Error *err)
{
    Buf texts;
    if (reply->status != 200)
        return refused(reply, err);
    bool ok = reserve(&texts, CREDENTIALS_BYTES_MAX, err) &&
              take_keys(buf_str(&reply->body), &texts, ret, err);
    wipe(&texts);
    return ok;
}

/* The path that is signed and asked: "/", behind the folder of an endpoint of one's own. */
static Str split_endpoint(const char *url, Str *ret_host)
{
    Str text = str_of(url);
    size_t host = str_find_byte(text, ':', 0) + strlen("://");
    size_t slash = str_find_byte(text, '/', host);
    *ret_host = str_slice(text, host, slash);
    return str_slice(text, slash, text.len);
}

static bool sign(const Endpoint *endpoint, int64_t now_us, const Sigv4Request *request,
                 const Credentials *keys, Buf *ret, Error *err)
{
    const Sigv4Scope scope = {.access_key = keys->access_key,
                              .secret_key = keys->secret_key,
                              .session_token = keys->session_token,
                              .region = str_of(endpoint->region),
                              .service = STR("sts"),
                              .time_us = now_us};
    return sigv4_authorization(request, &scope, ret, err);
}

/* One exchange: the form goes out, signed unless *keys* is NULL. */
static HttpCall *post(CredentialsSearch *search, const Endpoint *endpoint, Str form,
                      const Credentials *keys, Error *err)
{
    char date[SIGV4_TIME_BYTES], hex[2 * HASH_SHA256_BYTES + 1];
    uint8_t hash[HASH_SHA256_BYTES];
    BUF_AUTO Buf url = buf_init(ENDPOINT_URL_BYTES + 1), path = buf_init(ENDPOINT_URL_BYTES + 1);
    BUF_AUTO Buf authorization = buf_init(4096);
    Str host, folder = split_endpoint(endpoint->url, &host);
    int64_t now_us = clock_now_us();
    sigv4_time(now_us, date);
    hash_sha256(form.ptr, form.len, hash);
    hash_hex(hash, sizeof hash, hex);
    Sigv4Pair pairs[HEADERS] = {{STR("host"), host},
                                {STR("content-type"), {FORM_TYPE, sizeof FORM_TYPE - 1}},
                                {STR("x-amz-date"), {date, SIGV4_TIME_BYTES - 1}}};
    HttpHeader headers[HEADERS];
    size_t count = 3;
    if (keys && keys->session_token.len)
        pairs[count++] = (Sigv4Pair){STR("x-amz-security-token"), keys->session_token};
    if (!buf_append_str(&path, folder, err) || !buf_append_byte(&path, '/', err) ||
        !buf_printf(&url, err, "%s/", endpoint->url))
        return NULL;
    const Sigv4Request signed_part = {.method = STR("POST"),
                                      .path = buf_str(&path),
                                      .headers = pairs,
                                      .header_count = count,
                                      .payload_hash = {hex, sizeof hex - 1}};
    if (keys && !sign(endpoint, now_us, &signed_part, keys, &authorization, err))
        return NULL;
    if (keys)
        pairs[count++] = (Sigv4Pair){STR("authorization"), buf_str(&authorization)};
    for (size_t i = 0; i < count; i++)
        headers[i] = (HttpHeader){pairs[i].name, pairs[i].value};
    HttpRequest request = {.method = STR("POST"),
                           .url = buf_text(&url, err),
                           .headers = headers,
                           .header_count = count,
                           .body = form,
                           .timeout_us = TIMEOUT_US};
    return request.url ? credentials_fetch(search, &request, ATTEMPTS, passes, err) : NULL;
}

bool credentials_sts(CredentialsSearch *search, const CredentialsRole *role,
                     const Credentials *keys, Credentials *ret, Error *err)
{
    const EndpointSource source = {search->profiles, search->profile};
    const EndpointQuery query = {
        .service = STR("sts"), .region = search->region, .for_bucket = true};
    Endpoint endpoint;
    Buf form;
    if (!endpoint_find(&source, &query, &endpoint, err))
        return false;
    bool ok = reserve(&form, FORM_BYTES_MAX, err) && print_form(role, !keys, &form, err);
    HttpCall *call = ok ? post(search, &endpoint, buf_str(&form), keys, err) : NULL;
    ok = call && take_answer(http_call_reply(call), ret, err);
    http_call_free(call);
    wipe(&form);
    return ok || error_context(err, "%s of '%.*s' from %s",
                               keys ? "AssumeRole" : "AssumeRoleWithWebIdentity",
                               STR_ARG(str_slice(role->role_arn, 0, 200)), endpoint.url);
}
