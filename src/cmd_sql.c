/* cmd_sql - answers a query over the lake's tables, in a locked engine. */
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file_copy.h"
#include "cmd.h"
#include "interrupt.h"
#include "query/output.h"
#include "setup.h"

static const Option OPTIONS[] = {
    {"format", 'f', VALUE_CHOICE, "FORMAT", "table|markdown|csv|json|jsonl|parquet", CONFIG_NONE,
     "how the result is written"},
    {"output", 'o', VALUE_TEXT, "FILE", NULL, CONFIG_NONE, "write to FILE instead of the terminal"},
    {"wide", 'w', VALUE_FLAG, NULL, NULL, CONFIG_NONE, "do not cut a table's cells"},
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
    "spoor sql \"DESCRIBE cloudtrail\"",
    "the columns of a table",
    NULL,
};

/* The width of the terminal that tables are cut to; 0 when standard output is none. */
static unsigned terminal_width(void)
{
    struct winsize size;
    return isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

static uint64_t rows_max(const CommandLine *line)
{
    return (uint64_t)config_number(command_config(line), CONFIG_QUERY_ROWS);
}

static bool write_result(const CommandLine *line, Session *session, EngineResult *result,
                         Error *err)
{
    uint64_t rows;
    const char *path = command_text(line, "output", NULL);
    const OutputStyle style = {.format = output_format(command_text(line, "format", "table")),
                               .width = path ? 0 : terminal_width(),
                               .wide = command_has(line, "wide"),
                               .types = session_output(session),
                               .rows_max = rows_max(line)};
    if (!path)
        return output_write(result, &style, stdout, &rows, err);
    FILE *out = fopen(path, "wx");
    if (!out)
        return error_errno(err, "cannot create '%s'", path);
    bool ok = output_write(result, &style, out, &rows, err);
    if (fclose(out) != 0 && ok)
        ok = error_errno(err, "cannot write '%s'", path);
    return ok;
}

static bool export_parquet(const CommandLine *line, Session *session, Error *err)
{
    uint64_t rows;
    const char *path = command_text(line, "output", NULL);
    if (!path)
        return error_set(err, ERROR_USAGE, "--format parquet needs --output FILE");
    const char *made;
    if (!session_export(session, str_of(command_argument(line, 0)), &made, &rows, err) ||
        !output_check_rows(rows, rows_max(line), err) || !file_copy(made, path, NULL, err))
        return false;
    fprintf(stderr, "%" PRIu64 " rows in %s\n", rows, path);
    return true;
}

static bool answer(const CommandLine *line, Session *session, Error *err)
{
    if (strcmp(command_text(line, "format", "table"), "parquet") == 0)
        return export_parquet(line, session, err);
    EngineResult *result = session_query(session, str_of(command_argument(line, 0)), err);
    bool ok = result && write_result(line, session, result, err);
    engine_result_free(result);
    return ok;
}

/* Shared with the waiting thread, which may be asked to stop before there is a session. */
typedef struct Running {
    _Atomic(Session *) session;
    atomic_bool stopped;
    atomic_bool timed_out;
} Running;

static void stop(void *context, bool timed_out)
{
    Running *running = context;
    atomic_store(&running->timed_out, timed_out);
    atomic_store(&running->stopped, true);
    Session *session = atomic_load(&running->session);
    if (session)
        session_interrupt(session);
}

static void say_stats(const Session *session, int64_t started_us)
{
    char size[SETUP_TEXT_BYTES];
    ScanCount scanned = session_scanned(session);
    setup_bytes_text(scanned.bytes, size);
    fprintf(stderr, "%" PRIu32 " days, %" PRIu64 " data files (%s) opened, %.3f s\n", scanned.days,
            scanned.files, size, (double)(clock_monotonic_us() - started_us) / 1e6);
}

static bool run_session(const CommandLine *line, Lake *lake, Running *running, Error *err)
{
    int64_t started_us = clock_monotonic_us();
    Session *session = setup_session(line, lake, err);
    if (!session)
        return false;
    atomic_store(&running->session, session);
    bool ok = !atomic_load(&running->stopped) && answer(line, session, err);
    if (atomic_load(&running->stopped) && !ok)
        error_set(err, ERROR_LIMIT, "the query was ended: %s",
                  atomic_load(&running->timed_out) ? "it ran longer than query.timeout"
                                                   : "interrupted");
    if (ok && command_has(line, "stats"))
        say_stats(session, started_us);
    return ok;
}

static bool run_interruptibly(const CommandLine *line, Lake *lake, Error *err)
{
    Running running = {.session = NULL};
    const InterruptCalls calls = {.stop = stop, .context = &running};
    int64_t timeout_us = config_number(command_config(line), CONFIG_QUERY_TIMEOUT);
    Interrupt *interrupt = interrupt_start(&calls, timeout_us, err);
    bool ok = interrupt && run_session(line, lake, &running, err);
    interrupt_end(interrupt);
    session_close(atomic_load(&running.session));
    return ok;
}

static int run(const CommandLine *line, Error *err)
{
    LAKE_AUTO Lake *lake = setup_lake(line, LAKE_READ, err);
    if (lake && run_interruptibly(line, lake, err))
        return EXIT_STATUS_OK;
    return err->kind == ERROR_USAGE ? EXIT_STATUS_USAGE : EXIT_STATUS_FAILURE;
}

const Command cmd_sql = {
    .name = "sql",
    .arguments = "QUERY",
    .arguments_min = 1,
    .arguments_max = 1,
    .summary = "answer a query over the lake",
    .description =
        "Runs one reading statement over the tables cloudtrail, cloudtrail_logs, objects and "
        "quarantine. The engine is locked: no file, no network, no extension and no setting is "
        "within its reach. --since, --until and --last limit what cloudtrail shows.",
    .options = OPTIONS,
    .examples = EXAMPLES,
    .run = run,
};
