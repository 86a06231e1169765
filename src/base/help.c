#include "base/help.h"

#include <stdio.h>
#include <string.h>

/* Appends while *ok*; keeps a run of writes readable. */
typedef struct Out {
    Buf *buf;
    Error *err;
    bool ok;
} Out;

static void put(Out *out, const char *text)
{
    out->ok = out->ok && buf_append(out->buf, text, strlen(text), out->err);
}

#define PUTF(out, ...) ((out)->ok = (out)->ok && buf_printf((out)->buf, (out)->err, __VA_ARGS__))

static void put_option(Out *out, const Option *option)
{
    char left[64];
    char letter[4] = "";
    if (option->letter)
        snprintf(letter, sizeof letter, "-%c,", option->letter);
    snprintf(left, sizeof left, "%3s --%s%s%s", letter, option->name, option->value ? " " : "",
             option->value ? option->value : "");
    PUTF(out, "  %-26s %s", left, option->help);
    if (option->choices)
        PUTF(out, " (%s)", option->choices);
    if (option->config != CONFIG_NONE)
        PUTF(out, " [%s]", CONFIG_TABLE[option->config].fallback);
    put(out, "\n");
}

bool help_overview(const Command *const *commands, Buf *ret, Error *err)
{
    Out out = {ret, err, true};
    put(&out, "Spoor reads the tracks that callers leave in an AWS account.\n\n"
              "usage: spoor COMMAND [ARGUMENTS] [OPTIONS]\n\n");
    for (; *commands; commands++)
        PUTF(&out, "  %-12s %s\n", (*commands)->name, (*commands)->summary);
    put(&out, "\nspoor COMMAND --help shows its options and examples.\n");
    return out.ok;
}

bool help_command(const Command *command, Buf *ret, Error *err)
{
    Out out = {ret, err, true};
    PUTF(&out, "spoor %s: %s\n\nusage: spoor %s %s%s[OPTIONS]\n\n", command->name, command->summary,
         command->name, command->arguments, command->arguments[0] ? " " : "");
    if (command->alias)
        PUTF(&out, "also: spoor %s\n\n", command->alias);
    for (const Option *option = command->options; option->name; option++)
        put_option(&out, option);
    for (const Option *option = COMMAND_COMMON; option->name; option++)
        put_option(&out, option);
    put(&out, "\nexamples:\n");
    for (const char *const *example = command->examples; *example; example += 2)
        PUTF(&out, "  %s\n      %s\n", example[0], example[1]);
    return out.ok;
}

/* Writes text for roff: a dot or quote at a line's start and backslashes would be commands. */
static void put_roff(Out *out, const char *text)
{
    bool line_start = true;
    for (; *text && out->ok; text++) {
        if (line_start && (*text == '.' || *text == '\''))
            put(out, "\\&");
        if (*text == '\\')
            put(out, "\\e");
        else if (*text == '-')
            put(out, "\\-");
        else
            out->ok = buf_append_byte(out->buf, (unsigned char)*text, out->err);
        line_start = *text == '\n';
    }
}

static void put_roff_option(Out *out, const Option *option)
{
    put(out, ".TP\n");
    if (option->letter)
        PUTF(out, ".BR \\-%c , \" \\-\\-%s\" \" %s\"\n", option->letter, option->name,
             option->value ? option->value : "");
    else
        PUTF(out, ".BR \\-\\-%s \" %s\"\n", option->name, option->value ? option->value : "");
    put_roff(out, option->help);
    if (option->choices) {
        put(out, ": ");
        put_roff(out, option->choices);
    }
    put(out, "\n");
}

/* A page's title line; titles are in capitals. */
static void put_manual_title(Out *out, const char *command)
{
    put(out, ".TH SPOOR\\-");
    for (const char *at = command; *at && out->ok; at++) {
        bool small = *at >= 'a' && *at <= 'z';
        out->ok =
            buf_append_byte(out->buf, (unsigned char)(small ? *at - 'a' + 'A' : *at), out->err);
    }
    PUTF(out, " 1 \"\" \"spoor %s\"\n.SH NAME\nspoor\\-%s \\- ", SPOOR_VERSION, command);
}

static void put_manual_command(Out *out, const Command *command)
{
    put_manual_title(out, command->name);
    put_roff(out, command->summary);
    PUTF(out, "\n.SH SYNOPSIS\n.B spoor %s\n", command->name);
    put_roff(out, command->arguments);
    put(out, "\n[OPTIONS]\n.SH DESCRIPTION\n");
    put_roff(out, command->description);
    if (command->alias)
        PUTF(out, "\n.PP\nIt is also called spoor %s.", command->alias);
    put(out, "\n.SH OPTIONS\n");
    for (const Option *option = command->options; option->name; option++)
        put_roff_option(out, option);
    for (const Option *option = COMMAND_COMMON; option->name; option++)
        put_roff_option(out, option);
    put(out, ".SH EXIT STATUS\n0 on success, 1 on failure, 2 on wrong usage, 4 when it worked and "
             "something was quarantined.\n.SH EXAMPLES\n");
    for (const char *const *example = command->examples; *example; example += 2) {
        put(out, ".TP\n.B ");
        put_roff(out, example[0]);
        put(out, "\n");
        put_roff(out, example[1]);
        put(out, "\n");
    }
    put(out, ".SH SEE ALSO\n.BR spoor (1),\n.BR spoor.yml (5)\n");
}

