/* Calls are signed, tried again when that may help, and end with what AWS said when it may not. */
#include "support/support.h"

#include "cloud/request.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "support/aws.h"

enum { REPLY_MAX = 1 << 16 };

typedef struct Setting {
    Peer *peer;
    Aws *aws;
    RequestLine *line;
    Endpoint endpoint;
} Setting;

static Setting set_up(const PeerAnswer *answers, size_t count)
{
    Setting setting = {.peer = peer_start(answers, count)};
    setting.aws = support_aws(setting.peer, 4, &setting.line);
    snprintf(setting.endpoint.url, sizeof setting.endpoint.url, "%s", peer_url(setting.peer));
    snprintf(setting.endpoint.region, sizeof setting.endpoint.region, "eu-west-1");
    return setting;
}

static void tear_down(Setting *setting)
{
    request_line_free(setting->line);
    aws_free(setting->aws);
    peer_stop(setting->peer);
}

static RequestCall *start(Setting *setting, const char *path, const char *etag)
{
    Error err = {0};
    const Request request = {.endpoint = &setting->endpoint,
                             .service = STR("s3"),
                             .method = STR("GET"),
                             .path = str_of(path),
                             .etag = str_of(etag),
                             .reply_max = REPLY_MAX};
    RequestCall *call = request_start(setting->line, &request, &err);
    support_ok(call != NULL, &err);
    return call;
}

static void assert_body(RequestCall *call, const char *expected)
{
    Str body = buf_str(&request_reply(call)->body);
    assert_int_equal(body.len, strlen(expected));
    assert_memory_equal(body.ptr, expected, body.len);
}

static void assert_asked(Setting *setting, size_t index, const char *part)
{
    if (!strstr(peer_request(setting->peer, index), part))
        fail_msg("'%s' is not in '%s'", part, peer_request(setting->peer, index));
}

#define OK_ANSWER "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody"

static void what_is_sent(void **state)
{
    (void)state;
    const PeerAnswer answers[] = {{.text = OK_ANSWER}};
    Setting setting = set_up(answers, 1);
    Error err = {0};
    setenv("AWS_SESSION_TOKEN", "TOKEN", 1);
    RequestCall *call = start(&setting, "/b/a key+1", "");
    support_ok(request_await(setting.line, call, NULL, &err), &err);
    assert_body(call, "body");
    assert_asked(&setting, 0, "GET /b/a%20key%2B1 HTTP/1.1\r\n");
    assert_asked(&setting, 0, "\r\nx-amz-security-token: TOKEN\r\n");
    assert_asked(&setting, 0,
                 "/eu-west-1/s3/aws4_request, SignedHeaders=host;x-amz-content-sha256;"
                 "x-amz-date;x-amz-security-token, Signature=");
    assert_null(strstr(peer_request(setting.peer, 0), "SECRET"));
    assert_int_equal(request_line_tries(setting.line), 1);
    request_free(call);
    tear_down(&setting);
}

