/* cmd_hunt - scans raw logs or a lake with rules, and prints what matched. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/pool.h"
#include "cmd.h"
#include "hunt/gather.h"
#include "hunt/summary.h"
#include "hunt/timeline.h"
#include "query/lake_hunt.h"
#include "rules.h"
#include "setup.h"
#include "sources.h"

static const Option OPTIONS[] = {
    RULES_OPTIONS,
    {"min-level", 'm', VALUE_CHOICE, "LEVEL", "informational|low|medium|high|critical", CONFIG_NONE,
     "leave out what is below (default: low)"},
    {"format", 'f', VALUE_CHOICE, "FORMAT", "table|jsonl|json|csv|asff|ocsf", CONFIG_NONE,
     "of the matches (default: table); asff and ocsf gather them to findings"},
    {"limit", 'n', VALUE_NUMBER, "N", NULL, CONFIG_NONE, "rows of the table (default: 200)"},
    {"jobs", 'j', VALUE_NUMBER, "N", NULL, CONFIG_INGEST_JOBS, "workers, 0 for all cores"},
    SOURCES_OPTIONS,
    {NULL, 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE, NULL},
};

static const char *const EXAMPLES[] = {
    "spoor hunt ./AWSLogs",
    "what the rules that ship find below a folder",
    "spoor hunt ./AWSLogs --rules my-rules --min-level high",
    "with rules of your own, the worst only",
    "spoor hunt ./AWSLogs --last 7d --format jsonl",
    "of the last week, one JSON object a match",
    "spoor hunt s3://my-trail-bucket/AWSLogs/ --last 1d",
    "in a bucket, nothing stored",
    "spoor hunt --lake ./lake --last 90d",
    "the same in what a lake holds, without the logs",
    "spoor hunt ./AWSLogs --format asff > findings.json",
    "findings for AWS Security Hub: batch-import-findings takes 100 of them a call",
    "spoor hunt ./AWSLogs --format ocsf > findings.jsonl",
    "OCSF Detection Findings, one JSON object a line",
    NULL,
};

enum {
    MATCH_BYTES_MAX = 256 << 20,
    ROWS_MAX = 200,
    SUMMARY_ROWS_MAX = 15,
    TOLD_MAX = 20,
    COLUMNS_ELSE = 140
};

/* Formats by name: of matches, or of findings. */
static const struct {
    const char *name;
    TimelineFormat timeline;
    bool (*findings)(const Gather *gather, FILE *out, Error *err);
} FORMATS[] = {{"table", TIMELINE_TABLE, NULL},
               {"jsonl", TIMELINE_JSONL, NULL},
               {"json", TIMELINE_JSON, NULL},
               {"csv", TIMELINE_CSV, NULL},
               {"asff", TIMELINE_JSON, gather_write_asff},
               {"ocsf", TIMELINE_JSONL, gather_write_ocsf}};

static size_t format_of(const CommandLine *line)
{
    const char *name = command_text(line, "format", "table");
    size_t format = 0;
    while (strcmp(FORMATS[format].name, name) != 0)
        format++;
    return format;
}

/* What is hunted in. */
typedef struct Ground {
    ObjectList *objects; /* raw logs */
    Sources *sources;    /* they are of them */
    Lake *lake;          /* NULL: they */
    int troubles;        /* paths that could not be looked at */
    ScanCount scanned;   /* of the lake */
} Ground;

static void print_ground(const Ground *ground, const HuntReport *report, FILE *out)
{
    if (ground->lake)
        fprintf(out, "events of %" PRIu64 " data files, ", ground->scanned.files);
    else
        fprintf(out, "records of %" PRIu64 " objects, ", report->objects);
}

/* What was read, and at which speed. */
static void print_totals(const HuntReport *report, const Ground *ground, size_t rules, FILE *out)
{
    char records[AMOUNT_TEXT_BYTES], matches[AMOUNT_TEXT_BYTES], rate[AMOUNT_TEXT_BYTES];
    amount_count(report->records, records);
    amount_count(report->matches, matches);
    amount_count((uint64_t)((double)report->records / report->seconds), rate);
    fprintf(out, "\n%s matches of %zu rules in %s ", matches, rules, records);
    print_ground(ground, report, out);
    fprintf(out, "%.2f s, %s records a second\n", report->seconds, rate);
    if (report->quarantined)
        fprintf(out, "%" PRIu64 " records could not be read\n", report->quarantined);
    if (report->incomplete)
        fprintf(out, "%" PRIu64 " objects are cut, broken or no logs, the first: %s\n",
                report->incomplete, report->first_incomplete);
    if (report->dropped)
        fprintf(out, "%" PRIu64 " matches were counted and not kept: too many\n", report->dropped);
}

static size_t count_detections(const RuleSet *set)
{
    size_t count = 0;
    for (size_t i = 0; i < ruleset_count(set); i++)
        count += ruleset_rule(set, i)->kind == RULE_DETECTION && ruleset_rule(set, i)->applies;
    return count;
}

static bool write_findings(size_t format, const Hunt *hunt, Error *err)
{
    size_t count = hunt_count(hunt);
    Gather *gather = gather_new(count ? hunt_match(hunt, 0) : NULL, count, err);
    bool ok = gather && FORMATS[format].findings(gather, stdout, err);
    gather_free(gather);
    return ok;
}

