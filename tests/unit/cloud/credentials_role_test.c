/* Roles are taken on from STS: for keys of another source, along chains, or for a token. */
#include "support/support.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/fault.h"
#include "base/hash.h"
#include "base/timestamp.h"
#include "cloud/sigv4.h"
#include "support/aws_home.h"
#include "support/peer.h"

enum { HEX_BYTES = 2 * HASH_SHA256_BYTES + 1 };

static const char GRANTED[] =
    "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult>"
    "<AssumedRoleUser><Arn>arn:aws:sts::2:assumed-role/r/s</Arn></AssumedRoleUser><Credentials>"
    "<AccessKeyId>ASIA1</AccessKeyId><SecretAccessKey>s&#x2F;1</SecretAccessKey>"
    "<SessionToken>t/1==</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>"
    "</Credentials></AssumeRoleResult></AssumeRoleResponse>";
static const char GRANTED_2[] =
    "<r><Credentials><AccessKeyId>ASIA2</AccessKeyId><SecretAccessKey>s2</SecretAccessKey>"
    "<SessionToken>t2</SessionToken><Expiration>2099-01-01T00:00:00.000Z</Expiration>"
    "</Credentials></r>";
static const char REFUSED[] =
    "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>User: "
    "arn:aws:iam::1:user/u is not authorized to perform: sts:AssumeRole</Message></Error>"
    "</ErrorResponse>";
static const char THROTTLED[] =
    "<ErrorResponse><Error><Code>Throttling</Code><Message>Rate exceeded</Message></Error>"
    "</ErrorResponse>";

static const char SOURCE[] = "[base]\naws_access_key_id = AKIA\naws_secret_access_key = s0\n";

static Peer *peer;

static int begin(void **state)
{
    return aws_home_begin(state) || setenv("AWS_REGION", "eu-west-1", 1);
}

static void answer(const PeerAnswer *answers, size_t count)
{
    peer = aws_home_peer(answers, count);
    setenv("AWS_ENDPOINT_URL_STS", peer_url(peer), 1);
}

/* The value of a header of a request, in *ret*. */
static void take_header(const char *request, const char *name, char ret[1000])
{
    char begin_of[100];
    snprintf(begin_of, sizeof begin_of, "\r\n%s: ", name);
    const char *at = strstr(request, begin_of);
    if (!at) {
        fail_msg("'%s' has no header %s", request, name);
        return;
    }
    at += strlen(begin_of);
    snprintf(ret, 1000, "%.*s", (int)strcspn(at, "\r"), at);
}

/* The signature of a request, worked out again with the secret, as STS does it. */
static void assert_signed(const char *request, Str access_key, Str secret, const char *token)
{
    static const char *const NAMES[] = {"host", "content-type", "x-amz-date",
                                        "x-amz-security-token"};
    char values[4][1000], found[1000], hex[HEX_BYTES];
    uint8_t hash[HASH_SHA256_BYTES];
    Sigv4Pair headers[4];
    size_t count = token ? 4 : 3;
    Error err = {0};
    BUF_AUTO Buf expected = buf_init(4096);
    int64_t time_us;
    for (size_t i = 0; i < count; i++) {
        take_header(request, i == 0 ? "Host" : NAMES[i], values[i]);
        headers[i] = (Sigv4Pair){str_of(NAMES[i]), str_of(values[i])};
    }
    if (token)
        assert_string_equal(values[3], token);
    assert_true(timestamp_parse(headers[2].value, &time_us));
    const char *body = strstr(request, "\r\n\r\n") + 4;
    hash_sha256(body, strlen(body), hash);
    hash_hex(hash, sizeof hash, hex);
    const Sigv4Request signed_part = {.method = STR("POST"),
                                      .path = STR("/"),
                                      .headers = headers,
                                      .header_count = count,
                                      .payload_hash = str_of(hex)};
    const Sigv4Scope scope = {.access_key = access_key,
                              .secret_key = secret,
                              .region = STR("eu-west-1"),
                              .service = STR("sts"),
                              .time_us = time_us};
    support_ok(sigv4_authorization(&signed_part, &scope, &expected, &err), &err);
    take_header(request, "authorization", found);
    assert_true(str_equal(str_of(found), buf_str(&expected)));
}

