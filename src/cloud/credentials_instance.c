#include <stdlib.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/timestamp.h"
#include "cloud/credentials_source.h"
#include "cloud/sigv4.h"

enum {
    URL_BYTES_MAX = 1024,
    TOKEN_BYTES_MAX = 4096,
    ATTEMPTS_MAX = 20,
    SECONDS_MAX = 60,
    ROLE_BYTES_MAX = 256
};

#define EXTENDED_US INT64_C(900000000) /* keys that the service does not renew are used so long */

static const char ROLE_PATH[] = "/latest/meta-data/iam/security-credentials/";

/* How the service is asked. */
typedef struct Instance {
    CredentialsSearch *search;
    Str endpoint; /* without a slash at its end */
    int attempts;
    int64_t timeout_us;
    bool v1_refused;
    Buf token; /* empty: of version 1 */
} Instance;

static Str find(const CredentialsSearch *search, const char *variable, Str name)
{
    Str value = str_of(getenv(variable));
    return value.len ? value
                     : profiles_get(search->profiles, SECTION_PROFILE, search->profile, name);
}

/* A whole number from 1 to *max*; *ret* stays when nothing is set. */
static bool find_number(const CredentialsSearch *search, const char *variable, Str name,
                        uint64_t max, uint64_t *ret, Error *why)
{
    Str value = find(search, variable, name);
    return !value.len || (str_to_u64(value, ret) && *ret >= 1 && *ret <= max) ||
           error_set(why, ERROR_USAGE, "%s is not 1 to %llu", variable, (unsigned long long)max);
}

static bool find_endpoint(const CredentialsSearch *search, Str *ret, Error *why)
{
    Str mode = find(search, "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
                    STR("ec2_metadata_service_endpoint_mode"));
    bool six = str_equal_nocase(mode, STR("ipv6"));
    if (mode.len && !six && !str_equal_nocase(mode, STR("ipv4")))
        return error_set(why, ERROR_USAGE,
                         "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE is not IPv4 or IPv6");
    *ret = find(search, "AWS_EC2_METADATA_SERVICE_ENDPOINT", STR("ec2_metadata_service_endpoint"));
    if (!ret->len)
        *ret = six ? STR("http://[fd00:ec2::254]") : STR("http://169.254.169.254");
    while (str_ends(*ret, STR("/")))
        ret->len--;
    return str_starts(*ret, STR("http://")) || str_starts(*ret, STR("https://")) ||
           error_set(why, ERROR_USAGE,
                     "AWS_EC2_METADATA_SERVICE_ENDPOINT is neither http: nor https:");
}

static bool set_up(Instance *ret, CredentialsSearch *search, Error *why)
{
    uint64_t attempts = 1, seconds = 1;
    ret->search = search;
    ret->token = buf_init(TOKEN_BYTES_MAX);
    ret->v1_refused = str_equal_nocase(
        find(search, "AWS_EC2_METADATA_V1_DISABLED", STR("ec2_metadata_v1_disabled")), STR("true"));
    if (!find_endpoint(search, &ret->endpoint, why) ||
        !find_number(search, "AWS_METADATA_SERVICE_NUM_ATTEMPTS",
                     STR("metadata_service_num_attempts"), ATTEMPTS_MAX, &attempts, why) ||
        !find_number(search, "AWS_METADATA_SERVICE_TIMEOUT", STR("metadata_service_timeout"),
                     SECONDS_MAX, &seconds, why))
        return false;
    ret->attempts = (int)attempts;
    ret->timeout_us = (int64_t)seconds * 1000000;
    return true;
}

/* Asks below the endpoint; the caller frees. */
static HttpCall *ask(const Instance *instance, Str method, Str path, Str more, Error *why)
{
    BUF_AUTO Buf url = buf_init(URL_BYTES_MAX);
    const HttpHeader ttl = {STR("x-aws-ec2-metadata-token-ttl-seconds"), STR("21600")};
    const HttpHeader token = {STR("x-aws-ec2-metadata-token"), buf_str(&instance->token)};
    bool put = str_equal(method, STR("PUT"));
    if (!buf_append_str(&url, instance->endpoint, why) || !buf_append_str(&url, path, why) ||
        !sigv4_encode(&url, more, false, why) || !buf_append_byte(&url, '\0', why))
        return NULL;
    HttpRequest request = {.method = method,
                           .url = url.ptr,
                           .headers = put ? &ttl : &token,
                           .header_count = put || instance->token.len ? 1 : 0,
                           .connect_us = instance->timeout_us,
                           .timeout_us = instance->timeout_us,
                           .no_proxy = true};
    return credentials_fetch(instance->search, &request, instance->attempts, NULL, why);
}