bool help_manual(const Command *const *commands, const Command *command, Buf *ret, Error *err)
{
    Out out = {ret, err, true};
    if (command) {
        put_manual_command(&out, command);
        return out.ok;
    }
    PUTF(&out,
         ".TH SPOOR 1 \"\" \"spoor %s\"\n.SH NAME\nspoor \\- CloudTrail logs in an open lake\n"
         ".SH SYNOPSIS\n.B spoor\nCOMMAND [ARGUMENTS] [OPTIONS]\n.SH COMMANDS\n",
         SPOOR_VERSION);
    for (; *commands; commands++) {
        PUTF(&out, ".TP\n.BR spoor\\-%s (1)\n", (*commands)->name);
        put_roff(&out, (*commands)->summary);
        put(&out, "\n");
    }
    put(&out, ".SH SEE ALSO\n.BR spoor.yml (5)\n");
    return out.ok;
}

bool help_manual_config(Buf *ret, Error *err)
{
    Out out = {ret, err, true};
    PUTF(&out,
         ".TH SPOOR.YML 5 \"\" \"spoor %s\"\n.SH NAME\nspoor.yml \\- configuration of spoor\n"
         ".SH DESCRIPTION\nA YAML file: the one of \\-\\-config, else of SPOOR_CONFIG, else "
         "./spoor.yml when it exists. A key's value comes from its flag, else its environment "
         "variable, else this file, else the default. Dots stand for nesting; an unknown key is "
         "refused.\n.SH EXAMPLE\n.nf\nlake:\n  folder: /data/lake\nquery:\n  memory: 4GiB\n.fi\n"
         ".SH KEYS\n",
         SPOOR_VERSION);
    for (int key = 0; key < CONFIG_COUNT; key++) {
        const ConfigEntry *entry = &CONFIG_TABLE[key];
        PUTF(&out, ".TP\n.BR %s \" (%s, default %s)\"\n", entry->key, entry->environment,
             entry->fallback[0] ? entry->fallback : "none");
        put_roff(&out, entry->help);
        put(&out, "\n");
    }
    return out.ok;
}

static void put_words(Out *out, const Command *command)
{
    for (const Option *option = command->options; option->name; option++)
        PUTF(out, " --%s", option->name);
    for (const Option *option = COMMAND_COMMON; option->name; option++)
        PUTF(out, " --%s", option->name);
}

static void put_bash(Out *out, const Command *const *commands)
{
    put(out, "_spoor() {\n  local current=${COMP_WORDS[COMP_CWORD]} words=\n"
             "  if [ \"$COMP_CWORD\" -eq 1 ]; then words=\"");
    for (const Command *const *at = commands; *at; at++)
        PUTF(out, "%s%s", at == commands ? "" : " ", (*at)->name);
    put(out, "\"; else case ${COMP_WORDS[1]} in\n");
    for (const Command *const *at = commands; *at; at++) {
        PUTF(out, "    %s) words=\"", (*at)->name);
        put_words(out, *at);
        put(out, "\" ;;\n");
    }
    put(out, "  esac; fi\n  case $current in -*|'') ;; *) [ \"$COMP_CWORD\" -gt 1 ] && words= ;; "
             "esac\n  COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n}\n"
             "complete -o default -F _spoor spoor\n");
}

/* Single quotes inside a single-quoted shell word. */
static void put_quoted(Out *out, const char *text)
{
    put(out, "'");
    for (; *text && out->ok; text++)
        if (*text == '\'')
            put(out, "'\\''");
        else
            out->ok = buf_append_byte(out->buf, (unsigned char)*text, out->err);
    put(out, "'");
}

static void put_fish_option(Out *out, const Command *command, const Option *option)
{
    PUTF(out, "complete -c spoor -n '__fish_seen_subcommand_from %s' -l %s", command->name,
         option->name);
    put(out, option->type == VALUE_FLAG ? " -d " : " -r -d ");
    put_quoted(out, option->help);
    put(out, "\n");
}

static void put_fish(Out *out, const Command *const *commands)
{
    for (const Command *const *at = commands; *at; at++) {
        PUTF(out, "complete -c spoor -n __fish_use_subcommand -a %s -d ", (*at)->name);
        put_quoted(out, (*at)->summary);
        put(out, "\n");
        for (const Option *option = (*at)->options; option->name; option++)
            put_fish_option(out, *at, option);
        for (const Option *option = COMMAND_COMMON; option->name; option++)
            put_fish_option(out, *at, option);
    }
}

static void put_zsh(Out *out, const Command *const *commands)
{
    put(out, "#compdef spoor\n_spoor() {\n  local -a commands\n  commands=(\n");
    for (const Command *const *at = commands; *at; at++) {
        char line[256];
        snprintf(line, sizeof line, "%s:%s", (*at)->name, (*at)->summary);
        put(out, "    ");
        put_quoted(out, line);
        put(out, "\n");
    }
    put(out, "  )\n  if (( CURRENT == 2 )); then _describe command commands; return; fi\n"
             "  case $words[2] in\n");
    for (const Command *const *at = commands; *at; at++) {
        PUTF(out, "    %s) compadd --", (*at)->name);
        put_words(out, *at);
        put(out, "; _files ;;\n");
    }
    put(out, "  esac\n}\n_spoor \"$@\"\n");
}

bool help_completion(const Command *const *commands, const char *shell, Buf *ret, Error *err)
{
    static const struct {
        const char *shell;
        void (*put)(Out *, const Command *const *);
    } SHELLS[] = {{"bash", put_bash}, {"zsh", put_zsh}, {"fish", put_fish}};
    Out out = {ret, err, true};
    for (size_t i = 0; i < sizeof SHELLS / sizeof *SHELLS; i++)
        if (strcmp(shell, SHELLS[i].shell) == 0) {
            SHELLS[i].put(&out, commands);
            return out.ok;
        }
    return error_set(err, ERROR_USAGE, "completions are made for bash, zsh and fish, not '%.32s'",
                     shell);
}
