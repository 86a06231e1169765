#include "base/http.h"

#include <curl/curl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>

#include "base/fault.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/mem.h"

enum { HEADER_LINE_MAX = 64 << 10, WAIT_US_MAX = 1000000, HOST_BYTES = 256, SPARE_MAX = 64 };

struct HttpClient {
    CURLM *multi;
    CURL *spare[SPARE_MAX]; /* handles between two calls */
    int spare_count;
    char *ca_file; /* owned; NULL: the system's */
};

struct HttpCall {
    HttpClient *client;
    CURL *handle;
    struct curl_slist *headers;
    HttpReply reply;
    bool done;
    bool in_flight;
    bool secret;
    CURLcode code;
    Error failure; /* of a callback; goes before the code */
    char host[HOST_BYTES];
    char detail[CURL_ERROR_SIZE];
    Str body; /* of the request */
    size_t sent;
};

static pthread_once_t started = PTHREAD_ONCE_INIT;
static CURLcode start_code;

static void start_library(void)
{
    start_code = curl_global_init(CURL_GLOBAL_DEFAULT);
}

bool http_start_library(Error *err)
{
    pthread_once(&started, start_library);
    return start_code == CURLE_OK ||
           error_set(err, ERROR_SYSTEM, "the HTTP library cannot be used: %s",
                     curl_easy_strerror(start_code));
}

static bool out_of_memory(Error *err)
{
    return error_set(err, ERROR_LIMIT, "out of memory for a request");
}

/* Headers may hold a session token: nothing of them stays in memory. */
static void wipe_headers(struct curl_slist *headers)
{
    for (struct curl_slist *at = headers; at; at = at->next)
        hash_wipe(at->data, strlen(at->data));
    curl_slist_free_all(headers);
}

HttpClient *http_client_new(const HttpOptions *options, Error *err)
{
    HttpClient *client = http_start_library(err) ? mem_calloc(1, sizeof *client, err) : NULL;
    if (!client)
        return NULL;
    const char *ca = options->ca_file;
    FileInfo info;
    bool ok = !ca || (file_info(ca, &info, err) &&
                      (client->ca_file = mem_text(ca, strlen(ca), err)) != NULL);
    client->multi = ok && !fault_due(FAULT_ALLOC) ? curl_multi_init() : NULL;
    if (ok && !client->multi)
        out_of_memory(err);
    if (!client->multi) {
        http_client_free(client);
        return NULL;
    }
    long parallel = options->parallel < 1 ? 1 : options->parallel;
    curl_multi_setopt(client->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, parallel);
    curl_multi_setopt(client->multi, CURLMOPT_MAXCONNECTS, parallel);
    return client;
}

void http_client_free(HttpClient *client)
{
    if (!client)
        return;
    for (int i = 0; i < client->spare_count; i++)
        curl_easy_cleanup(client->spare[i]);
    if (client->multi)
        curl_multi_cleanup(client->multi);
    mem_free(client->ca_file);
    mem_free(client);
}

static size_t take_body(char *bytes, size_t size, size_t count, void *context)
{
    HttpCall *call = context;
    size_t len = size * count;
    return buf_append(&call->reply.body, bytes, len, &call->failure) ? len : CURL_WRITEFUNC_ERROR;
}

/* Lines of an answer that another one follows (100 Continue, a proxy's) are dropped. */
static size_t take_header(char *bytes, size_t size, size_t count, void *context)
{
    HttpCall *call = context;
    size_t len = size * count;
    Str line = {bytes, len};
    if (str_starts(line, STR("HTTP/")))
        call->reply.headers.len = 0;
    return buf_append(&call->reply.headers, bytes, len, &call->failure) ? len
                                                                        : CURL_WRITEFUNC_ERROR;
}

static size_t give_body(char *ret, size_t size, size_t count, void *context)
{
    HttpCall *call = context;
    size_t room = size * count;
    size_t left = call->body.len - call->sent;
    size_t len = left < room ? left : room;
    if (len)
        memcpy(ret, call->body.ptr + call->sent, len);
    call->sent += len;
    return len;
}

