/* main.c - the table of subcommands, and the only place that exits. */
#include <stdio.h>
#include <string.h>

#include "base/help.h"
#include "base/log.h"
#include "cmd.h"
#include "query/worker.h"

enum { HELP_BYTES_MAX = 1 << 20 };

const Command *const CMD_TABLE[] = {
    &cmd_generate, &cmd_ingest,   &cmd_serve,  &cmd_sql,    &cmd_search, &cmd_summary,
    &cmd_who,      &cmd_export,   &cmd_hunt,   &cmd_rules,  &cmd_match,  &cmd_findings,
    &cmd_filter,   &cmd_function, &cmd_alarms, &cmd_notify, &cmd_verify, &cmd_prove,
    &cmd_report,   &cmd_trail,    &cmd_status, &cmd_lake,   &cmd_keep,   &cmd_quarantine,
    &cmd_help,     NULL,
};

static const Command *find_command(const char *name)
{
    for (const Command *const *at = CMD_TABLE; *at; at++)
        if (strcmp((*at)->name, name) == 0 || ((*at)->alias && strcmp((*at)->alias, name) == 0))
            return *at;
    return NULL;
}

static void refuse_command(const char *name)
{
    const Command *nearest = &cmd_help;
    for (const Command *const *at = CMD_TABLE; *at; at++)
        if (str_distance(str_of(name), str_of((*at)->name)) <
            str_distance(str_of(name), str_of(nearest->name)))
            nearest = *at;
    fprintf(stderr, "spoor: '%.64s' is no command; did you mean '%s'? See spoor --help\n", name,
            nearest->name);
}

static int print_help(const Command *command)
{
    BUF_AUTO Buf text = buf_init(HELP_BYTES_MAX);
    Error err = {0};
    bool ok = command ? help_command(command, &text, &err) : help_overview(CMD_TABLE, &text, &err);
    if (!ok) {
        fprintf(stderr, "spoor: %s\n", err.text);
        return EXIT_STATUS_FAILURE;
    }
    fwrite(text.ptr, 1, text.len, stdout);
    return EXIT_STATUS_OK;
}

static int run_command(const Command *command, int count, char **words)
{
    Error err = {0};
    CommandLine *line = command_parse(command, count, words, &err);
    int status = EXIT_STATUS_USAGE;
    if (line && command_wants_help(line)) {
        status = print_help(command);
    } else if (line) {
        log_set_level_named(config_text(command_config(line), CONFIG_LOG_LEVEL));
        status = command->run(line, &err);
    }
    command_free(line);
    if (err.kind != ERROR_NONE && (status == EXIT_STATUS_FAILURE || status == EXIT_STATUS_USAGE))
        log_tell(LOG_ERROR, command->name, "%s", err.text);
    return status;
}

int main(int argc, char **argv)
{
    if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        int status = print_help(NULL);
        return argc < 2 ? EXIT_STATUS_USAGE : status;
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts("spoor " SPOOR_VERSION);
        return EXIT_STATUS_OK;
    }
    if (argc == 2 && strcmp(argv[1], WORKER_COMMAND) == 0)
        worker_serve(); /* for this program's own processes, not for people */
    const Command *command = find_command(argv[1]);
    if (!command) {
        refuse_command(argv[1]);
        return EXIT_STATUS_USAGE;
    }
    return run_command(command, argc - 2, argv + 2);
}
