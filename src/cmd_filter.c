/* cmd_filter - filters for records: which there are, whether they can be read, what they would do.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/amount.h"
#include "base/cell.h"
#include "base/timestamp.h"
#include "cmd.h"
#include "decode/object.h"
#include "filter_explain.h"
#include "filter_try.h"
#include "redaction_key.h"
#include "rules.h"
#include "setup.h"

static const RedactKey NO_KEY = {{"", 0}, {"", 0}};

enum { RECORDS = 1000000, NAME_WIDTH = 32, LINE_BYTES_MAX = 1 << 16 };

static const Option OPTIONS[] = {
    {"filters", 0, VALUE_TEXT, "PATH", NULL, CONFIG_NONE,
     "a file or folder of filters, or the name of one that ships; may be given several times "
     "(default: those of spoor.yml, else all that ship)"},
    {"records", 'n', VALUE_NUMBER, "N", NULL, CONFIG_NONE, "of test: look at N at most (1M)"},
    RULES_OPTIONS,
    {NULL, 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE, NULL},
};

static const char *const EXAMPLES[] = {
    "spoor filter list",
    "those that ship: what each drops, how much of a trail that is, and what is seen less of",
    "spoor filter test ./AWSLogs --last 7d",
    "what they would do to the records of the last week, with examples",
    "spoor filter test s3://my-trail-bucket/AWSLogs/ --filters my-filters.yml -n 100k",
    "those of a file, on the first 100,000 records of a bucket",
    "spoor filter explain event.json --filters my-filters",
    "what each does to one event, and who ends the matter",
    "spoor filter check my-filters",
    "what is wrong with them, with file and line",
    NULL,
};

/* Adds those of spoor.yml, or without any all that ship. */
static bool add_usual(const CommandLine *line, FilterSet *set, Error *err)
{
    const Config *config = command_config(line);
    return filter_set_is_wanted(config) ? filter_set_add_configured(set, config, err)
                                        : filter_set_add_shipped(set, err);
}

/* The filters that --filters names, or arguments from *first* on; NULL with *err*. */
static FilterSet *open_set(const CommandLine *line, int first, const RedactKey *key, Error *err)
{
    const char *item;
    int count = 0;
    FilterSet *set = filter_set_new(err);
    bool ok = set && filter_set_key(set, key, err);
    for (; ok && (item = command_text_at(line, "filters", count)) != NULL; count++)
        ok = filter_set_add(set, str_of(item), err);
    for (int i = first; ok && i < command_argument_count(line); i++, count++)
        ok = filter_set_add(set, str_of(command_argument(line, i)), err);
    if (ok && (count || add_usual(line, set, err)) && filter_set_finish(set, err))
        return set;
    filter_set_free(set);
    return NULL;
}

/* As open_set, with what is needed to use them. */
static FilterSet *open_usable(const CommandLine *line, Error *err)
{
    RedactionKey key;
    FilterSet *set = redaction_key_read(command_config(line), &key, err)
                         ? open_set(line, command_argument_count(line), &key.key, err)
                         : NULL;
    redaction_key_wipe(&key);
    if (!set || filter_set_check_key(set, err))
        return set;
    filter_set_free(set);
    return NULL;
}

static int all_arguments(const CommandLine *line)
{
    return command_argument_count(line);
}

/* ---- list, check ---- */

static bool print_line(const char *words, Str text, Error *err)
{
    BUF_AUTO Buf shown = buf_init(LINE_BYTES_MAX);
    if (!text.len)
        return true;
    if (!cell_visible(text, &shown, err))
        return false;
    printf("    %s%.*s\n", words, STR_ARG(buf_str(&shown)));
    return true;
}

static void print_head(const RecordFilter *filter)
{
    printf("%-*.*s  %s", NAME_WIDTH, STR_ARG(filter->name), filter_set_verb(filter->verb));
    if (filter->verb == FILTER_SAMPLE)
        printf(" 1/%" PRIu32, filter->one_in);
    printf("%s\n", filter->even_if_detected ? ", even if detected" : "");
}

static bool list(const CommandLine *line, Error *err)
{
    FilterSet *set = open_set(line, all_arguments(line), &NO_KEY, err);
    bool ok = set != NULL;
    for (size_t i = 0; ok && i < filter_set_count(set); i++) {
        const RecordFilter *filter = filter_set_at(set, i);
        print_head(filter);
        ok = print_line("", filter->description, err) &&
             print_line("share: ", filter->share, err) && print_line("costs: ", filter->costs, err);
    }
    filter_set_free(set);
    return ok;
}