/* libcurl sends the body again when a kept connection turns out to be dead. */
static int rewind_body(void *context, curl_off_t offset, int origin)
{
    HttpCall *call = context;
    if (origin != SEEK_SET || offset < 0 || (size_t)offset > call->body.len)
        return CURL_SEEKFUNC_CANTSEEK;
    call->sent = (size_t)offset;
    return CURL_SEEKFUNC_OK;
}

static bool is_header_text(Str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == '\r' || text.ptr[i] == '\n' || text.ptr[i] == '\0')
            return false;
    return true;
}

static bool append_line(HttpCall *call, const char *line, Error *err)
{
    struct curl_slist *more =
        fault_due(FAULT_ALLOC) ? NULL : curl_slist_append(call->headers, line);
    if (!more)
        return out_of_memory(err);
    call->headers = more;
    return true;
}

/* One header; an empty value is written "name;", as libcurl wants it. */
static bool add_header(HttpCall *call, const HttpHeader *header, Buf *line, Error *err)
{
    if (!header->name.len || !is_header_text(header->name) || !is_header_text(header->value))
        return error_set(err, ERROR_INPUT, "header '%.*s' holds a line break",
                         STR_ARG(str_slice(header->name, 0, 64)));
    line->len = 0;
    return buf_append_str(line, header->name, err) &&
           buf_append_str(line, header->value.len ? STR(": ") : STR(";"), err) &&
           buf_append_str(line, header->value, err) && buf_append_byte(line, '\0', err) &&
           append_line(call, line->ptr, err);
}

static bool add_headers(HttpCall *call, const HttpRequest *request, Error *err)
{
    Buf line = buf_init(HEADER_LINE_MAX);
    bool ok = request->header_count <= HTTP_HEADERS_MAX ||
              error_set(err, ERROR_LIMIT, "more than %d headers", HTTP_HEADERS_MAX);
    for (size_t i = 0; ok && i < request->header_count; i++)
        ok = add_header(call, &request->headers[i], &line, err);
    if (line.cap)
        hash_wipe(line.ptr, line.cap);
    buf_free(&line);
    return ok && append_line(call, "Expect:", err) && append_line(call, "Accept:", err);
}

/* The host of a URL, for messages. */
static void keep_host(HttpCall *call, const char *url)
{
    Str text = str_of(url);
    size_t from = 0;
    while (from < text.len && text.ptr[from] != '/')
        from++;
    text = str_slice(text, from + 2, text.len);
    text = str_slice(text, 0, str_find_byte(text, '/', 0));
    snprintf(call->host, sizeof call->host, "%.*s", STR_ARG(str_slice(text, 0, HOST_BYTES - 1)));
}

static long milliseconds(int64_t us)
{
    int64_t ms = (us + 999) / 1000;
    return ms > LONG_MAX ? LONG_MAX : (long)ms;
}

static void set_method(HttpCall *call, const char *method, const HttpRequest *request)
{
    CURL *handle = call->handle;
    if (str_equal(request->method, STR("HEAD"))) {
        curl_easy_setopt(handle, CURLOPT_NOBODY, 1L);
        return;
    }
    if (request->body.len || str_equal(request->method, STR("PUT")) ||
        str_equal(request->method, STR("POST"))) {
        curl_easy_setopt(handle, CURLOPT_UPLOAD, 1L);
        curl_easy_setopt(handle, CURLOPT_INFILESIZE_LARGE, (curl_off_t)request->body.len);
        curl_easy_setopt(handle, CURLOPT_READFUNCTION, give_body);
        curl_easy_setopt(handle, CURLOPT_READDATA, call);
        curl_easy_setopt(handle, CURLOPT_SEEKFUNCTION, rewind_body);
        curl_easy_setopt(handle, CURLOPT_SEEKDATA, call);
    }
    curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, method);
}

