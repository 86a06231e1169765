/* cmd_export - events leave the lake, in the shapes that other programs read. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/amount.h"
#include "base/content.h"
#include "case_bundle.h"
#include "cmd.h"
#include "exporting.h"
#include "interrupt.h"
#include "sources.h"
#include "sql_source.h"

static const Option OPTIONS[] = {
    {"format", 'f', VALUE_CHOICE, "FORMAT", "cloudtrail|jsonl|parquet|csv|ocsf|opensearch",
     CONFIG_NONE, "how the events are written"},
    {"output", 'o', VALUE_TEXT, "DIR", NULL, CONFIG_NONE, "a new or empty folder to write into"},
    {"where", 0, VALUE_TEXT, "SQL", NULL, CONFIG_NONE,
     "only events for which this is true: what stands behind WHERE in Athena's SQL"},
    {"index", 0, VALUE_TEXT, "NAME", NULL, CONFIG_NONE,
     "index or data stream of the lines for OpenSearch (standard: cloudtrail)"},
    {"case", 0, VALUE_TEXT, "NAME", NULL, CONFIG_NONE,
     "a case: events, receipts, findings, who was behind them, and a page to read"},
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
    "spoor export -o case --case 'The key that leaked' --where \"accesskey_id = 'AKIA...'\"",
    "all that is known of some events, for people: begin with case/index.html",
    "spoor export -o ocsf --format ocsf --from ./AWSLogs",
    "raw logs as Security Lake has them, without a lake",
    NULL,
};

/* The mapping that the lines want. */
static bool put_template(ExportFolder *out, Error *err)
{
    const ContentFile *file = CONTENT_FILES;
    while (strcmp(file->path, "export/opensearch-template.json") != 0)
        file++;
    return export_folder_put(out, STR("template.json"), (Str){(const char *)file->bytes, file->len},
                             0, err);
}

static bool write_events(Exporting *exporting, const char *word, Error *err)
{
    const ExportHow how = {.index = str_of(command_text(exporting->line, "index", "cloudtrail"))};
    const ExportFormat *format = export_format(str_of(word));
    if (!format)
        return strcmp(word, "csv") == 0 ? exporting_csv(exporting, err)
                                        : exporting_parquet(exporting, err);
    return exporting_records(exporting, format, &how, err) &&
           (strcmp(word, "opensearch") != 0 || put_template(exporting->out, err));
}

static void tell(const Exporting *exporting, const char *word, const char *path)
{
    char events[AMOUNT_TEXT_BYTES], bytes[AMOUNT_TEXT_BYTES];
    ExportCount count = export_folder_count(exporting->out);
    amount_count(count.events, events);
    amount_bytes(count.bytes, bytes);
    printf("%s event%s as %s in %" PRIu64 " file%s, %s, in %s; manifest.json lists them\n", events,
           count.events == 1 ? "" : "s", word, count.files, count.files == 1 ? "" : "s", bytes,
           path);
}

static bool write_all(Exporting *exporting, Error *err)
{
    const char *path = command_text(exporting->line, "output", NULL);
    const char *name = command_text(exporting->line, "case", NULL);
    const char *word = name ? "case" : command_text(exporting->line, "format", "jsonl");
    if (!exporting_start(exporting, err))
        return false;
    exporting->out = export_folder_new(path, err);
    const ExportAsked asked = {word, exporting->condition, exporting->since_us,
                               exporting->until_us};
    bool ok = exporting->out &&
              (name ? case_bundle_write(exporting, str_of(name), err)
                    : write_events(exporting, word, err)) &&
              export_folder_end(exporting->out, &asked, err);
    if (ok)
        tell(exporting, word, path);
    export_folder_free(exporting->out);
    return ok;
}

static bool write_interruptibly(Exporting *exporting, Error *err)
{
    const InterruptCalls calls = {.stop = exporting_stop, .context = exporting};
    Interrupt *interrupt = interrupt_start(&calls, 0, err);
    bool ok = interrupt && write_all(exporting, err);
    interrupt_end(interrupt);
    exporting_end(exporting);
    return ok;
}

static bool export(const CommandLine *line, Error *err)
{
    SqlSource *source = NULL;
    Exporting exporting = {.line = line, .condition = str_of(command_text(line, "where", ""))};
    if (!command_text(line, "output", NULL))
        return error_set(err, ERROR_USAGE, "where to? -o DIR names a new folder");
    if (command_has(line, "case") && command_has(line, "format"))
        return error_set(err, ERROR_USAGE, "a case has formats of its own: --case or --format");
    if (command_has(line, "index") && strcmp(command_text(line, "format", ""), "opensearch") != 0)
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
        "columns. Events come in no order. Half an export has no manifest. --case writes a bundle "
        "for people: the events as records and as a table, the receipts of their objects, findings "
        "about them, for each access key who was behind it, and index.html.",
    .options = OPTIONS,
    .examples = EXAMPLES,
    .run = run,
};
