#include "support/support.h"

#include <string.h>

#include "base/help.h"

static const Option OPTIONS[] = {
    {"form", 'f', VALUE_CHOICE, "F", "a|b", CONFIG_NONE, "it's a form"},
    {NULL, 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE, NULL},
};
static const char *const EXAMPLES[] = {"spoor one .x", "does it", NULL};
static const Command ONE = {.name = "one",
                            .arguments = "X",
                            .summary = "do one thing",
                            .description = ".starts with a dot\\",
                            .options = OPTIONS,
                            .examples = EXAMPLES};
static const Command *const COMMANDS[] = {&ONE, NULL};

static void holds(const Buf *buf, const char *words)
{
    if (!strstr(buf->ptr, words))
        fail_msg("'%s' is missing in:\n%s", words, buf->ptr);
}

static void help_shows_options_keys_and_examples_on_a_screen(void **state)
{
    (void)state;
    Error err = {0};
    BUF_AUTO Buf out = buf_init(1 << 16);
    support_ok(help_command(&ONE, &out, &err) && buf_text(&out, &err), &err);
    holds(&out, "usage: spoor one X [OPTIONS]");
    holds(&out, "-f, --form F");
    holds(&out, "(a|b)");
    holds(&out, "[./spoor-lake]");
    holds(&out, "spoor one .x\n      does it");
    int lines = 0;
    for (size_t i = 0; i < out.len; i++)
        lines += out.ptr[i] == '\n';
    assert_true(lines <= 40);
    out.len = 0;
    support_ok(help_overview(COMMANDS, &out, &err) && buf_text(&out, &err), &err);
    holds(&out, "one          do one thing");
}

static void manual_pages_escape_roff(void **state)
{
    (void)state;
    Error err = {0};
    BUF_AUTO Buf out = buf_init(1 << 16);
    support_ok(help_manual(COMMANDS, &ONE, &out, &err) && buf_text(&out, &err), &err);
    holds(&out, ".TH SPOOR\\-ONE 1 ");
    holds(&out, ".SH DESCRIPTION\n\\&.starts with a dot\\e\n");
    out.len = 0;
    support_ok(help_manual(COMMANDS, NULL, &out, &err) && buf_text(&out, &err), &err);
    holds(&out, ".BR spoor\\-one (1)");
    out.len = 0;
    support_ok(help_manual_config(&out, &err) && buf_text(&out, &err), &err);
    holds(&out, ".BR lake.folder \" (SPOOR_LAKE, default ./spoor-lake)\"");
}

static void completions_exist_for_three_shells(void **state)
{
    (void)state;
    Error err = {0};
    BUF_AUTO Buf out = buf_init(1 << 16);
    support_ok(help_completion(COMMANDS, "bash", &out, &err) && buf_text(&out, &err), &err);
    holds(&out, "one) words=\" --form --lake");
    out.len = 0;
    support_ok(help_completion(COMMANDS, "fish", &out, &err) && buf_text(&out, &err), &err);
    holds(&out, "-l form -r -d 'it'\\''s a form'");
    out.len = 0;
    support_ok(help_completion(COMMANDS, "zsh", &out, &err) && buf_text(&out, &err), &err);
    holds(&out, "'one:do one thing'");
    assert_false(help_completion(COMMANDS, "tcsh", &out, &err));
    assert_int_equal(err.kind, ERROR_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(help_shows_options_keys_and_examples_on_a_screen),
        cmocka_unit_test(manual_pages_escape_roff),
        cmocka_unit_test(completions_exist_for_three_shells),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
