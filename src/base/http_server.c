#include "base/http_server.h"

#include <errno.h>
#include <microhttpd.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/mem.h"

enum { PEM_BYTES_MAX = 1 << 20, END_ROUNDS = 50, END_US = 20000, BODY_FIRST = 64 << 10 };

struct HttpExchange {
    HttpServer *server;
    HttpExchange *previous, *next; /* of the server's */
    struct MHD_Connection *connection;
    Str method, path;
    Buf body;
    unsigned refused; /* the status for a body that is not wanted */
    bool taken, suspended, queued;
    struct MHD_Response *response;
    unsigned status;
};

struct HttpServer {
    HttpServerOptions options;
    struct MHD_Daemon *daemon;
    HttpExchange *first;
    size_t bodies; /* bytes of all bodies */
    Buf certificate, key;
    uint16_t port;
    bool ending;
};

static HttpExchange *exchange_new(HttpServer *self, struct MHD_Connection *connection)
{
    Error ignored = {0};
    HttpExchange *exchange = mem_calloc(1, sizeof *exchange, &ignored);
    if (!exchange)
        return NULL;
    exchange->server = self;
    exchange->connection = connection;
    exchange->body = buf_init(self->options.body_max);
    exchange->next = self->first;
    if (self->first)
        self->first->previous = exchange;
    self->first = exchange;
    return exchange;
}

static void exchange_free(HttpExchange *exchange)
{
    HttpServer *self = exchange->server;
    if (exchange->taken && self->options.drop)
        self->options.drop(self->options.context, exchange);
    if (exchange->previous)
        exchange->previous->next = exchange->next;
    else
        self->first = exchange->next;
    if (exchange->next)
        exchange->next->previous = exchange->previous;
    self->bodies -= exchange->body.len;
    buf_free(&exchange->body);
    if (exchange->response)
        MHD_destroy_response(exchange->response);
    mem_free(exchange);
}

/* More of a body: kept, or forgotten with all of it when it is too much. */
static void take_body(HttpExchange *exchange, const char *bytes, size_t len)
{
    Error ignored = {0};
    HttpServer *self = exchange->server;
    if (exchange->refused)
        return;
    if (exchange->body.len + len > self->options.body_max)
        exchange->refused = MHD_HTTP_CONTENT_TOO_LARGE;
    else if (self->bodies + len > self->options.bodies_max ||
             !buf_append(&exchange->body, bytes, len, &ignored))
        exchange->refused = MHD_HTTP_SERVICE_UNAVAILABLE;
    if (!exchange->refused) {
        self->bodies += len;
        return;
    }
    self->bodies -= exchange->body.len;
    buf_free(&exchange->body);
    exchange->body = buf_init(0);
}

static enum MHD_Result send_answer(HttpExchange *exchange)
{
    if (!exchange->response)
        return MHD_NO;
    exchange->queued = true;
    return MHD_queue_response(exchange->connection, exchange->status, exchange->response);
}

static void refuse(HttpExchange *exchange)
{
    const HttpAnswer answer = {.status = exchange->refused, .type = "text/plain"};
    http_exchange_answer(exchange, &answer);
}

/* A request that came whole: to whoever takes it, or refused. */
static enum MHD_Result end_request(HttpExchange *exchange)
{
    HttpServer *self = exchange->server;
    if (exchange->status)
        return send_answer(exchange);
    if (self->ending)
        exchange->refused = MHD_HTTP_SERVICE_UNAVAILABLE;
    if (exchange->refused) {
        refuse(exchange);
    } else {
        exchange->taken = true;
        self->options.take(self->options.context, exchange);
    }
    if (exchange->status)
        return send_answer(exchange);
    exchange->suspended = true;
    MHD_suspend_connection(exchange->connection);
    return MHD_YES;
}

/* Called by the library: with the headers, with each piece of the body, and at the end. */
static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *upload,
                                  size_t *upload_len, void **own)
{
    HttpServer *self = context;
    HttpExchange *exchange = *own;
    (void)version;
    if (!exchange) {
        *own = exchange = exchange_new(self, connection);
        if (!exchange)
            return MHD_NO;
        exchange->path = str_of(url);
        exchange->method = str_of(method);
        return MHD_YES;
    }
    if (*upload_len == 0)
        return end_request(exchange);
    take_body(exchange, upload, *upload_len);
    *upload_len = 0;
    return MHD_YES;
}

static void on_end(void *context, struct MHD_Connection *connection, void **own,
                   enum MHD_RequestTerminationCode why)
{
    (void)context, (void)connection, (void)why;
    if (*own)
        exchange_free(*own);
    *own = NULL;
}

/* What the library would print of clients that misbehave is nobody's business. */
static void say_nothing(void *context, const char *format, va_list arguments)
{
    (void)context, (void)format, (void)arguments;
}

static bool read_pem(const char *path, Buf *ret, Error *err)
{
    *ret = buf_init(PEM_BYTES_MAX);
    return !path || (file_read(path, ret, NULL, err) && buf_text(ret, err));
}

static bool find_address(const HttpServerOptions *options, struct addrinfo **ret, Error *err)
{
    char port[8];
    const struct addrinfo hints = {.ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV,
                                   .ai_socktype = SOCK_STREAM};
    snprintf(port, sizeof port, "%u", options->port);
    return getaddrinfo(options->address, port, &hints, ret) == 0 ||
           error_set(err, ERROR_USAGE, "'%.100s' is no address to listen at", options->address);
}

