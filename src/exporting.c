#include "exporting.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/mem.h"
#include "query/record_output.h"
#include "sql_culprit.h"
#include "sql_summary.h"

enum { SQL_BYTES_MAX = 1 << 20 };

void exporting_stop(void *context, bool timed_out)
{
    Exporting *exporting = context;
    (void)timed_out;
    atomic_store(&exporting->stopped, true);
    Worker *worker = atomic_load(&exporting->worker);
    if (worker)
        worker_cancel(worker);
}

bool exporting_start(Exporting *exporting, Error *err)
{
    WorkerOptions options = {.config = command_config(exporting->line),
                             .folder = exporting->folder};
    if (!command_range(exporting->line, &options.since_us, &options.until_us, err))
        return false;
    exporting->since_us = options.since_us;
    exporting->until_us = options.until_us;
    Worker *worker = worker_start(&options, err);
    atomic_store(&exporting->worker, worker);
    if (worker && atomic_load(&exporting->stopped))
        worker_cancel(worker);
    return worker != NULL;
}

void exporting_end(Exporting *exporting)
{
    worker_end(atomic_load(&exporting->worker));
}

bool exporting_run(Exporting *exporting, const WorkerStatement *statement, size_t at,
                   const WorkerSink *sink, WorkerAnswer *ret, Error *err)
{
    int64_t started_us = clock_monotonic_us();
    if (worker_run(atomic_load(&exporting->worker), statement, sink, ret, err)) {
        if (!exporting->again)
            sql_summary_say(ret, started_us);
        return true;
    }
    Place culprit = ret->culprit;
    if (at && culprit.at >= at) {
        culprit = (Place){culprit.at - (uint32_t)at, culprit.end - (uint32_t)at};
        record_output_blame(exporting->condition, culprit, err);
    }
    if (!at || ret->culprit.at >= at)
        sql_culprit_show(exporting->condition, culprit);
    return false;
}

/* ---- record by record ---- */

static bool take(void *context, Str bytes, Error *err)
{
    return export_groups_take(context, bytes, err);
}

bool exporting_records(Exporting *exporting, const ExportFormat *format, const ExportHow *how,
                       Error *err)
{
    WorkerAnswer answer = {0};
    const WorkerStatement statement = {.sql = exporting->condition, .format = OUTPUT_RECORDS};
    ExportGroups *groups = export_groups_new(exporting->out, format, how, err);
    const WorkerSink sink = {.put = take, .context = groups};
    bool ok = groups && exporting_run(exporting, &statement, 0, &sink, &answer, err) &&
              export_groups_end(groups, err);
    export_groups_free(groups);
    return ok;
}

/* ---- row by row, by the engine ---- */

static bool put_file(void *context, Str bytes, Error *err)
{
    return fwrite(bytes.ptr, 1, bytes.len, context) == bytes.len ||
           error_errno(err, "cannot write events.csv");
}

static bool write_csv(Exporting *exporting, WorkerStatement *statement, size_t at, Error *err)
{
    WorkerAnswer answer = {0};
    MEM_AUTO char *path = export_folder_path(exporting->out, STR("events.csv"), err);
    FILE *file = path ? fopen(path, "wxe") : NULL;
    if (!file)
        return path && error_errno(err, "cannot make '%s'", path);
    const WorkerSink sink = {.put = put_file, .context = file};
    statement->format = OUTPUT_CSV;
    bool ok = exporting_run(exporting, statement, at, &sink, &answer, err);
    if (fclose(file) != 0 && ok)
        ok = error_errno(err, "cannot write '%s'", path);
    if (!ok)
        remove(path); /* half a result is none */
    return ok && export_folder_add(exporting->out, STR("events.csv"),
                                   exporting->again ? 0 : answer.rows, err);
}

static bool put_nothing(void *context, Str bytes, Error *err)
{
    (void)context;
    (void)bytes;
    (void)err;
    return true;
}

static bool write_parquet(Exporting *exporting, WorkerStatement *statement, size_t at, Error *err)
{
    WorkerAnswer answer = {0};
    const WorkerSink sink = {.put = put_nothing};
    MEM_AUTO char *path = export_folder_path(exporting->out, STR("events.parquet"), err);
    statement->format = OUTPUT_FORMATS;
    return path && exporting_run(exporting, statement, at, &sink, &answer, err) &&
           worker_export(atomic_load(&exporting->worker), path, err) &&
           export_folder_add(exporting->out, STR("events.parquet"), answer.rows, err);
}

typedef bool (*WriteRows)(Exporting *exporting, WorkerStatement *statement, size_t at, Error *err);

static bool write_rows(Exporting *exporting, WriteRows write, Error *err)
{
    size_t at;
    BUF_AUTO Buf sql = buf_init(SQL_BYTES_MAX);
    if (!record_output_statement(RECORD_OUTPUT_ALL, exporting->condition, &sql, &at, err))
        return false;
    WorkerStatement statement = {.sql = buf_str(&sql)};
    return write(exporting, &statement, at, err);
}

bool exporting_csv(Exporting *exporting, Error *err)
{
    return write_rows(exporting, write_csv, err);
}

bool exporting_parquet(Exporting *exporting, Error *err)
{
    return write_rows(exporting, write_parquet, err);
}