static void a_role_is_taken_on_with_the_keys_of_its_source(void **state)
{
    const PeerAnswer answers[] = {{.text = aws_home_answer("200 OK", GRANTED)}};
    (void)state;
    answer(answers, 1);
    aws_home_write(".aws/credentials", SOURCE);
    aws_home_write(".aws/config",
                   "[profile r]\nrole_arn = arn:aws:iam::2:role/r\nsource_profile = base\n"
                   "external_id = a b&c\nrole_session_name = me@work\nduration_seconds = 900\n");
    aws_home_assert_keys("r", "ASIA1 s/1 t/1==", "role");
    const char *request = peer_request(peer, 0);
    aws_home_assert_holds(request, "POST / HTTP/1.1\r\n");
    aws_home_assert_holds(request,
                          "\r\n\r\nAction=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3A"
                          "iam%3A%3A2%3Arole%2Fr&RoleSessionName=me%40work&"
                          "ExternalId=a%20b%26c&DurationSeconds=900");
    assert_signed(request, STR("AKIA"), STR("s0"), NULL);
    assert_null(strstr(request, "s0"));
}

static void roles_lead_to_roles(void **state)
{
    const PeerAnswer answers[] = {{.text = aws_home_answer("200 OK", GRANTED)},
                                  {.text = aws_home_answer("200 OK", GRANTED_2)}};
    (void)state;
    answer(answers, 2);
    aws_home_write(".aws/credentials", SOURCE);
    aws_home_write(".aws/config", "[profile a]\nrole_arn = arn:a\nsource_profile = b\n"
                                  "[profile b]\nrole_arn = arn:b\nsource_profile = base\n");
    aws_home_assert_keys("a", "ASIA2 s2 t2", "role");
    aws_home_assert_holds(peer_request(peer, 0), "RoleArn=arn%3Ab&RoleSessionName=spoor-1");
    aws_home_assert_holds(peer_request(peer, 1), "RoleArn=arn%3Aa&");
    assert_signed(peer_request(peer, 1), STR("ASIA1"), STR("s/1"), "t/1==");
}

static void a_profile_with_keys_may_be_its_own_source(void **state)
{
    const PeerAnswer answers[] = {{.text = aws_home_answer("200 OK", GRANTED)}};
    (void)state;
    answer(answers, 1);
    aws_home_write(".aws/config", "[default]\nrole_arn = arn:a\nsource_profile = default\n"
                                  "aws_access_key_id = AKIA\naws_secret_access_key = s0\n");
    aws_home_assert_keys(NULL, "ASIA1 s/1 t/1==", "role");
    assert_signed(peer_request(peer, 0), STR("AKIA"), STR("s0"), NULL);
}

static void keys_may_come_from_the_environment_for_a_role(void **state)
{
    const PeerAnswer answers[] = {{.text = aws_home_answer("200 OK", GRANTED)}};
    (void)state;
    answer(answers, 1);
    aws_home_write(".aws/config",
                   "[profile r]\nrole_arn = arn:a\ncredential_source = Environment\n");
    setenv("AWS_ACCESS_KEY_ID", "E", 1);
    setenv("AWS_SECRET_ACCESS_KEY", "e", 1);
    setenv("AWS_SESSION_TOKEN", "et", 1);
    aws_home_assert_keys("r", "ASIA1 s/1 t/1==", "role");
    assert_signed(peer_request(peer, 0), STR("E"), STR("e"), "et");
}

static void what_is_wrong_with_a_role_is_told(void **state)
{
    static const struct {
        const char *settings, *text;
        ErrorKind kind;
    } CASES[] = {
        {"", "has role_arn, but neither source_profile nor credential_source", ERROR_USAGE},
        {"source_profile = base\ncredential_source = Environment\n",
         "has both source_profile and credential_source", ERROR_USAGE},
        {"source_profile = lost\n", "has the source_profile 'lost', which is nowhere", ERROR_USAGE},
        {"credential_source = Home\n",
         "has a credential_source that is not Environment, EcsContainer or Ec2InstanceMetadata",
         ERROR_USAGE},
        {"source_profile = base\nduration_seconds = 60\n",
         "has a duration_seconds that is not 900 to 43200", ERROR_USAGE},
        {"source_profile = base\nrole_session_name = a b\n",
         "has a role_session_name that is not 2 to 64 letters, digits and _+=,.@-", ERROR_USAGE},
        {"source_profile = base\nmfa_serial = arn:mfa\n",
         "has mfa_serial, and nobody is here to type a code: take a role that needs none, or put "
         "the keys of 'aws sts assume-role' into the environment",
         ERROR_USAGE},
        {"source_profile = r\n", "is its own source_profile", ERROR_USAGE},
    };
    (void)state;
    aws_home_write(".aws/credentials", SOURCE);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char config[500], expected[500];
        snprintf(config, sizeof config, "[profile r]\nrole_arn = arn:a\n%s", CASES[i].settings);
        aws_home_write(".aws/config", config);
        snprintf(expected, sizeof expected, "credentials: role: profile 'r' %s", CASES[i].text);
        aws_home_assert_error("r", expected, CASES[i].kind);
    }
    aws_home_write(".aws/config",
                   "[profile r]\nrole_arn = arn:a\ncredential_source = Environment\n");
    aws_home_assert_error("r", "credentials: role: AWS_ACCESS_KEY_ID is not set", ERROR_ACCESS);
    aws_home_write(".aws/config",
                   "[profile r]\nrole_arn = arn:a\nsource_profile = e\n[profile e]\n");
    aws_home_assert_error("r",
                          "credentials: role: profile 'e' has neither keys, nor "
                          "credential_process, nor a login",
                          ERROR_ACCESS);
}

