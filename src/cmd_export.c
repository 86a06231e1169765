/* cmd_export - events leave the lake, in the shapes that other programs read. */
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/amount.h"
#include "base/clock.h"
#include "base/content.h"
#include "base/mem.h"
#include "cmd.h"
#include "export/export_groups.h"
#include "interrupt.h"
#include "query/record_output.h"
#include "query/worker.h"
#include "sources.h"
#include "sql_culprit.h"
#include "sql_source.h"
#include "sql_summary.h"

enum { SQL_BYTES_MAX = 1 << 20 };

static const Option OPTIONS[] = {
    {"format", 'f', VALUE_CHOICE, "FORMAT", "cloudtrail|jsonl|parquet|csv|ocsf|opensearch",
     CONFIG_NONE, "how the events are written"},
    {"output", 'o', VALUE_TEXT, "DIR", NULL, CONFIG_NONE, "a new or empty folder to write into"},
    {"where", 0, VALUE_TEXT, "SQL", NULL, CONFIG_NONE,
     "only events for which this is true: what stands behind WHERE in Athena's SQL"},
    {"index", 0, VALUE_TEXT, "NAME", NULL, CONFIG_NONE,
     "index or data stream of the lines for OpenSearch (standard: cloudtrail)"},
    {"from", 0, VALUE_TEXT, "SOURCE", NULL, CONFIG_NONE,
     "from these raw logs instead of a lake; may be given again"},
    SOURCES_OPTIONS,
    {"memory", 0, VALUE_SIZE, "SIZE", NULL, CONFIG_QUERY_MEMORY, "memory of the engine"},
    {"threads", 0, VALUE_NUMBER, "N", NULL, CONFIG_QUERY_THREADS, "threads of the engine"},
    {NULL, 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE, NULL},
};

static const char *const EXAMPLES[] = {
    "spoor export -o out -f cloudtrail --last 30d --where \"awsregion = 'eu-west-1'\"",
    "a month of one region as a trail would have delivered it",
    "spoor export -o bulk --format opensearch --index cloudtrail-2026 --since 2026-11-01",
    "lines for OpenSearch's _bulk, with the event's id as the document's",
    "spoor export -o ocsf --format ocsf --from ./AWSLogs",
    "raw logs as Security Lake has them, without a lake",
    NULL,
};

/* What one command does. */
typedef struct Exporting {
    const CommandLine *line;
    const char *folder; /* of the lake; NULL: the configured one */
    const char *word;   /* of the format */
    const char *path;
    Str condition;
    ExportFolder *out;
    _Atomic(Worker *) worker; /* of the statement that runs */
    atomic_bool stopped;
} Exporting;

static void stop(void *context, bool timed_out)
{
    Exporting *exporting = context;
    (void)timed_out;
    atomic_store(&exporting->stopped, true);
    Worker *worker = atomic_load(&exporting->worker);
    if (worker)
        worker_cancel(worker);
}

static bool start_worker(Exporting *exporting, WorkerOptions *options, Error *err)
{
    options->config = command_config(exporting->line);
    options->folder = exporting->folder;
    if (!command_range(exporting->line, &options->since_us, &options->until_us, err))
        return false;
    Worker *worker = worker_start(options, err);
    atomic_store(&exporting->worker, worker);
    if (worker && atomic_load(&exporting->stopped))
        worker_cancel(worker);
    return worker != NULL;
}