/* A socket's failure leaves its reason in errno, another one none. */
static bool refuse_start(const HttpServerOptions *options, Error *err)
{
    if (errno)
        error_errno(err, "cannot listen at %.100s port %u", options->address, options->port);
    else
        error_set(err, ERROR_ACCESS, "the certificate and its key are not usable");
    return false;
}

static bool start(HttpServer *self, const struct sockaddr *address, Error *err)
{
    const HttpServerOptions *options = &self->options;
    unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
    struct MHD_OptionItem items[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0, self->certificate.ptr},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, self->key.ptr},
        {MHD_OPTION_END, 0, NULL},
    };
    if (options->certificate_file)
        flags |= MHD_USE_TLS;
    else
        items[0].option = MHD_OPTION_END;
    if (address->sa_family == AF_INET6)
        flags |= MHD_USE_IPv6;
    errno = 0;
    self->daemon =
        MHD_start_daemon(flags, 0, NULL, NULL, on_request, self, MHD_OPTION_EXTERNAL_LOGGER,
                         say_nothing, NULL, MHD_OPTION_SOCK_ADDR, address,
                         MHD_OPTION_NOTIFY_COMPLETED, on_end, self, MHD_OPTION_CONNECTION_LIMIT,
                         (unsigned)options->connections_max, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
                         (size_t)HTTP_SERVER_HEADERS_MAX, MHD_OPTION_CONNECTION_TIMEOUT,
                         (unsigned)options->idle_s, MHD_OPTION_ARRAY, items, MHD_OPTION_END);
    if (!self->daemon)
        return refuse_start(options, err);
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(self->daemon, MHD_DAEMON_INFO_BIND_PORT);
    self->port = info ? info->port : options->port;
    return true;
}

HttpServer *http_server_open(const HttpServerOptions *options, Error *err)
{
    struct addrinfo *address = NULL;
    HttpServer *self = mem_calloc(1, sizeof *self, err);
    if (!self)
        return NULL;
    self->options = *options;
    bool ok = read_pem(options->certificate_file, &self->certificate, err) &&
              read_pem(options->key_file, &self->key, err) &&
              find_address(options, &address, err) && start(self, address->ai_addr, err);
    if (address)
        freeaddrinfo(address);
    if (ok)
        return self;
    http_server_free(self);
    return NULL;
}

/* Nothing that is kept stays unanswered; answers get a second to leave. */
static void end_exchanges(HttpServer *self)
{
    ERROR_UNREAD(ignored);
    self->ending = true;
    MHD_quiesce_daemon(self->daemon);
    for (HttpExchange *at = self->first; at; at = at->next)
        if (at->suspended) {
            at->refused = MHD_HTTP_SERVICE_UNAVAILABLE;
            refuse(at);
        }
    for (int i = 0; i < END_ROUNDS && self->first; i++)
        if (!http_server_run(self, END_US, &ignored))
            break;
}

void http_server_free(HttpServer *self)
{
    if (!self)
        return;
    if (self->daemon) {
        end_exchanges(self);
        MHD_stop_daemon(self->daemon);
    }
    buf_free(&self->certificate);
    if (self->key.ptr)
        hash_wipe(self->key.ptr, self->key.len);
    buf_free(&self->key);
    mem_free(self);
}

uint16_t http_server_port(const HttpServer *self)
{
    return self->port;
}

bool http_server_run(HttpServer *self, int64_t wait_us, Error *err)
{
    MHD_UNSIGNED_LONG_LONG soonest;
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(self->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    int64_t wait_ms = (wait_us + 999) / 1000;
    if (MHD_get_timeout(self->daemon, &soonest) == MHD_YES && soonest < (uint64_t)wait_ms)
        wait_ms = (int64_t)soonest;
    struct pollfd waiting = {.fd = info->epoll_fd, .events = POLLIN};
    if (poll(&waiting, 1, (int)wait_ms) < 0 && errno != EINTR)
        return error_errno(err, "waiting for requests");
    return MHD_run(self->daemon) == MHD_YES ||
           error_set(err, ERROR_ACCESS, "the HTTP server failed");
}

Str http_exchange_method(const HttpExchange *exchange)
{
    return exchange->method;
}

Str http_exchange_path(const HttpExchange *exchange)
{
    return exchange->path;
}

Str http_exchange_header(const HttpExchange *exchange, const char *name)
{
    const char *value = MHD_lookup_connection_value(exchange->connection, MHD_HEADER_KIND, name);
    return str_of(value ? value : "");
}

Str http_exchange_body(const HttpExchange *exchange)
{
    return buf_str(&exchange->body);
}

void http_exchange_answer(HttpExchange *exchange, const HttpAnswer *answer)
{
    if (exchange->status)
        return;
    union {
        const char *bytes;
        void *as_the_library_takes_them;
    } body = {answer->body.ptr};
    exchange->status = answer->status;
    exchange->response = MHD_create_response_from_buffer(
        answer->body.len, body.as_the_library_takes_them, MHD_RESPMEM_MUST_COPY);
    if (exchange->response && answer->type)
        MHD_add_response_header(exchange->response, MHD_HTTP_HEADER_CONTENT_TYPE, answer->type);
    if (exchange->suspended) {
        exchange->suspended = false;
        MHD_resume_connection(exchange->connection);
    }
}
