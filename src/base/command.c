#include "base/command.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/timestamp.h"

enum { OPTIONS_MAX = 64 };

const Option COMMAND_COMMON[] = {
    {"lake", 'l', VALUE_TEXT, "DIR", NULL, CONFIG_LAKE_FOLDER, "the lake's folder"},
    {"config", 'c', VALUE_TEXT, "FILE", NULL, CONFIG_NONE, "configuration, else ./spoor.yml"},
    {"tz", 0, VALUE_TEXT, "ZONE", NULL, CONFIG_DISPLAY_ZONE, "time zone of printed times"},
    {"since", 0, VALUE_TIME, "TIME", NULL, CONFIG_NONE, "from this time on"},
    {"until", 0, VALUE_TIME, "TIME", NULL, CONFIG_NONE, "before this time"},
    {"last", 0, VALUE_DURATION, "SPAN", NULL, CONFIG_NONE, "the last 90s, 15m, 6h, 7d or 2w"},
    {"help", 'h', VALUE_FLAG, NULL, NULL, CONFIG_NONE, "this page"},
    {NULL, 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE, NULL},
};

typedef struct Given {
    const Option *option;
    const char *text; /* borrowed from the words */
    int64_t number;
    char flag[40]; /* "--name", a source of configuration */
} Given;

struct CommandLine {
    const Command *command;
    int count;
    char **words; /* borrowed, as its texts are */
    Given given[OPTIONS_MAX];
    int given_count;
    const char **arguments;
    int argument_count;
    Config *config;
};

/* The option at *index* over the command's and the common table, or NULL past the end. */
static const Option *option_at(const Command *command, size_t index)
{
    size_t own = 0;
    for (; command->options[own].name; own++)
        if (own == index)
            return &command->options[own];
    const Option *common = &COMMAND_COMMON[index - own];
    return common->name ? common : NULL;
}

static const Option *find_option(const Command *command, Str name)
{
    const Option *option;
    for (size_t i = 0; (option = option_at(command, i)); i++)
        if (str_equal(name, str_of(option->name)) ||
            (name.len == 1 && option->letter && option->letter == name.ptr[0]))
            return option;
    return NULL;
}

static bool refuse_option(const Command *command, Str name, Error *err)
{
    const Option *option;
    const Option *nearest = NULL;
    size_t best = SIZE_MAX;
    for (size_t i = 0; (option = option_at(command, i)); i++) {
        size_t distance = str_distance(name, str_of(option->name));
        if (distance < best) {
            best = distance;
            nearest = option;
        }
    }
    assert(nearest);
    return error_set(err, ERROR_USAGE, "'%s' has no option '--%.*s'; did you mean '--%s'?",
                     command->name, STR_ARG(str_slice(name, 0, 64)), nearest->name);
}

static bool add_given(CommandLine *line, const Option *option, const char *text, Error *err)
{
    if (line->given_count == OPTIONS_MAX)
        return error_set(err, ERROR_USAGE, "more than %d options", OPTIONS_MAX);
    Given *given = &line->given[line->given_count];
    *given = (Given){option, text, 0, ""};
    snprintf(given->flag, sizeof given->flag, "--%s", option->name);
    if (option->type != VALUE_FLAG &&
        !config_check_value(option->type, option->choices, given->flag, str_of(text),
                            &given->number, err))
        return false;
    line->given_count++;
    return true;
}

/* Takes "--name=value", "--name value", "-n value" at words[*at]; moves *at past it. */
static bool take_option(CommandLine *line, char **words, int count, int *at, Error *err)
{
    Str word = str_of(words[(*at)++]);
    bool is_long = word.ptr[1] == '-';
    Str name = str_slice(word, is_long ? 2 : 1, word.len);
    size_t equals = is_long ? str_find_byte(name, '=', 0) : name.len;
    const char *value = equals < name.len ? name.ptr + equals + 1 : NULL;
    name = str_slice(name, 0, equals);
    const Option *option = find_option(line->command, name);
    if (!option || (!is_long && name.len != 1))
        return refuse_option(line->command, name, err);
    if (option->type == VALUE_FLAG)
        return value ? error_set(err, ERROR_USAGE, "--%s takes no value", option->name)
                     : add_given(line, option, "", err);
    if (!value && *at >= count)
        return error_set(err, ERROR_USAGE, "--%s needs a value: --%s %s", option->name,
                         option->name, option->value);
    return add_given(line, option, value ? value : words[(*at)++], err);
}

static bool take_words(CommandLine *line, int count, char **words, Error *err)
{
    bool options_end = false;
    for (int at = 0; at < count;) {
        Str word = str_of(words[at]);
        if (!options_end && str_equal(word, STR("--"))) {
            options_end = true;
            at++;
        } else if (!options_end && word.len > 1 && word.ptr[0] == '-') {
            if (!take_option(line, words, count, &at, err))
                return false;
        } else {
            line->arguments[line->argument_count++] = words[at++];
        }
    }
    return true;
}

