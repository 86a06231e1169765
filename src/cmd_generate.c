/* cmd_generate - makes a sample trail of an organisation, as AWS would lay it out. */
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/pool.h"
#include "base/timestamp.h"
#include "cmd.h"
#include "generate/digests.h"
#include "generate/hostile.h"
#include "generate/story.h"
#include "setup.h"

static const Option OPTIONS[] = {
    {"events", 'n', VALUE_NUMBER, "N", NULL, CONFIG_NONE, "how many different events (100k)"},
    {"days", 'd', VALUE_NUMBER, "D", NULL, CONFIG_NONE,
     "over how many days (7), the last one before --until (2026-11-01)"},
    {"accounts", 'a', VALUE_NUMBER, "A", NULL, CONFIG_NONE, "of how many accounts (5)"},
    {"regions", 'r', VALUE_NUMBER, "R", NULL, CONFIG_NONE, "in how many regions, up to 17 (4)"},
    {"seed", 's', VALUE_NUMBER, "S", NULL, CONFIG_NONE,
     "the same seed gives the same log files (1)"},
    {"story", 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE, "plant an attack and an outage, and tell"},
    {"digests", 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE,
     "add the digest files of every hour, signed with a key made for it"},
    {"hostile", 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE, "mix in ugly input of every kind"},
    {"events-per-file", 0, VALUE_NUMBER, "N", NULL, CONFIG_NONE, "instead of five minutes' worth"},
    {"shuffle-identity", 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE, "another caller in every record"},
    {"no-duplicates", 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE, "no event is delivered twice"},
    {"jobs", 'j', VALUE_NUMBER, "N", NULL, CONFIG_INGEST_JOBS, "threads, 0 for all cores"},
    {NULL, 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE, NULL},
};

static const char *const EXAMPLES[] = {
    "spoor generate ./trail --story",
    "a week of five accounts, and what happened in it",
    "spoor generate ./big -n 10M -d 365 -a 20 -r 17",
    "a year of a larger organisation",
    "spoor generate ./trail --digests && spoor verify ./trail",
    "with digest files, which prove that all of it is there",
    "spoor generate ./yesterday --story --days 1 --until now",
    "the last day that is over, in UTC",
    "spoor generate ./ugly -n 1000 --hostile",
    "what attackers and broken machines write",
    NULL,
};

/* What the threads share. */
typedef struct Generating {
    const Trail *trail;
    const TrailOptions *options;
    atomic_size_t next_unit;
    atomic_bool stopping;
    pthread_mutex_t lock; /* protects the three below */
    TrailReport report;
    Error failure;
    bool show_progress;
} Generating;

static void show_progress(const Generating *generating)
{
    if (generating->show_progress)
        fprintf(stderr, "\r%" PRIu64 " of %" PRIu64 " events  ", generating->report.events,
                generating->options->events);
}

static void add_report(Generating *generating, const TrailReport *more)
{
    pthread_mutex_lock(&generating->lock);
    generating->report.objects += more->objects;
    generating->report.events += more->events;
    generating->report.duplicates += more->duplicates;
    generating->report.bytes += more->bytes;
    generating->report.inflated_bytes += more->inflated_bytes;
    show_progress(generating);
    pthread_mutex_unlock(&generating->lock);
}

static void fail(Generating *generating, const Error *err)
{
    pthread_mutex_lock(&generating->lock);
    if (generating->failure.kind == ERROR_NONE)
        generating->failure = *err;
    pthread_mutex_unlock(&generating->lock);
    atomic_store(&generating->stopping, true);
}

static void write_units(void *argument, int worker)
{
    Generating *generating = argument;
    Error err = {0};
    (void)worker;
    TrailWriter *writer = trail_writer_new(&err);
    while (writer && !atomic_load(&generating->stopping)) {
        TrailReport report = {0};
        size_t unit = atomic_fetch_add(&generating->next_unit, 1);
        if (unit >= trail_unit_count(generating->trail))
            break;
        if (!trail_write_unit(generating->trail, writer, unit, &report, &err)) {
            fail(generating, &err);
            break;
        }
        add_report(generating, &report);
    }
    if (!writer)
        fail(generating, &err);
    trail_writer_free(writer);
}

