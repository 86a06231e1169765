#include "ingest.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "alarming.h"
#include "asking.h"
#include "base/cell.h"
#include "base/log.h"
#include "base/pool.h"
#include "beside.h"
#include "drops_print.h"
#include "finding_beside.h"
#include "lake/merge.h"
#include "lake/merge_choose.h"
#include "lake/receipt.h"
#include "setup.h"

typedef enum {
    COUNT,
    SELDOM,  /* a count without a line of text when it is 0 */
    DROPPED, /* when filters did something, and by filter below it */
    BYTES,
} LineKind;

/* The reconciliation's lines: JSON name, words, and where the number is in the report. */
static const struct {
    const char *name;
    const char *words;
    size_t offset;
    LineKind kind;
} LINES[] = {
    {"objects_listed", "objects listed", offsetof(IngestReport, listed), COUNT},
    {"objects_ingested", "  ingested", offsetof(IngestReport, ingested), COUNT},
    {"objects_incomplete", "    of these, incomplete", offsetof(IngestReport, incomplete), COUNT},
    {"objects_already_in", "  already in", offsetof(IngestReport, already_in), COUNT},
    {"objects_quarantined", "  quarantined", offsetof(IngestReport, quarantined), COUNT},
    {"objects_unreadable", "  unreadable", offsetof(IngestReport, unreadable), COUNT},
    {"objects_archived", "  archived", offsetof(IngestReport, archived), SELDOM},
    {"objects_waiting", "  waiting", offsetof(IngestReport, waiting), COUNT},
    {"messages_received", "messages received", offsetof(IngestReport, messages_received), SELDOM},
    {"messages_deleted", "  deleted", offsetof(IngestReport, messages_deleted), SELDOM},
    {"messages_set_aside", "    of these, set aside", offsetof(IngestReport, messages_set_aside),
     SELDOM},
    {"messages_left", "  left in the queue", offsetof(IngestReport, messages_left), SELDOM},
    {"records_read", "records read", offsetof(IngestReport, records_read), COUNT},
    {"records_kept", "  kept", offsetof(IngestReport, records_kept), COUNT},
    {"records_conflicting", "    of these, conflicting",
     offsetof(IngestReport, records_conflicting), COUNT},
    {"records_duplicate", "  duplicate", offsetof(IngestReport, records_duplicate), COUNT},
    {"records_dropped", "  dropped by filters", offsetof(IngestReport, records_dropped), DROPPED},
    {"records_quarantined", "  quarantined", offsetof(IngestReport, records_quarantined), COUNT},
    {"pieces_quarantined", "pieces quarantined", offsetof(IngestReport, pieces_quarantined), COUNT},
    {"signals", "signals", offsetof(IngestReport, signals), COUNT},
    {"signals_packed", "  for correlations", offsetof(IngestReport, signals_packed), COUNT},
    {"bytes", "bytes of the objects", offsetof(IngestReport, bytes), BYTES},
    {"inflated_bytes", "bytes inflated", offsetof(IngestReport, inflated_bytes), BYTES},
    {"lake_bytes", "bytes written", offsetof(IngestReport, lake_bytes), BYTES},
    {"files", "data files written", offsetof(IngestReport, files), COUNT},
    {"parts", "commits", offsetof(IngestReport, parts), COUNT},
    {"days_merged", "days merged", offsetof(IngestReport, days_merged), SELDOM},
    {"files_merged", "  from data files", offsetof(IngestReport, files_merged), SELDOM},
};

enum { EVALUATE_US = 60000000, TITLE_BYTES_MAX = 4096 };

enum { LINE_COUNT = sizeof LINES / sizeof *LINES };

static uint64_t number_at(const IngestReport *report, size_t offset)
{
    uint64_t number;
    memcpy(&number, (const char *)report + offset, sizeof number);
    return number;
}

static double rate_of(const IngestReport *report)
{
    return report->seconds > 0 ? (double)report->records_read / report->seconds : 0;
}

/* Worth a word: so many small files cost each query what those of a day that is still open may. */
static void print_due(const MergeDue *due, const Lake *lake)
{
    char files[AMOUNT_TEXT_BYTES];
    if (due->files < MERGE_OPEN_FILES)
        return;
    amount_count(due->files, files);
    printf("%s small files too many in %" PRIu64
           " closed days; run: spoor lake compact --lake %s\n",
           files, due->days, lake->folder);
}

/* What is printed besides the report. */
typedef struct Printed {
    MergeDue due;
    int64_t first_object; /* the first that this ingest made */
} Printed;

