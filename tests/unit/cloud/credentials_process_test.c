/* A program of the operator's gives keys; its command is read as written, and by no shell. */
#include "support/support.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "support/aws_home.h"

/* Prints its second argument and those behind it, each in brackets, to a file; then the first. */
static const char PROGRAM[] =
    "answer=$1; shift\nfor a; do printf '[%s]' \"$a\"; done > \"$HOME/seen\"\n"
    "cat \"$HOME/$answer\"\n";

static const char KEYS[] =
    "{\"Version\": 1, \"AccessKeyId\": \"P\", \"SecretAccessKey\": \"p\", "
    "\"SessionToken\": \"t\", \"Expiration\": \"2099-01-01T00:00:00+00:00\"}";

static void write_command(const char *arguments)
{
    char config[5000];
    aws_home_write("my keys.sh", PROGRAM);
    snprintf(config, sizeof config, "[default]\ncredential_process = sh \"%s/my keys.sh\" %s\n",
             getenv("HOME"), arguments);
    aws_home_write(".aws/config", config);
}

static void assert_seen(const char *expected)
{
    BUF_AUTO Buf seen = buf_init(1000);
    char path[4096];
    Error err = {0};
    snprintf(path, sizeof path, "%s/seen", getenv("HOME"));
    support_ok(file_read(path, &seen, NULL, &err), &err);
    if (!str_equal(buf_str(&seen), str_of(expected)))
        fail_msg("'%.*s' is not '%s'", STR_ARG(buf_str(&seen)), expected);
}

static void a_command_is_read_as_written(void **state)
{
    static const struct {
        const char *arguments, *seen;
    } CASES[] = {
        {"keys", ""},
        {"keys  a\tb ", "[a][b]"},
        {"keys \"a b\" 'c d'", "[a b][c d]"},
        {"keys $HOME ~ * `id` $(id) a;b >x |y", "[$HOME][~][*][`id`][$(id)][a;b][>x][|y]"},
        {"keys a\\ b \"c\\\"d\" \"e\\\\f\" \"g\\h\" 'i\\j'", "[a b][c\"d][e\\f][g\\h][i\\j]"},
        {"keys \"\" '' x\"y z\"w", "[][][xy zw]"},
    };
    (void)state;
    aws_home_write("keys", KEYS);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        write_command(CASES[i].arguments);
        aws_home_assert_keys(NULL, "P p t", "credential_process");
        assert_seen(CASES[i].seen);
    }
}

static void keys_may_last_for_ever(void **state)
{
    Credentials keys = {.expires_us = 0};
    Error err = {0};
    (void)state;
    write_command("keys");
    aws_home_write("keys", "{\"Version\":1,\"AccessKeyId\":\"P\",\"SecretAccessKey\":\"p\"}");
    support_ok(aws_home_get(NULL, &keys, &err), &err);
    assert_true(keys.expires_us == INT64_MAX);
    assert_int_equal(keys.session_token.len, 0);
    credentials_wipe(&keys);
}

static void answers_that_are_none_are_told_without_what_they_hold(void **state)
{
    static const struct {
        const char *answer, *text;
    } CASES[] = {
        {"", "the answer is no JSON that can be read"},
        {"{\"SecretAccessKey\":\"secret", "the answer is no JSON that can be read"},
        {"\"secret\"", "the answer is no JSON object"},
        {"{\"AccessKeyId\":\"P\",\"SecretAccessKey\":\"p\"}", "the answer's Version is not 1"},
        {"{\"Version\":2}", "the answer's Version is not 1"},
        {"{\"Version\":1,\"SecretAccessKey\":\"secret\"}", "there is no access key id"},
        {"{\"Version\":1,\"AccessKeyId\":\"P\",\"SecretAccessKey\":\"se\\ncret\"}",
         "the secret access key holds a character that no key has"},
        {"{\"Version\":1,\"AccessKeyId\":\"P\",\"SecretAccessKey\":\"p\",\"Expiration\":\"soon\"}",
         "the answer's Expiration 'soon' is no time"},
    };
    (void)state;
    write_command("keys");
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char expected[500];
        snprintf(expected, sizeof expected, "credentials: credential_process: 'sh': %s",
                 CASES[i].text);
        aws_home_write("keys", CASES[i].answer);
        aws_home_assert_error(NULL, expected, ERROR_INPUT);
    }
}

static void programs_that_fail_are_named(void **state)
{
    static const struct {
        const char *command, *text;
        ErrorKind kind;
    } CASES[] = {
        {"no-such-program secret", "cannot run 'no-such-program': No such file or directory",
         ERROR_ACCESS},
        {"false secret", "'false' ended with status 1", ERROR_ACCESS},
        {"sh -c 'head -c 100000 /dev/zero'", "'sh' printed more than 65536 bytes", ERROR_LIMIT},
        {"sh \"secret", "credential_process has a \" without its other one", ERROR_USAGE},
        {"sh 'secret", "credential_process has a ' without its other one", ERROR_USAGE},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char config[500], expected[500];
        snprintf(config, sizeof config, "[default]\ncredential_process = %s\n", CASES[i].command);
        snprintf(expected, sizeof expected, "credentials: credential_process: %s", CASES[i].text);
        aws_home_write(".aws/config", config);
        aws_home_assert_error(NULL, expected, CASES[i].kind);
    }
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, aws_home_begin, aws_home_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_command_is_read_as_written),
        TEST(keys_may_last_for_ever),
        TEST(answers_that_are_none_are_told_without_what_they_hold),
        TEST(programs_that_fail_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
