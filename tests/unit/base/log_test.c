#include "support/support.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

/* Runs *write_lines* with standard error going into *text*. */
static void capture(void (*write_lines)(void), char *text, size_t size)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    int before = dup(STDERR_FILENO);
    dup2(ends[1], STDERR_FILENO);
    write_lines();
    dup2(before, STDERR_FILENO);
    close(ends[1]);
    close(before);
    ssize_t got = read(ends[0], text, size - 1);
    close(ends[0]);
    text[got > 0 ? got : 0] = '\0';
}

static void write_three(void)
{
    log_set_lines(true);
    log_set_level(LOG_WARN);
    log_tell(LOG_INFO, "collect", "too low");
    log_tell(LOG_WARN, "collect", "object '%s'", "a\"b\\c\nd\x1b[2J");
    log_tell(LOG_ERROR, "lake", "disk");
    log_set_level(LOG_INFO);
    log_set_lines(false);
}

static void a_line_is_one_line_whatever_the_text_holds(void **state)
{
    (void)state;
    char text[4096];
    capture(write_three, text, sizeof text);
    assert_null(strstr(text, "too low"));
    assert_non_null(strstr(text, "level=warn at="));
    assert_non_null(strstr(text, "stage=collect message=\"object 'a\\\"b\\\\c?d?[2J'\"\n"));
    assert_non_null(strstr(text, "stage=lake message=\"disk\"\n"));
    int lines = 0;
    for (char *at = text; *at; at++)
        lines += *at == '\n';
    assert_int_equal(lines, 2);
}

static void write_sentences(void)
{
    log_tell(LOG_DEBUG, "ingest", "too low");
    log_tell(LOG_INFO, "ingest", "left out '%s'", "a\x1b[2J\nb");
    log_tell(LOG_INFO, NULL, "no command");
    log_tell(LOG_INFO, "", "bare");
    log_set_lines(true);
    log_tell(LOG_WARN, "serve", "as a \"line\"");
    log_tell(LOG_WARN, NULL, "of nobody");
    log_set_lines(false);
}

static const char SENTENCES[] =
    "spoor ingest: left out 'a?[2J?b'\nspoor: no command\nbare\nlevel=warn at=";

static void a_person_reads_sentences_and_a_service_writes_lines(void **state)
{
    (void)state;
    char text[4096];
    capture(write_sentences, text, sizeof text);
    assert_int_equal(strncmp(text, SENTENCES, sizeof SENTENCES - 1), 0);
    assert_non_null(strstr(text, " stage=serve message=\"as a \\\"line\\\"\"\n"));
    assert_non_null(strstr(text, " stage=spoor message=\"of nobody\"\n"));
    assert_null(strstr(text, "too low"));
}

static void write_long(void)
{
    static char text[20000];
    memset(text, '"', sizeof text - 1);
    log_set_lines(true);
    log_tell(LOG_ERROR, "lake", "%s", text);
    log_set_lines(false);
}

static void a_long_text_is_cut_and_still_ends_its_line(void **state)
{
    (void)state;
    char text[16384];
    capture(write_long, text, sizeof text);
    assert_true(strlen(text) < 9000);
    assert_int_equal(text[strlen(text) - 1], '\n');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_is_one_line_whatever_the_text_holds),
        cmocka_unit_test(a_long_text_is_cut_and_still_ends_its_line),
        cmocka_unit_test(a_person_reads_sentences_and_a_service_writes_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
