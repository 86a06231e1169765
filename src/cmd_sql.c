/* cmd_sql - answers a query over the lake's tables, in a process that is locked in. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "cmd.h"
#include "shell.h"
#include "sources.h"
#include "sql_culprit.h"
#include "sql_run.h"
#include "sql_source.h"

enum { SQL_BYTES_MAX = 1 << 20 };

static const Option OPTIONS[] = {
    SQL_RUN_FORMAT_OPTIONS,
    {"saved", 0, VALUE_TEXT, "NAME", NULL, CONFIG_NONE,
     "answer a saved query; 'list' names them all"},
    {"parameter", 'p', VALUE_TEXT, "NAME=VALUE", NULL, CONFIG_NONE,
     "a value for a saved query; may be given again"},
    {"show", 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE, "print the saved query and its parameters"},
    {"from", 0, VALUE_TEXT, "SOURCE", NULL, CONFIG_NONE,
     "over these raw logs instead of a lake; may be given again"},
    SOURCES_OPTIONS,
    SQL_RUN_LIMIT_OPTIONS,
    {NULL, 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE, NULL},
};

static const char *const EXAMPLES[] = {
    "spoor sql \"SELECT eventname, count(*) FROM cloudtrail GROUP BY 1 ORDER BY 2 DESC LIMIT 10\"",
    "the most frequent calls",
    "spoor sql \"SELECT * FROM cloudtrail WHERE accesskey_id = 'AKIA...'\" --last 7d -f jsonl",
    "all that a key did in the last week, a JSON object a line",
    "spoor sql --saved root-activity -p account=123456789012",
    "a saved query with a value for its parameter",
    "spoor sql --from ./AWSLogs \"SELECT * FROM cloudtrail WHERE errorcode IS NOT NULL\"",
    "the first answer, without a lake",
    "spoor sql",
    "a shell: statements end with ;, TAB completes, .help lists its commands",
    NULL,
};

/* What one command asks: the statement, and the lake when it is none of the configuration's. */
typedef struct Question {
    Buf sql;
    const char *folder;
} Question;

static bool run_statement(const CommandLine *line, const Question *question, Error *err)
{
    int64_t started_us = clock_monotonic_us();
    WorkerAnswer given = {0};
    SqlRun *run = sql_run_begin(line, question->folder, err);
    bool ok = run && sql_run_answer(run, buf_str(&question->sql), &given, err);
    if (ok)
        sql_run_say(run, &given, started_us);
    else
        sql_culprit_show(buf_str(&question->sql), given.culprit);
    sql_run_end(run);
    return ok;
}

/* --saved list and --show only print. */
static bool prints_only(const CommandLine *line)
{
    return command_has(line, "show") || strcmp(command_text(line, "saved", ""), "list") == 0;
}

static bool print_saved(const CommandLine *line, Error *err)
{
    const char *name = command_text(line, "saved", NULL);
    BUF_AUTO Buf text = buf_init(SQL_BYTES_MAX);
    if (!name)
        return error_set(err, ERROR_USAGE, "--show goes with --saved NAME");
    if (!(strcmp(name, "list") == 0 ? sql_source_list(&text, err)
                                    : sql_source_describe(str_of(name), &text, err)))
        return false;
    fwrite(text.ptr, 1, text.len, stdout);
    return true;
}

/* Without a query: statements at a prompt, or on standard input. */
static bool run_shell(const CommandLine *line, const Question *question, Error *err)
{
    const Config *config = command_config(line);
    ShellOptions options = {.worker = {.config = config, .folder = question->folder},
                            .format = output_format(command_text(line, "format", "table")),
                            .wide = command_has(line, "wide"),
                            .stats = command_has(line, "stats"),
                            .output = command_text(line, "output", NULL),
                            .rows_max = (uint64_t)config_number(config, CONFIG_QUERY_ROWS),
                            .timeout_us = config_number(config, CONFIG_QUERY_TIMEOUT)};
    if (options.format == OUTPUT_FORMATS)
        return error_set(err, ERROR_USAGE,
                         "--format parquet goes with a query; a shell has "
                         ".mode parquet FILE");
    return command_range(line, &options.worker.since_us, &options.worker.until_us, err) &&
           shell_run(&options, err);
}

static bool is_shell(const CommandLine *line)
{
    return command_argument_count(line) == 0 && !command_has(line, "saved") &&
           !command_has(line, "parameter");
}

static bool answer_question(const CommandLine *line, Error *err)
{
    Question question = {.sql = buf_init(SQL_BYTES_MAX)};
    SqlSource *source = NULL;
    bool shell = is_shell(line);
    bool ok = shell || sql_source_statement(line, &question.sql, err);
    if (ok && command_has(line, "from")) {
        source = sql_source_open(line, err);
        question.folder = source ? sql_source_folder(source) : NULL;
        ok = source != NULL;
    }
    if (ok)
        ok = shell ? run_shell(line, &question, err) : run_statement(line, &question, err);
    sql_source_close(source);
    buf_free(&question.sql);
    return ok;
}

static int run(const CommandLine *line, Error *err)
{
    if (prints_only(line) ? print_saved(line, err) : answer_question(line, err))
        return EXIT_STATUS_OK;
    return err->kind == ERROR_USAGE ? EXIT_STATUS_USAGE : EXIT_STATUS_FAILURE;
}

const Command cmd_sql = {
    .name = "sql",
    .arguments = "[QUERY]",
    .arguments_min = 0,
    .arguments_max = 1,
    .summary = "answer a query over the lake, or open a shell",
    .description =
        "Runs reading statements, in Athena's SQL (docs/sql.md), over the tables cloudtrail, "
        "cloudtrail_logs, objects and quarantine, in a process of its own that is locked in: no "
        "other file, no network, no extension and no setting is within its reach. --since, --until "
        "and --last limit what cloudtrail shows. Without a query it opens a shell at a terminal, "
        "and else answers the statements on standard input, each ended by a semicolon, until one "
        "fails. In the shell, TAB completes names, Ctrl-C ends a query, and lines that begin with "
        "a dot are commands: .help lists them. What is taller than the terminal goes through "
        "PAGER. Statements are kept for later in $XDG_STATE_HOME/spoor/history, else "
        "~/.local/state/spoor/history; those that begin with a space are not.",
    .options = OPTIONS,
    .examples = EXAMPLES,
    .run = run,
};
