#include "web/web.h"

#include <stdatomic.h>

#include "base/clock.h"
#include "base/http_listen.h"
#include "base/http_server.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/pool.h"

enum {
    BODY_MAX = 4096, /* of a request: none of the pages takes one */
    BODIES_MAX = 1 << 20,
    CONNECTIONS_MAX = 64,
    IDLE_S = 30,
    PAGE_BYTES_MAX = 4 << 20,
    WAIT_US = 200000
};

struct Web {
    WebOptions options;
    HttpServer *server;
    Pool *pool;
    atomic_bool ending;
};

/* What can be asked for. */
static const struct Route {
    const char *path;
    WebPage page;
    const char *type;
} ROUTES[] = {
    {"/", WEB_INDEX, "text/plain; charset=utf-8"},
    {"/healthz", WEB_HEALTH, "text/plain; charset=utf-8"},
    {"/readyz", WEB_READY, "text/plain; charset=utf-8"},
    {"/metrics", WEB_METRICS, "text/plain; version=0.0.4; charset=utf-8"},
};

enum { ROUTE_COUNT = sizeof ROUTES / sizeof *ROUTES };

static void say(HttpExchange *exchange, unsigned status, Str words)
{
    const HttpAnswer answer = {status, "text/plain; charset=utf-8", words};
    http_exchange_answer(exchange, &answer);
}

/* The paths that there are. */
static bool write_index(Buf *ret, Error *err)
{
    bool ok = true;
    for (int i = 0; ok && i < ROUTE_COUNT; i++)
        ok = ROUTES[i].page == WEB_INDEX || buf_printf(ret, err, "%s\n", ROUTES[i].path);
    return ok;
}

static void answer_page(const Web *web, const struct Route *route, HttpExchange *exchange)
{
    BUF_AUTO Buf body = buf_init(PAGE_BYTES_MAX);
    Error err = {0};
    bool good = true;
    bool ok = route->page == WEB_INDEX
                  ? write_index(&body, &err)
                  : web->options.page(web->options.context, route->page, &body, &good, &err);
    if (!ok) {
        log_tell(LOG_ERROR, "web", "%s: %s", route->path, err.text);
        say(exchange, 500, STR("the page could not be made; the log says why\n"));
        return;
    }
    const HttpAnswer answer = {good ? 200 : 503, route->type, buf_str(&body)};
    http_exchange_answer(exchange, &answer);
}

static void take(void *context, HttpExchange *exchange)
{
    const Web *web = context;
    Str path = http_exchange_path(exchange), method = http_exchange_method(exchange);
    for (int i = 0; i < ROUTE_COUNT; i++) {
        if (!str_equal(path, str_of(ROUTES[i].path)))
            continue;
        if (str_equal(method, STR("GET")) || str_equal(method, STR("HEAD")))
            answer_page(web, &ROUTES[i], exchange);
        else
            say(exchange, 405, STR("only GET and HEAD are answered here\n"));
        return;
    }
    say(exchange, 404, STR("there is no such page; / lists those that there are\n"));
}

static void run(void *argument, int worker)
{
    Web *web = argument;
    bool told = false;
    (void)worker;
    while (!atomic_load(&web->ending)) {
        Error err = {0};
        if (http_server_run(web->server, WAIT_US, &err))
            continue;
        if (!told)
            log_tell(LOG_ERROR, "web", "%s", err.text);
        told = true;
        clock_sleep_us(WAIT_US);
    }
}

static bool check_safety(const WebOptions *options, const HttpListen *at, Error *err)
{
    if (at->tls && !(options->certificate_file && options->key_file))
        return error_set(err, ERROR_USAGE, "%s needs a certificate and its key, files in PEM",
                         options->url);
    return at->tls || at->is_local ||
           error_set(err, ERROR_USAGE,
                     "%s would be open to others: https, or 127.0.0.1 behind a proxy that ends TLS",
                     options->url);
}

static bool listen_at(Web *web, Error *err)
{
    HttpListen at;
    if (!http_listen_read(str_of(web->options.url), &at, err) ||
        !check_safety(&web->options, &at, err))
        return false;
    const HttpServerOptions options = {.address = at.address,
                                       .port = at.port,
                                       .certificate_file =
                                           at.tls ? web->options.certificate_file : NULL,
                                       .key_file = at.tls ? web->options.key_file : NULL,
                                       .body_max = BODY_MAX,
                                       .bodies_max = BODIES_MAX,
                                       .connections_max = CONNECTIONS_MAX,
                                       .idle_s = IDLE_S,
                                       .take = take,
                                       .context = web};
    web->server = http_server_open(&options, err);
    return web->server != NULL;
}

Web *web_open(const WebOptions *options, Error *err)
{
    Web *web = mem_calloc(1, sizeof *web, err);
    if (!web)
        return NULL;
    web->options = *options;
    if (listen_at(web, err) && (web->pool = pool_new(1, 1, err)) != NULL) {
        pool_run(web->pool, run, web);
        return web;
    }
    web_free(web);
    return NULL;
}

void web_free(Web *web)
{
    if (!web)
        return;
    atomic_store(&web->ending, true);
    pool_free(web->pool);
    http_server_free(web->server);
    mem_free(web);
}

uint16_t web_port(const Web *web)
{
    return http_server_port(web->server);
}
