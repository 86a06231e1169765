#include "support/support.h"

#include "support/aws_home.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"

enum { PATH_BYTES = 4096, ANSWERS_MAX = 32, VARIABLES_MAX = 100 };

extern char **environ;

char aws_home_told[2000];

static char *answers[ANSWERS_MAX];
static size_t answers_count;
static Peer *peer;

static void forget_variables(void)
{
    for (int round = 0; round < VARIABLES_MAX; round++) {
        char name[200] = "";
        for (char **at = environ; *at && !name[0]; at++)
            if (str_starts(str_of(*at), STR("AWS_")))
                snprintf(name, sizeof name, "%.*s", (int)str_find_byte(str_of(*at), '=', 0), *at);
        if (!name[0])
            return;
        unsetenv(name);
    }
}

int aws_home_begin(void **state)
{
    (void)state;
    forget_variables();
    aws_home_told[0] = '\0';
    clock_replace(NULL);
    setenv("AWS_EC2_METADATA_DISABLED", "true", 1);
    return setenv("HOME", support_folder(), 1);
}

static void stop_peer(void)
{
    if (peer)
        peer_stop(peer);
    peer = NULL;
}

Peer *aws_home_peer(const PeerAnswer *given, size_t count)
{
    stop_peer();
    return peer = peer_start(given, count);
}

int aws_home_end(void **state)
{
    (void)state;
    stop_peer();
    forget_variables();
    clock_replace(NULL);
    support_folder_end();
    while (answers_count)
        mem_free(answers[--answers_count]);
    return 0;
}

void aws_home_write(const char *name, const char *text)
{
    char path[PATH_BYTES];
    Error err = {0};
    snprintf(path, sizeof path, "%s/%s", getenv("HOME"), name);
    size_t slash = strlen(path);
    while (path[slash] != '/')
        slash--;
    path[slash] = '\0';
    support_ok(file_make_folders(path, &err), &err);
    path[slash] = '/';
    support_ok(file_replace(path, str_of(text), &err), &err);
}

const char *aws_home_answer(const char *status, const char *body)
{
    Error err = {0};
    size_t size = strlen(body) + strlen(status) + 100;
    char *text = mem_alloc(size, &err);
    support_ok(text != NULL, &err);
    assert_true(answers_count < ANSWERS_MAX);
    snprintf(text, size, "HTTP/1.1 %s\r\nContent-Length: %zu\r\n\r\n%s", status, strlen(body),
             body);
    return answers[answers_count++] = text;
}

static void note(void *context, const char *line)
{
    size_t used = strlen(aws_home_told);
    (void)context;
    snprintf(aws_home_told + used, sizeof aws_home_told - used, "%s\n", line);
}

CredentialsOptions aws_home_options(const char *profile)
{
    return (CredentialsOptions){.profile = profile, .tell = note};
}

bool aws_home_get(const char *profile, Credentials *ret, Error *err)
{
    const CredentialsOptions options = aws_home_options(profile);
    CredentialsChain *chain = credentials_new(&options, err);
    support_ok(chain != NULL, err);
    bool ok = credentials_get(chain, ret, err);
    credentials_free(chain);
    return ok;
}

void aws_home_assert_keys(const char *profile, const char *expected, const char *origin)
{
    Credentials keys = {.expires_us = 0};
    Error err = {0};
    char found[1000];
    support_ok(aws_home_get(profile, &keys, &err), &err);
    snprintf(found, sizeof found, "%.*s %.*s %.*s", STR_ARG(keys.access_key),
             STR_ARG(keys.secret_key), STR_ARG(keys.session_token));
    assert_string_equal(found, expected);
    assert_string_equal(keys.origin, origin);
    credentials_wipe(&keys);
    assert_null(keys.storage.ptr);
}

void aws_home_assert_error(const char *profile, const char *expected, ErrorKind kind)
{
    Credentials keys = {.expires_us = 0};
    Error err = {0};
    assert_false(aws_home_get(profile, &keys, &err));
    assert_string_equal(err.text, expected);
    assert_int_equal(err.kind, kind);
    assert_null(keys.storage.ptr);
}

void aws_home_assert_holds(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("'%s' does not hold '%s'", text, part);
}
