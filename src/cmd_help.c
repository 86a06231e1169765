/* cmd_help - prints help, manual pages and completion scripts from the tables of commands. */
#include <stdio.h>
#include <string.h>

#include "base/help.h"
#include "base/help_markdown.h"
#include "cmd.h"
#include "decode/field_page.h"
#include "planner/function_page.h"

enum { TEXT_BYTES_MAX = 1 << 20 };

static const Option OPTIONS[] = {
    {"man", 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE, "the manual page in roff, of COMMAND or spoor"},
    {"man-config", 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE, "the manual page spoor.yml(5) in roff"},
    {"completion", 0, VALUE_CHOICE, "SHELL", "bash|zsh|fish", CONFIG_NONE, "a completion script"},
    {"markdown", 0, VALUE_CHOICE, "PAGE", "commands|configuration|columns|functions", CONFIG_NONE,
     "a page of docs/"},
    {NULL, 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE, NULL},
};

static const char *const EXAMPLES[] = {
    "spoor help ingest",
    "the options of one command",
    "spoor help --completion bash > /etc/bash_completion.d/spoor",
    "completion in the shell",
    "spoor help --man ingest | man -l -",
    "the manual page",
    NULL,
};

static const Command *find(const char *name)
{
    for (const Command *const *at = CMD_TABLE; *at; at++)
        if (strcmp((*at)->name, name) == 0)
            return *at;
    return NULL;
}

static bool render_page(const char *page, Buf *text, Error *err)
{
    if (strcmp(page, "columns") == 0)
        return field_page(text, err);
    if (strcmp(page, "functions") == 0)
        return function_page(text, err);
    return strcmp(page, "commands") == 0 ? help_markdown_commands(CMD_TABLE, text, err)
                                         : help_markdown_config(text, err);
}

static bool render(const CommandLine *line, const Command *about, Buf *text, Error *err)
{
    const char *shell = command_text(line, "completion", NULL);
    if (shell)
        return help_completion(CMD_TABLE, shell, text, err);
    const char *page = command_text(line, "markdown", NULL);
    if (page)
        return render_page(page, text, err);
    if (command_has(line, "man-config"))
        return help_manual_config(text, err);
    if (command_has(line, "man"))
        return help_manual(CMD_TABLE, about, text, err);
    return about ? help_command(about, text, err) : help_overview(CMD_TABLE, text, err);
}

static int run(const CommandLine *line, Error *err)
{
    BUF_AUTO Buf text = buf_init(TEXT_BYTES_MAX);
    const Command *about = NULL;
    if (command_argument_count(line) == 1) {
        about = find(command_argument(line, 0));
        if (!about) {
            error_set(err, ERROR_USAGE, "'%.64s' is no command", command_argument(line, 0));
            return EXIT_STATUS_USAGE;
        }
    }
    if (!render(line, about, &text, err))
        return EXIT_STATUS_FAILURE;
    fwrite(text.ptr, 1, text.len, stdout);
    return EXIT_STATUS_OK;
}

const Command cmd_help = {
    .name = "help",
    .arguments = "[COMMAND]",
    .arguments_max = 1,
    .summary = "show help, manual pages and shell completions",
    .description = "Prints what the tables of commands and configuration keys say.",
    .options = OPTIONS,
    .examples = EXAMPLES,
    .run = run,
};
