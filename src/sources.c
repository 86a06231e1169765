#include "sources.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/file_watch.h"
#include "base/mem.h"
#include "base/timestamp.h"
#include "collect/folder.h"
#include "collect/page_source.h"
#include "collect/stdin_source.h"
#include "push_sources.h"
#include "queue_sources.h"
#include "source_name.h"

enum {
    TOLD_MAX = 10,
    RELIST_DAYS_MAX = 3650,
    VISIBLE_MIN_S = 2,
    VISIBLE_MAX_S = 43200, /* SQS's own */
    QUEUE_WAIT_S = 2,      /* for a queue that seems empty */
    FOLLOW_WAIT_S = 10,    /* the same of a queue that is followed, and is the only one */
    PUSH_WAIT_US = 200000,
    SLEEP_US = 100000,
    IDLE_US = 1000000,
    SETTLE_US = 300000 /* after the first file that comes, for those behind it */
};

struct Sources {
    SourcesOptions options;
    const char **names;   /* the texts are borrowed */
    int32_t first, last;  /* days of delivery that are wanted */
    int32_t bucket_first; /* the same of buckets, which are not listed whole again */
    int64_t since_us, until_us;
    Aws *aws;
    S3Source *bucket;  /* under way */
    PageSource *pages; /* the same */
    int next;          /* name to come of one of the two */
    bool folders_done;
    FileWatch *watch;   /* of followed folders; NULL: they are only listed again */
    ObjectList *coming; /* takes what it tells */
    StdinSource *input; /* NULL: it is no source, or has ended */
    int troubles;
    S3SourceTally tally; /* of the buckets that are done */
    QueueSources *queues;
    PushSources *pushes;
    atomic_bool stopping;
    int64_t relist_us; /* between two listings */
    int relist_days;
    int visible_s;
    uint64_t round;
    int64_t due_us;  /* of the next listing; 0: one is under way */
    uint64_t listed; /* in the round under way */
    uint64_t fresh;  /* of these, not in before */
};

static void tell_trouble(void *context, const char *path, const Error *trouble)
{
    Sources *sources = context;
    if (sources->troubles++ < TOLD_MAX)
        fprintf(stderr, "spoor %s: left out '%s': %s\n", sources->options.command, path,
                trouble->text);
}

static void tell_left_out(void *context, const char *line)
{
    const Sources *sources = context;
    fprintf(stderr, "spoor %s: %s\n", sources->options.command, line);
}

/* An object of day D holds events of D and of the end of the day before. */
static bool read_range(Sources *sources, const CommandLine *line, Error *err)
{
    int64_t since = INT64_MIN, until = INT64_MAX;
    if (sources->options.limited && !command_range(line, &since, &until, err))
        return false;
    sources->since_us = since;
    sources->until_us = until;
    sources->first = since == INT64_MIN ? INT32_MIN : timestamp_day(since);
    sources->bucket_first = sources->first;
    sources->last = until == INT64_MAX ? INT32_MAX : timestamp_day(until - 1) + 1;
    return true;
}

static bool keep_names(Sources *sources, const CommandLine *line, Error *err)
{
    SourcesOptions *options = &sources->options;
    if (!options->names)
        options->count = command_argument_count(line);
    sources->names = mem_calloc((size_t)options->count + 1, sizeof *sources->names, err);
    for (int i = 0; sources->names && i < options->count; i++)
        sources->names[i] = options->names ? options->names[i] : command_argument(line, i);
    options->names = sources->names;
    return sources->names != NULL;
}

static bool is_in(void *context, Str source, Str key, Str etag, QueueMatch *ret, Error *err)
{
    const Sources *sources = context;
    return sources->options.is_in(sources->options.context, source, key, etag, ret, err);
}

/* Opens standard input when it is among the names. */
static bool open_input(Sources *sources, Error *err)
{
    for (int i = 0; i < sources->options.count && !sources->input; i++)
        if (source_name_is_input(sources->names[i]) &&
            !(sources->input = stdin_source_open(STDIN_FILENO, err)))
            return false;
    return true;
}

static bool open_queues(Sources *sources, Error *err)
{
    const QueueSourceOptions options = {.aws = sources->aws,
                                        .visible_s = sources->visible_s,
                                        .is_in = sources->options.is_in ? is_in : NULL,
                                        .tell = tell_left_out,
                                        .context = sources};
    sources->queues = queue_sources_open(&options, sources->names, sources->options.count, err);
    return sources->queues != NULL;
}

/* Watches followed folders. When the system allows no more watches, that is told, and they are only
 * listed again. */