/* Whether the service may know nothing of version 2: it says so, or does not answer. */
static bool is_of_v1(HttpCall *call, const Error *why)
{
    if (!call)
        return why->kind == ERROR_BUSY;
    int status = http_call_reply(call)->status;
    return status == 403 || status == 404 || status == 405;
}

/* The token of version 2; none where version 1 is to be tried. */
static bool ask_token(Instance *instance, Error *why)
{
    HttpCall *call = ask(instance, STR("PUT"), STR("/latest/api/token"), STR(""), why);
    const HttpReply *reply = call ? http_call_reply(call) : NULL;
    bool ok = reply && reply->status == 200;
    if (ok)
        ok = buf_append_str(&instance->token, str_trim(buf_str(&reply->body)), why);
    else if (reply)
        credentials_fetch_refused(reply, why);
    if (!ok && is_of_v1(call, why)) {
        ok = !instance->v1_refused;
        if (ok)
            error_clear(why);
        else
            error_context(why, "version 1 is switched off, and no token is to be had");
    }
    http_call_free(call);
    return ok;
}

/* The name of the role, from the first line; false with *ret_none* when there is no role. */
static bool ask_role(const Instance *instance, Buf *ret, Error *why)
{
    HttpCall *call = ask(instance, STR("GET"), str_of(ROLE_PATH), STR(""), why);
    if (!call)
        return false;
    const HttpReply *reply = http_call_reply(call);
    Str body = buf_str(&reply->body);
    Str name = str_trim(str_slice(body, 0, str_find_byte(body, '\n', 0)));
    bool ok = reply->status == 404 || (reply->status == 200 && !name.len)
                  ? error_set(why, ERROR_ACCESS, "this instance has no role")
              : reply->status == 200 ? buf_append_str(ret, name, why)
                                     : credentials_fetch_refused(reply, why);
    http_call_free(call);
    return ok;
}

/* When the service cannot renew them, AWS goes on to take keys that have expired. */
static void extend(const CredentialsSearch *search, Credentials *keys)
{
    int64_t now_us = clock_now_us();
    if (keys->expires_us >= now_us + EXTENDED_US)
        return;
    keys->expires_us = now_us + EXTENDED_US;
    search->tell(search->context, "the instance metadata service has no newer keys than ones that "
                                  "expire; they are used on");
}

static bool take_keys(const CredentialsSearch *search, Str body, Credentials *ret, Error *why)
{
    CREDENTIALS_JSON_AUTO CredentialsJson json = {.top = NULL};
    if (!credentials_json(body, &json, why))
        return false;
    Str code = json_text(json_member(json.top, STR("Code")), STR("Success"));
    if (!str_equal(code, STR("Success")))
        return error_set(why, ERROR_ACCESS, "it answered with the code '%.*s'",
                         STR_ARG(str_slice(code, 0, 100)));
    if (!credentials_json_keys(json.top, STR("Token"), true, ret, why))
        return false;
    extend(search, ret);
    return true;
}

static bool ask_keys(const Instance *instance, Str role, Credentials *ret, Error *why)
{
    HttpCall *call = ask(instance, STR("GET"), str_of(ROLE_PATH), role, why);
    if (!call)
        return false;
    const HttpReply *reply = http_call_reply(call);
    bool ok = reply->status == 200 ? take_keys(instance->search, buf_str(&reply->body), ret, why)
                                   : credentials_fetch_refused(reply, why);
    http_call_free(call);
    return ok || error_context(why, "role '%.*s'", STR_ARG(role));
}

/* Failing before there is a role's name means that this is no instance with a role. */
static CredentialsVerdict ask_all(Instance *instance, Credentials *ret, Error *why)
{
    BUF_AUTO Buf role = buf_init(ROLE_BYTES_MAX);
    if (!ask_token(instance, why) || !ask_role(instance, &role, why))
        return CREDENTIALS_ABSENT;
    return ask_keys(instance, buf_str(&role), ret, why) ? CREDENTIALS_FOUND : CREDENTIALS_FAILED;
}

CredentialsVerdict credentials_instance(CredentialsSearch *search,
                                        const CredentialsProfile *profile, Credentials *ret,
                                        Error *why)
{
    Instance instance = {.attempts = 1};
    (void)profile;
    if (str_equal_nocase(str_of(getenv("AWS_EC2_METADATA_DISABLED")), STR("true"))) {
        error_set(why, ERROR_ACCESS, "switched off by AWS_EC2_METADATA_DISABLED");
        return CREDENTIALS_ABSENT;
    }
    CredentialsVerdict verdict =
        set_up(&instance, search, why) ? ask_all(&instance, ret, why) : CREDENTIALS_FAILED;
    if (instance.token.cap)
        hash_wipe(instance.token.ptr, instance.token.cap);
    buf_free(&instance.token);
    return verdict;
}
