/* The metadata service of an instance gives its role's keys, in either of its versions. */
#include "support/support.h"

#include <stdlib.h>

#include "base/clock.h"
#include "support/aws_home.h"

static const char KEYS[] = "{\"Code\":\"Success\",\"Type\":\"AWS-HMAC\",\"AccessKeyId\":\"ASIA\","
                           "\"SecretAccessKey\":\"s\",\"Token\":\"t\",\"Expiration\":"
                           "\"2099-01-01T00:00:00Z\"}";
static const char EXPIRED[] = "{\"Code\":\"Success\",\"AccessKeyId\":\"ASIA\",\"SecretAccessKey\":"
                              "\"s\",\"Token\":\"t\",\"Expiration\":\"2020-01-01T00:00:00Z\"}";

/* What an error begins with when nothing else is set up. */
#define NOTHING_ELSE "container: AWS_CONTAINER_CREDENTIALS_FULL_URI is not set; instance metadata: "

static Peer *peer;

static int begin(void **state)
{
    return aws_home_begin(state) || unsetenv("AWS_EC2_METADATA_DISABLED");
}

static void answer(const PeerAnswer *answers, size_t count)
{
    peer = aws_home_peer(answers, count);
    setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", peer_url(peer), 1);
}

static void assert_absent(const char *reason, ErrorKind kind)
{
    Credentials keys = {.expires_us = 0};
    Error err = {0};
    assert_false(aws_home_get(NULL, &keys, &err));
    aws_home_assert_holds(err.text, "no credentials for AWS: environment: ");
    aws_home_assert_holds(err.text, reason);
    assert_int_equal(err.kind, kind);
}

static void keys_are_asked_for_with_a_token(void **state)
{
    const PeerAnswer answers[] = {{.text = aws_home_answer("200 OK", "tok==")},
                                  {.text = aws_home_answer("200 OK", "my role\nother\n")},
                                  {.text = aws_home_answer("200 OK", KEYS)}};
    (void)state;
    answer(answers, 3);
    setenv("http_proxy", "http://127.0.0.1:1", 1);
    aws_home_assert_keys(NULL, "ASIA s t", "instance metadata");
    unsetenv("http_proxy");
    aws_home_assert_holds(peer_request(peer, 0), "PUT /latest/api/token HTTP/1.1\r\n");
    aws_home_assert_holds(peer_request(peer, 0),
                          "\r\nx-aws-ec2-metadata-token-ttl-seconds: 21600\r\n");
    aws_home_assert_holds(peer_request(peer, 1),
                          "GET /latest/meta-data/iam/security-credentials/ HTTP/1.1\r\n");
    aws_home_assert_holds(peer_request(peer, 1), "\r\nx-aws-ec2-metadata-token: tok==\r\n");
    aws_home_assert_holds(peer_request(peer, 2),
                          "GET /latest/meta-data/iam/security-credentials/my%20role HTTP/1.1\r\n");
    aws_home_assert_holds(peer_request(peer, 2), "\r\nx-aws-ec2-metadata-token: tok==\r\n");
    assert_string_equal(aws_home_told, "");
}

static void version_1_is_asked_where_there_is_no_other(void **state)
{
    const PeerAnswer answers[] = {{.text = aws_home_answer("404 Not Found", "")},
                                  {.text = aws_home_answer("200 OK", "r")},
                                  {.text = aws_home_answer("200 OK", KEYS)}};
    (void)state;
    answer(answers, 3);
    aws_home_assert_keys(NULL, "ASIA s t", "instance metadata");
    assert_null(strstr(peer_request(peer, 1), "x-aws-ec2-metadata-token"));
    answer(answers, 3);
    setenv("AWS_EC2_METADATA_V1_DISABLED", "true", 1);
    assert_absent(NOTHING_ELSE "version 1 is switched off, and no token is to be had: it answered "
                               "with status 404",
                  ERROR_ACCESS);
    assert_int_equal(peer_request_count(peer), 1);
    unsetenv("AWS_EC2_METADATA_V1_DISABLED");
    aws_home_write(".aws/config", "[default]\nec2_metadata_v1_disabled = true\n");
    answer(answers, 3);
    assert_absent("version 1 is switched off", ERROR_ACCESS);
}

static void what_is_no_instance_with_a_role_is_told(void **state)
{
    const PeerAnswer bad[] = {{.text = aws_home_answer("400 Bad Request", "")}};
    const PeerAnswer none[] = {{.text = aws_home_answer("200 OK", "tok")},
                               {.text = aws_home_answer("404 Not Found", "")}};
    (void)state;
    answer(bad, 1);
    assert_absent(NOTHING_ELSE "it answered with status 400", ERROR_ACCESS);
    answer(none, 2);
    assert_absent(NOTHING_ELSE "this instance has no role", ERROR_ACCESS);
    setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:1", 1);
    assert_absent(NOTHING_ELSE "127.0.0.1:1: ", ERROR_ACCESS);
}