static bool print(const CommandLine *line, const Hunt *hunt, const Ground *ground,
                  const RuleSet *set, Error *err)
{
    size_t format = format_of(line);
    const TimelineStyle style = {.format = FORMATS[format].timeline,
                                 .rows_max = (size_t)command_number(line, "limit", ROWS_MAX),
                                 .columns = setup_columns(COLUMNS_ELSE)};
    bool table = style.format == TIMELINE_TABLE;
    bool ok = FORMATS[format].findings ? write_findings(format, hunt, err)
                                       : timeline_write(hunt, &style, stdout, err);
    return ok && (!table || summary_write(hunt, SUMMARY_ROWS_MAX, stdout, err)) &&
           (print_totals(hunt_report(hunt), ground, count_detections(set), table ? stdout : stderr),
            true);
}

static int finish(const HuntReport *report, int troubles, Error *err)
{
    if (report->unreadable || troubles) {
        error_set(err, ERROR_ACCESS, "%" PRIu64 " objects could not be read%s%s",
                  report->unreadable + (uint64_t)troubles,
                  report->first_unreadable[0] ? ", the first: " : "", report->first_unreadable);
        return EXIT_STATUS_FAILURE;
    }
    return report->quarantined || report->incomplete ? EXIT_STATUS_QUARANTINE : EXIT_STATUS_OK;
}

static bool list_sources(const CommandLine *line, Ground *ground, Error *err)
{
    bool more;
    const SourcesOptions options = {.list = {.command = "hunt", .limited = true}};
    ground->sources = sources_open(line, &options, err);
    ground->objects = ground->sources ? object_list_new(err) : NULL;
    if (!ground->objects || !sources_next(ground->sources, ground->objects, SIZE_MAX, &more, err))
        return false;
    ground->troubles = sources_troubles(ground->sources);
    uint64_t archived = sources_tally(ground->sources).archived;
    if (archived)
        fprintf(stderr, "spoor hunt: %" PRIu64 " archived objects are left out\n", archived);
    return true;
}

/* The objects of the arguments, or without any the lake. */
static bool open_ground(const CommandLine *line, Ground *ground, Error *err)
{
    if (command_argument_count(line)) {
        if (command_has(line, "lake"))
            return error_set(err, ERROR_USAGE,
                             "a hunt is in the logs of SOURCE or in a lake (--lake), not in both");
        return list_sources(line, ground, err);
    }
    ground->lake = setup_lake(line, LAKE_READ, err);
    return ground->lake ||
           (!command_has(line, "lake") &&
            error_context(err, "without SOURCE (log files or folders) a lake is hunted in"));
}

static bool run_hunt(const CommandLine *line, const HuntOptions *options, Ground *ground,
                     Hunt **ret, Error *err)
{
    const LakeHunt wanted = {ground->lake, command_config(line), *options};
    *ret = ground->lake ? lake_hunt_run(&wanted, &ground->scanned, err) : hunt_run(options, err);
    return *ret != NULL;
}

static int hunt(const CommandLine *line, const RuleSet *set, Ground *ground, Error *err)
{
    int64_t jobs = config_number(command_config(line), CONFIG_INGEST_JOBS);
    Hunt *done = NULL;
    HuntOptions options = {.rules = set,
                           .derive = derive_open(command_config(line), err),
                           .jobs = jobs > 0 && jobs <= 256 ? (int)jobs : pool_processors(),
                           .bytes_max = MATCH_BYTES_MAX};
    bool ok = options.derive && command_range(line, &options.since_us, &options.until_us, err) &&
              open_ground(line, ground, err);
    (void)rule_level_read(str_of(command_text(line, "min-level", "low")), &options.level_min);
    options.objects = ground->objects;
    options.aws = ground->sources ? source_list_aws(sources_list(ground->sources)) : NULL;
    ok = ok && run_hunt(line, &options, ground, &done, err) && print(line, done, ground, set, err);
    int status = ok ? finish(hunt_report(done), ground->troubles, err)
                    : (err->kind == ERROR_USAGE ? EXIT_STATUS_USAGE : EXIT_STATUS_FAILURE);
    hunt_free(done);
    derive_release(options.derive);
    return status;
}

static int run(const CommandLine *line, Error *err)
{
    RuleSet *set = rules_open(line, NULL, err);
    Ground ground = {.objects = NULL};
    int status = EXIT_STATUS_FAILURE;
    if (set) {
        rules_tell(set, false, TOLD_MAX);
        status = count_detections(set)
                     ? hunt(line, set, &ground, err)
                     : (error_set(err, ERROR_INPUT, "no rule for CloudTrail could be read"),
                        EXIT_STATUS_FAILURE);
    }
    object_list_free(ground.objects);
    sources_free(ground.sources);
    lake_close(ground.lake);
    ruleset_free(set);
    return status;
}

const Command cmd_hunt = {
    .name = "hunt",
    .arguments = "[SOURCE...]",
    .arguments_min = 0,
    .arguments_max = -1,
    .summary = "scan raw logs, or a lake, with rules",
    .description =
        "Reads log files, folders and buckets as they are, or without SOURCE the events of a lake, "
        "and "
        "tries "
        "Sigma rules on every record; prints what matched in the order of time, and counts by "
        "rule, level, principal, address and ATT&CK "
        "tactic. Rules that cannot be read are told and left out. The formats asff and ocsf write "
        "findings: the matches of one rule, account, region, principal (of a correlation: of what "
        "its hits share) and day are one finding, whose id stays the same when the logs are "
        "hunted again. asff is the JSON array that aws securityhub batch-import-findings "
        "--findings file:// takes, at most 100 findings a call; ocsf is one Detection Finding of "
        "OCSF 1.5.0 a line.",
    .options = OPTIONS,
    .examples = EXAMPLES,
    .run = run,
};
