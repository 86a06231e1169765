/* The login that `aws sso login` left is exchanged for keys, and its end is told with the cure. */
#include "support/support.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "support/aws_home.h"

static const char CONFIG[] =
    "[sso-session corp]\nsso_region = eu-central-1\nsso_start_url = https://corp.example/start\n"
    "[profile new]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = Read/Only\n"
    "[profile old]\nsso_start_url = https://corp.example/start\nsso_region = eu-west-1\n"
    "sso_account_id = 1\nsso_role_name = r\n";

/* The names that the AWS CLI gives: the SHA-1 of "corp", and of the URL. */
#define CACHE_NEW ".aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json"
#define CACHE_OLD ".aws/sso/cache/f7c9b39d0b4c7a7d82c79307585f77e1c5e74378.json"

static const char LOGIN[] = "{\"startUrl\":\"https://corp.example/start\",\"accessToken\":"
                            "\"tok\\/en\",\"expiresAt\":\"2099-01-01T00:00:00Z\"}";
static const char KEYS[] = "{\"roleCredentials\":{\"accessKeyId\":\"ASIA\",\"secretAccessKey\":"
                           "\"s\\/s\",\"sessionToken\":\"t=\",\"expiration\":4070908800000}}";

static Peer *peer;

static int begin(void **state)
{
    int failed = aws_home_begin(state);
    aws_home_write(".aws/config", CONFIG);
    return failed;
}

static void answer(const char *status, const char *body)
{
    static PeerAnswer answers[1];
    answers[0] = (PeerAnswer){.text = aws_home_answer(status, body)};
    peer = aws_home_peer(answers, 1);
    setenv("AWS_ENDPOINT_URL_SSO", peer_url(peer), 1);
}

static void a_login_is_exchanged_for_keys(void **state)
{
    Credentials keys = {.expires_us = 0};
    Error err = {0};
    (void)state;
    aws_home_write(CACHE_NEW, LOGIN);
    answer("200 OK", KEYS);
    aws_home_assert_keys("new", "ASIA s/s t=", "sso");
    aws_home_assert_holds(peer_request(peer, 0),
                          "GET /federation/credentials?account_id=123456789012&"
                          "role_name=Read%2FOnly HTTP/1.1\r\n");
    aws_home_assert_holds(peer_request(peer, 0), "\r\nx-amz-sso_bearer_token: tok/en\r\n");
    aws_home_write(CACHE_OLD,
                   "{\"accessToken\":\"older\",\"expiresAt\":\"2099-01-01T00:00:00UTC\"}");
    answer("200 OK", KEYS);
    support_ok(aws_home_get("old", &keys, &err), &err);
    assert_true(keys.expires_us == INT64_C(4070908800000000));
    credentials_wipe(&keys);
    aws_home_assert_holds(peer_request(peer, 0), "\r\nx-amz-sso_bearer_token: older\r\n");
}

static void without_a_login_the_command_is_told(void **state)
{
    char expected[1000];
    (void)state;
    aws_home_assert_error(
        "new", "credentials: sso: nobody has logged in: run 'aws sso login --profile new'",
        ERROR_ACCESS);
    aws_home_write(CACHE_NEW, "{\"accessToken\":\"t\",\"expiresAt\":\"2020-01-01T00:00:00Z\"}");
    aws_home_assert_error(
        "new", "credentials: sso: the login has expired: run 'aws sso login --profile new'",
        ERROR_ACCESS);
    aws_home_write(CACHE_NEW, "{\"accessToken\":\"t\",\"expiresAt\":\"soon\"}");
    aws_home_assert_error("new",
                          "credentials: sso: the cached login cannot be read: run 'aws sso login "
                          "--profile new'",
                          ERROR_ACCESS);
    aws_home_write(CACHE_NEW, "secret");
    snprintf(expected, sizeof expected,
             "credentials: sso: '%s/%s': the answer is no JSON that can be read", getenv("HOME"),
             CACHE_NEW);
    aws_home_assert_error("new", expected, ERROR_INPUT);
}

/* A cached login with all that renewing needs. */
static void write_login(const char *expires, const char *registered)
{
    char text[1000];
    snprintf(text, sizeof text,
             "{\"startUrl\":\"s\",\"region\":\"r\",\"accessToken\":\"first\",\"expiresAt\":\"%s\","
             "\"clientId\":\"id\",\"clientSecret\":\"cs\",\"registrationExpiresAt\":\"%s\","
             "\"refreshToken\":\"again\"}",
             expires, registered);
    aws_home_write(CACHE_NEW, text);
}

#define PAST   "2020-01-01T00:00:00Z"
#define FUTURE "2099-01-01T00:00:00Z"