/* A line of the reconciliation; below what was dropped, who did. */
static bool print_line(int line, const IngestReport *report, const Printed *printed, Lake *lake,
                       Error *err)
{
    char text[AMOUNT_TEXT_BYTES];
    LineKind kind = LINES[line].kind;
    uint64_t number = number_at(report, LINES[line].offset);
    bool due = number || (kind != SELDOM && kind != DROPPED);
    if (kind == DROPPED && !drops_print_is_due(lake, printed->first_object, &due, err))
        return false;
    if (!due)
        return true;
    if (kind == BYTES)
        amount_bytes(number, text);
    else
        amount_count(number, text);
    printf("%-26s %12s\n", LINES[line].words, text);
    return kind != DROPPED || drops_print(lake, printed->first_object, false, err);
}

static bool print_text(const IngestReport *report, const Printed *printed, Lake *lake, Error *err)
{
    char text[AMOUNT_TEXT_BYTES];
    for (int i = 0; i < LINE_COUNT; i++)
        if (!print_line(i, report, printed, lake, err))
            return false;
    amount_count((uint64_t)rate_of(report), text);
    printf("%-26s %12.2f\n%-26s %12s\n", "seconds", report->seconds, "records a second", text);
    printf("lake %s\n", lake->folder);
    if (report->unreadable)
        printf("unreadable: %s%s\n", report->first_unreadable,
               report->unreadable > 1 ? ", and others" : "");
    if (report->archived)
        printf(
            "archived objects were left out: --restore DAYS asks S3 for them, then ingest again\n");
    if (report->pieces_quarantined)
        printf("see: spoor quarantine list --lake %s\n", lake->folder);
    if (report->signals || report->signals_packed)
        printf("see: spoor findings list --lake %s\n", lake->folder);
    print_due(&printed->due, lake);
    if (report->interrupted && report->waiting)
        printf("interrupted: run the same command again to go on\n");
    return true;
}

static bool print_json(const IngestReport *report, double correlations_seconds,
                       const Printed *printed, Lake *lake, Error *err)
{
    printf("{");
    for (int i = 0; i < LINE_COUNT; i++)
        printf("\"%s\":%" PRIu64 ",", LINES[i].name, number_at(report, LINES[i].offset));
    printf("\"files_to_merge\":%" PRIu64
           ",\"seconds\":%.3f,\"correlations_seconds\":%.3f,\"records_per_second\":%.0f,"
           "\"interrupted\":%s,\"filters\":[",
           printed->due.files, report->seconds, correlations_seconds, rate_of(report),
           report->interrupted ? "true" : "false");
    bool ok = drops_print(lake, printed->first_object, true, err);
    printf("]}\n");
    return ok;
}

static bool print_report(const CommandLine *line, const IngestReport *report,
                         const IngestOptions *options, const Printed *printed, Error *err)
{
    double seconds = options->tried ? tried_holder_report(options->tried).seconds : 0;
    bool ok = strcmp(command_text(line, "format", "text"), "json") == 0
                  ? print_json(report, seconds, printed, options->lake, err)
                  : print_text(report, printed, options->lake, err);
    fflush(stdout);
    return ok;
}

static int status_of(const IngestReport *report, const IngestInput *input, Error *err)
{
    if (report->unreadable) {
        error_set(err, ERROR_ACCESS, "%" PRIu64 " object%s could not be read, the first: %s",
                  report->unreadable, report->unreadable == 1 ? "" : "s", report->first_unreadable);
        return EXIT_STATUS_FAILURE;
    }
    if (report->interrupted && !(input->endless && !report->waiting)) {
        error_set(err, ERROR_LIMIT, "interrupted; %" PRIu64 " objects are waiting",
                  report->waiting);
        return EXIT_STATUS_FAILURE;
    }
    return report->pieces_quarantined || report->quarantined ? EXIT_STATUS_QUARANTINE
                                                             : EXIT_STATUS_OK;
}

/* What there is to say of correlations, on standard error. */
static void tell_correlations(const WatchReport *report)
{
    BUF_AUTO Buf title = buf_init(TITLE_BYTES_MAX);
    Error ignored = {0};
    if (report->news)
        log_tell(LOG_INFO, NULL,
                 "%" PRIu64 " correlation%s new or changed: only what is ingested from now on"
                 " counts; spoor rules backtest looks at what was before",
                 report->news, report->news == 1 ? " is" : "s are");
    if (report->untold && cell_visible(str_of(report->untold_rule), &title, &ignored))
        log_tell(LOG_WARN, NULL,
                 "correlations were true %" PRIu64 " times more than are kept (%d of one at a"
                 " time), such as '%.*s': narrow it",
                 report->untold, WATCH_EPISODES_MAX, STR_ARG(buf_str(&title)));
}