static void loops_and_long_ways_are_refused(void **state)
{
    char config[2000] = "";
    (void)state;
    aws_home_write(".aws/config", "[profile a]\nrole_arn = arn:a\nsource_profile = b\n"
                                  "[profile b]\nrole_arn = arn:b\nsource_profile = c\n"
                                  "[profile c]\nrole_arn = arn:c\nsource_profile = a\n");
    aws_home_assert_error("a", "credentials: role: profile 'a' is its own source_profile",
                          ERROR_USAGE);
    for (int i = 0; i < 20; i++)
        snprintf(config + strlen(config), sizeof config - strlen(config),
                 "[profile p%d]\nrole_arn = arn:a\nsource_profile = p%d\n", i, i + 1);
    aws_home_write(".aws/config", config);
    aws_home_assert_error(
        "p0", "credentials: role: more than 8 profiles name each other as sources", ERROR_USAGE);
}

static void sts_refuses_in_its_own_words(void **state)
{
    const PeerAnswer answers[] = {{.text = aws_home_answer("403 Forbidden", REFUSED)},
                                  {.text = aws_home_answer("404 Not Found", "<html>")},
                                  {.text = aws_home_answer("200 OK", "<a/>")}};
    char expected[1000];
    (void)state;
    answer(answers, 3);
    aws_home_write(".aws/credentials", SOURCE);
    aws_home_write(".aws/config", "[profile r]\nrole_arn = arn:a\nsource_profile = base\n");
    snprintf(expected, sizeof expected,
             "credentials: role: AssumeRole of 'arn:a' from %s: AccessDenied: User: "
             "arn:aws:iam::1:user/u is not authorized to perform: sts:AssumeRole",
             peer_url(peer));
    aws_home_assert_error("r", expected, ERROR_ACCESS);
    snprintf(expected, sizeof expected,
             "credentials: role: AssumeRole of 'arn:a' from %s: it answered with status 404",
             peer_url(peer));
    aws_home_assert_error("r", expected, ERROR_ACCESS);
    snprintf(expected, sizeof expected,
             "credentials: role: AssumeRole of 'arn:a' from %s: the answer has no <Credentials>",
             peer_url(peer));
    aws_home_assert_error("r", expected, ERROR_INPUT);
    assert_int_equal(peer_request_count(peer), 3);
}

