/* The agent beside a container is asked, and nobody else without TLS. */
#include "support/support.h"

#include <stdio.h>
#include <stdlib.h>

#include "support/aws_home.h"

static const char KEYS[] =
    "{\"RoleArn\":\"arn:r\",\"AccessKeyId\":\"ASIA\",\"SecretAccessKey\":\"s\","
    "\"Token\":\"t\",\"Expiration\":\"2099-01-01T00:00:00Z\",\"AccountId\":\"1\"}";

static Peer *peer;

static void answer(const PeerAnswer *answers, size_t count)
{
    char url[200];
    peer = aws_home_peer(answers, count);
    snprintf(url, sizeof url, "%s/v1/credentials?id=1", peer_url(peer));
    setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", url, 1);
}

static void the_agent_is_asked_with_its_token(void **state)
{
    const PeerAnswer answers[] = {{.text = aws_home_answer("200 OK", KEYS)},
                                  {.text = aws_home_answer("200 OK", KEYS)},
                                  {.text = aws_home_answer("200 OK", KEYS)}};
    char path[4096];
    (void)state;
    answer(answers, 3);
    /* a proxy is for others than this machine's own */
    setenv("http_proxy", "http://127.0.0.1:1", 1);
    aws_home_assert_keys(NULL, "ASIA s t", "container");
    aws_home_assert_holds(peer_request(peer, 0), "GET /v1/credentials?id=1 HTTP/1.1\r\n");
    assert_null(strstr(peer_request(peer, 0), "authorization"));
    setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", "Basic abc", 1);
    aws_home_assert_keys(NULL, "ASIA s t", "container");
    aws_home_assert_holds(peer_request(peer, 1), "\r\nauthorization: Basic abc\r\n");
    snprintf(path, sizeof path, "%s/token", getenv("HOME"));
    aws_home_write("token", "of-file\n");
    setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", path, 1);
    aws_home_assert_keys(NULL, "ASIA s t", "container");
    aws_home_assert_holds(peer_request(peer, 2), "\r\nauthorization: of-file\r\n");
    unsetenv("http_proxy");
}

static void a_role_may_be_taken_on_with_its_keys(void **state)
{
    static const char GRANTED[] =
        "<a><Credentials><AccessKeyId>R</AccessKeyId><SecretAccessKey>r</SecretAccessKey>"
        "<SessionToken>rt</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>"
        "</Credentials></a>";
    const PeerAnswer answers[] = {{.text = aws_home_answer("200 OK", KEYS)},
                                  {.text = aws_home_answer("200 OK", GRANTED)}};
    (void)state;
    answer(answers, 2);
    setenv("AWS_ENDPOINT_URL", peer_url(peer), 1);
    aws_home_write(".aws/config",
                   "[default]\nrole_arn = arn:a\ncredential_source = EcsContainer\n");
    aws_home_assert_keys(NULL, "R r rt", "role");
    aws_home_assert_holds(peer_request(peer, 1), "\r\nx-amz-security-token: t\r\n");
    aws_home_assert_holds(peer_request(peer, 1), "/us-east-1/sts/aws4_request, ");
}

static void it_is_tried_again_and_then_reported(void **state)
{
    const PeerAnswer answers[] = {{.text = aws_home_answer("500 Oh", "secret")},
                                  {.text = aws_home_answer("429 Slow", "")},
                                  {.text = aws_home_answer("200 OK", KEYS)},
                                  {.text = aws_home_answer("403 Forbidden", "secret")},
                                  {.text = aws_home_answer("200 OK", "secret")},
                                  {.text = aws_home_answer("200 OK", "{\"AccessKeyId\":\"A\"}")}};
    (void)state;
    answer(answers, 6);
    aws_home_assert_keys(NULL, "ASIA s t", "container");
    aws_home_assert_error(NULL, "credentials: container: it answered with status 403",
                          ERROR_ACCESS);
    aws_home_assert_error(NULL, "credentials: container: the answer is no JSON that can be read",
                          ERROR_INPUT);
    aws_home_assert_error(NULL, "credentials: container: the answer has no Expiration",
                          ERROR_INPUT);
}

static void other_hosts_are_not_asked_without_tls(void **state)
{
    static const char *const HOSTS[] = {"example.com",    "127.0.0.1.example.com", "169.254.170.3",
                                        "[fd00:ec2::24]", "localhost.example.com", "10.0.0.1",
                                        "127.1"};
    (void)state;
    for (size_t i = 0; i < sizeof HOSTS / sizeof *HOSTS; i++) {
        char url[200], expected[500];
        snprintf(url, sizeof url, "http://%s:80/keys", HOSTS[i]);
        snprintf(
            expected, sizeof expected,
            "credentials: container: AWS_CONTAINER_CREDENTIALS_FULL_URI: '%s' may not be asked "
            "without TLS, only this machine and the agents of ECS and EKS",
            HOSTS[i]);
        setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", url, 1);
        aws_home_assert_error(NULL, expected, ERROR_USAGE);
    }
    setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1@example.com/", 1);
    aws_home_assert_error(NULL,
                          "credentials: container: AWS_CONTAINER_CREDENTIALS_FULL_URI: '' may not "
                          "be asked without TLS, only this machine and the agents of ECS and EKS",
                          ERROR_USAGE);
    setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", "file:///etc/passwd", 1);
    aws_home_assert_error(NULL,
                          "credentials: container: AWS_CONTAINER_CREDENTIALS_FULL_URI is neither "
                          "http: nor https:",
                          ERROR_USAGE);
    setenv("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "@example.com/", 1);
    aws_home_assert_error(NULL,
                          "credentials: container: AWS_CONTAINER_CREDENTIALS_RELATIVE_URI does not "
                          "begin with '/'",
                          ERROR_USAGE);
}

static void over_tls_any_host_is_asked(void **state)
{
    char url[100];
    Credentials keys = {.expires_us = 0};
    Error err = {0};
    const PeerAnswer answers[] = {{.text = "no TLS", .closes = true},
                                  {.text = "no TLS", .closes = true},
                                  {.text = "no TLS", .closes = true}};
    (void)state;
    answer(answers, 3);
    snprintf(url, sizeof url, "https://127.0.0.2:%d/", peer_port(peer));
    setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", url, 1);
    assert_false(aws_home_get(NULL, &keys, &err)); /* tried, and no TLS found */
    aws_home_assert_holds(err.text, "credentials: container: 127.0.0.2:");
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, aws_home_begin, aws_home_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_agent_is_asked_with_its_token),   TEST(a_role_may_be_taken_on_with_its_keys),
        TEST(it_is_tried_again_and_then_reported), TEST(other_hosts_are_not_asked_without_tls),
        TEST(over_tls_any_host_is_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