static bool check(const CommandLine *line, Error *err)
{
    FilterSet *set = open_set(line, 1, &NO_KEY, err);
    if (set)
        printf("%zu filters can be used\n", filter_set_count(set));
    filter_set_free(set);
    return set != NULL;
}

/* ---- test ---- */

static double share(uint64_t part, uint64_t all)
{
    return all ? 100.0 * (double)part / (double)all : 0;
}

static void print_redaction(const RecordFilter *filter, uint64_t matched, uint64_t redacted,
                            uint64_t records)
{
    char asked[AMOUNT_TEXT_BYTES], changed[AMOUNT_TEXT_BYTES];
    amount_count(matched, asked);
    amount_count(redacted, changed);
    printf("%-*.*s  %-6s  %12s  %12s  %5.1f %%  changed\n", NAME_WIDTH, STR_ARG(filter->name),
           filter_set_verb(filter->verb), asked, changed, share(redacted, records));
}

/* What a function changed, and beside that dropped and failed on. */
static void print_function(const RecordFilter *filter, const FilterTally *tally, uint64_t records)
{
    char dropped[AMOUNT_TEXT_BYTES], failed[AMOUNT_TEXT_BYTES], spared[AMOUNT_TEXT_BYTES];
    print_redaction(filter, tally->matched, tally->changed, records);
    amount_count(tally->dropped, dropped);
    amount_count(tally->failed, failed);
    amount_count(tally->spared, spared);
    printf("%-*s  dropped %s, would drop %s that raised a signal, failed on %s\n", NAME_WIDTH, "",
           dropped, spared, failed);
}

static void print_tally(const RecordFilter *filter, const FilterTally *tally, uint64_t records)
{
    char matched[AMOUNT_TEXT_BYTES], dropped[AMOUNT_TEXT_BYTES], bytes[AMOUNT_TEXT_BYTES];
    char spared[AMOUNT_TEXT_BYTES];
    amount_count(tally->matched, matched);
    amount_count(tally->dropped, dropped);
    amount_bytes(tally->dropped_bytes, bytes);
    amount_count(tally->spared, spared);
    printf("%-*.*s  %-6s  %12s  %12s  %5.1f %%  %10s  %12s\n", NAME_WIDTH, STR_ARG(filter->name),
           filter_set_verb(filter->verb), matched, dropped, share(tally->dropped, records), bytes,
           spared);
}

static bool print_examples(const RecordFilter *filter, const FilterExamples *examples, Error *err)
{
    BUF_AUTO Buf line = buf_init(LINE_BYTES_MAX);
    bool ok = true;
    if (examples->count)
        printf("\n%.*s would %s, for instance\n", STR_ARG(filter->name),
               examples->list[0].diff.len ? "change" : "drop");
    for (int i = 0; ok && i < examples->count; i++) {
        const FilterExample *example = &examples->list[i];
        char time[TIMESTAMP_TEXT_BYTES];
        line.len = 0;
        timestamp_format_zone(example->time_us, time);
        ok = buf_printf(&line, err, "  %s  ", time) &&
             cell_visible(str_of(example->source), &line, err) &&
             buf_append_str(&line, STR("  "), err) &&
             cell_visible(str_of(example->name), &line, err) &&
             buf_append_str(&line, STR("  "), err) &&
             cell_visible(str_of(example->who), &line, err) &&
             buf_append_str(&line, STR("  "), err) &&
             cell_visible(str_of(example->event_id), &line, err);
        printf("%.*s\n%.*s", STR_ARG(buf_str(&line)), STR_ARG(example->diff));
    }
    return ok;
}