static void set_limits(HttpCall *call, const HttpRequest *request)
{
    CURL *handle = call->handle;
    curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS,
                     milliseconds(request->connect_us ? request->connect_us : HTTP_CONNECT_US));
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, milliseconds(request->timeout_us));
    curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, (long)HTTP_STALL_S);
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
#if LIBCURL_VERSION_NUM >= 0x075500
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
#else
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
    curl_easy_setopt(handle, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    if (request->no_proxy)
        curl_easy_setopt(handle, CURLOPT_NOPROXY, "*");
    if (call->client->ca_file)
        curl_easy_setopt(handle, CURLOPT_CAINFO, call->client->ca_file);
}

static bool set_up(HttpCall *call, const HttpRequest *request, Error *err)
{
    char method[16];
    if (request->method.len >= sizeof method)
        return error_set(err, ERROR_USAGE, "'%.*s' is no method", STR_ARG(request->method));
    snprintf(method, sizeof method, "%.*s", STR_ARG(request->method));
    CURL *handle = call->handle;
    if (curl_easy_setopt(handle, CURLOPT_URL, request->url) != CURLE_OK)
        return out_of_memory(err);
    curl_easy_setopt(handle, CURLOPT_PATH_AS_IS, 1L); /* "a/../b" is a key like others */
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, call->headers);
    curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, call->detail);
    curl_easy_setopt(handle, CURLOPT_PRIVATE, call);
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, call);
    curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(handle, CURLOPT_HEADERDATA, call);
    set_method(call, method, request);
    set_limits(call, request);
    return true;
}

static CURL *take_handle(HttpClient *client)
{
    if (fault_due(FAULT_ALLOC))
        return NULL;
    return client->spare_count ? client->spare[--client->spare_count] : curl_easy_init();
}

/* Handles are used again; what was set in them, headers among it, is not. */
static void give_handle(HttpClient *client, CURL *handle)
{
    if (client->spare_count == SPARE_MAX) {
        curl_easy_cleanup(handle);
        return;
    }
    curl_easy_reset(handle);
    client->spare[client->spare_count++] = handle;
}

HttpCall *http_start(HttpClient *client, const HttpRequest *request, Error *err)
{
    HttpCall *call = mem_calloc(1, sizeof *call, err);
    if (!call)
        return NULL;
    call->client = client;
    call->secret = request->secret;
    call->body = request->body;
    call->reply.headers = buf_init(HTTP_REPLY_HEADERS_MAX);
    call->reply.body = buf_init(request->reply_max);
    keep_host(call, request->url);
    /* a secret must not lie in memory that it grew out of */
    if (request->secret && !buf_reserve(&call->reply.body, request->reply_max, err)) {
        http_call_free(call);
        return NULL;
    }
    call->handle = take_handle(client);
    bool ok = (call->handle || out_of_memory(err)) && add_headers(call, request, err) &&
              set_up(call, request, err);
    if (ok && curl_multi_add_handle(client->multi, call->handle) != CURLM_OK)
        ok = out_of_memory(err);
    if (!ok) {
        http_call_free(call);
        return NULL;
    }
    call->in_flight = true;
    return call;
}

static void end_call(HttpCall *call, CURLcode code)
{
    long status = 0;
    curl_easy_getinfo(call->handle, CURLINFO_RESPONSE_CODE, &status);
    curl_multi_remove_handle(call->client->multi, call->handle);
    call->in_flight = false;
    call->reply.status = (int)status;
    call->code = code;
    call->done = true;
}

/* Whether some have ended. */
static bool take_ended(HttpClient *client)
{
    CURLMsg *message;
    int left;
    bool some = false;
    while ((message = curl_multi_info_read(client->multi, &left)) != NULL) {
        char *call = NULL;
        CURLcode code = message->data.result;
        if (message->msg != CURLMSG_DONE)
            continue;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &call);
        end_call((HttpCall *)(void *)call, code);
        some = true;
    }
    return some;
}