static void what_passes_is_tried_again(void **state)
{
    const PeerAnswer answers[] = {
        {.text = aws_home_answer("400 Bad Request", THROTTLED)},
        {.text = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<a>", .cut_after = 40},
        {.text = aws_home_answer("200 OK", GRANTED)},
        {.text = aws_home_answer("503 Slow", "")},
        {.text = aws_home_answer("500 Oh", "")},
        {.text = aws_home_answer("503 Slow", "")}};
    char expected[1000];
    (void)state;
    answer(answers, 6);
    aws_home_write(".aws/credentials", SOURCE);
    aws_home_write(".aws/config", "[profile r]\nrole_arn = arn:a\nsource_profile = base\n");
    aws_home_assert_keys("r", "ASIA1 s/1 t/1==", "role");
    assert_int_equal(peer_request_count(peer), 3);
    snprintf(expected, sizeof expected,
             "credentials: role: AssumeRole of 'arn:a' from %s: it answered with status 503",
             peer_url(peer));
    aws_home_assert_error("r", expected, ERROR_BUSY);
    assert_int_equal(peer_request_count(peer), 6);
}

static void a_token_in_a_file_is_exchanged_unsigned(void **state)
{
    const PeerAnswer answers[] = {{.text = aws_home_answer("200 OK", GRANTED)},
                                  {.text = aws_home_answer("200 OK", GRANTED_2)},
                                  {.text = aws_home_answer("200 OK", GRANTED_2)}};
    char path[4096], config[5000];
    (void)state;
    answer(answers, 3);
    snprintf(path, sizeof path, "%s/token", getenv("HOME"));
    aws_home_write("token", "ey.J/W+T\n");
    setenv("AWS_WEB_IDENTITY_TOKEN_FILE", path, 1);
    setenv("AWS_ROLE_ARN", "arn:w", 1);
    setenv("AWS_ROLE_SESSION_NAME", "pod-1", 1);
    aws_home_assert_keys(NULL, "ASIA1 s/1 t/1==", "web identity");
    const char *request = peer_request(peer, 0);
    aws_home_assert_holds(request, "\r\n\r\nAction=AssumeRoleWithWebIdentity&Version=2011-06-15&"
                                   "RoleArn=arn%3Aw&RoleSessionName=pod-1&"
                                   "WebIdentityToken=ey.J%2FW%2BT");
    assert_null(strstr(request, "authorization"));
    /* of a profile, whose variables are not the environment's when it was given */
    snprintf(config, sizeof config,
             "[profile w]\nrole_arn = arn:p\nweb_identity_token_file = %s\n"
             "[profile r]\nrole_arn = arn:r\nsource_profile = w\n",
             path);
    aws_home_write(".aws/config", config);
    aws_home_assert_keys("r", "ASIA2 s2 t2", "role");
    aws_home_assert_holds(peer_request(peer, 1), "RoleArn=arn%3Ap&");
    aws_home_assert_holds(peer_request(peer, 2), "RoleArn=arn%3Ar&");
    aws_home_assert_holds(peer_request(peer, 2), "\r\nx-amz-security-token: t2\r\n");
}

static void what_is_wrong_with_a_token_is_told(void **state)
{
    char path[4096], expected[5000];
    (void)state;
    snprintf(path, sizeof path, "%s/token", getenv("HOME"));
    setenv("AWS_WEB_IDENTITY_TOKEN_FILE", path, 1);
    aws_home_assert_error(NULL,
                          "credentials: web identity: there is a token file, but no AWS_ROLE_ARN "
                          "or role_arn",
                          ERROR_USAGE);
    setenv("AWS_ROLE_ARN", "arn:w", 1);
    snprintf(expected, sizeof expected,
             "credentials: web identity: cannot open '%s': No such file or directory", path);
    aws_home_assert_error(NULL, expected, ERROR_ACCESS);
    aws_home_write("token", "\n");
    snprintf(expected, sizeof expected, "credentials: web identity: '%s' holds no token", path);
    aws_home_assert_error(NULL, expected, ERROR_ACCESS);
}

static void no_allocation_that_fails_is_passed_over(void **state)
{
    enum { ROUNDS_MAX = 400 };
    static PeerAnswer answers[ROUNDS_MAX];
    const char *text = aws_home_answer("200 OK", GRANTED);
    (void)state;
    for (size_t i = 0; i < ROUNDS_MAX; i++)
        answers[i] = (PeerAnswer){.text = text};
    answer(answers, ROUNDS_MAX);
    aws_home_write(".aws/credentials", SOURCE);
    aws_home_write(".aws/config", "[profile r]\nrole_arn = arn:a\nsource_profile = base\n");
    bool done = false;
    for (uint64_t nth = 1; !done; nth++) {
        Credentials keys = {.expires_us = 0};
        Error err = {0};
        const CredentialsOptions options = aws_home_options("r");
        CredentialsChain *chain = credentials_new(&options, &err);
        support_ok(chain != NULL, &err);
        fault_arm(FAULT_ALLOC, nth);
        bool ok = credentials_get(chain, &keys, &err);
        done = fault_count(FAULT_ALLOC) < nth;
        fault_arm(FAULT_ALLOC, 0);
        if (!ok)
            assert_int_equal(err.kind, ERROR_LIMIT);
        assert_true(ok || !done);
        credentials_wipe(&keys);
        credentials_free(chain);
        assert_true(nth < ROUNDS_MAX);
    }
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, begin, aws_home_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_role_is_taken_on_with_the_keys_of_its_source),
        TEST(roles_lead_to_roles),
        TEST(a_profile_with_keys_may_be_its_own_source),
        TEST(keys_may_come_from_the_environment_for_a_role),
        TEST(what_is_wrong_with_a_role_is_told),
        TEST(loops_and_long_ways_are_refused),
        TEST(sts_refuses_in_its_own_words),
        TEST(what_passes_is_tried_again),
        TEST(no_allocation_that_fails_is_passed_over),
        TEST(a_token_in_a_file_is_exchanged_unsigned),
        TEST(what_is_wrong_with_a_token_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