/* Runs a statement whose text has the condition from *at* on, and shows where it errs. */
static bool run_statement(Exporting *exporting, const WorkerStatement *statement, size_t at,
                          const WorkerSink *sink, WorkerAnswer *ret, Error *err)
{
    int64_t started_us = clock_monotonic_us();
    if (worker_run(atomic_load(&exporting->worker), statement, sink, ret, err)) {
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

/* The mapping that the lines want. */
static bool put_template(Exporting *exporting, Error *err)
{
    const ContentFile *file = CONTENT_FILES;
    while (strcmp(file->path, "export/opensearch-template.json") != 0)
        file++;
    return export_folder_put(exporting->out, STR("template.json"),
                             (Str){(const char *)file->bytes, file->len}, 0, err);
}

static bool write_records(Exporting *exporting, Error *err)
{
    WorkerAnswer answer = {0};
    const ExportHow how = {.index = str_of(command_text(exporting->line, "index", "cloudtrail"))};
    const WorkerStatement statement = {.sql = exporting->condition, .format = OUTPUT_RECORDS};
    ExportGroups *groups =
        export_groups_new(exporting->out, export_format(str_of(exporting->word)), &how, err);
    const WorkerSink sink = {.put = take, .context = groups};
    bool ok = groups && run_statement(exporting, &statement, 0, &sink, &answer, err) &&
              export_groups_end(groups, err);
    export_groups_free(groups);
    return ok && (strcmp(exporting->word, "opensearch") != 0 || put_template(exporting, err));
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
    bool ok = run_statement(exporting, statement, at, &sink, &answer, err);
    if (fclose(file) != 0 && ok)
        ok = error_errno(err, "cannot write '%s'", path);
    if (!ok)
        remove(path); /* half a result is none */
    return ok && export_folder_add(exporting->out, STR("events.csv"), answer.rows, err);
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
    return path && run_statement(exporting, statement, at, &sink, &answer, err) &&
           worker_export(atomic_load(&exporting->worker), path, err) &&
           export_folder_add(exporting->out, STR("events.parquet"), answer.rows, err);
}

static bool write_rows(Exporting *exporting, Error *err)
{
    size_t at;
    BUF_AUTO Buf sql = buf_init(SQL_BYTES_MAX);
    if (!record_output_statement(RECORD_OUTPUT_ALL, exporting->condition, &sql, &at, err))
        return false;
    WorkerStatement statement = {.sql = buf_str(&sql)};
    return strcmp(exporting->word, "csv") == 0 ? write_csv(exporting, &statement, at, err)
                                               : write_parquet(exporting, &statement, at, err);
}

/* ---- the command ---- */

static void tell(const Exporting *exporting)
{
    char events[AMOUNT_TEXT_BYTES], bytes[AMOUNT_TEXT_BYTES];
    ExportCount count = export_folder_count(exporting->out);
    amount_count(count.events, events);
    amount_bytes(count.bytes, bytes);
    printf("%s events as %s in %" PRIu64 " file%s, %s, in %s; manifest.json lists them\n", events,
           exporting->word, count.files, count.files == 1 ? "" : "s", bytes, exporting->path);
}

static bool write_all(Exporting *exporting, Error *err)
{
    WorkerOptions options = {0};
    if (!start_worker(exporting, &options, err))
        return false;
    exporting->out = export_folder_new(exporting->path, err);
    const ExportAsked asked = {exporting->word, exporting->condition, options.since_us,
                               options.until_us};
    bool ok =
        exporting->out && (export_format(str_of(exporting->word)) ? write_records(exporting, err)
                                                                  : write_rows(exporting, err));
    ok = ok && export_folder_end(exporting->out, &asked, err);
    if (ok)
        tell(exporting);
    export_folder_free(exporting->out);
    return ok;
}

static bool write_interruptibly(Exporting *exporting, Error *err)
{
    const InterruptCalls calls = {.stop = stop, .context = exporting};
    Interrupt *interrupt = interrupt_start(&calls, 0, err);
    bool ok = interrupt && write_all(exporting, err);
    interrupt_end(interrupt);
    worker_end(atomic_load(&exporting->worker));
    return ok;
}

static bool export(const CommandLine *line, Error *err)
{
    SqlSource *source = NULL;
    Exporting exporting = {.line = line,
                           .word = command_text(line, "format", "jsonl"),
                           .path = command_text(line, "output", NULL),
                           .condition = str_of(command_text(line, "where", ""))};
    if (!exporting.path)
        return error_set(err, ERROR_USAGE, "where to? -o DIR names a new folder");
    if (command_has(line, "index") && strcmp(exporting.word, "opensearch") != 0)
        return error_set(err, ERROR_USAGE, "--index goes with --format opensearch");
    if (command_has(line, "from")) {
        source = sql_source_open(line, err);
        exporting.folder = source ? sql_source_folder(source) : NULL;
        if (!source)
            return false;
    }
    bool ok = write_interruptibly(&exporting, err);
    sql_source_close(source);
    return ok;
}

static int run(const CommandLine *line, Error *err)
{
    if (export(line, err))
        return EXIT_STATUS_OK;
    return err->kind == ERROR_USAGE ? EXIT_STATUS_USAGE : EXIT_STATUS_FAILURE;
}

const Command cmd_export = {
    .name = "export",
    .arguments = "",
    .arguments_min = 0,
    .arguments_max = 0,
    .summary = "write events as files that other programs read",
    .description =
        "Writes the events of the lake for which --where is true, or those of --from SOURCE, into "
        "a "
        "new folder, and a manifest.json with the size and the SHA-256 of each file "
        "(docs/export.md). cloudtrail writes objects as a trail delivers them, under AWS's names: "
        "whatever reads a bucket's copy reads them. jsonl writes each record on a line; ocsf the "
        "events of OCSF 1.1.0, as Security Lake's, in folders of class, region, account and day; "
        "opensearch lines for _bulk, and an index template. These four are the records as they "
        "came, as JSON values, but for what filters hid. parquet and csv are one file each, of all "
        "columns. Events come in no order. Half an export has no manifest.",
    .options = OPTIONS,
    .examples = EXAMPLES,
    .run = run,
};
