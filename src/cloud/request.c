#include "cloud/request.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/mem.h"

enum {
    TEXT_BYTES_MAX = 256 << 10, /* of what is sent, without the body */
    CLOCK_SLACK_US = 240000000, /* a difference that no service minds */
    RETRY_AFTER_MAX_S = 60,
    HEADERS_MAX = REQUEST_PAIRS_MAX + 7
};

struct RequestLine {
    HttpClient *http;
    CredentialsChain *credentials;
    RequestCall *first; /* calls, in no order */
    int64_t skew_us;    /* the servers' clock minus ours */
    uint64_t tries;
    int64_t budget;
};

struct RequestCall {
    RequestLine *line;
    RequestCall *next, *previous;
    Request request; /* texts of query and headers in *texts* */
    Arena *texts;
    char payload_hash[2 * HASH_SHA256_BYTES + 1];
    HttpCall *http; /* NULL: waiting */
    int64_t not_before_us;
    int64_t signed_us;
    int tries;
    int paid; /* of the budget */
    bool done;
    bool reset_clock; /* signed with the server's time already */
    HttpReply reply;  /* of the tries so far, for a body that is resumed; then the last one */
    Failure failure;
    Error why; /* ERROR_NONE when it was answered well */
};

RequestLine *request_line_new(const RequestLineOptions *options, Error *err)
{
    RequestLine *line = mem_calloc(1, sizeof *line, err);
    const HttpOptions http = {.ca_file = options->ca_file, .parallel = options->parallel};
    if (!line)
        return NULL;
    line->credentials = options->credentials;
    line->budget = REQUEST_BUDGET;
    line->http = http_client_new(&http, err);
    if (line->http)
        return line;
    mem_free(line);
    return NULL;
}

void request_line_free(RequestLine *line)
{
    if (!line)
        return;
    http_client_free(line->http);
    mem_free(line);
}

static bool copy_pairs(RequestCall *call, const Sigv4Pair **pairs, size_t count, Error *err)
{
    if (count > REQUEST_PAIRS_MAX)
        return error_set(err, ERROR_LIMIT, "more than %d parameters or headers", REQUEST_PAIRS_MAX);
    Sigv4Pair *copy = arena_alloc(call->texts, (count + 1) * sizeof *copy, err);
    for (size_t i = 0; copy && i < count; i++) {
        const char *name = arena_text(call->texts, (*pairs)[i].name, err);
        const char *value = name ? arena_text(call->texts, (*pairs)[i].value, err) : NULL;
        if (!value)
            return false;
        copy[i] = (Sigv4Pair){str_of(name), {value, (*pairs)[i].value.len}};
    }
    *pairs = copy;
    return copy != NULL;
}

static bool copy_request(RequestCall *call, const Request *request, Error *err)
{
    uint8_t hash[HASH_SHA256_BYTES];
    call->request = *request;
    const char *path = arena_text(call->texts, request->path, err);
    const char *etag = path ? arena_text(call->texts, request->etag, err) : NULL;
    if (!etag)
        return false;
    call->request.path = (Str){path, request->path.len};
    call->request.etag = (Str){etag, request->etag.len};
    hash_sha256(request->body.ptr, request->body.len, hash);
    hash_hex(hash, sizeof hash, call->payload_hash);
    return copy_pairs(call, &call->request.query, request->query_count, err) &&
           copy_pairs(call, &call->request.headers, request->header_count, err);
}

static void join(RequestLine *line, RequestCall *call)
{
    call->line = line;
    call->next = line->first;
    if (line->first)
        line->first->previous = call;
    line->first = call;
}

static void leave(RequestCall *call)
{
    if (!call->line)
        return;
    if (call->previous)
        call->previous->next = call->next;
    else
        call->line->first = call->next;
    if (call->next)
        call->next->previous = call->previous;
}

RequestCall *request_start(RequestLine *line, const Request *request, Error *err)
{
    RequestCall *call = mem_calloc(1, sizeof *call, err);
    if (!call)
        return NULL;
    call->reply.headers = buf_init(HTTP_REPLY_HEADERS_MAX);
    call->reply.body = buf_init(request->reply_max);
    call->texts = arena_new(TEXT_BYTES_MAX, err);
    if (!call->texts || !copy_request(call, request, err)) {
        request_free(call);
        return NULL;
    }
    if (!call->request.credentials)
        call->request.credentials = line->credentials;
    join(line, call);
    return call;
}

void request_free(RequestCall *call)
{
    if (!call)
        return;
    leave(call);
    http_call_free(call->http);
    buf_free(&call->reply.headers);
    buf_free(&call->reply.body);
    arena_free(call->texts);
    mem_free(call);
}

