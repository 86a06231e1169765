/* http.h - an HTTP client: many requests in flight on one thread, bytes as they come.
 *
 * HTTP/1.1 over TCP or TLS by libcurl. Nothing is done behind the caller's back: no redirect is
 * followed, no content is decoded (log files are stored compressed and hashed so), no cookie kept,
 * nothing asked twice. A proxy is taken from the environment (http_proxy, https_proxy, no_proxy).
 *
 * A client and its calls belong to one thread. Requests make progress only while that thread is in
 * http_pump or http_await. Values of headers and bodies may be secrets: messages hold the host
 * and what failed, never a header, a body, or a query.
 */
#ifndef BASE_HTTP_H
#define BASE_HTTP_H

#include "base/buf.h"

typedef struct HttpClient HttpClient;
typedef struct HttpCall HttpCall;

typedef struct HttpOptions {
    const char *ca_file; /* certificates to trust, PEM; NULL: the system's */
    int parallel;        /* connections that may be open at a time, 1 to HTTP_PARALLEL_MAX */
} HttpOptions;

enum {
    HTTP_PARALLEL_MAX = 1024,
    HTTP_HEADERS_MAX = 64,            /* of a request */
    HTTP_REPLY_HEADERS_MAX = 1 << 18, /* bytes of a reply's headers */
    HTTP_CONNECT_US = 10000000,       /* to connect, when the request does not say */
    HTTP_STALL_S = 30                 /* without a byte: the connection counts as dead */
};

typedef struct HttpHeader {
    Str name;
    Str value;
} HttpHeader;

typedef struct HttpRequest {
    Str method;      /* "GET", "HEAD", "PUT", "POST" */
    const char *url; /* http: or https:, encoded as it is sent */
    const HttpHeader *headers;
    size_t header_count;
    Str body;           /* borrowed until the call is freed */
    size_t reply_max;   /* bytes of the reply's body; more fails with ERROR_LIMIT */
    int64_t connect_us; /* 0: HTTP_CONNECT_US */
    int64_t timeout_us; /* of the whole request; 0: only HTTP_STALL_S */
    bool no_proxy;      /* the peer is this machine's own: metadata of an instance */
    bool secret;        /* the reply is one: its bytes are wiped when the call is freed */
} HttpRequest;

/* What came back. Status 0: nothing that is HTTP. A failed call may hold a part of the body. */
typedef struct HttpReply {
    int status;
    Buf headers; /* of the last answer, as it came */
    Buf body;
} HttpReply;

/* Makes libcurl ready for the process, once; http_client_new and mail_send do it. ERROR_SYSTEM. */
bool http_start_library(Error *err) __attribute__((warn_unused_result));

/* A client; the caller frees. ERROR_ACCESS when the certificates cannot be read. */
HttpClient *http_client_new(const HttpOptions *options, Error *err)
    __attribute__((warn_unused_result));

/* Frees it; its calls must be freed before. NULL is fine. */
void http_client_free(HttpClient *client);

/* Puts a request in flight; the caller frees the call. NULL with *err*: a header with a line break,
 * memory. */
HttpCall *http_start(HttpClient *client, const HttpRequest *request, Error *err)
    __attribute__((warn_unused_result));

/* Takes what has come for all calls; when nothing has ended, waits up to *wait_us*, a second at
 * most, for something to come. */
bool http_pump(HttpClient *client, int64_t wait_us, Error *err) __attribute__((warn_unused_result));

/* Whether it has ended, well or badly. */
bool http_call_done(const HttpCall *call);

/* Of a call that is done: true when an answer came whole, whatever its status. Else *err* says why
 * not: ERROR_BUSY when another try may succeed (no connection, cut, timed out), ERROR_ACCESS when
 * the operator has to do something (certificate, proxy, address), ERROR_LIMIT. */
bool http_call_ok(const HttpCall *call, Error *err) __attribute__((warn_unused_result));

/* What came; lives as long as the call. Its texts are the caller's to take, with buf_init in their
 * place. */
HttpReply *http_call_reply(HttpCall *call);

/* Frees it; a call under way is given up. NULL is fine. */
void http_call_free(HttpCall *call);

/* Pumps until *call* is done; false as http_call_ok. */
bool http_await(HttpClient *client, HttpCall *call, Error *err) __attribute__((warn_unused_result));

/* The value of a header of the reply, whose name has no case; no ptr when it has none. */
Str http_reply_header(const HttpReply *reply, Str name);

/* The time that a header such as Date says (RFC 9110, section 5.6.7). */
bool http_time(Str text, int64_t *ret_us);

#endif
