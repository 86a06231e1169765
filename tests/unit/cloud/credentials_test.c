/* Keys are found in AWS's order, kept fresh, and shared by threads. */
#include "support/support.h"

#include "cloud/credentials.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/file.h"
#include "base/pool.h"
#include "base/timestamp.h"
#include "support/aws_home.h"
#include "support/peer.h"

#define MINUTE_US INT64_C(60000000)
#define START_US  INT64_C(1700000000000000)

static int64_t now_us = START_US;

static int64_t told_now(void)
{
    return now_us;
}

static int with_own_clock(void **state)
{
    int failed = aws_home_begin(state);
    now_us = START_US;
    clock_replace(told_now);
    return failed;
}

/* A program that gives keys for so many minutes, and numbers them. */
static void write_process(int minutes)
{
    char text[1000], until[TIMESTAMP_TEXT_BYTES];
    timestamp_format(now_us + minutes * MINUTE_US, until);
    snprintf(text, sizeof text,
             "echo >> \"$HOME/count\"\n[ ! -e \"$HOME/down\" ] || exit 1\n"
             "n=$(wc -l < \"$HOME/count\")\n"
             "echo \"{\\\"Version\\\":1,\\\"AccessKeyId\\\":\\\"K$n\\\",\\\"SecretAccessKey\\\":"
             "\\\"s\\\",\\\"SessionToken\\\":\\\"t\\\",\\\"Expiration\\\":\\\"%s\\\"}\"\n",
             until);
    aws_home_write("keys.sh", text);
    snprintf(text, sizeof text, "[default]\ncredential_process = sh \"%s/keys.sh\"\n",
             getenv("HOME"));
    aws_home_write(".aws/config", text);
}

static void remove_file(const char *name)
{
    char path[4096];
    Error err = {0};
    snprintf(path, sizeof path, "%s/%s", getenv("HOME"), name);
    support_ok(file_remove(path, &err), &err);
}

static CredentialsChain *made(void)
{
    Error err = {0};
    const CredentialsOptions options = aws_home_options(NULL);
    CredentialsChain *chain = credentials_new(&options, &err);
    support_ok(chain != NULL, &err);
    return chain;
}

static void assert_key(CredentialsChain *chain, const char *expected)
{
    Credentials keys = {.expires_us = 0};
    Error err = {0};
    support_ok(credentials_get(chain, &keys, &err), &err);
    if (!str_equal(keys.access_key, str_of(expected)))
        fail_msg("'%.*s' is not '%s'", STR_ARG(keys.access_key), expected);
    credentials_wipe(&keys);
}

static void sources_have_their_order(void **state)
{
    (void)state;
    aws_home_write(".aws/config",
                   "[default]\ncredential_process = sh -c \"echo '{\\\"Version\\\":1,"
                   "\\\"AccessKeyId\\\":\\\"P\\\",\\\"SecretAccessKey\\\":\\\"p\\\"}'\"\n"
                   "aws_access_key_id = C\naws_secret_access_key = c\n");
    aws_home_assert_keys(NULL, "P p ", "credential_process");
    aws_home_write(".aws/credentials",
                   "[default]\naws_access_key_id = F\n"
                   "aws_secret_access_key = f\naws_session_token = t\n"
                   "[other]\naws_access_key_id = O\naws_secret_access_key = o\n");
    aws_home_assert_keys(NULL, "F f t", "credentials file");
    aws_home_assert_keys("other", "O o ", "credentials file");
    setenv("AWS_PROFILE", "other", 1);
    aws_home_assert_keys(NULL, "O o ", "credentials file");
    setenv("AWS_ACCESS_KEY_ID", "E", 1);
    setenv("AWS_SECRET_ACCESS_KEY", "e", 1);
    setenv("AWS_SESSION_TOKEN", "et", 1);
    aws_home_assert_keys(NULL, "E e et", "environment");
    aws_home_assert_keys("default", "F f t", "credentials file");
    aws_home_write(".aws/credentials", "");
    aws_home_write(".aws/config", "[default]\naws_access_key_id = C\naws_secret_access_key = c\n");
    aws_home_assert_keys("default", "C c ", "config file");
}

