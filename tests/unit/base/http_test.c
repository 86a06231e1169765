/* Requests and answers over loopback, and what becomes of broken ones. */
#include "support/support.h"

#include "base/http.h"

#include <stdio.h>

#include "base/fault.h"
#include "base/file.h"
#include "support/peer.h"

enum { BODY_MAX = 4096 };

static HttpClient *new_client(int parallel)
{
    Error err = {0};
    const HttpOptions options = {.parallel = parallel};
    HttpClient *client = http_client_new(&options, &err);
    support_ok(client != NULL, &err);
    return client;
}

static HttpCall *start(HttpClient *client, const HttpRequest *request)
{
    Error err = {0};
    HttpCall *call = http_start(client, request, &err);
    support_ok(call != NULL, &err);
    return call;
}

static void assert_str(Str text, const char *expected)
{
    assert_int_equal(text.len, strlen(expected));
    assert_memory_equal(text.ptr, expected, text.len);
}

static void get_and_headers(void **state)
{
    (void)state;
    const PeerAnswer answers[] = {
        {.text = "HTTP/1.1 100 Continue\r\nX-Lost: 1\r\n\r\n"
                 "HTTP/1.1 206 Partial\r\nETag: \"abc\"\r\nContent-Encoding: gzip\r\n"
                 "Content-Length: 5\r\n\r\n\x1f\x8bxyz"},
        {.text =
             "HTTP/1.1 302 Moved\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"},
    };
    Peer *peer = peer_start(answers, 2);
    HttpClient *client = new_client(2);
    Error err = {0};
    const HttpHeader headers[] = {{STR("X-Amz-Date"), STR("now")}, {STR("X-Empty"), STR("")}};
    char url[64];
    snprintf(url, sizeof url, "%s/a/../b/./c", peer_url(peer));
    HttpCall *call = start(client, &(HttpRequest){.method = STR("GET"),
                                                  .url = url,
                                                  .headers = headers,
                                                  .header_count = 2,
                                                  .reply_max = BODY_MAX});
    support_ok(http_await(client, call, &err), &err);
    const HttpReply *reply = http_call_reply(call);
    assert_int_equal(reply->status, 206);
    assert_str(http_reply_header(reply, STR("etag")), "\"abc\"");
    assert_null(http_reply_header(reply, STR("x-lost")).ptr);
    assert_str(buf_str(&reply->body), "\x1f\x8bxyz"); /* as stored, not decoded */
    assert_memory_equal(peer_request(peer, 0), "GET /a/../b/./c HTTP/1.1\r\n", 26);
    assert_non_null(strstr(peer_request(peer, 0), "X-Amz-Date: now\r\n"));
    assert_non_null(strstr(peer_request(peer, 0), "X-Empty:\r\n"));
    http_call_free(call);
    /* a redirect is an answer like others */
    call =
        start(client,
              &(HttpRequest){.method = STR("HEAD"), .url = peer_url(peer), .reply_max = BODY_MAX});
    support_ok(http_await(client, call, &err), &err);
    assert_int_equal(http_call_reply(call)->status, 302);
    assert_int_equal(peer_request_count(peer), 2);
    assert_memory_equal(peer_request(peer, 1), "HEAD / HTTP/1.1\r\n", 17);
    http_call_free(call);
    http_client_free(client);
    peer_stop(peer);
}