/* What there is to say of the newest rules, and of the correlations of all. */
static void tell_tried(TriedHolder *holder, bool silent)
{
    Tried *tried = tried_holder_get(holder);
    const WatchReport report = tried_holder_report(holder);
    if (tried_detection(tried))
        detection_rules_tell(tried_detection(tried), silent);
    tell_correlations(&report);
    tried_release(tried);
}

/* What lies beside digests, before a snapshot is published. */
static bool keep_beside(void *context, Error *err)
{
    bool any;
    return beside_keep(context, &any, err);
}

/* The same at the end, published when it is news. */
static bool keep_rest(const CommandLine *line, Beside *beside, Error *err)
{
    bool any;
    return beside_keep(beside, &any, err) && (!any || setup_publish(line, beside->lake, err));
}

/* What follows from what came in: questions, findings, alarms. */
static bool follow_up(const CommandLine *line, const IngestInput *input, Lake *lake, Asking *asking,
                      Error *err)
{
    return (!asking || asking_finish(asking, err)) && finding_beside_run(line, lake->folder, err) &&
           (input->served || alarming_once(command_config(line), lake, err));
}

/* What is done when all is in. */
static bool finish(const CommandLine *line, const IngestInput *input, const IngestOptions *options,
                   Asking *asking, MergeDue *ret_due, Error *err)
{
    return keep_rest(line, options->before_context, err) &&
           follow_up(line, input, options->lake, asking, err) &&
           merge_due(options->lake, ret_due, err);
}

static int ingest_with(const CommandLine *line, const IngestInput *input,
                       const IngestOptions *options, Asking *asking, Error *err)
{
    IngestReport report = {0};
    Printed printed = {.due = {0}};
    Error trouble = {0};
    bool ok = receipt_next_id(options->lake, &printed.first_object, err) &&
              pipeline_ingest(options, &report, err);
    bool ended = !input->end || input->end(input->context, &report, &trouble);
    if (ok && !ended)
        *err = trouble;
    report.listed += report.archived; /* seen in the listing, and nothing more was done with them */
    ok = ok && ended && finish(line, input, options, asking, &printed.due, err);
    if (!input->served && (ok || report.listed))
        ok = print_report(line, &report, options, &printed, ok ? err : &trouble) && ok;
    if (options->tried)
        tell_tried(options->tried, command_has(line, "rules"));
    return ok ? status_of(&report, input, err) : EXIT_STATUS_FAILURE;
}

/* Whether anything is tried on records or derived of them. */
static bool is_tried(const CommandLine *line)
{
    const Config *config = command_config(line);
    return !command_has(line, "no-detect") || setup_writes_derived(config) ||
           alarm_set_is_wanted(config) || filter_set_is_wanted(config);
}

int ingest_run(const CommandLine *line, Lake *lake, const IngestInput *input, Error *err)
{
    const Config *config = command_config(line);
    int64_t jobs = config_number(config, CONFIG_INGEST_JOBS);
    bool tries = is_tried(line);
    object_list_sort(input->list);
    Reload *reload = tries ? reload_open(line, lake, err) : NULL;
    if (tries && !reload)
        return EXIT_STATUS_FAILURE;
    Merging *merging = input->endless ? merging_open(line, lake, err) : NULL;
    if (input->endless && !merging) {
        reload_free(reload);
        return EXIT_STATUS_FAILURE;
    }
    Beside beside = {.lake = lake, .aws = input->aws};
    const IngestOptions options = {
        .lake = lake,
        .before_publish = keep_beside,
        .before_context = &beside,
        .listed = input->list,
        .aws = input->aws,
        .next = input->next,
        .tick = input->tick,
        .anew = input->anew,
        .context = input->context,
        .tried = reload ? reload_holder(reload) : NULL,
        .reload = reload,
        .merging = merging,
        .jobs = jobs > 0 && jobs <= 256 ? (int)jobs : pool_processors(),
        .part_rows = (uint32_t)config_number(config, CONFIG_INGEST_PART_ROWS),
        .publish_us = config_number(config, CONFIG_LAKE_PUBLISH),
        .evaluate_us = EVALUATE_US,
        .free_bytes_min = (uint64_t)config_number(config, CONFIG_INGEST_FREE),
        .show_progress = !input->served && isatty(STDERR_FILENO) != 0,
        .again = input->again,
    };
    Asking *asking = NULL; /* a service has a schedule for it (cmd_serve.c) */
    if (!input->served && !(asking = asking_open(line, lake->folder, NULL, true, err))) {
        merging_free(merging);
        reload_free(reload);
        return EXIT_STATUS_FAILURE;
    }
    int status = ingest_with(line, input, &options, asking, err);
    asking_free(asking);
    merging_free(merging);
    reload_free(reload);
    return status;
}