static void without_keys_all_that_was_looked_at_is_told(void **state)
{
    char expected[ERROR_TEXT_MAX];
    const char *home = getenv("HOME");
    (void)state;
    snprintf(expected, sizeof expected,
             "no credentials for AWS: environment: AWS_ACCESS_KEY_ID is not set; "
             "role: profile 'default' has no role_arn; "
             "web identity: there is no web_identity_token_file; "
             "sso: profile 'default' has no sso_account_id; "
             "credentials file: '%s/.aws/credentials' has no aws_access_key_id; "
             "credential_process: profile 'default' has none; "
             "config file: '%s/.aws/config' has no aws_access_key_id; "
             "container: AWS_CONTAINER_CREDENTIALS_FULL_URI is not set; "
             "instance metadata: switched off by AWS_EC2_METADATA_DISABLED",
             home, home);
    aws_home_assert_error(NULL, expected, ERROR_ACCESS);
}

static void half_of_a_pair_is_an_error(void **state)
{
    char expected[ERROR_TEXT_MAX];
    (void)state;
    aws_home_write(".aws/config", "[default]\naws_secret_access_key = c\n");
    aws_home_write(".aws/credentials", "[default]\naws_access_key_id = F\n");
    snprintf(expected, sizeof expected,
             "credentials: credentials file: profile 'default' in '%s/.aws/credentials' has no "
             "aws_secret_access_key",
             getenv("HOME"));
    aws_home_assert_error(NULL, expected, ERROR_ACCESS);
    setenv("AWS_ACCESS_KEY_ID", "E", 1);
    aws_home_assert_error(NULL,
                          "credentials: environment: AWS_ACCESS_KEY_ID is set and "
                          "AWS_SECRET_ACCESS_KEY is not",
                          ERROR_ACCESS);
    setenv("AWS_SECRET_ACCESS_KEY", "sec ret", 1);
    aws_home_assert_error(NULL,
                          "credentials: environment: the secret access key holds a character that "
                          "no key has",
                          ERROR_INPUT);
}

static void a_profile_that_is_nowhere_is_an_error(void **state)
{
    char expected[ERROR_TEXT_MAX];
    const char *home = getenv("HOME");
    (void)state;
    snprintf(expected, sizeof expected,
             "profile 'lost' is neither in '%s/.aws/config' nor in "
             "'%s/.aws/credentials'",
             home, home);
    aws_home_assert_error("lost", expected, ERROR_USAGE);
    setenv("AWS_PROFILE", "lost", 1);
    aws_home_assert_error(NULL, expected, ERROR_USAGE);
    setenv("AWS_ACCESS_KEY_ID", "E", 1);
    setenv("AWS_SECRET_ACCESS_KEY", "e", 1);
    aws_home_assert_keys(NULL, "E e ", "environment");
}

static void keys_of_the_environment_may_expire(void **state)
{
    (void)state;
    setenv("AWS_ACCESS_KEY_ID", "E", 1);
    setenv("AWS_SECRET_ACCESS_KEY", "e", 1);
    setenv("AWS_CREDENTIAL_EXPIRATION", "2099-01-01T00:00:00Z", 1);
    aws_home_assert_keys(NULL, "E e ", "environment");
    setenv("AWS_CREDENTIAL_EXPIRATION", "2020-01-01T00:00:00Z", 1);
    aws_home_assert_error(NULL, "credentials: environment: they have expired", ERROR_ACCESS);
    setenv("AWS_CREDENTIAL_EXPIRATION", "soon", 1);
    aws_home_assert_error(NULL,
                          "credentials: environment: AWS_CREDENTIAL_EXPIRATION 'soon' is no time",
                          ERROR_ACCESS);
}

static void lines_that_are_passed_over_are_told_once(void **state)
{
    Error err = {0};
    (void)state;
    aws_home_write(".aws/config", "lost\n[default]\naws_access_key_id = C\n"
                                  "aws_secret_access_key = c\n");
    CredentialsChain *chain = made();
    assert_key(chain, "C");
    support_ok(credentials_refresh(chain, &err), &err);
    credentials_free(chain);
    assert_string_equal(aws_home_told, "AWS's config file, line 1 is passed over: a setting before "
                                       "the first section\n");
}

static void keys_are_replaced_before_they_expire(void **state)
{
    (void)state;
    write_process(60);
    CredentialsChain *chain = made();
    assert_key(chain, "K1");
    now_us += 44 * MINUTE_US;
    assert_key(chain, "K1");
    write_process(60);
    now_us += 2 * MINUTE_US;
    assert_key(chain, "K2");
    assert_key(chain, "K2");
    credentials_free(chain);
    assert_string_equal(aws_home_told, "");
}