static void fail(RequestCall *call, const Error *why)
{
    call->why = *why;
    call->done = true;
}

/* What is sent of one try. */
typedef struct Sending {
    Sigv4Pair headers[HEADERS_MAX];
    size_t header_count;
    char time[SIGV4_TIME_BYTES];
    char range[40];
    Buf authorization;
    Buf url;
    Buf path;
} Sending;

static void add(Sending *sending, Str name, Str value)
{
    sending->headers[sending->header_count++] = (Sigv4Pair){name, value};
}

/* "HOST[:PORT]" of an endpoint's URL, and the folder behind it. */
static void split_url(const Endpoint *endpoint, Str *ret_host, Str *ret_folder)
{
    Str url = str_of(endpoint->url);
    size_t host = str_find_byte(url, ':', 0) + 3;
    size_t folder = str_find_byte(url, '/', host);
    *ret_host = str_slice(url, host, folder);
    *ret_folder = str_slice(url, folder, url.len);
}

static bool is_s3(const Request *request)
{
    return str_equal(request->service, STR("s3"));
}

/* The headers that are signed, but for the caller's own. */
static void put_headers(Sending *sending, const RequestCall *call, const Credentials *keys)
{
    const Request *request = &call->request;
    Str host, folder;
    split_url(request->endpoint, &host, &folder);
    sigv4_time(call->signed_us, sending->time);
    add(sending, STR("host"), host);
    add(sending, STR("x-amz-date"), str_of(sending->time));
    if (is_s3(request))
        add(sending, STR("x-amz-content-sha256"), str_of(call->payload_hash));
    if (keys->session_token.len)
        add(sending, STR("x-amz-security-token"), keys->session_token);
    if (request->etag.len)
        add(sending, STR("if-match"), request->etag);
    if (request->etag.len && call->reply.body.len) {
        snprintf(sending->range, sizeof sending->range, "bytes=%zu-", call->reply.body.len);
        add(sending, STR("range"), str_of(sending->range));
    }
    for (size_t i = 0; i < request->header_count; i++)
        add(sending, request->headers[i].name, request->headers[i].value);
}

static bool put_url(Sending *sending, const RequestCall *call, Error *err)
{
    const Request *request = &call->request;
    Str host, folder;
    split_url(request->endpoint, &host, &folder);
    Str url = str_of(request->endpoint->url);
    return buf_append_str(&sending->path, folder, err) &&
           buf_append_str(&sending->path, request->path, err) &&
           buf_append_str(&sending->url, str_slice(url, 0, url.len - folder.len), err) &&
           sigv4_encode(&sending->url, buf_str(&sending->path), true, err) &&
           (!request->query_count ||
            (buf_append_byte(&sending->url, '?', err) &&
             sigv4_query(&sending->url, request->query, request->query_count, err))) &&
           buf_text(&sending->url, err) != NULL;
}

static bool sign(Sending *sending, const RequestCall *call, const Credentials *keys, Error *err)
{
    const Request *request = &call->request;
    const Sigv4Request signing = {.method = request->method,
                                  .path = buf_str(&sending->path),
                                  .query = request->query,
                                  .query_count = request->query_count,
                                  .headers = sending->headers,
                                  .header_count = sending->header_count,
                                  .payload_hash = str_of(call->payload_hash)};
    const Sigv4Scope scope = {.access_key = keys->access_key,
                              .secret_key = keys->secret_key,
                              .session_token = keys->session_token,
                              .region = str_of(request->endpoint->region),
                              .service = request->service,
                              .time_us = call->signed_us};
    if (!sigv4_authorization(&signing, &scope, &sending->authorization, err))
        return false;
    add(sending, STR("authorization"), buf_str(&sending->authorization));
    return true;
}

static bool send_signed(RequestCall *call, Sending *sending, Error *err)
{
    const Request *request = &call->request;
    HttpHeader headers[HEADERS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < sending->header_count; i++)
        if (!str_equal(sending->headers[i].name, STR("host"))) /* libcurl's own, from the URL */
            headers[count++] = (HttpHeader){sending->headers[i].name, sending->headers[i].value};
    const HttpRequest http = {.method = request->method,
                              .url = sending->url.ptr,
                              .headers = headers,
                              .header_count = count,
                              .body = request->body,
                              .reply_max = request->reply_max,
                              .timeout_us = request->timeout_us};
    call->http = http_start(call->line->http, &http, err);
    return call->http != NULL;
}