static bool open_watch(Sources *sources, Error *err)
{
    Error trouble = {0};
    bool ok = true;
    for (int i = 0; ok && sources->options.follow && i < sources->options.count; i++) {
        const char *name = sources->options.names[i];
        if (!source_name_path(name))
            continue;
        char *real = file_real_path(source_name_path(name), &trouble);
        ok = real && (sources->watch || (sources->watch = file_watch_new(&trouble))) &&
             file_watch_add(sources->watch, real, &trouble);
        mem_free(real);
    }
    if (ok)
        return true;
    if (trouble.kind == ERROR_ACCESS) /* listing the path tells it, and ends the run */
        return true;
    if (trouble.kind != ERROR_LIMIT) {
        *err = trouble;
        return false;
    }
    tell_left_out(sources, trouble.text);
    file_watch_free(sources->watch);
    sources->watch = NULL;
    return true;
}

static bool is_pushed_in(void *context, Str source, Str key, Str etag, bool *ret, Error *err)
{
    QueueMatch match = QUEUE_MISSING;
    bool ok = is_in(context, source, key, etag, &match, err);
    *ret = match == QUEUE_SAME;
    return ok;
}

static bool open_pushes(Sources *sources, const CommandLine *line, Error *err)
{
    const PushSourcesOptions options = {.config = command_config(line),
                                        .command = sources->options.command,
                                        .names = sources->names,
                                        .count = sources->options.count,
                                        .follow = sources->options.follow,
                                        .is_in = is_pushed_in,
                                        .context = sources};
    sources->pushes = push_sources_open(&options, err);
    return sources->pushes != NULL;
}

static void read_follow(Sources *sources, const CommandLine *line)
{
    const Config *config = command_config(line);
    int64_t days = config_number(config, CONFIG_AWS_RELIST_DAYS);
    int64_t visible = config_number(config, CONFIG_AWS_VISIBLE) / 1000000;
    sources->visible_s = visible < VISIBLE_MIN_S   ? VISIBLE_MIN_S
                         : visible > VISIBLE_MAX_S ? VISIBLE_MAX_S
                                                   : (int)visible;
    sources->relist_us = config_number(config, CONFIG_AWS_RELIST);
    sources->relist_days = days > RELIST_DAYS_MAX ? RELIST_DAYS_MAX : (int)days;
}

Sources *sources_open(const CommandLine *line, const SourcesOptions *options, Error *err)
{
    Sources *sources = mem_calloc(1, sizeof *sources, err);
    if (!sources)
        return NULL;
    sources->options = *options;
    bool ok = keep_names(sources, line, err) && read_range(sources, line, err);
    for (int i = 0; ok && i < sources->options.count && !sources->aws; i++)
        if (!source_name_path(sources->names[i]) && !source_name_is_input(sources->names[i]) &&
            !push_sources_is(sources->names[i]))
            ok = (sources->aws = sources_aws_open(line, options->command, err)) != NULL;
    read_follow(sources, line);
    if (ok && open_input(sources, err) && open_queues(sources, err) && open_watch(sources, err) &&
        open_pushes(sources, line, err))
        return sources;
    sources_free(sources);
    return NULL;
}

void sources_free(Sources *sources)
{
    if (!sources)
        return;
    queue_sources_free(sources->queues);
    push_sources_free(sources->pushes);
    s3_source_free(sources->bucket);
    page_source_free(sources->pages);
    stdin_source_free(sources->input);
    file_watch_free(sources->watch);
    aws_free(sources->aws);
    mem_free(sources->names);
    mem_free(sources);
}

static bool in_range(const ObjectRef *object, void *context)
{
    const Sources *sources = context;
    return object->day == OBJECT_DAY_NONE ||
           (object->day >= sources->first && object->day <= sources->last);
}

static bool list_folders(Sources *sources, ObjectList *list, Error *err)
{
    for (int i = 0; i < sources->options.count; i++) {
        const char *name = sources->options.names[i];
        if (source_name_path(name) &&
            !folder_list(list, source_name_path(name), tell_trouble, sources, err))
            return error_context(err, "source %d", i + 1);
    }
    object_list_filter(list, in_range, sources);
    sources->folders_done = true;
    return true;
}

static bool restore(void *context, const S3Bucket *bucket, RequestLine *line,
                    const S3Object *object, Error *err)
{
    const Sources *sources = context;
    return s3_restore(bucket, line, object->key, sources->options.restore_days, err);
}

static bool open_bucket(Sources *sources, const char *name, Error *err)
{
    const S3SourceOptions options = {.aws = sources->aws,
                                     .uri = str_of(name),
                                     .first = sources->bucket_first,
                                     .last = sources->last,
                                     .newest_first = sources->options.newest_first,
                                     .tell = tell_left_out,
                                     .archived = sources->options.restore_days ? restore : NULL,
                                     .context = sources};
    sources->bucket = s3_source_open(&options, err);
    return sources->bucket != NULL;
}