static void a_service_that_is_silent_is_not_waited_for(void **state)
{
    const PeerAnswer answers[] = {{.silent = true, .text = ""}, {.silent = true, .text = ""}};
    (void)state;
    answer(answers, 2);
    setenv("AWS_EC2_METADATA_V1_DISABLED", "true", 1);
    assert_absent(NOTHING_ELSE "version 1 is switched off", ERROR_ACCESS);
}

static void a_role_without_keys_is_an_error(void **state)
{
    const PeerAnswer answers[] = {
        {.text = aws_home_answer("200 OK", "tok")},
        {.text = aws_home_answer("200 OK", "r")},
        {.text = aws_home_answer("200 OK", "{\"Code\":\"AssumeRoleUnauthorizedAccess\"}")},
        {.text = aws_home_answer("200 OK", "tok")},
        {.text = aws_home_answer("200 OK", "r")},
        {.text = aws_home_answer("503 Slow", "")},
        {.text = aws_home_answer("200 OK", "tok")},
        {.text = aws_home_answer("200 OK", "r")},
        {.text = aws_home_answer("503 Slow", "")},
        {.text = aws_home_answer("200 OK", KEYS)}};
    (void)state;
    answer(answers, 10);
    aws_home_assert_error(NULL,
                          "credentials: instance metadata: role 'r': it answered with the code "
                          "'AssumeRoleUnauthorizedAccess'",
                          ERROR_ACCESS);
    aws_home_assert_error(
        NULL, "credentials: instance metadata: role 'r': it answered with status 503", ERROR_BUSY);
    setenv("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "2", 1);
    aws_home_assert_keys(NULL, "ASIA s t", "instance metadata");
}

static void keys_that_are_not_renewed_are_used_on(void **state)
{
    const PeerAnswer answers[] = {{.text = aws_home_answer("200 OK", "tok")},
                                  {.text = aws_home_answer("200 OK", "r")},
                                  {.text = aws_home_answer("200 OK", EXPIRED)}};
    Credentials keys = {.expires_us = 0};
    Error err = {0};
    (void)state;
    answer(answers, 3);
    support_ok(aws_home_get(NULL, &keys, &err), &err);
    assert_true(keys.expires_us > clock_now_us());
    credentials_wipe(&keys);
    assert_string_equal(aws_home_told, "the instance metadata service has no newer keys than ones "
                                       "that expire; they are used on\n");
}

static int64_t now_us;

static int64_t told_now(void)
{
    return now_us;
}

static void once_found_a_service_out_of_reach_may_come_back(void **state)
{
    const PeerAnswer answers[] = {{.text = aws_home_answer("200 OK", "tok")},
                                  {.text = aws_home_answer("200 OK", "r")},
                                  {.text = aws_home_answer("200 OK", KEYS)}};
    const CredentialsOptions options = aws_home_options(NULL);
    Credentials keys = {.expires_us = 0};
    Error err = {0};
    (void)state;
    answer(answers, 3);
    CredentialsChain *chain = credentials_new(&options, &err);
    support_ok(chain && credentials_get(chain, &keys, &err), &err);
    now_us = keys.expires_us - 1;
    clock_replace(told_now);
    setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:1", 1);
    assert_false(credentials_get(chain, &keys, &err));
    assert_int_equal(err.kind, ERROR_BUSY);
    assert_null(keys.storage.ptr);
    credentials_free(chain);
}

static void settings_that_are_none_are_named(void **state)
{
    static const struct {
        const char *variable, *value, *text;
    } CASES[] = {
        {"AWS_EC2_METADATA_SERVICE_ENDPOINT", "169.254.169.254",
         "AWS_EC2_METADATA_SERVICE_ENDPOINT is neither http: nor https:"},
        {"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "IPv5",
         "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE is not IPv4 or IPv6"},
        {"AWS_METADATA_SERVICE_TIMEOUT", "0", "AWS_METADATA_SERVICE_TIMEOUT is not 1 to 60"},
        {"AWS_METADATA_SERVICE_NUM_ATTEMPTS", "many",
         "AWS_METADATA_SERVICE_NUM_ATTEMPTS is not 1 to 20"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Credentials keys = {.expires_us = 0};
        Error err = {0};
        setenv(CASES[i].variable, CASES[i].value, 1);
        assert_false(aws_home_get(NULL, &keys, &err));
        aws_home_assert_holds(err.text, "credentials: instance metadata: ");
        aws_home_assert_holds(err.text, CASES[i].text);
        assert_int_equal(err.kind, ERROR_USAGE);
        unsetenv(CASES[i].variable);
    }
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, begin, aws_home_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(keys_are_asked_for_with_a_token),
        TEST(version_1_is_asked_where_there_is_no_other),
        TEST(what_is_no_instance_with_a_role_is_told),
        TEST(a_service_that_is_silent_is_not_waited_for),
        TEST(a_role_without_keys_is_an_error),
        TEST(keys_that_are_not_renewed_are_used_on),
        TEST(once_found_a_service_out_of_reach_may_come_back),
        TEST(settings_that_are_none_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