static void print_sum(const FilterTryReport *report)
{
    char records[AMOUNT_TEXT_BYTES], kept[AMOUNT_TEXT_BYTES], dropped[AMOUNT_TEXT_BYTES];
    char stands[AMOUNT_TEXT_BYTES], detected[AMOUNT_TEXT_BYTES];
    amount_count(report->records, records);
    amount_count(report->kept, kept);
    amount_count(report->dropped, dropped);
    amount_count(report->stands_for, stands);
    amount_count(report->detected, detected);
    printf("\n%s record%s of %" PRIu64 " object%s%s: %s kept, %s dropped (%.1f %%)\n", records,
           report->records == 1 ? "" : "s", report->objects, report->objects == 1 ? "" : "s",
           report->more ? ", and there are more" : "", kept, dropped,
           share(report->dropped, report->records));
    if (report->quarantined || report->incomplete)
        printf("not tried: %" PRIu64 " records that could not be read; %" PRIu64
               " objects are incomplete or no logs\n",
               report->quarantined, report->incomplete);
    if (report->stands_for != report->kept)
        printf("the kept ones stand for %s, as samples\n", stands);
    if (report->redacted) {
        char redacted[AMOUNT_TEXT_BYTES];
        amount_count(report->redacted, redacted);
        printf("something is hidden or changed in %s of the kept ones\n", redacted);
    }
    if (report->failed)
        printf("functions fail on %" PRIu64 " records, which would be quarantined\n",
               report->failed);
    printf("%s raised a signal\n", detected);
}

static void print_line_of(const FilterSet *set, const FilterTry *tried, size_t index)
{
    const RecordFilter *filter = filter_set_at(set, index);
    const FilterTally *tally = filter_run_tally(filter_try_tallies(tried), index);
    uint64_t records = filter_try_report(tried)->records;
    if (filter->verb == FILTER_FUNCTION)
        print_function(filter, tally, records);
    else if (filter->verb == FILTER_REDACT)
        print_redaction(filter, tally->matched, filter_try_redacted(tried, index), records);
    else
        print_tally(filter, tally, records);
}

static bool test(const CommandLine *line, Error *err)
{
    FilterSet *set = open_usable(line, err);
    FilterTry *tried =
        set ? filter_try_run(line, set, (uint64_t)command_number(line, "records", RECORDS), err)
            : NULL;
    bool ok = tried != NULL;
    if (ok)
        printf("%-*s  %-6s  %12s  %12s  %7s  %10s  %12s\n", NAME_WIDTH, "filter", "does", "matched",
               "dropped", "of all", "bytes", "kept: signal");
    for (size_t i = 0; ok && i < filter_set_count(set); i++)
        print_line_of(set, tried, i);
    if (ok)
        print_sum(filter_try_report(tried));
    for (size_t i = 0; ok && i < filter_set_count(set); i++)
        ok = print_examples(filter_set_at(set, i), filter_try_examples(tried, i), err);
    filter_try_free(tried);
    filter_set_free(set);
    return ok;
}

/* ---- explain ---- */

static bool explain(const CommandLine *line, Error *err)
{
    FilterSet *set = NULL;
    if (command_argument_count(line) != 2)
        return error_set(err, ERROR_USAGE,
                         "explain takes one file of events, or - for the "
                         "standard input");
    set = open_usable(line, err);
    bool ok = set && filter_explain(line, set, command_argument(line, 1), err);
    filter_set_free(set);
    return ok;
}

static const struct {
    const char *name;
    bool (*run)(const CommandLine *line, Error *err);
} VERBS[] = {{"list", list}, {"check", check}, {"test", test}, {"explain", explain}};

static int run(const CommandLine *line, Error *err)
{
    const char *verb = command_argument(line, 0);
    for (size_t i = 0; i < sizeof VERBS / sizeof *VERBS; i++)
        if (strcmp(VERBS[i].name, verb) == 0) {
            if (VERBS[i].run(line, err))
                return EXIT_STATUS_OK;
            return err->kind == ERROR_USAGE ? EXIT_STATUS_USAGE : EXIT_STATUS_FAILURE;
        }
    error_set(err, ERROR_USAGE, "'%.40s' is none of list, check, test and explain", verb);
    return EXIT_STATUS_USAGE;
}

const Command cmd_filter = {
    .name = "filter",
    .arguments = "list|check|test|explain [SOURCE...]",
    .arguments_min = 1,
    .arguments_max = -1,
    .summary = "try filters, which drop or sample records, on logs",
    .description =
        "Filters are files (docs/filters.md): which records are dropped, kept in any case, or "
        "sampled before they would be stored; conditions are CloudWatch filter patterns, "
        "EventBridge patterns or Sigma detections. list prints them, check reads those of its "
        "arguments and says what is wrong, with file and line. test reads SOURCE as hunt does, "
        "stores nothing, and counts what each filter would drop, with three examples; rules are "
        "tried, too, since what raises a signal is kept. explain says of each event of a file what "
        "each filter does.",
    .options = OPTIONS,
    .examples = EXAMPLES,
    .run = run,
};