static void add_tally(S3SourceTally *sum, const S3SourceTally *more)
{
    sum->objects += more->objects;
    sum->bytes += more->bytes;
    sum->archived += more->archived;
    sum->archived_bytes += more->archived_bytes;
    sum->refused += more->refused;
    sum->days += more->days;
    sum->requests += more->requests;
}

static void end_bucket(Sources *sources)
{
    add_tally(&sources->tally, s3_source_tally(sources->bucket));
    s3_source_free(sources->bucket);
    sources->bucket = NULL;
}

static bool open_pages(Sources *sources, const char *name, Error *err)
{
    const PageSourceOptions options = {.aws = sources->aws,
                                       .uri = str_of(name),
                                       .since_us = sources->since_us,
                                       .until_us = sources->until_us,
                                       .stopping = &sources->stopping};
    sources->pages = page_source_open(&options, err);
    return sources->pages != NULL;
}

static void end_pages(Sources *sources)
{
    page_source_free(sources->pages);
    sources->pages = NULL;
}

/* Whether a bucket or what is asked by pages is under way or to come: the next one is opened when
 * it is due. */
static bool next_remote(Sources *sources, bool *ret, Error *err)
{
    *ret = true;
    if (sources->bucket || sources->pages)
        return true;
    while (sources->next < sources->options.count) {
        const char *name = sources->options.names[sources->next++];
        if (source_name_is_bucket(name))
            return open_bucket(sources, name, err);
        if (page_source_is(str_of(name)))
            return open_pages(sources, name, err);
    }
    *ret = false;
    return true;
}

/* Pages are held in memory: they fill a list, but for one that has to hold all. */
static bool list_remote(Sources *sources, ObjectList *list, size_t max, bool *ret_full, Error *err)
{
    bool more;
    if (sources->bucket) {
        if (!s3_source_next(sources->bucket, list, max, &more, err))
            return false;
        *ret_full = object_list_count(list) >= max;
        if (!more)
            end_bucket(sources);
        return true;
    }
    if (!page_source_next(sources->pages, list, &more, err))
        return false;
    *ret_full = max != SIZE_MAX;
    if (!more)
        end_pages(sources);
    return true;
}

/* The next object of standard input, which is held in memory; all of them when no more objects are
 * asked for later. */
static bool list_input(Sources *sources, ObjectList *list, size_t max, Error *err)
{
    bool more = true;
    while (more) {
        if (!stdin_source_next(sources->input, list, &sources->stopping, &more, err))
            return false;
        if (max != SIZE_MAX)
            break;
    }
    if (!more) {
        stdin_source_free(sources->input);
        sources->input = NULL;
    }
    return true;
}

/* Objects of files, folders, standard input and buckets; *ret_more* tells whether there are others.
 */
static bool list_next(Sources *sources, ObjectList *list, size_t max, bool *ret_more, Error *err)
{
    *ret_more = true;
    if (!sources->folders_done && !list_folders(sources, list, err))
        return false;
    if (sources->input) {
        if (!list_input(sources, list, max, err))
            return false;
        if (sources->input)
            return true;
    }
    for (bool full = false; !full && !atomic_load(&sources->stopping);) {
        if (!next_remote(sources, ret_more, err))
            return false;
        if (!*ret_more)
            break;
        if (!list_remote(sources, list, max, &full, err))
            return false;
    }
    return true;
}

/* How long a queue may be waited for: one that is not the only source makes the others wait. */
static int queue_wait_s(const Sources *sources)
{
    int64_t left = (sources->due_us - clock_monotonic_us()) / 1000000;
    bool alone = sources->options.follow && queue_sources_count(sources->queues) == 1 &&
                 !sources->watch && !push_sources_count(sources->pushes);
    int longest = alone ? FOLLOW_WAIT_S : QUEUE_WAIT_S;
    if (!sources->options.follow)
        return longest;
    return left < 1 ? 1 : left < longest ? (int)left : longest;
}

/* What was delivered meanwhile; waits for it when nothing else does. */
static bool ask_pushes(Sources *sources, ObjectList *list, bool *ret_any, Error *err)
{
    bool any;
    int64_t wait_us =
        *ret_any || queue_sources_count(sources->queues) || !sources->due_us ? 0 : PUSH_WAIT_US;
    if (!push_sources_next(sources->pushes, list, wait_us, &any, err))
        return false;
    *ret_any |= any;
    return true;
}

/* ---- following ---- */

/* Begins the next round: everything is listed again, buckets from some days ago on. */
static void begin_round(Sources *sources)
{
    int32_t from = timestamp_day(clock_now_us()) - sources->relist_days;
    sources->round++;
    sources->folders_done = false;
    sources->next = 0;
    sources->due_us = 0;
    if (from > sources->bucket_first)
        sources->bucket_first = from;
    if (from * INT64_C(86400000000) > sources->since_us)
        sources->since_us = from * INT64_C(86400000000);
}

