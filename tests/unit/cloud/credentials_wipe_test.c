/* Once keys are wiped, no memory of the process that may be written holds them. */
#define _GNU_SOURCE /* memmem */
#include "support/support.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/child.h"
#include "support/aws_home.h"

enum { PIECE = 1 << 20, MAPPING_BYTES_MAX = 1 << 30, SHIFT = 1 };

/* The end of the secret, as its beginning may be lost when memory is freed; each character replaced
 * by the one before: the test itself holds no copy of it. */
static const char SHIFTED[] = "bg`hm,0123456";

/* The secret in pieces. */
#define FOR_SHELL "printf %s 'secret-of-' 'the-chain-' '1234567'"

/* A piece of memory as it was, shifted at once so that the copy is no find. */
static char piece[PIECE + sizeof SHIFTED];

static bool piece_holds(int memory, unsigned long from, size_t len)
{
    ssize_t got = pread(memory, piece, len, (off_t)from);
    for (ssize_t i = 0; i < got; i++)
        piece[i] = (char)(piece[i] - SHIFT);
    return got > 0 && memmem(piece, (size_t)got, SHIFTED, sizeof SHIFTED - 1) != NULL;
}

/* Pieces overlap, so that none cuts the secret. */
static bool mapping_holds(int memory, unsigned long from, unsigned long to)
{
    bool found = false;
    for (unsigned long at = from; at < to && !found; at += PIECE) {
        size_t left = to - at;
        found = piece_holds(memory, at, left < sizeof piece ? left : sizeof piece);
    }
    return found;
}

static bool memory_holds_secret(void)
{
    char line[500];
    bool found = false;
    FILE *maps = fopen("/proc/self/maps", "r");
    int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
    assert_true(maps && memory >= 0);
    while (!found && fgets(line, sizeof line, maps)) { /* "FROM-TO rw-p ..." */
        char *end;
        unsigned long from = strtoul(line, &end, 16), to = strtoul(end + 1, &end, 16);
        found = end[2] == 'w' && to - from < MAPPING_BYTES_MAX && mapping_holds(memory, from, to);
    }
    close(memory);
    fclose(maps);
    return found;
}

static void assert_wiped(const char *profile, const char *origin)
{
    const CredentialsOptions options = aws_home_options(profile);
    Credentials keys = {.expires_us = 0};
    Error err = {0};
    CredentialsChain *chain = credentials_new(&options, &err);
    support_ok(chain && credentials_get(chain, &keys, &err), &err);
    assert_string_equal(keys.origin, origin);
    assert_true(memory_holds_secret());
    credentials_wipe(&keys);
    assert_true(memory_holds_secret()); /* the chain's own */
    credentials_free(chain);
    assert_false(memory_holds_secret());
}

static void run_script(const char *script)
{
    char shell[] = "sh", option[] = "-c", text[2000];
    char *words[] = {shell, option, text, NULL};
    BUF_AUTO Buf output = buf_init(100);
    Error err = {0};
    snprintf(text, sizeof text, "%s", script);
    support_ok(child_run(words, 60000000, &output, &err), &err);
}

static void what_a_program_printed_is_wiped(void **state)
{
    (void)state;
    aws_home_write("keys.sh",
                   "echo '{\"Version\":1,\"AccessKeyId\":\"A\",\"SecretAccessKey\":\"'$(" FOR_SHELL
                   ")'\"}'\n");
    char config[4200];
    snprintf(config, sizeof config, "[default]\ncredential_process = sh \"%s/keys.sh\"\n",
             getenv("HOME"));
    aws_home_write(".aws/config", config);
    assert_wiped(NULL, "credential_process");
}

static void what_stands_in_files_is_wiped(void **state)
{
    (void)state;
    aws_home_write(".aws/config", "");
    run_script("{ echo '[default]'; echo 'aws_access_key_id = A'; printf 'aws_secret_access_key = "
               "'; " FOR_SHELL "; echo; } > \"$HOME/.aws/credentials\"");
    assert_wiped(NULL, "credentials file");
}

/* Of answers that come from the test's own peer the text that they stand for is looked for. */
static void what_answers_stand_for_is_wiped(void **state)
{
    const PeerAnswer answers[] = {
        {.text = aws_home_answer(
             "200 OK", "{\"AccessKeyId\":\"A\",\"SecretAccessKey\":\"\\u0073ecret-of-the-chain-"
                       "\\u0031234567\",\"Token\":\"t\",\"Expiration\":\"2099-01-01T00:00:00Z\"}")},
        {.text = aws_home_answer("200 OK",
                                 "<r><Credentials><AccessKeyId>A</AccessKeyId><SecretAccessKey>"
                                 "&#115;ecret-of-the-chain-&#49;234567</SecretAccessKey>"
                                 "<SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z"
                                 "</Expiration></Credentials></r>")}};
    Peer *peer = aws_home_peer(answers, 2);
    (void)state;
    setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", peer_url(peer), 1);
    assert_wiped(NULL, "container");
    setenv("AWS_ENDPOINT_URL_STS", peer_url(peer), 1);
    aws_home_write(".aws/config", "[profile r]\nrole_arn = arn:a\nsource_profile = b\n[profile b]\n"
                                  "aws_access_key_id = B\naws_secret_access_key = b\n");
    assert_wiped("r", "role");
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, aws_home_begin, aws_home_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_a_program_printed_is_wiped),
        TEST(what_stands_in_files_is_wiped),
        TEST(what_answers_stand_for_is_wiped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