static void put_sends_the_body(void **state)
{
    (void)state;
    const PeerAnswer answers[] = {{.text = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"},
                                  {.text = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"}};
    Peer *peer = peer_start(answers, 2);
    HttpClient *client = new_client(1);
    Error err = {0};
    const Str bodies[] = {STR("some bytes"), STR("")};
    for (int i = 0; i < 2; i++) {
        HttpCall *call = start(client, &(HttpRequest){.method = i ? STR("POST") : STR("PUT"),
                                                      .url = peer_url(peer),
                                                      .body = bodies[i],
                                                      .reply_max = BODY_MAX});
        support_ok(http_await(client, call, &err), &err);
        assert_int_equal(http_call_reply(call)->status, 200);
        http_call_free(call);
    }
    assert_non_null(strstr(peer_request(peer, 0), "Content-Length: 10\r\n"));
    assert_non_null(strstr(peer_request(peer, 0), "\r\n\r\nsome bytes"));
    assert_memory_equal(peer_request(peer, 1), "POST / ", 7);
    assert_non_null(strstr(peer_request(peer, 1), "Content-Length: 0\r\n"));
    http_client_free(client);
    peer_stop(peer);
}

/* More calls than connections. */
static void many_in_flight(void **state)
{
    (void)state;
    enum { CALLS = 20 };
    PeerAnswer answers[CALLS];
    for (int i = 0; i < CALLS; i++)
        answers[i] = (PeerAnswer){.text = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody"};
    Peer *peer = peer_start(answers, CALLS);
    HttpClient *client = new_client(4);
    HttpCall *calls[CALLS];
    Error err = {0};
    for (int i = 0; i < CALLS; i++)
        calls[i] = start(
            client,
            &(HttpRequest){.method = STR("GET"), .url = peer_url(peer), .reply_max = BODY_MAX});
    for (int i = 0; i < CALLS; i++) {
        support_ok(http_await(client, calls[i], &err), &err);
        assert_str(buf_str(&http_call_reply(calls[i])->body), "body");
        http_call_free(calls[i]);
    }
    http_client_free(client);
    peer_stop(peer);
}

/* The error of a request that must fail with *kind*; nothing secret is in it. */
static void assert_fails(HttpClient *client, const HttpRequest *request, ErrorKind kind,
                         const char *word)
{
    Error err = {0};
    HttpCall *call = start(client, request);
    assert_false(http_await(client, call, &err));
    assert_int_equal(err.kind, kind);
    if (!strstr(err.text, word))
        fail_msg("'%s' does not say '%s'", err.text, word);
    assert_null(strstr(err.text, "SECRET"));
    http_call_free(call);
}

static void broken_answers(void **state)
{
    (void)state;
    const PeerAnswer answers[] = {
        {.text = "HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\nhalf", .closes = true},
        {.text = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nninebytes", .cut_after = 42},
        {.text = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nninebytes"},
        {.silent = true},
        {.text = "220 mail.example.com ESMTP\r\n", .closes = true},
    };
    Peer *peer = peer_start(answers, sizeof answers / sizeof *answers);
    HttpClient *client = new_client(1);
    char url[100];
    snprintf(url, sizeof url, "%s/key?X-Amz-Signature=SECRET", peer_url(peer));
    HttpRequest request = {.method = STR("GET"), .url = url, .reply_max = BODY_MAX};
    assert_fails(client, &request, ERROR_BUSY, "127.0.0.1");
    assert_fails(client, &request, ERROR_BUSY, "127.0.0.1");
    request.reply_max = 8;
    assert_fails(client, &request, ERROR_LIMIT, "too large");
    request.reply_max = BODY_MAX;
    request.timeout_us = 100000;
    assert_fails(client, &request, ERROR_BUSY, "timed out");
    request.timeout_us = 0;
    assert_fails(client, &request, ERROR_ACCESS, "127.0.0.1"); /* speaks no HTTP */
    http_client_free(client);
    peer_stop(peer);
}

static void no_peer(void **state)
{
    (void)state;
    Peer *peer = peer_start(NULL, 0);
    char url[64];
    snprintf(url, sizeof url, "%s/", peer_url(peer));
    peer_stop(peer); /* the port is closed now */
    HttpClient *client = new_client(1);
    assert_fails(client, &(HttpRequest){.method = STR("GET"), .url = url}, ERROR_BUSY, "127.0.0.1");
    assert_fails(client, &(HttpRequest){.method = STR("GET"), .url = "ftp://127.0.0.1/"},
                 ERROR_ACCESS, "127.0.0.1");
    http_client_free(client);
}

static void what_cannot_be_asked(void **state)
{
    (void)state;
    HttpClient *client = new_client(1);
    Error err = {0};
    const HttpHeader split = {STR("X-Key"), STR("a\r\nX-Other: b")};
    assert_null(http_start(
        client,
        &(HttpRequest){
            .method = STR("GET"), .url = "http://127.0.0.1/", .headers = &split, .header_count = 1},
        &err));
    assert_int_equal(err.kind, ERROR_INPUT);
    http_client_free(client);
    error_clear(&err);
    assert_null(http_client_new(&(HttpOptions){.ca_file = "/nowhere/ca.pem", .parallel = 1}, &err));
    assert_int_equal(err.kind, ERROR_ACCESS);
}

/* Each allocation fails once: an error, and no leak. */
static void memory_runs_out(void **state)
{
    (void)state;
    const PeerAnswer answers[] = {{.text = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody"}};
    const HttpHeader header = {STR("X-Key"), STR("value")};
    bool whole = false;
    for (uint64_t nth = 1; !whole && nth < 50; nth++) {
        Peer *peer = peer_start(answers, 1);
        Error err = {0};
        fault_arm(FAULT_ALLOC, nth);
        HttpClient *client = http_client_new(&(HttpOptions){.parallel = 1}, &err);
        HttpCall *call = client ? http_start(client,
                                             &(HttpRequest){.method = STR("GET"),
                                                            .url = peer_url(peer),
                                                            .headers = &header,
                                                            .header_count = 1,
                                                            .reply_max = BODY_MAX},
                                             &err)
                                : NULL;
        bool ok = call && http_await(client, call, &err);
        whole = fault_count(FAULT_ALLOC) < nth;
        fault_arm(FAULT_ALLOC, 0);
        assert_int_equal(ok, whole);
        assert_true(ok || err.kind == ERROR_LIMIT);
        http_call_free(call);
        http_client_free(client);
        peer_stop(peer);
    }
    assert_true(whole);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(get_and_headers), cmocka_unit_test(put_sends_the_body),
        cmocka_unit_test(many_in_flight),  cmocka_unit_test(broken_answers),
        cmocka_unit_test(no_peer),         cmocka_unit_test(what_cannot_be_asked),
        cmocka_unit_test(memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
