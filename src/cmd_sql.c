/* cmd_sql - answers a query over the lake's tables, in a process that is locked in. */
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "cmd.h"
#include "interrupt.h"
#include "query/worker.h"
#include "setup.h"
#include "sql_source.h"

enum { SQL_BYTES_MAX = 1 << 20 };

static const Option OPTIONS[] = {
    {"format", 'f', VALUE_CHOICE, "FORMAT", "table|markdown|csv|json|jsonl|parquet", CONFIG_NONE,
     "how the result is written"},
    {"output", 'o', VALUE_TEXT, "FILE", NULL, CONFIG_NONE, "write to FILE instead of the terminal"},
    {"wide", 'w', VALUE_FLAG, NULL, NULL, CONFIG_NONE, "do not cut a table's cells"},
    {"saved", 0, VALUE_TEXT, "NAME", NULL, CONFIG_NONE,
     "answer a saved query; 'list' names them all"},
    {"parameter", 'p', VALUE_TEXT, "NAME=VALUE", NULL, CONFIG_NONE,
     "a value for a saved query; may be given again"},
    {"show", 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE, "print the saved query and its parameters"},
    {"from", 0, VALUE_TEXT, "SOURCE", NULL, CONFIG_NONE,
     "over these raw logs instead of a lake; may be given again"},
    {"stats", 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE, "say on standard error what was read"},
    {"memory", 0, VALUE_SIZE, "SIZE", NULL, CONFIG_QUERY_MEMORY, "memory of the engine"},
    {"threads", 0, VALUE_NUMBER, "N", NULL, CONFIG_QUERY_THREADS, "threads of the engine"},
    {"timeout", 0, VALUE_DURATION, "SPAN", NULL, CONFIG_QUERY_TIMEOUT, "end a longer query"},
    {"temp", 0, VALUE_SIZE, "SIZE", NULL, CONFIG_QUERY_TEMP, "temporary disk of the query"},
    {"rows", 0, VALUE_NUMBER, "N", NULL, CONFIG_QUERY_ROWS, "rows of a result"},
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
    NULL,
};

