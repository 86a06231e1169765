#include "base/help_markdown.h"

#include <string.h>

/* Appends while *ok*; keeps a run of writes readable. */
typedef struct Out {
    Buf *buf;
    Error *err;
    bool ok;
} Out;

#define PUTF(out, ...) ((out)->ok = (out)->ok && buf_printf((out)->buf, (out)->err, __VA_ARGS__))

/* How a value is written, in words. */
static const char *const TYPES[] = {
    [VALUE_FLAG] = "-",
    [VALUE_TEXT] = "text",
    [VALUE_NUMBER] = "number; k, M, G multiply by 1000",
    [VALUE_SIZE] = "size, as 512, 64KiB, 2GiB",
    [VALUE_DURATION] = "duration, as 90s, 15m, 6h, 7d, 2w",
    [VALUE_TIME] = "time, as 2026-01-31 or 2026-01-31T08:00:00Z",
    [VALUE_CHOICE] = "one of",
    [VALUE_WORD] = "text",
    [VALUE_PATH] = "file",
    [VALUE_PATHS] = "files, as a list or with commas between them",
    [VALUE_MAPS] = "list of texts, or of mappings with",
    [VALUE_DOCUMENTS] = "list of texts and mappings, or texts with commas between them",
};

/* Text of a table's cell: a bar would end it, an angle bracket could begin markup. */
static void put_cell(Out *out, const char *text)
{
    for (; *text && out->ok; text++)
        if (*text == '|' || *text == '<' || *text == '>')
            PUTF(out, "\\%c", *text);
        else
            out->ok = buf_append_byte(out->buf, (unsigned char)*text, out->err);
}

/* The alternatives of "a|b|c" as `a`, `b`, `c`. */
static void put_choices(Out *out, const char *choices)
{
    const char *before = "";
    while (*choices && out->ok) {
        size_t length = strcspn(choices, "|");
        PUTF(out, "%s`%.*s`", before, (int)length, choices);
        before = ", ";
        choices += length + (choices[length] == '|');
    }
}

bool help_markdown_config(Buf *ret, Error *err)
{
    Out out = {ret, err, true};
    PUTF(&out,
         "# Configuration\n\n"
         "<!-- Made by scripts/generate-docs out of src/base/config_table.h. -->\n\n"
         "A key's value comes from its flag, else its environment variable, else `spoor.yml`, "
         "else the\ndefault. The file is `--config`, else `SPOOR_CONFIG`, else `./spoor.yml` "
         "when it exists. Dots\nstand for nesting; an unknown key is refused.\n\n"
         "```yaml\nlake:\n  folder: /data/lake\nquery:\n  memory: 4GiB\n```\n\n"
         "| key | environment | default | value | meaning |\n|---|---|---|---|---|\n");
    for (int key = 0; key < CONFIG_COUNT; key++) {
        const ConfigEntry *entry = &CONFIG_TABLE[key];
        const char *quote = entry->fallback[0] ? "`" : "";
        PUTF(&out, "| `%s` | `%s` | %s%s%s | %s ", entry->key, entry->environment, quote,
             entry->fallback[0] ? entry->fallback : "none", quote, TYPES[entry->type]);
        if (entry->choices) {
            put_choices(&out, entry->choices);
            PUTF(&out, " ");
        }
        PUTF(&out, "| ");
        put_cell(&out, entry->help);
        PUTF(&out, " |\n");
    }
    return out.ok;
}

static void put_option(Out *out, const Option *option)
{
    PUTF(out, "| `");
    if (option->letter)
        PUTF(out, "-%c`, `", option->letter);
    PUTF(out, "--%s%s%s` | ", option->name, option->value ? " " : "",
         option->value ? option->value : "");
    put_cell(out, option->help);
    if (option->choices) {
        PUTF(out, ": ");
        put_choices(out, option->choices);
    }
    if (option->config != CONFIG_NONE)
        PUTF(out, " (`%s`)", CONFIG_TABLE[option->config].key);
    PUTF(out, " |\n");
}

static void put_command(Out *out, const Command *command)
{
    PUTF(out, "## spoor %s\n\n`spoor %s %s%s[OPTIONS]`\n\n%s\n\n", command->name, command->name,
         command->arguments, command->arguments[0] ? " " : "", command->description);
    if (command->alias)
        PUTF(out, "It is also called `spoor %s`.\n\n", command->alias);
    if (command->options->name)
        PUTF(out, "| option | meaning |\n|---|---|\n");
    for (const Option *option = command->options; option->name; option++)
        put_option(out, option);
    PUTF(out, "%s```sh\n", command->options->name ? "\n" : "");
    for (const char *const *example = command->examples; *example; example += 2)
        PUTF(out, "%s# %s\n%s\n", example == command->examples ? "" : "\n", example[1], example[0]);
    PUTF(out, "```\n\n");
}

bool help_markdown_commands(const Command *const *commands, Buf *ret, Error *err)
{
    Out out = {ret, err, true};
    PUTF(&out, "# Commands\n\n"
               "<!-- Made by scripts/generate-docs out of the tables in src/cmd_*.c. -->\n\n"
               "Exit status: 0 on success, 1 on failure, 2 on wrong usage, 4 when it worked and "
               "something was\nquarantined.\n\n");
    for (; *commands; commands++)
        put_command(&out, *commands);
    PUTF(&out, "## Options of every command\n\n| option | meaning |\n|---|---|\n");
    for (const Option *option = COMMAND_COMMON; option->name; option++)
        put_option(&out, option);
    return out.ok;
}