static bool check_arguments(const CommandLine *line, Error *err)
{
    const Command *command = line->command;
    if (line->argument_count < command->arguments_min)
        return error_set(err, ERROR_USAGE, "spoor %s needs %s; see spoor %s --help", command->name,
                         command->arguments, command->name);
    if (command->arguments_max >= 0 && line->argument_count > command->arguments_max)
        return error_set(err, ERROR_USAGE, "spoor %s does not take '%.64s'; see spoor %s --help",
                         command->name, line->arguments[command->arguments_max], command->name);
    return true;
}

static bool fill_config(CommandLine *line, Error *err)
{
    const char *file = command_text(line, "config", getenv("SPOOR_CONFIG"));
    line->config = config_new(err);
    if (!line->config)
        return false;
    if (!file && file_exists("spoor.yml"))
        file = "spoor.yml";
    if (file && !config_read_file(line->config, file, err))
        return false;
    if (!config_read_environment(line->config, err))
        return false;
    for (int i = 0; i < line->given_count; i++) {
        const Given *given = &line->given[i];
        if (given->option->config != CONFIG_NONE &&
            !config_set(line->config, given->option->config, str_of(given->text), given->flag, err))
            return false;
    }
    return true;
}

/* Times are read in the zone of display, which is known only once all options are: read again. */
static bool read_times_again(CommandLine *line, Error *err)
{
    for (int i = 0; i < line->given_count; i++) {
        Given *given = &line->given[i];
        if (given->option->type == VALUE_TIME &&
            !timestamp_parse_operator(str_of(given->text), &given->number, err))
            return false;
    }
    return true;
}

bool command_apply(CommandLine *line, Error *err)
{
    return timestamp_set_zone(config_text(line->config, CONFIG_DISPLAY_ZONE), err) &&
           read_times_again(line, err);
}

/* The words and the configuration, with nothing set for the process yet. */
static CommandLine *read_line(const Command *command, int count, char **words, Error *err)
{
    CommandLine *line = mem_calloc(1, sizeof *line, err);
    if (!line)
        return NULL;
    line->command = command;
    line->count = count;
    line->words = words;
    line->arguments = mem_calloc((size_t)count + 1, sizeof *line->arguments, err);
    bool ok = line->arguments && take_words(line, count, words, err);
    if (ok && !command_has(line, "help"))
        ok = check_arguments(line, err) && fill_config(line, err);
    if (ok)
        return line;
    command_free(line);
    return NULL;
}

CommandLine *command_parse(const Command *command, int count, char **words, Error *err)
{
    CommandLine *line = read_line(command, count, words, err);
    if (!line || command_has(line, "help") || command_apply(line, err))
        return line;
    command_free(line);
    return NULL;
}

CommandLine *command_again(const CommandLine *line, Error *err)
{
    return read_line(line->command, line->count, line->words, err);
}

void command_free(CommandLine *line)
{
    if (!line)
        return;
    config_free(line->config);
    mem_free(line->arguments);
    mem_free(line);
}

bool command_wants_help(const CommandLine *line)
{
    return command_has(line, "help");
}

static const Given *find_given(const CommandLine *line, const char *name)
{
    const Option *option = find_option(line->command, str_of(name));
    assert(option);
    for (int i = line->given_count - 1; i >= 0; i--)
        if (line->given[i].option == option)
            return &line->given[i];
    return NULL;
}

bool command_has(const CommandLine *line, const char *option)
{
    return find_given(line, option) != NULL;
}

const char *command_text_at(const CommandLine *line, const char *option, int index)
{
    const Option *wanted = find_option(line->command, str_of(option));
    for (int i = 0; i < line->given_count; i++)
        if (line->given[i].option == wanted && index-- == 0)
            return line->given[i].text;
    return NULL;
}

const char *command_text(const CommandLine *line, const char *option, const char *fallback)
{
    const Given *given = find_given(line, option);
    return given ? given->text : fallback;
}

int64_t command_number(const CommandLine *line, const char *option, int64_t fallback)
{
    const Given *given = find_given(line, option);
    return given ? given->number : fallback;
}

int command_argument_count(const CommandLine *line)
{
    return line->argument_count;
}

const char *command_argument(const CommandLine *line, int index)
{
    assert(index >= 0 && index < line->argument_count);
    return line->arguments[index];
}

const Config *command_config(const CommandLine *line)
{
    return line->config;
}

bool command_range(const CommandLine *line, int64_t *ret_since, int64_t *ret_until, Error *err)
{
    int64_t since = command_number(line, "since", INT64_MIN);
    int64_t until = command_number(line, "until", INT64_MAX);
    if (command_has(line, "last")) {
        if (since != INT64_MIN || until != INT64_MAX)
            return error_set(err, ERROR_USAGE, "--last stands alone, without --since and --until");
        since = clock_now_us() - command_number(line, "last", 0);
    }
    if (since >= until)
        return error_set(err, ERROR_USAGE, "--since is not before --until: the range is empty");
    *ret_since = since;
    *ret_until = until;
    return true;
}