static void a_login_of_a_session_is_renewed(void **state)
{
    const PeerAnswer answers[] = {
        {.text = aws_home_answer("200 OK", "{\"accessToken\":\"second\",\"expiresIn\":3600,"
                                           "\"refreshToken\":\"once more\"}")},
        {.text = aws_home_answer("200 OK", KEYS)},
        {.text = aws_home_answer("200 OK", KEYS)}};
    BUF_AUTO Buf cached = buf_init(1000);
    char path[4096];
    Error err = {0};
    (void)state;
    write_login(PAST, FUTURE);
    peer = aws_home_peer(answers, 3);
    setenv("AWS_ENDPOINT_URL", peer_url(peer), 1);
    aws_home_assert_keys("new", "ASIA s/s t=", "sso");
    aws_home_assert_holds(peer_request(peer, 0), "POST /token HTTP/1.1\r\n");
    aws_home_assert_holds(peer_request(peer, 0), "\r\ncontent-type: application/json\r\n");
    aws_home_assert_holds(peer_request(peer, 0),
                          "\r\n\r\n{\"grantType\":\"refresh_token\",\"clientId\":\"id\","
                          "\"clientSecret\":\"cs\",\"refreshToken\":\"again\"}");
    aws_home_assert_holds(peer_request(peer, 1), "\r\nx-amz-sso_bearer_token: second\r\n");
    /* it is written down, and used from there */
    snprintf(path, sizeof path, "%s/%s", getenv("HOME"), CACHE_NEW);
    support_ok(file_read(path, &cached, NULL, &err) && buf_append_byte(&cached, 0, &err), &err);
    aws_home_assert_holds(cached.ptr, "\"accessToken\":\"second\"");
    aws_home_assert_holds(cached.ptr, "\"refreshToken\":\"once more\"");
    aws_home_assert_holds(cached.ptr, "\"registrationExpiresAt\":\"" FUTURE "\"");
    aws_home_assert_holds(cached.ptr, "\"startUrl\":\"https://corp.example/start\"");
    aws_home_assert_keys("new", "ASIA s/s t=", "sso");
    aws_home_assert_holds(peer_request(peer, 2), "\r\nx-amz-sso_bearer_token: second\r\n");
}

static void a_login_that_is_not_renewed_has_expired(void **state)
{
    static const char EXPIRED[] =
        "credentials: sso: the login has expired: run 'aws sso login --profile new'";
    const PeerAnswer answers[] = {
        {.text = aws_home_answer("400 Bad Request", "{\"error\":\"invalid_grant\"}")},
        {.text = aws_home_answer("200 OK", "{\"accessToken\":\"second\"}")},
        {.text = aws_home_answer("503 Slow", "")},
        {.text = aws_home_answer("503 Slow", "")},
        {.text = aws_home_answer("503 Slow", "")}};
    (void)state;
    peer = aws_home_peer(answers, 5);
    setenv("AWS_ENDPOINT_URL", peer_url(peer), 1);
    write_login(PAST, PAST); /* nobody is registered any more: not asked */
    aws_home_assert_error("new", EXPIRED, ERROR_ACCESS);
    assert_int_equal(peer_request_count(peer), 0);
    write_login(PAST, FUTURE);
    aws_home_assert_error("new", EXPIRED, ERROR_ACCESS);
    aws_home_assert_error("new", EXPIRED, ERROR_ACCESS);
    aws_home_assert_error("new",
                          "credentials: sso: the login could not be renewed: it answered with "
                          "status 503",
                          ERROR_BUSY);
    assert_int_equal(peer_request_count(peer), 5);
}

static void the_portal_may_refuse(void **state)
{
    static const struct {
        const char *status, *body, *text;
        ErrorKind kind;
    } CASES[] = {
        {"401 Unauthorized", "{}",
         "the login has expired or was withdrawn: run 'aws sso login --profile new'", ERROR_ACCESS},
        {"403 Forbidden", "{}", "it answered with status 403", ERROR_ACCESS},
        {"200 OK", "secret", "the answer is no JSON that can be read", ERROR_INPUT},
        {"200 OK", "[]", "the answer is no JSON object", ERROR_INPUT},
        {"200 OK", "{\"roleCredentials\":{\"accessKeyId\":\"A\"}}", "the answer has no expiration",
         ERROR_INPUT},
        {"200 OK", "{\"roleCredentials\":{\"accessKeyId\":\"A\",\"expiration\":1}}",
         "there is no secret access key", ERROR_INPUT},
    };
    (void)state;
    aws_home_write(CACHE_NEW, LOGIN);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char expected[500];
        snprintf(expected, sizeof expected,
                 "credentials: sso: role 'Read/Only' in account 123456789012: %s", CASES[i].text);
        answer(CASES[i].status, CASES[i].body);
        aws_home_assert_error("new", expected, CASES[i].kind);
    }
}

static void what_a_profile_lacks_is_named(void **state)
{
    static const struct {
        const char *settings, *text;
    } CASES[] = {
        {"sso_account_id = 1\n", "has no sso_role_name"},
        {"sso_role_name = r\n", "has no sso_account_id"},
        {"sso_account_id = 1\nsso_role_name = r\n", "has no sso_region"},
        {"sso_account_id = 1\nsso_role_name = r\nsso_region = x\n", "has no sso_start_url"},
        {"sso_account_id = 1\nsso_role_name = r\nsso_session = lost\n",
         "has the sso_session 'lost', which is nowhere"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char config[500], expected[500];
        snprintf(config, sizeof config, "[profile p]\n%s", CASES[i].settings);
        snprintf(expected, sizeof expected, "credentials: sso: profile 'p' %s", CASES[i].text);
        aws_home_write(".aws/config", config);
        aws_home_assert_error("p", expected, ERROR_USAGE);
    }
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, begin, aws_home_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_login_is_exchanged_for_keys),   TEST(without_a_login_the_command_is_told),
        TEST(a_login_of_a_session_is_renewed), TEST(a_login_that_is_not_renewed_has_expired),
        TEST(the_portal_may_refuse),           TEST(what_a_profile_lacks_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