static void a_failure_ahead_of_time_is_told_once_and_later_returned(void **state)
{
    Credentials keys = {.expires_us = 0};
    Error err = {0};
    (void)state;
    write_process(60);
    CredentialsChain *chain = made();
    assert_key(chain, "K1");
    aws_home_write("down", "");
    now_us += 46 * MINUTE_US;
    assert_key(chain, "K1");
    assert_key(chain, "K1");
    assert_string_equal(aws_home_told,
                        "credentials that expire soon could not be refreshed yet: credentials: "
                        "credential_process: 'sh' ended with status 1\n");
    now_us += 5 * MINUTE_US;
    assert_false(credentials_get(chain, &keys, &err));
    assert_string_equal(err.text, "credentials: credential_process: 'sh' ended with status 1");
    remove_file("down");
    assert_key(chain, "K4"); /* K2 and K3 failed; K4 lives for 9 minutes more */
    assert_key(chain, "K4");
    credentials_free(chain);
}

static void keys_that_live_shortly_are_not_asked_for_at_every_turn(void **state)
{
    (void)state;
    write_process(4);
    CredentialsChain *chain = made();
    assert_key(chain, "K1");
    now_us += MINUTE_US;
    assert_key(chain, "K1");
    now_us += 2 * MINUTE_US + 1;
    assert_key(chain, "K2"); /* a quarter of four minutes is left */
    credentials_free(chain);
}

static void a_refusal_asks_anew_but_not_twice(void **state)
{
    Error err = {0};
    (void)state;
    write_process(60);
    CredentialsChain *chain = made();
    support_ok(credentials_refresh(chain, &err), &err);
    support_ok(credentials_refresh(chain, &err), &err);
    assert_key(chain, "K1");
    credentials_free(chain);
}

/* What the threads of a test share. */
typedef struct Shared {
    CredentialsChain *chain;
    bool bad[8];
} Shared;

static void get_often(void *argument, int worker)
{
    Shared *shared = argument;
    Credentials keys = {.expires_us = 0};
    Error err = {0};
    for (int i = 0; i < 200; i++)
        if (!credentials_get(shared->chain, &keys, &err) ||
            !str_equal(keys.access_key, STR("K1")) || !str_equal(keys.secret_key, STR("s")) ||
            !credentials_refresh(shared->chain, &err))
            shared->bad[worker] = true;
    credentials_wipe(&keys);
}

static void threads_share_one_chain(void **state)
{
    Error err = {0};
    (void)state;
    write_process(60);
    Shared shared = {.chain = made()};
    Pool *pool = pool_new(4, 8, &err);
    support_ok(pool != NULL, &err);
    for (int i = 0; i < 4; i++)
        pool_run(pool, get_often, &shared);
    pool_wait(pool);
    pool_free(pool);
    for (int i = 0; i < 4; i++)
        assert_false(shared.bad[i]);
    credentials_free(shared.chain);
}

static void no_allocation_that_fails_is_passed_over(void **state)
{
    (void)state;
    aws_home_write(".aws/credentials", "[default]\naws_access_key_id = F\n"
                                       "aws_secret_access_key = f\n");
    bool done = false;
    for (uint64_t nth = 1; !done; nth++) {
        Credentials keys = {.expires_us = 0};
        Error err = {0};
        const CredentialsOptions options = aws_home_options(NULL);
        fault_arm(FAULT_ALLOC, nth);
        CredentialsChain *chain = credentials_new(&options, &err);
        bool ok = chain && credentials_get(chain, &keys, &err);
        done = fault_count(FAULT_ALLOC) < nth;
        fault_arm(FAULT_ALLOC, 0);
        if (!done && !ok)
            assert_int_not_equal(err.kind, ERROR_NONE);
        if (done)
            assert_true(ok);
        credentials_wipe(&keys);
        credentials_free(chain);
        assert_true(nth < 1000);
    }
    credentials_free(NULL);
}

#define TEST(test)       cmocka_unit_test_setup_teardown(test, aws_home_begin, aws_home_end)
#define CLOCK_TEST(test) cmocka_unit_test_setup_teardown(test, with_own_clock, aws_home_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(sources_have_their_order),
        TEST(without_keys_all_that_was_looked_at_is_told),
        TEST(half_of_a_pair_is_an_error),
        TEST(a_profile_that_is_nowhere_is_an_error),
        TEST(keys_of_the_environment_may_expire),
        TEST(lines_that_are_passed_over_are_told_once),
        CLOCK_TEST(keys_are_replaced_before_they_expire),
        CLOCK_TEST(a_failure_ahead_of_time_is_told_once_and_later_returned),
        CLOCK_TEST(keys_that_live_shortly_are_not_asked_for_at_every_turn),
        CLOCK_TEST(a_refusal_asks_anew_but_not_twice),
        CLOCK_TEST(threads_share_one_chain),
        TEST(no_allocation_that_fails_is_passed_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
