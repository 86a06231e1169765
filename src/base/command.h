/* command.h - subcommands and their options as tables, and the parsed command line.
 *
 * Each cmd_*.c defines one Command; main.c lists them. Parser, --help, manual pages and shell
 * completions are made from these tables (see help.h). A CommandLine belongs to the main thread.
 */
#ifndef BASE_COMMAND_H
#define BASE_COMMAND_H

#include "base/config.h"

/* One option of a command. Tables end with an entry whose name is NULL. */
typedef struct Option {
    const char *name; /* without dashes */
    char letter;      /* short form, or 0 */
    ValueType type;
    const char *value;   /* how the value is called in help: "DIR"; NULL for a flag */
    const char *choices; /* a|b|c for VALUE_CHOICE */
    ConfigKey config;    /* the key it overrides, or CONFIG_NONE */
    const char *help;
} Option;

typedef struct CommandLine CommandLine;

/* What a command returns to the shell. */
enum {
    EXIT_STATUS_OK = 0,
    EXIT_STATUS_FAILURE = 1,
    EXIT_STATUS_USAGE = 2,
    EXIT_STATUS_QUARANTINE = 4, /* it worked, and something was quarantined */
};

typedef struct Command {
    const char *name;
    const char *alias;     /* another name for it; NULL: none */
    const char *arguments; /* "SOURCE..." as shown in help; "" for none */
    int arguments_min;
    int arguments_max; /* -1 for any number */
    const char *summary;
    const char *description;     /* paragraphs for the manual page */
    const Option *options;       /* its own; the common ones are added */
    const char *const *examples; /* pairs: command line, what it does; ends with NULL */
    /* Runs it. Returns an EXIT_STATUS; on EXIT_STATUS_FAILURE and EXIT_STATUS_USAGE *err* is
     * filled and main prints it. */
    int (*run)(const CommandLine *line, Error *err);
} Command;

/* Options that every command takes: --lake, --config, --tz, --since, --until, --last, --help. */
extern const Option COMMAND_COMMON[];

/* Parses *count* words behind the subcommand and fills the configuration from file, environment
 * and flags (the file is --config, SPOOR_CONFIG, or ./spoor.yml when it exists). NULL with *err*
 * (ERROR_USAGE) that names the culprit and what was probably meant. */
CommandLine *command_parse(const Command *command, int count, char **words, Error *err)
    __attribute__((warn_unused_result));
void command_free(CommandLine *line);

/* Reads file and environment again, for the words that *line* was parsed from. Nothing of the
 * process is changed, so other threads may go on; command_apply is for when it is taken up. NULL
 * with *err* as command_parse. */
CommandLine *command_again(const CommandLine *line, Error *err) __attribute__((warn_unused_result));

/* Sets the zone of display as its configuration says, and reads its times in it; command_parse has
 * done so. No other thread may format times meanwhile. ERROR_USAGE. */
bool command_apply(CommandLine *line, Error *err) __attribute__((warn_unused_result));

/* True when --help was given; nothing else was checked then. */
bool command_wants_help(const CommandLine *line);

/* True when the option was given. The name must be in the command's or the common table. */
bool command_has(const CommandLine *line, const char *option);

/* The option's text, or *fallback* when it was not given. */
const char *command_text(const CommandLine *line, const char *option, const char *fallback);

/* The option's text where it was given for the *index*th time, from 0; NULL behind the last. */
const char *command_text_at(const CommandLine *line, const char *option, int index);

/* The option's number, size, duration (µs) or time (µs UTC), or *fallback*. */
int64_t command_number(const CommandLine *line, const char *option, int64_t fallback);

/* Words that are not options. */
int command_argument_count(const CommandLine *line);
const char *command_argument(const CommandLine *line, int index);

/* The configuration in force. */
const Config *command_config(const CommandLine *line);

/* The half-open range of times that --since, --until and --last choose, in µs UTC; INT64_MIN and
 * INT64_MAX where open. ERROR_USAGE when --last stands beside another, or it is empty. */
bool command_range(const CommandLine *line, int64_t *ret_since, int64_t *ret_until, Error *err)
    __attribute__((warn_unused_result));

#endif
