#include "sql_run.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "base/mem.h"
#include "interrupt.h"
#include "sql_sink.h"
#include "sql_summary.h"

/* Shared with the waiting thread, which may be asked to stop before there is a worker. */
struct SqlRun {
    const CommandLine *line;
    Interrupt *interrupt;
    _Atomic(Worker *) worker;
    atomic_bool stopped;
};

static void stop(void *context, bool timed_out)
{
    SqlRun *run = context;
    (void)timed_out; /* the worker's matter */
    atomic_store(&run->stopped, true);
    Worker *worker = atomic_load(&run->worker);
    if (worker)
        worker_cancel(worker);
}

SqlRun *sql_run_begin(const CommandLine *line, const char *folder, Error *err)
{
    WorkerOptions options = {.config = command_config(line), .folder = folder};
    SqlRun *run = mem_calloc(1, sizeof *run, err);
    if (!run)
        return NULL;
    run->line = line;
    const InterruptCalls calls = {.stop = stop, .context = run};
    bool ok = command_range(line, &options.since_us, &options.until_us, err);
    run->interrupt = ok ? interrupt_start(&calls, 0, err) : NULL;
    Worker *worker = run->interrupt ? worker_start(&options, err) : NULL;
    atomic_store(&run->worker, worker);
    if (worker && atomic_load(&run->stopped))
        worker_cancel(worker);
    if (worker)
        return run;
    sql_run_end(run);
    return NULL;
}

static bool export_parquet(SqlRun *run, const WorkerStatement *statement, const char *path,
                           WorkerAnswer *ret, Error *err)
{
    if (!path)
        return error_set(err, ERROR_USAGE, "--format parquet needs --output FILE");
    SqlSink sink = sql_sink_new(path);
    const WorkerSink given = sql_sink_worker(&sink);
    Worker *worker = atomic_load(&run->worker);
    bool ok = worker_run(worker, statement, &given, ret, err);
    sql_progress_end(&sink.progress);
    if (!ok || !worker_export(worker, path, err))
        return false;
    fprintf(stderr, "%" PRIu64 " rows in %s\n", ret->rows, path);
    return true;
}

bool sql_run_answer(SqlRun *run, Str sql, WorkerAnswer *ret, Error *err)
{
    const Config *config = command_config(run->line);
    const char *path = command_text(run->line, "output", NULL);
    const WorkerStatement statement = {
        .sql = sql,
        .format = output_format(command_text(run->line, "format", "table")),
        .width = path ? 0 : sql_sink_width(),
        .wide = command_has(run->line, "wide"),
        .rows_max = (uint64_t)config_number(config, CONFIG_QUERY_ROWS),
        .timeout_us = config_number(config, CONFIG_QUERY_TIMEOUT)};
    if (statement.format == OUTPUT_FORMATS)
        return export_parquet(run, &statement, path, ret, err);
    SqlSink sink = sql_sink_new(path);
    const WorkerSink given = sql_sink_worker(&sink);
    bool ok = worker_run(atomic_load(&run->worker), &statement, &given, ret, err);
    return sql_sink_end(&sink, ok, err);
}

bool sql_run_lines(SqlRun *run, Str sql, const WorkerSink *sink, WorkerAnswer *ret, Error *err)
{
    const WorkerStatement statement = {
        .sql = sql,
        .format = OUTPUT_JSONL,
        .timeout_us = config_number(command_config(run->line), CONFIG_QUERY_TIMEOUT)};
    return worker_run(atomic_load(&run->worker), &statement, sink, ret, err);
}

void sql_run_say(const SqlRun *run, const WorkerAnswer *given, int64_t started_us)
{
    bool stats = command_has(run->line, "stats");
    if (stats || isatty(STDERR_FILENO))
        sql_summary_say(given, started_us);
    if (stats)
        fprintf(stderr, "confined: %s\n", worker_confinement(atomic_load(&run->worker)));
}

bool sql_run_is_stopped(const SqlRun *run)
{
    return atomic_load(&run->stopped);
}

void sql_run_end(SqlRun *run)
{
    if (!run)
        return;
    interrupt_end(run->interrupt);
    worker_end(atomic_load(&run->worker));
    mem_free(run);
}