/* Each of these passes: what fails first is asked again. */
static void tried_again(void **state)
{
    (void)state;
    char *slow = support_answer(503, "", "<Error><Code>SlowDown</Code></Error>");
    const PeerAnswer firsts[] = {
        {.text = slow},
        {.text = "HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n"},
        {.text = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbo", .closes = true},
        {.text = OK_ANSWER, .cut_after = 10},
        {.text = "HTTP/1.1 400 No\r\nContent-Length: 48\r\n\r\n"
                 "<Error><Code>RequestTimeout</Code></Error>      "},
    };
    for (size_t i = 0; i < sizeof firsts / sizeof *firsts; i++) {
        const PeerAnswer answers[] = {firsts[i], {.text = OK_ANSWER}};
        Setting setting = set_up(answers, 2);
        Error err = {0};
        RequestCall *call = start(&setting, "/b/k", "");
        support_ok(request_await(setting.line, call, NULL, &err), &err);
        assert_body(call, "body");
        assert_int_equal(request_line_tries(setting.line), 2);
        request_free(call);
        tear_down(&setting);
    }
    free(slow);
}

/* Of a body that is cut only the rest is asked for, of the same object. */
static void resumed(void **state)
{
    (void)state;
    const PeerAnswer answers[] = {
        {.text = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123", .closes = true},
        {.text = "HTTP/1.1 206 Part\r\nContent-Range: bytes 4-9/10\r\nContent-Length: 6\r\n\r\n45",
         .closes = true},
        {.text =
             "HTTP/1.1 206 Part\r\nContent-Range: bytes 6-9/10\r\nContent-Length: 4\r\n\r\n6789"},
        /* a server that sends something else than it was asked for is asked for all of it */
        {.text = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123", .closes = true},
        {.text = "HTTP/1.1 206 Part\r\nContent-Range: bytes 2-9/10\r\nContent-Length: 2\r\n\r\n23"},
        {.text = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabcdefghij"},
    };
    Setting setting = set_up(answers, sizeof answers / sizeof *answers);
    Error err = {0};
    RequestCall *call = start(&setting, "/b/k", "\"e1\"");
    support_ok(request_await(setting.line, call, NULL, &err), &err);
    assert_body(call, "0123456789");
    assert_null(strstr(peer_request(setting.peer, 0), "range"));
    assert_asked(&setting, 0, "if-match: \"e1\"\r\n");
    assert_asked(&setting, 1, "range: bytes=4-\r\n");
    assert_asked(&setting, 2, "range: bytes=6-\r\n");
    request_free(call);
    call = start(&setting, "/b/k", "\"e1\"");
    support_ok(request_await(setting.line, call, NULL, &err), &err);
    assert_body(call, "abcdefghij");
    assert_null(strstr(peer_request(setting.peer, 5), "range"));
    request_free(call);
    tear_down(&setting);
}

static int64_t slow_clock(void)
{
    return INT64_C(1795000000000000); /* 2026-11-18 */
}

static void clock_of_the_server(void **state)
{
    (void)state;
    char *skewed = support_answer(403, "Date: Wed, 18 Nov 2026 13:46:40 GMT\r\n",
                                  "<Error><Code>RequestTimeTooSkewed</Code></Error>");
    const PeerAnswer answers[] = {{.text = skewed}, {.text = OK_ANSWER}, {.text = OK_ANSWER}};
    clock_replace(slow_clock);
    Setting setting = set_up(answers, 3);
    Error err = {0};
    for (int i = 0; i < 2; i++) { /* the second call knows already */
        RequestCall *call = start(&setting, "/b/k", "");
        support_ok(request_await(setting.line, call, NULL, &err), &err);
        request_free(call);
    }
    clock_replace(NULL);
    assert_int_equal(request_line_tries(setting.line), 3);
    assert_asked(&setting, 0, "x-amz-date: 20261118T1");
    assert_asked(&setting, 1, "x-amz-date: 20261118T134640Z");
    assert_asked(&setting, 2, "x-amz-date: 20261118T134640Z");
    tear_down(&setting);
    free(skewed);
}

static void refused(void **state)
{
    (void)state;
    char *denied = support_answer(
        403, "x-amz-request-id: R1\r\n",
        "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code><Message>not &quot;you&quot;"
        "</Message></Error>");
    const PeerAnswer answers[] = {{.text = denied}};
    Setting setting = set_up(answers, 1);
    Error err = {0};
    Failure failure;
    RequestCall *call = start(&setting, "/b/k", "");
    assert_false(request_await(setting.line, call, &failure, &err));
    assert_int_equal(err.kind, ERROR_ACCESS);
    assert_string_equal(err.text, "AccessDenied: not \"you\" (HTTP 403, request R1)");
    assert_int_equal(failure.status, 403);
    assert_int_equal(request_line_tries(setting.line), 1);
    request_free(call);
    tear_down(&setting);
    free(denied);
}

/* Expired keys are asked for again; here the environment has others by then. */
static void fresh_keys(void **state)
{
    (void)state;
    char *expired = support_answer(400, "", "<Error><Code>ExpiredToken</Code></Error>");
    const PeerAnswer answers[] = {{.text = OK_ANSWER}, {.text = expired}, {.text = OK_ANSWER}};
    Setting setting = set_up(answers, 3);
    Error err = {0};
    RequestCall *call = start(&setting, "/b/k", "");
    support_ok(request_await(setting.line, call, NULL, &err), &err);
    request_free(call);
    setenv("AWS_ACCESS_KEY_ID", "AKID2", 1);
    call = start(&setting, "/b/k", "");
    support_ok(request_await(setting.line, call, NULL, &err), &err);
    request_free(call);
    assert_int_equal(request_line_tries(setting.line), 3);
    assert_asked(&setting, 1, "Credential=AKID/");
    tear_down(&setting);
    free(expired);
}

static void given_up(void **state)
{
    (void)state;
    char *slow = support_answer(503, "Retry-After: 0\r\n", "<Error><Code>SlowDown</Code></Error>");
    PeerAnswer answers[3];
    for (int i = 0; i < 3; i++)
        answers[i] = (PeerAnswer){.text = slow};
    Setting setting = set_up(answers, 3);
    Error err = {0};
    RequestCall *call = start(&setting, "/b/k", "");
    while (request_line_tries(setting.line) < 3) /* ten take longer than a test may */
        support_ok(request_pump(setting.line, 1000000, &err), &err);
    assert_false(request_done(call));
    request_free(call); /* while it waits */
    tear_down(&setting);
    free(slow);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_sent), cmocka_unit_test(tried_again),
        cmocka_unit_test(resumed),      cmocka_unit_test(clock_of_the_server),
        cmocka_unit_test(refused),      cmocka_unit_test(fresh_keys),
        cmocka_unit_test(given_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
