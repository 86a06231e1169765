/* cmd_who - who really did it: the way of credentials, back to who began it and on from there. */
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "lineage/lineage_dot.h"
#include "lineage/lineage_json.h"
#include "lineage/lineage_svg.h"
#include "lineage/lineage_text.h"
#include "setup.h"
#include "sources.h"
#include "sql_source.h"

enum {
    ANSWER_BYTES_MAX = 256 << 20,
    ARENA_BYTES_MAX = 1 << 30,
    DEPTH = 16,
    DEPTH_MAX = 100,
    ITEMS = 20,
    ITEMS_MAX = 1000
};

static const Option OPTIONS[] = {
    {"format", 'f', VALUE_CHOICE, "FORMAT", "text|json|dot|svg", CONFIG_NONE,
     "how the answer is written (text)"},
    {"depth", 'd', VALUE_NUMBER, "N", NULL, CONFIG_NONE, "at most N steps back, and forward (16)"},
    {"max", 'n', VALUE_NUMBER, "N", NULL, CONFIG_NONE, "at most N of each list (20)"},
    {"from", 0, VALUE_TEXT, "SOURCE", NULL, CONFIG_NONE,
     "over these raw logs instead of a lake; may be given again"},
    SOURCES_OPTIONS,
    {"memory", 0, VALUE_SIZE, "SIZE", NULL, CONFIG_QUERY_MEMORY, "memory of the engine"},
    {"threads", 0, VALUE_NUMBER, "N", NULL, CONFIG_QUERY_THREADS, "threads of the engine"},
    {NULL, 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE, NULL},
};

static const char *const EXAMPLES[] = {
    "spoor who ASIAQ7EXAMPLE4KEY0001",
    "whose session a key belongs to, and what was done with it",
    "spoor who i-0123456789abcdef0 --last 7d",
    "what touched an instance, who was behind each, and stops that no call explains",
    "spoor who 203.0.113.77 --max 5",
    "the five that called most from an address",
    "spoor who arn:aws:iam::123456789012:role/deployer --format svg > deployer.svg",
    "who took a role, as a drawing",
    "spoor who 3f1b2a60-8f6e-4f36-9a55-0c8c6c6f8a11 --from ./AWSLogs --format json",
    "who was behind an event, from raw logs",
    NULL,
};

/* What one command asks with. */
typedef struct Who {
    LineageQuestion question;
    int64_t since_us, until_us;
    const char *format;
} Who;

typedef bool (*Write)(const LineageAnswer *answer, unsigned actions_max, Buf *out, Error *err);

static bool write_json(const LineageAnswer *answer, unsigned actions_max, Buf *out, Error *err)
{
    (void)actions_max;
    return lineage_json_write(answer, out, err);
}

static const struct {
    const char *format;
    Write write;
} FORMATS[] = {
    {"text", lineage_text_write},
    {"json", write_json},
    {"dot", lineage_dot_write},
    {"svg", lineage_svg_write},
};

static bool print(const LineageAnswer *answer, const Who *who, Error *err)
{
    size_t format = 0;
    BUF_AUTO Buf out = buf_init(ANSWER_BYTES_MAX);
    while (strcmp(FORMATS[format].format, who->format) != 0)
        format++;
    if (!FORMATS[format].write(answer, who->question.max, &out, err))
        return false;
    fwrite(out.ptr, 1, out.len, stdout);
    return true;
}

/* Each argument is a question of its own. */
static bool ask_all(const CommandLine *line, const Who *who, LineageReader *reader, Error *err)
{
    bool ok = true;
    for (int i = 0; ok && i < command_argument_count(line); i++) {
        LineageAnswer answer;
        LineageQuestion question = who->question;
        question.text = str_of(command_argument(line, i));
        arena_reset(reader->arena);
        if (i && strcmp(who->format, "text") == 0)
            fputc('\n', stdout);
        ok = lineage_who_ask(reader, &question, &answer, err) && print(&answer, who, err);
    }
    return ok;
}

static bool ask_lake(const CommandLine *line, const Who *who, Lake *lake, Error *err)
{
    const SessionOptions options = {
        .config = command_config(line), .since_us = INT64_MIN, .until_us = INT64_MAX};
    LineageReader reader = {.since_us = who->since_us, .until_us = who->until_us};
    reader.arena = arena_new(ARENA_BYTES_MAX, err);
    reader.session = reader.arena ? session_open(lake, &options, err) : NULL;
    bool ok = reader.session && ask_all(line, who, &reader, err);
    session_close(reader.session);
    arena_free(reader.arena);
    return ok;
}

static bool ask(const CommandLine *line, const Who *who, Error *err)
{
    if (!command_has(line, "from")) {
        LAKE_AUTO Lake *lake = setup_lake(line, LAKE_READ, err);
        return lake && ask_lake(line, who, lake, err);
    }
    SqlSource *source = sql_source_open(line, err);
    Lake *made = source ? lake_open(sql_source_folder(source), LAKE_READ, err) : NULL;
    bool ok = made && ask_lake(line, who, made, err);
    lake_close(made);
    sql_source_close(source);
    return ok;
}

static bool bounded(const CommandLine *line, const char *option, unsigned given, unsigned max,
                    unsigned *ret, Error *err)
{
    int64_t number = command_number(line, option, given);
    if (number < 1 || number > max)
        return error_set(err, ERROR_USAGE, "--%s is 1 to %u", option, max);
    *ret = (unsigned)number;
    return true;
}

static bool read_line(const CommandLine *line, Who *ret, Error *err)
{
    ret->format = command_text(line, "format", "text");
    if (command_argument_count(line) > 1 && strcmp(ret->format, "svg") == 0)
        return error_set(err, ERROR_USAGE, "--format svg takes one question");
    for (int i = 0; i < command_argument_count(line); i++)
        if (lineage_who_kind(str_of(command_argument(line, i))) == LINEAGE_ASKS)
            return error_set(err, ERROR_USAGE,
                             "'%.200s' is no access key, ARN of a user, role or session, event "
                             "id, instance id or address",
                             command_argument(line, i));
    return bounded(line, "depth", DEPTH, DEPTH_MAX, &ret->question.depth, err) &&
           bounded(line, "max", ITEMS, ITEMS_MAX, &ret->question.max, err) &&
           command_range(line, &ret->since_us, &ret->until_us, err);
}

static int run(const CommandLine *line, Error *err)
{
    Who who = {.format = NULL};
    if (read_line(line, &who, err) && ask(line, &who, err))
        return EXIT_STATUS_OK;
    return err->kind == ERROR_USAGE ? EXIT_STATUS_USAGE : EXIT_STATUS_FAILURE;
}

const Command cmd_who = {
    .name = "who",
    .alias = "lineage",
    .arguments = "KEY|ARN|EVENT|INSTANCE|ADDRESS...",
    .arguments_min = 1,
    .arguments_max = -1,
    .summary = "who really did it: follow credentials back to a person or workload",
    .description =
        "Follows an access key, the caller of an event, a user, a role's sessions, what touched an "
        "instance or who called from an address back to the person or workload that began it, "
        "through every call that handed out credentials, and forward to all that a session did and "
        "opened in turn. Each step names the event that shows it; where one is missing, it says "
        "which one, of which account and time. --since, --until and --last bound what was done, "
        "not how a session came to be. For an instance, it says which stops no call explains "
        "(docs/lineage.md).",
    .options = OPTIONS,
    .examples = EXAMPLES,
    .run = run,
};