static bool send_try(RequestCall *call, const Credentials *keys, Error *err)
{
    Sending sending = {.authorization = buf_init(TEXT_BYTES_MAX),
                       .url = buf_init(TEXT_BYTES_MAX),
                       .path = buf_init(TEXT_BYTES_MAX)};
    call->signed_us = clock_now_us() + call->line->skew_us;
    put_headers(&sending, call, keys);
    bool ok = put_url(&sending, call, err) && sign(&sending, call, keys, err) &&
              send_signed(call, &sending, err);
    buf_free(&sending.authorization);
    buf_free(&sending.url);
    buf_free(&sending.path);
    return ok;
}

/* A random time below a bound that doubles with each try. */
static int64_t back_off_us(int tries)
{
    uint64_t random = 0;
    ERROR_UNREAD(ignored);
    int64_t bound = REQUEST_FIRST_US;
    for (int i = 1; i < tries && bound < REQUEST_LAST_US; i++)
        bound *= 2;
    if (bound > REQUEST_LAST_US)
        bound = REQUEST_LAST_US;
    if (!hash_random(&random, sizeof random, &ignored))
        return bound;
    return (int64_t)(random % (uint64_t)bound);
}

/* Lets the call wait for its next try, at least *least_us*; it fails with *why* when it had all. */
static void try_again(RequestCall *call, int64_t least_us, const Error *why)
{
    RequestLine *line = call->line;
    Error last = *why;
    if (call->tries >= REQUEST_TRIES || line->budget <= 0) {
        error_context(&last, "given up after %d tr%s", call->tries, call->tries == 1 ? "y" : "ies");
        fail(call, &last);
        return;
    }
    int64_t wait = back_off_us(call->tries);
    line->budget--;
    call->paid++;
    call->not_before_us = clock_monotonic_us() + (wait > least_us ? wait : least_us);
}

static void begin_try(RequestCall *call)
{
    Credentials keys = {0};
    Error why = {0};
    call->tries++;
    call->line->tries++;
    bool ok =
        credentials_get(call->request.credentials, &keys, &why) && send_try(call, &keys, &why);
    credentials_wipe(&keys);
    if (ok)
        return;
    if (why.kind == ERROR_BUSY)
        try_again(call, 0, &why);
    else
        fail(call, &why);
}

/* Where the body of a 206 goes on: "bytes 500-999/1000". */
static bool is_continued(const RequestCall *call, const HttpReply *reply)
{
    Str range = http_reply_header(reply, STR("content-range"));
    uint64_t from;
    if (!str_starts(range, STR("bytes ")))
        return false;
    range = str_slice(range, 6, range.len);
    return str_to_u64(str_slice(range, 0, str_find_byte(range, '-', 0)), &from) &&
           from == call->reply.body.len;
}

static void replace(Buf *old, Buf *by)
{
    Buf empty = buf_init(by->max);
    buf_free(old);
    *old = *by;
    *by = empty;
}

/* Takes the reply's texts; its body goes behind what there is when it continues that. */
static bool take_reply(RequestCall *call, HttpReply *reply, Error *err)
{
    bool continues = reply->status == 206 && call->reply.body.len;
    if (continues && !is_continued(call, reply))
        return error_set(err, ERROR_BUSY, "another part of the object came than was asked for");
    call->reply.status = reply->status;
    if (continues) {
        if (!buf_append_str(&call->reply.body, buf_str(&reply->body), err))
            return false;
    } else {
        replace(&call->reply.body, &reply->body);
    }
    replace(&call->reply.headers, &reply->headers);
    return true;
}

/* A body that was cut: what came of it is kept when the rest can be asked for. A try that brought
 * something does not count. */
static void keep_cut(RequestCall *call, HttpReply *reply)
{
    ERROR_UNREAD(ignored);
    size_t had = call->reply.body.len;
    if (!call->request.etag.len || (reply->status != 200 && reply->status != 206))
        return;
    if (!take_reply(call, reply, &ignored))
        call->reply.body.len = 0;
    if (call->reply.body.len > had) {
        call->tries = 1;
        call->line->budget++;
    }
}

/* The server's clock minus ours, when an answer says it and it matters. */
static bool is_clock_wrong(RequestCall *call, const HttpReply *reply)
{
    int64_t server_us;
    if (call->reset_clock || !http_time(http_reply_header(reply, STR("date")), &server_us))
        return false;
    int64_t difference = server_us - call->signed_us;
    if (difference < CLOCK_SLACK_US && difference > -CLOCK_SLACK_US)
        return false;
    call->line->skew_us = server_us - clock_now_us();
    call->reset_clock = true;
    return true;
}