static bool write_trail(Generating *generating, int jobs, Error *err)
{
    Pool *pool = pool_new(jobs, jobs, err);
    for (int i = 0; pool && i < jobs; i++)
        pool_run(pool, write_units, generating);
    pool_free(pool);
    if (generating->show_progress)
        fputc('\n', stderr);
    if (generating->failure.kind != ERROR_NONE)
        return error_set(err, generating->failure.kind, "%s", generating->failure.text);
    return pool != NULL;
}

static void print_item(const StoryItem *item)
{
    char from[TIMESTAMP_TEXT_BYTES], until[TIMESTAMP_TEXT_BYTES];
    timestamp_format_zone(item->time_us, from);
    timestamp_format_zone(item->until_us, until);
    printf("  %s  %s\n      %d x %s", from, item->sentence, item->count, item->event_name);
    if (item->name_count > 1)
        printf(" and %d others in turn", item->name_count - 1);
    if (item->error_code)
        printf(", %s", item->error_code);
    if (item->until_us > item->time_us)
        printf(", until %s", until);
    printf("\n      in %s by %s\n      account %s, eventID %s\n", item->region, item->principal,
           item->account, item->event_id);
}

static void print_story(const Story *story)
{
    int events = 0;
    printf("\nplanted:\n");
    for (size_t i = 0; i < story_count(story); i++) {
        print_item(story_item(story, i));
        events += story_item(story, i)->count;
    }
    printf("  in all: %d events in %zu files\n", events, story_count(story));
}

static bool plant_story(Generating *generating, Story **ret, Error *err)
{
    *ret = story_plant(generating->trail, generating->options, &generating->report, err);
    return *ret != NULL;
}

static bool plant_hostile(Generating *generating, Error *err)
{
    TrailReport planted = {0};
    if (!hostile_plant(generating->trail, generating->options, &planted, err))
        return false;
    printf("\nhostile, a file of each, with so many readable records:\n");
    for (size_t kind = 0; kind < hostile_kind_count(); kind++)
        printf("  %d  %s\n", hostile_kind_records(kind), hostile_kind_name(kind));
    printf("  in all: %" PRIu64 " readable records in %" PRIu64 " files\n", planted.events,
           planted.objects);
    add_report(generating, &planted);
    return true;
}

static bool add_digests(const Generating *generating, Error *err)
{
    uint64_t count;
    char text[AMOUNT_TEXT_BYTES];
    if (!digests_write(generating->trail, generating->options, &count, err))
        return false;
    amount_count(count, text);
    printf("\n%s digest files; to verify them: spoor verify %s\n", text,
           generating->options->folder);
    return true;
}

static void print_report(const Generating *generating, double seconds)
{
    const TrailReport *report = &generating->report;
    char events[AMOUNT_TEXT_BYTES], bytes[AMOUNT_TEXT_BYTES], inflated[AMOUNT_TEXT_BYTES];
    char rate[AMOUNT_TEXT_BYTES];
    amount_count(report->events, events);
    amount_bytes(report->bytes, bytes);
    amount_bytes(report->inflated_bytes, inflated);
    amount_count(seconds > 0 ? (uint64_t)((double)report->events / seconds) : 0, rate);
    printf("\n%s events and %" PRIu64 " duplicates in %" PRIu64 " files: %s, %s inflated (%.1fx)\n"
           "%.2f s, %s events a second\n%s\n",
           events, report->duplicates, report->objects, bytes, inflated,
           report->bytes ? (double)report->inflated_bytes / (double)report->bytes : 0, seconds,
           rate, generating->options->folder);
}

static bool run_generating(const CommandLine *line, Generating *generating, int jobs, Error *err)
{
    int64_t started_us = clock_monotonic_us();
    Story *story = NULL;
    bool ok = write_trail(generating, jobs, err) &&
              (!command_has(line, "story") || plant_story(generating, &story, err)) &&
              (!command_has(line, "hostile") || plant_hostile(generating, err)) &&
              (!command_has(line, "digests") || add_digests(generating, err));
    double seconds = (double)(clock_monotonic_us() - started_us) / 1e6;
    if (story)
        print_story(story);
    if (ok)
        print_report(generating, seconds);
    story_free(story);
    return ok;
}