/* The width of the terminal that tables are cut to; 0 when standard output is none. */
static unsigned terminal_width(void)
{
    struct winsize size;
    return isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

/* Where the result goes. A file is made once there is something for it. */
typedef struct Sink {
    const char *path; /* NULL: standard output */
    FILE *out;
    bool clean; /* it is a terminal */
    unsigned char last;
} Sink;

static bool open_sink(Sink *sink, Error *err)
{
    if (!sink->out)
        sink->out = sink->path ? fopen(sink->path, "wx") : stdout;
    return sink->out || error_errno(err, "cannot create '%s'", sink->path);
}

static bool fail_write(const Sink *sink, Error *err)
{
    return error_errno(err, "cannot write %s%s%s", sink->path ? "'" : "the result",
                       sink->path ? sink->path : "", sink->path ? "'" : "");
}

static bool put(void *context, Str bytes, Error *err)
{
    Sink *sink = context;
    char part[4096];
    if (!open_sink(sink, err))
        return false;
    if (!sink->clean)
        return fwrite(bytes.ptr, 1, bytes.len, sink->out) == bytes.len || fail_write(sink, err);
    for (size_t at = 0; at < bytes.len; at += sizeof part) {
        Str piece = str_slice(bytes, at, at + sizeof part);
        memcpy(part, piece.ptr, piece.len);
        output_clean(part, piece.len, &sink->last);
        if (fwrite(part, 1, piece.len, sink->out) != piece.len)
            return fail_write(sink, err);
    }
    return true;
}

static bool close_sink(Sink *sink, bool ok, Error *err)
{
    if (ok && !open_sink(sink, err))
        return false;
    int result = !sink->out ? 0 : sink->path ? fclose(sink->out) : fflush(sink->out);
    return result == 0 || !ok ? ok : fail_write(sink, err);
}

static bool answer(const CommandLine *line, Worker *worker, const WorkerStatement *statement,
                   WorkerAnswer *ret, Error *err)
{
    const char *path = command_text(line, "output", NULL);
    Sink sink = {.path = path, .clean = !path && isatty(STDOUT_FILENO)};
    const WorkerSink given = {put, &sink};
    if (statement->format != OUTPUT_FORMATS)
        return close_sink(&sink, worker_run(worker, statement, &given, ret, err), err);
    if (!path)
        return error_set(err, ERROR_USAGE, "--format parquet needs --output FILE");
    if (!worker_run(worker, statement, &given, ret, err) || !worker_export(worker, path, err))
        return false;
    fprintf(stderr, "%" PRIu64 " rows in %s\n", ret->rows, path);
    return true;
}

/* Shared with the waiting thread, which may be asked to stop before there is a worker. */
typedef struct Running {
    _Atomic(Worker *) worker;
    atomic_bool stopped;
} Running;

static void stop(void *context, bool timed_out)
{
    Running *running = context;
    (void)timed_out; /* the worker's matter */
    atomic_store(&running->stopped, true);
    Worker *worker = atomic_load(&running->worker);
    if (worker)
        worker_cancel(worker);
}

static void say_stats(const Worker *worker, const WorkerAnswer *answer, int64_t started_us)
{
    char size[SETUP_TEXT_BYTES];
    setup_bytes_text(answer->scanned.bytes, size);
    fprintf(stderr, "%" PRIu32 " days, %" PRIu64 " data files (%s) opened, %.3f s\n",
            answer->scanned.days, answer->scanned.files, size,
            (double)(clock_monotonic_us() - started_us) / 1e6);
    fprintf(stderr, "confined: %s\n", worker_confinement(worker));
}

/* The line of the statement that an error speaks of, with marks under the place. */
static void show_culprit(Str sql, Place culprit)
{
    if (culprit.end <= culprit.at || culprit.end > sql.len || !isatty(STDERR_FILENO))
        return;
    size_t from = culprit.at;
    while (from && sql.ptr[from - 1] != '\n')
        from--;
    Str line = str_slice(sql, from, str_find_byte(sql, '\n', culprit.at));
    fprintf(stderr, "  %.*s\n  %*s", STR_ARG(line), (int)(culprit.at - from), "");
    for (uint32_t at = culprit.at; at < culprit.end && at - from < line.len; at++)
        fputc('^', stderr);
    fputc('\n', stderr);
}

/* What one command asks: the statement, and the lake when it is none of the configuration's. */
typedef struct Question {
    Buf sql;
    const char *folder;
} Question;

static bool run_worker(const CommandLine *line, const Question *question, Running *running,
                       Error *err)
{
    int64_t started_us = clock_monotonic_us();
    const Config *config = command_config(line);
    const WorkerStatement statement = {
        .sql = buf_str(&question->sql),
        .format = output_format(command_text(line, "format", "table")),
        .width = command_text(line, "output", NULL) ? 0 : terminal_width(),
        .wide = command_has(line, "wide"),
        .rows_max = (uint64_t)config_number(config, CONFIG_QUERY_ROWS),
        .timeout_us = config_number(config, CONFIG_QUERY_TIMEOUT)};
    WorkerOptions options = {.config = config, .folder = question->folder};
    WorkerAnswer given = {0};
    if (!command_range(line, &options.since_us, &options.until_us, err))
        return false;
    Worker *worker = worker_start(&options, err);
    atomic_store(&running->worker, worker);
    if (worker && atomic_load(&running->stopped))
        worker_cancel(worker);
    bool ok = worker && answer(line, worker, &statement, &given, err);
    if (ok && command_has(line, "stats"))
        say_stats(worker, &given, started_us);
    if (!ok)
        show_culprit(statement.sql, given.culprit);
    return ok;
}

static bool run_interruptibly(const CommandLine *line, const Question *question, Error *err)
{
    Running running = {.worker = NULL};
    const InterruptCalls calls = {.stop = stop, .context = &running};
    Interrupt *interrupt = interrupt_start(&calls, 0, err);
    bool ok = interrupt && run_worker(line, question, &running, err);
    interrupt_end(interrupt);
    worker_end(atomic_load(&running.worker));
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
    if (!name)
        return error_set(err, ERROR_USAGE, "--show goes with --saved NAME");
    return strcmp(name, "list") == 0 ? sql_source_list(err) : sql_source_describe(name, err);
}

static bool answer_question(const CommandLine *line, Error *err)
{
    Question question = {.sql = buf_init(SQL_BYTES_MAX)};
    SqlSource *source = NULL;
    bool ok = sql_source_statement(line, &question.sql, err);
    if (ok && command_has(line, "from")) {
        source = sql_source_open(line, err);
        question.folder = source ? sql_source_folder(source) : NULL;
        ok = source != NULL;
    }
    ok = ok && run_interruptibly(line, &question, err);
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
    .summary = "answer a query over the lake",
    .description =
        "Runs one reading statement, in Athena's SQL (docs/sql.md), over the tables cloudtrail, "
        "cloudtrail_logs, objects and "
        "quarantine, in a process of its own that is locked in: no other file, no network, no "
        "extension and no setting is within its reach. --since, --until and --last limit what "
        "cloudtrail shows.",
    .options = OPTIONS,
    .examples = EXAMPLES,
    .run = run,
};
