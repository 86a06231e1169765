/* cmd_function - functions of the operator, in Lua, tried on events. */
#include <string.h>

#include "base/json.h"
#include "cmd.h"
#include "filter_explain.h"
#include "rules.h"

enum { TEXT_BYTES_MAX = 1 << 16 };

static const Option OPTIONS[] = {
    {"table", 't', VALUE_TEXT, "NAME=FILE", NULL, CONFIG_NONE,
     "a file of CSV that context.lookup('NAME', key) looks in; may be given several times"},
    {"instructions", 0, VALUE_NUMBER, "N", NULL, CONFIG_NONE, "how many an event may take (1M)"},
    {"memory-mib", 0, VALUE_NUMBER, "N", NULL, CONFIG_NONE, "how many MiB it may hold (64)"},
    RULES_OPTIONS,
    {NULL, 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE, NULL},
};

static const char *const EXAMPLES[] = {
    "spoor function test owners.lua event.json -t owners=owners.csv",
    "what the function makes of each event of a file, and what it takes",
    "zcat ./AWSLogs/.../log.json.gz | spoor function test mine.lua -",
    "the same of the standard input",
    NULL,
};

static bool append_tables(const CommandLine *line, Buf *out, Error *err)
{
    const char *item;
    bool ok = true;
    for (int i = 0; ok && (item = command_text_at(line, "table", i)) != NULL; i++) {
        const char *equals = strchr(item, '=');
        if (!equals || equals == item || !equals[1])
            return error_set(err, ERROR_USAGE, "--table is NAME=FILE, not '%.80s'", item);
        ok = buf_append_str(out, i ? STR(",") : STR(",\"tables\":{"), err) &&
             json_append_string(out, (Str){item, (size_t)(equals - item)}, err) &&
             buf_append_byte(out, ':', err) && json_append_string(out, str_of(equals + 1), err);
    }
    return ok && (!command_text_at(line, "table", 0) || buf_append_byte(out, '}', err));
}

/* The filter that a file would declare. */
static bool write_filter(const CommandLine *line, Buf *out, Error *err)
{
    long long instructions = command_number(line, "instructions", FUNCTION_INSTRUCTIONS);
    long long memory = command_number(line, "memory-mib", FUNCTION_MEMORY >> 20);
    return buf_append_str(out,
                          STR("{\"name\":\"function\",\"even_if_detected\":true,"
                              "\"function\":{\"file\":"),
                          err) &&
           json_append_string(out, str_of(command_argument(line, 1)), err) &&
           buf_printf(out, err, ",\"instructions\":%lld,\"memory_mib\":%lld", instructions,
                      memory) &&
           append_tables(line, out, err) && buf_append_str(out, STR("}}"), err);
}

static bool test(const CommandLine *line, Error *err)
{
    BUF_AUTO Buf text = buf_init(TEXT_BYTES_MAX);
    FilterSet *set = filter_set_new(err);
    bool ok = set && write_filter(line, &text, err) &&
              filter_set_add_text(set, buf_str(&text), "function test", err) &&
              filter_set_finish(set, err) &&
              filter_explain(line, set, command_argument(line, 2), err);
    filter_set_free(set);
    return ok;
}

static int run(const CommandLine *line, Error *err)
{
    if (strcmp(command_argument(line, 0), "test") != 0 || command_argument_count(line) != 3) {
        error_set(err, ERROR_USAGE,
                  "expected: test FILE EVENT, a file of Lua and a file of events, or - for the "
                  "standard input");
        return EXIT_STATUS_USAGE;
    }
    if (test(line, err))
        return EXIT_STATUS_OK;
    return err->kind == ERROR_USAGE ? EXIT_STATUS_USAGE : EXIT_STATUS_FAILURE;
}

const Command cmd_function = {
    .name = "function",
    .arguments = "test FILE EVENT",
    .arguments_min = 1,
    .arguments_max = 3,
    .summary = "try a function in Lua, which changes or drops records, on events",
    .description =
        "A function (docs/functions.md) is a file of Lua 5.4 with on_event(event, context), which "
        "returns the event, changed or not, or nil to drop it. test calls it with each event of a "
        "file and prints what it does, member by member, with an error's place in the file, and "
        "what "
        "it takes of its instructions and memory. Rules are tried before, since context.detected "
        "says whether one matched.",
    .options = OPTIONS,
    .examples = EXAMPLES,
    .run = run,
};
