#include <stdlib.h>

#include "base/file.h"
#include "base/hash.h"
#include "cloud/credentials_source.h"

enum {
    ATTEMPTS = 3,
    TIMEOUT_US = 2000000,
    URL_BYTES_MAX = 4096,
    PATH_BYTES_MAX = 4096,
    TOKEN_BYTES_MAX = 32 << 10
};

static const char RELATIVE[] = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
static const char FULL[] = "AWS_CONTAINER_CREDENTIALS_FULL_URI";

/* Hosts that are asked without TLS: the agents of ECS and EKS, and this machine. */
static const char *const PLAIN_HOSTS[] = {"169.254.170.2", "169.254.170.23", "[fd00:ec2::23]",
                                          "localhost", "[::1]"};

/* 127.0.0.0/8, written in full. */
static bool is_loopback(Str host)
{
    int dots = 0;
    for (size_t i = 0; i < host.len; i++) {
        dots += host.ptr[i] == '.';
        if (host.ptr[i] != '.' && (host.ptr[i] < '0' || host.ptr[i] > '9'))
            return false;
    }
    return dots == 3 && str_starts(host, STR("127."));
}

static bool may_be_plain(Str host)
{
    for (size_t i = 0; i < sizeof PLAIN_HOSTS / sizeof *PLAIN_HOSTS; i++)
        if (str_equal_nocase(host, str_of(PLAIN_HOSTS[i])))
            return true;
    return is_loopback(host);
}

/* The host of a URL without its port; empty when there is another name in front of it. */
static Str host_of(Str rest)
{
    size_t end = 0;
    while (end < rest.len && !strchr("/?#\\", rest.ptr[end]))
        end++;
    Str host = str_slice(rest, 0, end);
    if (str_find_byte(host, '@', 0) < host.len)
        return STR("");
    size_t bracket = str_find_byte(host, ']', 0);
    size_t colon = str_find_byte(host, ':', bracket < host.len ? bracket : 0);
    return str_slice(host, 0, colon);
}

static bool check_url(Str url, Error *why)
{
    if (str_starts(url, STR("https://")))
        return true;
    if (!str_starts(url, STR("http://")))
        return error_set(why, ERROR_USAGE, "%s is neither http: nor https:", FULL);
    Str host = host_of(str_slice(url, 7, url.len));
    return may_be_plain(host) ||
           error_set(why, ERROR_USAGE,
                     "%s: '%.*s' may not be asked without TLS, only this machine and the agents of "
                     "ECS and EKS",
                     FULL, STR_ARG(str_slice(host, 0, 100)));
}

static bool print_url(Str relative, Str full, Buf *ret, Error *why)
{
    if (relative.len && relative.ptr[0] != '/')
        return error_set(why, ERROR_USAGE, "%s does not begin with '/'", RELATIVE);
    bool ok = relative.len ? buf_append_str(ret, STR("http://169.254.170.2"), why) &&
                                 buf_append_str(ret, relative, why)
                           : check_url(full, why) && buf_append_str(ret, full, why);
    return ok && buf_append_byte(ret, '\0', why);
}

/* What the agent is shown; the file is read each time, as it is replaced before it expires. */
static bool read_token(Buf *ret, Error *why)
{
    const char *path = getenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
    Str token = str_of(getenv("AWS_CONTAINER_AUTHORIZATION_TOKEN"));
    return path && *path ? file_read(path, ret, NULL, why) : buf_append_str(ret, token, why);
}

static bool fetch(CredentialsSearch *search, const char *url, Str token, Credentials *ret,
                  Error *why)
{
    CREDENTIALS_JSON_AUTO CredentialsJson json = {.top = NULL};
    const HttpHeader header = {STR("authorization"), token};
    HttpRequest request = {.method = STR("GET"),
                           .url = url,
                           .headers = &header,
                           .header_count = token.len ? 1 : 0,
                           .timeout_us = TIMEOUT_US,
                           .no_proxy = str_starts(str_of(url), STR("http:"))};
    HttpCall *call = credentials_fetch(search, &request, ATTEMPTS, NULL, why);
    if (!call)
        return false;
    const HttpReply *reply = http_call_reply(call);
    bool ok = reply->status == 200
                  ? credentials_json(buf_str(&reply->body), &json, why) &&
                        credentials_json_keys(json.top, STR("Token"), true, ret, why)
                  : credentials_fetch_refused(reply, why);
    credentials_json_free(&json); /* it borrows from the reply */
    http_call_free(call);
    return ok;
}

CredentialsVerdict credentials_container(CredentialsSearch *search,
                                         const CredentialsProfile *profile, Credentials *ret,
                                         Error *why)
{
    Str relative = str_of(getenv(RELATIVE)), full = str_of(getenv(FULL));
    BUF_AUTO Buf url = buf_init(URL_BYTES_MAX);
    Buf token = buf_init(TOKEN_BYTES_MAX);
    (void)profile;
    if (!relative.len && !full.len) {
        error_set(why, ERROR_ACCESS, "%s is not set", FULL);
        return CREDENTIALS_ABSENT;
    }
    bool ok = print_url(relative, full, &url, why) && read_token(&token, why) &&
              fetch(search, url.ptr, str_trim(buf_str(&token)), ret, why);
    if (token.cap)
        hash_wipe(token.ptr, token.cap);
    buf_free(&token);
    return ok ? CREDENTIALS_FOUND : CREDENTIALS_FAILED;
}
