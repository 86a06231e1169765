#include "support/support.h"

#include <stdio.h>
#include <string.h>

#include "base/help_markdown.h"

static const Option OPTIONS[] = {
    {"form", 'f', VALUE_CHOICE, "F", "a|b", CONFIG_NONE, "it's <a|form>"},
    {"jobs", 0, VALUE_NUMBER, "N", NULL, CONFIG_INGEST_JOBS, "part workers"},
    {NULL, 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE, NULL},
};
static const Option NO_OPTIONS[] = {{NULL, 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE, NULL}};
static const char *const EXAMPLES[] = {"spoor one x", "does it", "spoor one y", "again", NULL};
static const Command ONE = {.name = "one",
                            .arguments = "X",
                            .summary = "do one thing",
                            .description = "Does it.",
                            .options = OPTIONS,
                            .examples = EXAMPLES};
static const Command TWO = {.name = "two",
                            .arguments = "",
                            .summary = "do nothing",
                            .description = "Does nothing.",
                            .options = NO_OPTIONS,
                            .examples = EXAMPLES};
static const Command *const COMMANDS[] = {&ONE, &TWO, NULL};

static void holds(const Buf *buf, const char *words)
{
    if (!strstr(buf->ptr, words))
        fail_msg("'%s' is missing in:\n%s", words, buf->ptr);
}

static void every_key_has_its_row(void **state)
{
    (void)state;
    Error err = {0};
    BUF_AUTO Buf out = buf_init(1 << 16);
    support_ok(help_markdown_config(&out, &err) && buf_text(&out, &err), &err);
    for (int key = 0; key < CONFIG_COUNT; key++) {
        char row[128];
        snprintf(row, sizeof row, "| `%s` | `%s` | ", CONFIG_TABLE[key].key,
                 CONFIG_TABLE[key].environment);
        holds(&out, row);
    }
    holds(&out, "| one of `debug`, `info`, `warn`, `error` | ");
}

static void a_command_has_options_and_examples_that_cannot_break_the_table(void **state)
{
    (void)state;
    Error err = {0};
    BUF_AUTO Buf out = buf_init(1 << 16);
    support_ok(help_markdown_commands(COMMANDS, &out, &err) && buf_text(&out, &err), &err);
    holds(&out, "## spoor one\n\n`spoor one X [OPTIONS]`\n\nDoes it.\n\n| option |");
    holds(&out, "| `-f`, `--form F` | it's \\<a\\|form\\>: `a`, `b` |\n");
    holds(&out, "| `--jobs N` | part workers (`ingest.jobs`) |\n");
    holds(&out, "```sh\n# does it\nspoor one x\n\n# again\nspoor one y\n```\n");
    holds(&out, "`spoor two [OPTIONS]`\n\nDoes nothing.\n\n```sh\n");
    holds(&out, "## Options of every command");
}

static void a_page_that_is_too_long_is_refused(void **state)
{
    (void)state;
    Error err = {0};
    BUF_AUTO Buf out = buf_init(100);
    assert_false(help_markdown_config(&out, &err));
    assert_true(err.text[0] != 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key_has_its_row),
        cmocka_unit_test(a_command_has_options_and_examples_that_cannot_break_the_table),
        cmocka_unit_test(a_page_that_is_too_long_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