bool http_pump(HttpClient *client, int64_t wait_us, Error *err)
{
    int running;
    CURLMcode code = fault_due(FAULT_SYSCALL) ? CURLM_INTERNAL_ERROR
                                              : curl_multi_perform(client->multi, &running);
    int64_t wait = wait_us > WAIT_US_MAX ? WAIT_US_MAX : wait_us;
    if (!take_ended(client) && code == CURLM_OK && wait > 0) {
        code = curl_multi_poll(client->multi, NULL, 0, (int)milliseconds(wait), NULL);
        if (code == CURLM_OK)
            code = curl_multi_perform(client->multi, &running);
        take_ended(client);
    }
    return code == CURLM_OK ||
           error_set(err, ERROR_SYSTEM, "cannot send and receive: %s", curl_multi_strerror(code));
}

bool http_call_done(const HttpCall *call)
{
    return call->done;
}

/* What libcurl says and what it asks of the caller; all others are worth another try. */
static const struct {
    CURLcode code;
    ErrorKind kind;
} KINDS[] = {
    {CURLE_UNSUPPORTED_PROTOCOL, ERROR_ACCESS},  {CURLE_URL_MALFORMAT, ERROR_ACCESS},
    {CURLE_COULDNT_RESOLVE_PROXY, ERROR_ACCESS}, {CURLE_PEER_FAILED_VERIFICATION, ERROR_ACCESS},
    {CURLE_SSL_CACERT_BADFILE, ERROR_ACCESS},    {CURLE_SSL_CERTPROBLEM, ERROR_ACCESS},
    {CURLE_SSL_ISSUER_ERROR, ERROR_ACCESS},      {CURLE_SSL_PINNEDPUBKEYNOTMATCH, ERROR_ACCESS},
    {CURLE_OUT_OF_MEMORY, ERROR_LIMIT},
};

static ErrorKind kind_of(CURLcode code)
{
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++)
        if (KINDS[i].code == code)
            return KINDS[i].kind;
    return ERROR_BUSY;
}

bool http_call_ok(const HttpCall *call, Error *err)
{
    if (call->failure.kind != ERROR_NONE)
        return error_set(err, call->failure.kind, "the answer of %s is too large: %s", call->host,
                         call->failure.text);
    if (call->code == CURLE_OK)
        return true;
    return error_set(err, kind_of(call->code), "%s: %s", call->host,
                     call->detail[0] ? call->detail : curl_easy_strerror(call->code));
}

HttpReply *http_call_reply(HttpCall *call)
{
    return &call->reply;
}

void http_call_free(HttpCall *call)
{
    if (!call)
        return;
    if (call->in_flight)
        curl_multi_remove_handle(call->client->multi, call->handle);
    if (call->handle)
        give_handle(call->client, call->handle);
    wipe_headers(call->headers);
    if (call->secret && call->reply.body.cap)
        hash_wipe(call->reply.body.ptr, call->reply.body.cap);
    buf_free(&call->reply.headers);
    buf_free(&call->reply.body);
    mem_free(call);
}

bool http_await(HttpClient *client, HttpCall *call, Error *err)
{
    while (!call->done)
        if (!http_pump(client, WAIT_US_MAX, err))
            return false;
    return http_call_ok(call, err);
}

Str http_reply_header(const HttpReply *reply, Str name)
{
    Str all = buf_str(&reply->headers);
    for (size_t at = 0; at < all.len;) {
        size_t end = str_find_byte(all, '\n', at);
        Str line = str_slice(all, at, end);
        size_t colon = str_find_byte(line, ':', 0);
        if (colon < line.len && str_equal_nocase(str_slice(line, 0, colon), name))
            return str_trim(str_slice(line, colon + 1, line.len));
        at = end + 1;
    }
    return (Str){NULL, 0};
}

bool http_time(Str text, int64_t *ret_us)
{
    char copy[64];
    if (!text.len || text.len >= sizeof copy)
        return false;
    snprintf(copy, sizeof copy, "%.*s", STR_ARG(text));
    time_t seconds = curl_getdate(copy, NULL);
    if (seconds < 0)
        return false;
    *ret_us = (int64_t)seconds * 1000000;
    return true;
}
