#include "base/mail.h"

#include <curl/curl.h>
#include <limits.h>
#include <stdio.h>

#include "base/fault.h"
#include "base/http.h"

enum { URL_BYTES = ADDRESS_HOST_BYTES + 32, ADDRESS_BYTES_MAX = 254 };

/* What of the message is not sent yet. */
typedef struct Rest {
    Str text;
} Rest;

static size_t give(char *ret, size_t size, size_t count, void *context)
{
    Rest *rest = context;
    Str some = str_slice(rest->text, 0, size * count);
    if (some.len)
        memcpy(ret, some.ptr, some.len);
    rest->text = str_slice(rest->text, some.len, rest->text.len);
    return some.len;
}

bool mail_is_address(Str text)
{
    size_t at = str_find_byte(text, '@', 0);
    if (at == 0 || at + 1 >= text.len || text.len > ADDRESS_BYTES_MAX ||
        str_find_byte(text, '@', at + 1) < text.len)
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] <= ' ' || text.ptr[i] >= 0x7f || strchr("<>()[]\\,;:\"", text.ptr[i]))
            return false;
    return true;
}

static bool out_of_memory(Error *err)
{
    return error_set(err, ERROR_LIMIT, "out of memory for a mail");
}

/* The recipients as libcurl wants them; the caller frees *ret*, whatever comes. */
static bool list_recipients(const Mail *mail, struct curl_slist **ret, Error *err)
{
    for (size_t i = 0; mail->to[i]; i++) {
        if (!mail_is_address(str_of(mail->to[i])))
            return error_set(err, ERROR_USAGE, "'%.80s' is no mail address", mail->to[i]);
        struct curl_slist *more =
            fault_due(FAULT_ALLOC) ? NULL : curl_slist_append(*ret, mail->to[i]);
        if (!more)
            return out_of_memory(err);
        *ret = more;
    }
    return *ret || error_set(err, ERROR_USAGE, "the mail has no recipient");
}

static void set_security(CURL *handle, const Mail *mail)
{
    curl_easy_setopt(handle, CURLOPT_USE_SSL,
                     mail->or_clear ? (long)CURLUSESSL_TRY : (long)CURLUSESSL_ALL);
    curl_easy_setopt(handle, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (mail->ca_file)
        curl_easy_setopt(handle, CURLOPT_CAINFO, mail->ca_file);
#if LIBCURL_VERSION_NUM >= 0x075500
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
#else
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS, (long)(CURLPROTO_SMTP | CURLPROTO_SMTPS));
#endif
    curl_easy_setopt(handle, CURLOPT_PROXY, "");
}

static bool set_up(CURL *handle, const Mail *mail, Rest *rest, Error *err)
{
    char url[URL_BYTES];
    bool six = mail->server->is_number && strchr(mail->server->host, ':');
    int64_t ms = (mail->timeout_us + 999) / 1000;
    snprintf(url, sizeof url, "%s://%s%s%s:%s", mail->tls ? "smtps" : "smtp", six ? "[" : "",
             mail->server->host, six ? "]" : "", mail->server->port);
    if (curl_easy_setopt(handle, CURLOPT_URL, url) != CURLE_OK ||
        curl_easy_setopt(handle, CURLOPT_MAIL_FROM, mail->from) != CURLE_OK ||
        (mail->user && (curl_easy_setopt(handle, CURLOPT_USERNAME, mail->user) != CURLE_OK ||
                        curl_easy_setopt(handle, CURLOPT_PASSWORD, mail->password) != CURLE_OK)))
        return out_of_memory(err);
    set_security(handle, mail);
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, ms > LONG_MAX ? LONG_MAX : (long)ms);
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(handle, CURLOPT_READFUNCTION, give);
    curl_easy_setopt(handle, CURLOPT_READDATA, rest);
    return true;
}

/* What libcurl says and what it asks of the caller; all others are worth another try. */
static const struct {
    CURLcode code;
    ErrorKind kind;
} KINDS[] = {
    {CURLE_PEER_FAILED_VERIFICATION, ERROR_ACCESS},
    {CURLE_SSL_CACERT_BADFILE, ERROR_ACCESS},
    {CURLE_SSL_ISSUER_ERROR, ERROR_ACCESS},
    {CURLE_USE_SSL_FAILED, ERROR_ACCESS},
    {CURLE_LOGIN_DENIED, ERROR_ACCESS},
    {CURLE_UNSUPPORTED_PROTOCOL, ERROR_ACCESS},
    {CURLE_OUT_OF_MEMORY, ERROR_LIMIT},
};

static bool fail(const Mail *mail, CURLcode code, const char *detail, Error *err)
{
    ErrorKind kind = ERROR_BUSY;
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++)
        if (KINDS[i].code == code)
            kind = KINDS[i].kind;
    return error_set(err, kind, "%s:%s: %s", mail->server->host, mail->server->port,
                     detail[0] ? detail : curl_easy_strerror(code));
}

static bool perform(CURL *handle, const Mail *mail, const struct curl_slist *to, Error *err)
{
    char detail[CURL_ERROR_SIZE] = "";
    Rest rest = {mail->message};
    if (!set_up(handle, mail, &rest, err))
        return false;
    curl_easy_setopt(handle, CURLOPT_MAIL_RCPT, to);
    curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, detail);
    CURLcode code = fault_due(FAULT_SYSCALL) ? CURLE_SEND_ERROR : curl_easy_perform(handle);
    return code == CURLE_OK || fail(mail, code, detail, err);
}

bool mail_send(const Mail *mail, Error *err)
{
    struct curl_slist *to = NULL;
    if (!mail_is_address(str_of(mail->from)))
        return error_set(err, ERROR_USAGE, "'%.80s' is no mail address", mail->from);
    if (!http_start_library(err))
        return false;
    bool ok = list_recipients(mail, &to, err);
    CURL *handle = ok && !fault_due(FAULT_ALLOC) ? curl_easy_init() : NULL;
    if (ok && !handle)
        ok = out_of_memory(err);
    ok = ok && perform(handle, mail, to, err);
    curl_easy_cleanup(handle);
    curl_slist_free_all(to);
    return ok;
}
