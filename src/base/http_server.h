/* http_server.h - an HTTP server that does nothing by itself: requests come whole, and are answered
 * at once or later.
 *
 * libmicrohttpd -> [http_server] -> whoever takes requests
 *
 * HTTP/1.1 over TCP or TLS, keep-alive, many connections on one thread: a server and its exchanges
 * belong to it, and move only while it is in http_server_run. Everything a client sends is bounded:
 * its headers to HTTP_SERVER_HEADERS_MAX, a body and all bodies together as the options say, its
 * silence to idle_s. What is more is answered with 413, 431 or 503, and nothing of it is kept.
 */
#ifndef BASE_HTTP_SERVER_H
#define BASE_HTTP_SERVER_H

#include "base/buf.h"

enum { HTTP_SERVER_HEADERS_MAX = 32 << 10, HTTP_SERVER_CONNECTIONS_MAX = 4096 };

typedef struct HttpServer HttpServer;
typedef struct HttpExchange HttpExchange;

typedef struct HttpServerOptions {
    const char *address;                     /* numeric, IPv4 or IPv6 */
    uint16_t port;                           /* 0: one that is free */
    const char *certificate_file, *key_file; /* PEM; NULL: no TLS */
    size_t body_max, bodies_max;             /* bytes of one request's body, of all together */
    int connections_max;
    int idle_s; /* a connection that says nothing for so long is closed */
    /* Called with each request that came whole: answers it now, or keeps it and answers later. */
    void (*take)(void *context, HttpExchange *exchange);
    /* Called before an exchange that take was called with is freed, answered or given up by its
     * client; NULL: nobody is. */
    void (*drop)(void *context, HttpExchange *exchange);
    void *context;
} HttpServerOptions;

/* Listens. ERROR_USAGE for an address that is none, as error_errno when it cannot be listened at or
 * a file not be read. NULL with *err*; the caller frees. */
HttpServer *http_server_open(const HttpServerOptions *options, Error *err)
    __attribute__((warn_unused_result));

/* Answers what was kept with 503, sends what can be sent, and closes. NULL is fine. */
void http_server_free(HttpServer *self);

/* The port that it listens at. */
uint16_t http_server_port(const HttpServer *self);

/* Moves all exchanges on, waiting up to *wait_us* when nothing can be done at once. */
bool http_server_run(HttpServer *self, int64_t wait_us, Error *err)
    __attribute__((warn_unused_result));

/* What was asked; lives as long as the exchange. A header's name knows no case; empty: there is
 * none. */
Str http_exchange_method(const HttpExchange *exchange);
Str http_exchange_path(const HttpExchange *exchange);
Str http_exchange_header(const HttpExchange *exchange, const char *name);
Str http_exchange_body(const HttpExchange *exchange);

typedef struct HttpAnswer {
    unsigned status;
    const char *type; /* of the content */
    Str body;         /* copied */
} HttpAnswer;

/* Answers; the first answer counts. Memory that ran out closes the connection. */
void http_exchange_answer(HttpExchange *exchange, const HttpAnswer *answer);

#endif
