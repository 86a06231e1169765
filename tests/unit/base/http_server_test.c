/* Requests that came whole are taken and answered, now or later; what is too much is refused. */
#include "base/http_server.h"

#include "support/support.h"

#include <stdio.h>

#include "base/http.h"

enum { BODY_MAX = 1000, BODIES_MAX = 1500, REPLY_MAX = 4096, KEPT_MAX = 4, STEP_US = 1000 };

/* What was taken: kept for later when its path says so. */
typedef struct Taken {
    HttpExchange *kept[KEPT_MAX];
    int count, dropped;
    size_t body_len;
} Taken;

typedef struct Both {
    HttpServer *server;
    HttpClient *client;
    Taken taken;
} Both;

static void take(void *context, HttpExchange *exchange)
{
    Taken *taken = context;
    taken->body_len = http_exchange_body(exchange).len;
    if (str_equal(http_exchange_path(exchange), STR("/later"))) {
        taken->kept[taken->count++] = exchange;
        return;
    }
    const HttpAnswer answer = {200, "text/x", http_exchange_header(exchange, "x-said")};
    http_exchange_answer(exchange, &answer);
    http_exchange_answer(exchange, &(HttpAnswer){.status = 500});
}

static void drop(void *context, HttpExchange *exchange)
{
    Taken *taken = context;
    (void)exchange;
    taken->dropped++;
}

static void both_open(Both *both, int idle_s)
{
    Error err = {0};
    *both = (Both){0};
    const HttpServerOptions options = {.address = "127.0.0.1",
                                       .body_max = BODY_MAX,
                                       .bodies_max = BODIES_MAX,
                                       .connections_max = 16,
                                       .idle_s = idle_s,
                                       .take = take,
                                       .drop = drop,
                                       .context = &both->taken};
    both->server = http_server_open(&options, &err);
    support_ok(both->server != NULL, &err);
    const HttpOptions client = {.parallel = 8};
    both->client = http_client_new(&client, &err);
    support_ok(both->client != NULL, &err);
}

static void both_close(Both *both)
{
    http_client_free(both->client);
    http_server_free(both->server);
}

static HttpCall *ask(const Both *both, const char *path, Str body, const char *said)
{
    Error err = {0};
    char url[64];
    const HttpHeader headers[] = {{STR("X-Said"), str_of(said)}};
    snprintf(url, sizeof url, "http://127.0.0.1:%u%s", http_server_port(both->server), path);
    HttpCall *call = http_start(both->client,
                                &(HttpRequest){.method = STR("POST"),
                                               .url = url,
                                               .headers = headers,
                                               .header_count = 1,
                                               .body = body,
                                               .reply_max = REPLY_MAX,
                                               .no_proxy = true},
                                &err);
    support_ok(call != NULL, &err);
    return call;
}

static void step(const Both *both)
{
    Error err = {0};
    support_ok(http_pump(both->client, STEP_US, &err), &err);
    support_ok(http_server_run(both->server, STEP_US, &err), &err);
}

/* The status of the answer; 0: none came. Frees the call. */
static int status_of(const Both *both, HttpCall *call)
{
    Error err = {0};
    while (!http_call_done(call))
        step(both);
    int status = http_call_ok(call, &err) ? http_call_reply(call)->status : 0;
    http_call_free(call);
    return status;
}

static void requests_are_answered(void **state)
{
    Both both;
    Error err = {0};
    (void)state;
    both_open(&both, 10);
    HttpCall *call = ask(&both, "/now?a=b", STR("0123456789"), "this");
    while (!http_call_done(call))
        step(&both);
    support_ok(http_call_ok(call, &err), &err);
    const HttpReply *reply = http_call_reply(call);
    assert_int_equal(reply->status, 200);
    assert_true(str_equal(buf_str(&reply->body), STR("this")));
    assert_true(str_equal(http_reply_header(reply, STR("Content-Type")), STR("text/x")));
    assert_int_equal(both.taken.body_len, 10);
    http_call_free(call);
    assert_int_equal(status_of(&both, ask(&both, "/now", STR(""), "")), 200);
    assert_int_equal(both.taken.body_len, 0);
    both_close(&both);
    assert_int_equal(both.taken.dropped, 2);
}