/* What a round brought, and when. */
static void tell_round(Sources *sources)
{
    char now[TIMESTAMP_TEXT_BYTES];
    QueueSourceTally messages = sources_messages(sources, NULL);
    timestamp_format_zone(clock_now_us(), now);
    fprintf(stderr, "spoor %s: %s: %" PRIu64 " objects listed, %" PRIu64 " of them new",
            sources->options.command, now, sources->listed, sources->fresh);
    if (queue_sources_count(sources->queues))
        fprintf(stderr,
                "; messages since the start: %" PRIu64 " received, %" PRIu64 " done, %" PRIu64
                " set aside",
                messages.received, messages.deleted, messages.set_aside);
    fputc('\n', stderr);
    sources->listed = sources->fresh = 0;
}

/* Until the next listing is due, files come, or somebody asks for the end; not for long, as the
 * caller may have something to do. */
static void sleep_until_due(const Sources *sources)
{
    int64_t end = clock_monotonic_us() + IDLE_US;
    if (end > sources->due_us)
        end = sources->due_us;
    while (!atomic_load(&sources->stopping) && clock_monotonic_us() < end) {
        if (!sources->watch)
            clock_sleep_us(SLEEP_US);
        else if (file_watch_wait(sources->watch, SLEEP_US / 1000))
            break;
    }
}

/* Of the watch: what vanished again is no trouble. */
static bool list_coming(void *context, const char *path, Error *err)
{
    Sources *sources = context;
    Error trouble = {0};
    if (folder_list(sources->coming, path, tell_trouble, sources, &trouble) ||
        trouble.kind == ERROR_ACCESS)
        return true;
    *err = trouble;
    return false;
}

/* Lists what came into followed folders. */
static bool take_coming(Sources *sources, ObjectList *list, Error *err)
{
    if (!sources->watch || !file_watch_wait(sources->watch, 0))
        return true;
    clock_sleep_us(SETTLE_US);
    sources->coming = list;
    if (!file_watch_take(sources->watch, list_coming, sources, err))
        return false;
    object_list_filter(list, in_range, sources);
    return true;
}

/* Before the next objects: ends the round that is over. */
static void turn_round(Sources *sources, const ObjectList *list)
{
    sources->fresh += object_list_count(list);
    if (!sources->due_us)
        return;
    if (sources->listed)
        tell_round(sources);
    if (!queue_sources_count(sources->queues) && !push_sources_count(sources->pushes))
        sleep_until_due(sources);
    if (clock_monotonic_us() >= sources->due_us)
        begin_round(sources);
}

/* A network that fails for a while is no reason to end: it is told, and asked again later. */
static bool pass_over(Sources *sources, Error *err)
{
    if (!sources->options.follow || err->kind != ERROR_BUSY)
        return false;
    tell_left_out(sources, err->text);
    error_clear(err);
    clock_sleep_us(SLEEP_US);
    if (sources->bucket)
        end_bucket(sources);
    end_pages(sources);
    return true;
}

bool sources_next(Sources *sources, ObjectList *list, size_t max, bool *ret_more, Error *err)
{
    bool there = false, any = false;
    if (sources->options.follow)
        turn_round(sources, list);
    object_list_clear(list);
    if (!take_coming(sources, list, err))
        return false;
    if (!sources->due_us && !list_next(sources, list, max, &there, err) && !pass_over(sources, err))
        return false;
    if (!there && !sources->due_us)
        sources->due_us = clock_monotonic_us() + sources->relist_us;
    if (!there && !queue_sources_next(sources->queues, list, queue_wait_s(sources), &any, err) &&
        !pass_over(sources, err))
        return false;
    if (!ask_pushes(sources, list, &any, err))
        return false;
    object_list_sort(list);
    sources->listed += object_list_count(list);
    *ret_more = there || any || sources->options.follow;
    return true;
}

bool sources_settle(Sources *sources, Error *err)
{
    return queue_sources_settle(sources->queues, err) && push_sources_settle(sources->pushes, err);
}

void sources_tick(Sources *sources, bool stopping)
{
    if (stopping)
        atomic_store(&sources->stopping, true);
    queue_sources_tick(sources->queues, stopping);
}

QueueSourceTally sources_messages(const Sources *sources, const char *name)
{
    return queue_sources_tally(sources->queues, name);
}

uint64_t sources_round(const Sources *sources)
{
    return sources->round;
}

Aws *sources_aws(const Sources *sources)
{
    return sources->aws;
}

int sources_troubles(const Sources *sources)
{
    return sources->troubles;
}

S3SourceTally sources_tally(const Sources *sources)
{
    S3SourceTally tally = sources->tally;
    if (sources->bucket)
        add_tally(&tally, s3_source_tally(sources->bucket));
    return tally;
}