static int64_t retry_after_us(const HttpReply *reply)
{
    uint64_t seconds;
    if (!str_to_u64(http_reply_header(reply, STR("retry-after")), &seconds))
        return 0;
    return (int64_t)(seconds > RETRY_AFTER_MAX_S ? RETRY_AFTER_MAX_S : seconds) * 1000000;
}

/* An answer that is no success. */
static void take_failure(RequestCall *call, HttpReply *reply)
{
    Error why = {0}, refused = {0};
    failure_read(reply, &call->failure);
    FailurePolicy policy = failure_policy(&call->failure);
    failure_error(&call->failure, &why);
    bool signature = reply->status == 400 || reply->status == 401 || reply->status == 403;
    if ((policy == FAILURE_CLOCK || signature) && is_clock_wrong(call, reply)) {
        call->not_before_us = 0;
        return;
    }
    if (policy == FAILURE_CREDENTIALS &&
        !credentials_refresh(call->request.credentials, &refused)) {
        error_context(&why, "%s", refused.text);
        fail(call, &why);
        return;
    }
    if (policy == FAILURE_FINAL || policy == FAILURE_CLOCK) {
        why.kind = ERROR_ACCESS;
        replace(&call->reply.headers, &reply->headers);
        call->reply.status = reply->status;
        fail(call, &why);
        return;
    }
    try_again(call, retry_after_us(reply), &why);
}

static void end_try(RequestCall *call)
{
    Error why = {0};
    HttpReply *reply = http_call_reply(call->http);
    RequestLine *line = call->line;
    if (!http_call_ok(call->http, &why)) {
        keep_cut(call, reply);
        call->failure = (Failure){.status = 0};
        if (why.kind == ERROR_BUSY)
            try_again(call, 0, &why);
        else
            fail(call, &why);
    } else if (reply->status < 200 || reply->status > 299) {
        take_failure(call, reply);
    } else if (!take_reply(call, reply, &why)) {
        call->reply.body.len = 0;
        try_again(call, 0, &why);
    } else {
        line->budget += call->paid ? call->paid : 1;
        line->budget = line->budget > REQUEST_BUDGET ? REQUEST_BUDGET : line->budget;
        call->done = true;
    }
    http_call_free(call->http);
    call->http = NULL;
}

/* Begins and ends what is due; the time until the next one that waits, at most *wait_us*, or none
 * when a call is done now. */
static int64_t move_calls(RequestLine *line, int64_t wait_us)
{
    int64_t now = clock_monotonic_us();
    for (RequestCall *call = line->first; call; call = call->next) {
        if (call->done)
            continue;
        if (call->http && http_call_done(call->http))
            end_try(call);
        if (!call->done && !call->http && call->not_before_us <= now)
            begin_try(call);
        int64_t left = call->done ? 0 : call->not_before_us - now;
        if (!call->http && left < wait_us)
            wait_us = left > 0 ? left : 0;
    }
    return wait_us;
}

bool request_pump(RequestLine *line, int64_t wait_us, Error *err)
{
    int64_t wait = move_calls(line, wait_us);
    if (!http_pump(line->http, wait, err))
        return false;
    move_calls(line, 0);
    return true;
}

bool request_done(const RequestCall *call)
{
    return call->done;
}

bool request_ok(const RequestCall *call, Failure *ret_failure, Error *err)
{
    if (ret_failure)
        *ret_failure = call->failure;
    if (call->why.kind == ERROR_NONE)
        return true;
    *err = call->why;
    return false;
}

bool request_await(RequestLine *line, RequestCall *call, Failure *ret_failure, Error *err)
{
    while (!call->done)
        if (!request_pump(line, REQUEST_LAST_US, err))
            return false;
    return request_ok(call, ret_failure, err);
}

bool request_await_for(RequestLine *line, RequestCall *call, int64_t timeout_us,
                       Failure *ret_failure, Error *err)
{
    int64_t until_us = clock_monotonic_us() + timeout_us;
    while (!call->done) {
        int64_t left_us = until_us - clock_monotonic_us();
        if (left_us <= 0)
            return error_set(err, ERROR_BUSY, "it was not answered in time");
        if (!request_pump(line, left_us, err))
            return false;
    }
    return request_ok(call, ret_failure, err);
}

HttpReply *request_reply(RequestCall *call)
{
    return &call->reply;
}

uint64_t request_line_tries(const RequestLine *line)
{
    return line->tries;
}

bool request_line_is_dead(const RequestLine *line)
{
    return line->budget <= 0;
}