static void some_are_answered_later(void **state)
{
    Both both;
    (void)state;
    both_open(&both, 10);
    HttpCall *calls[KEPT_MAX];
    for (int i = 0; i < KEPT_MAX; i++)
        calls[i] = ask(&both, "/later", STR("x"), "");
    while (both.taken.count < KEPT_MAX)
        step(&both);
    assert_int_equal(status_of(&both, ask(&both, "/now", STR(""), "")), 200);
    for (int i = KEPT_MAX - 1; i >= 0; i--) {
        assert_false(http_call_done(calls[i]));
        http_exchange_answer(both.taken.kept[i], &(HttpAnswer){.status = 201});
    }
    for (int i = 0; i < KEPT_MAX; i++)
        assert_int_equal(status_of(&both, calls[i]), 201);
    both_close(&both);
}

static void too_much_is_refused(void **state)
{
    static char bytes[BODY_MAX + 1];
    Both both;
    (void)state;
    both_open(&both, 10);
    const Str most = {bytes, BODY_MAX}, more = {bytes, BODY_MAX + 1};
    assert_int_equal(status_of(&both, ask(&both, "/now", more, "")), 413);
    assert_int_equal(status_of(&both, ask(&both, "/now", most, "")), 200);
    assert_int_equal(both.taken.body_len, BODY_MAX);
    HttpCall *first = ask(&both, "/later", most, "");
    while (!both.taken.count)
        step(&both);
    assert_int_equal(status_of(&both, ask(&both, "/now", most, "")), 503);
    http_exchange_answer(both.taken.kept[0], &(HttpAnswer){.status = 200});
    assert_int_equal(status_of(&both, first), 200);
    assert_int_equal(status_of(&both, ask(&both, "/now", most, "")), 200);
    both_close(&both);
    assert_int_equal(both.taken.dropped, 3);
}

static void what_is_kept_is_answered_at_the_end(void **state)
{
    Both both;
    Error err = {0};
    (void)state;
    both_open(&both, 10);
    HttpCall *call = ask(&both, "/later", STR("x"), "");
    while (!both.taken.count)
        step(&both);
    http_server_free(both.server);
    assert_int_equal(both.taken.dropped, 1);
    while (!http_call_done(call))
        support_ok(http_pump(both.client, STEP_US, &err), &err);
    support_ok(http_call_ok(call, &err), &err);
    assert_int_equal(http_call_reply(call)->status, 503);
    http_call_free(call);
    http_client_free(both.client);
}

static void a_client_may_give_up(void **state)
{
    Both both;
    (void)state;
    both_open(&both, 10);
    HttpCall *call = ask(&both, "/later", STR("x"), "");
    while (!both.taken.count)
        step(&both);
    http_call_free(call);
    assert_int_equal(status_of(&both, ask(&both, "/now", STR(""), "")), 200);
    http_exchange_answer(both.taken.kept[0], &(HttpAnswer){.status = 200});
    while (both.taken.dropped < 2)
        step(&both);
    both_close(&both);
}

static void an_address_that_is_none_is_told(void **state)
{
    Error err = {0};
    HttpServerOptions options = {.address = "localhost", .take = take, .connections_max = 1};
    (void)state;
    assert_null(http_server_open(&options, &err));
    assert_int_equal(err.kind, ERROR_USAGE);
    error_clear(&err);
    options.address = "203.0.113.1";
    assert_null(http_server_open(&options, &err));
    assert_int_equal(err.kind, ERROR_SYSTEM);
    error_clear(&err);
    options.address = "127.0.0.1";
    options.certificate_file = options.key_file = "there-is-none.pem";
    assert_null(http_server_open(&options, &err));
    assert_int_equal(err.kind, ERROR_ACCESS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_are_answered),
        cmocka_unit_test(some_are_answered_later),
        cmocka_unit_test(too_much_is_refused),
        cmocka_unit_test(what_is_kept_is_answered_at_the_end),
        cmocka_unit_test(a_client_may_give_up),
        cmocka_unit_test(an_address_that_is_none_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