static bool refuse_file(void *context, const char *path, const FileInfo *info, Error *err)
{
    (void)context;
    (void)info;
    return error_set(err, ERROR_USAGE, "the folder is not empty: '%s' is there", path);
}

static bool check_folder(const char *folder, Error *err)
{
    return file_exists(folder) ? file_walk(folder, refuse_file, NULL, NULL, err)
                               : file_make_folders(folder, err);
}

/* The whole days, UTC, that --since, --until, --last and --days choose. */
static bool choose_days(const CommandLine *line, TrailOptions *ret, Error *err)
{
    int64_t since, until;
    if (!command_range(line, &since, &until, err))
        return false;
    if (command_has(line, "last"))
        until = clock_now_us();
    ret->days = (int)command_number(line, "days", 7);
    ret->end_us = timestamp_day_of(2026, 11, 1) * TIMESTAMP_DAY_US;
    if (until != INT64_MAX)
        ret->end_us = timestamp_day(until) * TIMESTAMP_DAY_US;
    if (since == INT64_MIN)
        return true;
    int64_t start_us = timestamp_day(since) * TIMESTAMP_DAY_US;
    if (until == INT64_MAX) {
        ret->end_us = start_us + (int64_t)ret->days * TIMESTAMP_DAY_US;
        return true;
    }
    if (command_has(line, "days"))
        return error_set(err, ERROR_USAGE,
                         "--days stands with --since or --until, not beside a range of both");
    int64_t days = (ret->end_us - start_us) / TIMESTAMP_DAY_US;
    ret->days = days <= INT16_MAX ? (int)days : INT16_MAX;
    return days > 0 || error_set(err, ERROR_USAGE, "no whole day of UTC lies in the range");
}

static bool generate(const CommandLine *line, Error *err)
{
    int64_t jobs = config_number(command_config(line), CONFIG_INGEST_JOBS);
    TrailOptions options = {
        .folder = command_argument(line, 0),
        .events = (uint64_t)command_number(line, "events", 100000),
        .accounts = (int)command_number(line, "accounts", 5),
        .regions = (int)command_number(line, "regions", 4),
        .seed = (uint64_t)command_number(line, "seed", 1),
        .events_per_file = (uint32_t)command_number(line, "events-per-file", 0),
        .shuffle_identity = command_has(line, "shuffle-identity"),
        .no_duplicates = command_has(line, "no-duplicates"),
    };
    Trail *trail = choose_days(line, &options, err) ? trail_new(&options, err) : NULL;
    if (!trail || !check_folder(options.folder, err)) {
        trail_free(trail);
        return false;
    }
    Generating generating = {
        .trail = trail, .options = &options, .show_progress = isatty(STDERR_FILENO) != 0};
    pthread_mutex_init(&generating.lock, NULL);
    bool ok = run_generating(line, &generating,
                             jobs > 0 && jobs <= 256 ? (int)jobs : pool_processors(), err);
    pthread_mutex_destroy(&generating.lock);
    trail_free(trail);
    return ok;
}

static int run(const CommandLine *line, Error *err)
{
    if (generate(line, err))
        return EXIT_STATUS_OK;
    return err->kind == ERROR_USAGE ? EXIT_STATUS_USAGE : EXIT_STATUS_FAILURE;
}

const Command cmd_generate = {
    .name = "generate",
    .arguments = "DIR",
    .arguments_min = 1,
    .arguments_max = 1,
    .summary = "make a sample trail of an organisation",
    .description =
        "Writes log files as AWS lays them out, made up by a seed: the same numbers give the same "
        "files, however many threads write them. --story plants an attack at night and an outage "
        "in the morning and prints what it planted. --hostile adds a file of every kind of ugly "
        "input. DIR must be empty or not exist.",
    .options = OPTIONS,
    .examples = EXAMPLES,
    .run = run,
};
