#include "sources.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/timestamp.h"
#include "collect/stdin_source.h"
#include "folder_sources.h"
#include "push_sources.h"
#include "queue_sources.h"
#include "remote_sources.h"
#include "source_name.h"

enum {
    RELIST_DAYS_MAX = 3650,
    VISIBLE_MIN_S = 2,
    VISIBLE_MAX_S = 43200, /* SQS's own */
    QUEUE_WAIT_S = 2,      /* for a queue that seems empty */
    FOLLOW_WAIT_S = 10,    /* the same of a queue that is followed, and is the only one */
    PUSH_WAIT_US = 200000,
    SLEEP_US = 100000,
    IDLE_US = 1000000,
    MESSAGES_BYTES = 200
};

struct Sources {
    SourcesOptions options;
    SourceList *list;
    FolderSources *folders;
    StdinSource *input; /* NULL: it is no source, or has ended */
    RemoteSources *remote;
    QueueSources *queues;
    PushSources *pushes;
    atomic_bool stopping;
    bool folders_done;
    int64_t relist_us; /* between two listings */
    int relist_days;
    uint64_t round;
    int64_t due_us;  /* of the next listing; 0: one is under way */
    uint64_t listed; /* in the round under way */
    uint64_t fresh;  /* of these, not in before */
};

static const char *command_of(const Sources *sources)
{
    return sources->options.list.command;
}

static void tell_left_out(void *context, const char *line)
{
    const Sources *sources = context;
    log_tell(LOG_WARN, command_of(sources), "%s", line);
}

static bool is_in(void *context, Str source, Str key, Str etag, QueueMatch *ret, Error *err)
{
    const Sources *sources = context;
    return sources->options.is_in(sources->options.context, source, key, etag, ret, err);
}

static bool take_findings(void *context, NotificationFindings *list, size_t count, Arena *arena,
                          Error *err)
{
    const Sources *sources = context;
    return sources->options.take_findings(sources->options.context, list, count, arena, err);
}

/* Who stores findings; NULL: nobody. */
static NotificationTake taker(const Sources *sources)
{
    return sources->options.take_findings ? take_findings : NULL;
}

static bool open_folders(Sources *sources, Error *err)
{
    const FolderSourcesOptions options = {.list = sources->list,
                                          .command = command_of(sources),
                                          .follow = sources->options.follow,
                                          .bear = sources->options.bear};
    sources->folders = folder_sources_open(&options, err);
    return sources->folders != NULL;
}

/* Opens standard input when it is among them. */
static bool open_input(Sources *sources, Error *err)
{
    for (int i = 0; i < source_list_count(sources->list) && !sources->input; i++)
        if (source_name_is_input(source_list_at(sources->list, i)->name) &&
            !(sources->input = stdin_source_open(STDIN_FILENO, err)))
            return false;
    return true;
}

static bool open_remote(Sources *sources, Error *err)
{
    const RemoteSourcesOptions options = {.list = sources->list,
                                          .stopping = &sources->stopping,
                                          .newest_first = sources->options.newest_first,
                                          .restore_days = sources->options.restore_days,
                                          .tell = tell_left_out,
                                          .context = sources};
    sources->remote = remote_sources_new(&options, err);
    return sources->remote != NULL;
}

static bool open_queues(Sources *sources, const Config *config, Error *err)
{
    int64_t visible = config_number(config, CONFIG_AWS_VISIBLE) / 1000000;
    const QueueSourceOptions options = {.visible_s = visible < VISIBLE_MIN_S   ? VISIBLE_MIN_S
                                                     : visible > VISIBLE_MAX_S ? VISIBLE_MAX_S
                                                                               : (int)visible,
                                        .is_in = sources->options.is_in ? is_in : NULL,
                                        .take_findings = taker(sources),
                                        .tell = tell_left_out,
                                        .context = sources};
    sources->queues = queue_sources_open(&options, sources->list, sources->options.bear, err);
    return sources->queues != NULL;
}

static bool is_pushed_in(void *context, Str source, Str key, Str etag, bool *ret, Error *err)
{
    QueueMatch match = QUEUE_MISSING;
    bool ok = is_in(context, source, key, etag, &match, err);
    *ret = match == QUEUE_SAME;
    return ok;
}

static bool open_pushes(Sources *sources, const Config *config, Error *err)
{
    const PushSourcesOptions options = {.config = config,
                                        .command = command_of(sources),
                                        .list = sources->list,
                                        .follow = sources->options.follow,
                                        .is_in = is_pushed_in,
                                        .take_findings = taker(sources),
                                        .context = sources};
    sources->pushes = push_sources_open(&options, err);
    return sources->pushes != NULL;
}

static bool open_all(Sources *sources, const Config *config, Error *err)
{
    return open_input(sources, err) && open_remote(sources, err) &&
           open_queues(sources, config, err) && open_folders(sources, err) &&
           open_pushes(sources, config, err);
}

Sources *sources_open(const CommandLine *line, const SourcesOptions *options, Error *err)
{
    const Config *config = command_config(line);
    int64_t days = config_number(config, CONFIG_AWS_RELIST_DAYS);
    Sources *sources = mem_calloc(1, sizeof *sources, err);
    if (!sources)
        return NULL;
    sources->options = *options;
    sources->relist_us = config_number(config, CONFIG_AWS_RELIST);
    sources->relist_days = days > RELIST_DAYS_MAX ? RELIST_DAYS_MAX : (int)days;
    sources->list = source_list_open(line, &options->list, err);
    if (sources->list && open_all(sources, config, err))
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
    remote_sources_free(sources->remote);
    stdin_source_free(sources->input);
    folder_sources_free(sources->folders);
    source_list_free(sources->list);
    mem_free(sources);
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
    if (!sources->folders_done && !folder_sources_list(sources->folders, list, err))
        return false;
    sources->folders_done = true;
    if (sources->input) {
        if (!list_input(sources, list, max, err))
            return false;
        if (sources->input)
            return true;
    }
    return remote_sources_next(sources->remote, list, max, ret_more, err);
}

/* How long a queue may be waited for: one that is not the only source makes the others wait. */
static int queue_wait_s(const Sources *sources)
{
    int64_t left = (sources->due_us - clock_monotonic_us()) / 1000000;
    bool alone = sources->options.follow && queue_sources_count(sources->queues) == 1 &&
                 !folder_sources_watched(sources->folders) && !push_sources_count(sources->pushes);
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

/* Begins the next round: everything is listed again, buckets and pages from some days ago on. */
static void begin_round(Sources *sources)
{
    sources->round++;
    sources->folders_done = false;
    sources->due_us = 0;
    queue_sources_open_again(sources->queues);
    remote_sources_begin(sources->remote, timestamp_day(clock_now_us()) - sources->relist_days);
}

/* What a round brought, and when. */
static void tell_round(Sources *sources)
{
    char now[TIMESTAMP_TEXT_BYTES], messages[MESSAGES_BYTES] = "";
    QueueSourceTally tally = sources_messages(sources, NULL);
    timestamp_format_zone(clock_now_us(), now);
    if (queue_sources_count(sources->queues))
        snprintf(messages, sizeof messages,
                 "; messages since the start: %" PRIu64 " received, %" PRIu64 " done, %" PRIu64
                 " set aside",
                 tally.received, tally.deleted, tally.set_aside);
    log_tell(LOG_INFO, command_of(sources),
             "%s: %" PRIu64 " objects listed, %" PRIu64 " of them new%s", now, sources->listed,
             sources->fresh, messages);
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
        if (!folder_sources_watched(sources->folders))
            clock_sleep_us(SLEEP_US);
        else if (folder_sources_wait(sources->folders, SLEEP_US / 1000))
            break;
    }
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

/* A network that fails for a while is no reason to end, nor is a source that cannot be read where
 * that is to be borne: it is told, and asked again later. */
static bool pass_over(Sources *sources, Error *err)
{
    bool bears = sources->options.bear && err->kind == ERROR_ACCESS;
    if (!sources->options.follow || !(err->kind == ERROR_BUSY || bears))
        return false;
    tell_left_out(sources, err->text);
    error_clear(err);
    clock_sleep_us(SLEEP_US);
    remote_sources_drop(sources->remote);
    return true;
}

bool sources_next(Sources *sources, ObjectList *list, size_t max, bool *ret_more, Error *err)
{
    bool there = false, any = false, came;
    if (sources->options.follow)
        turn_round(sources, list);
    object_list_clear(list);
    if (!folder_sources_come(sources->folders, list, &came, err))
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

const SourceList *sources_list(const Sources *sources)
{
    return sources->list;
}

int sources_troubles(const Sources *sources)
{
    return folder_sources_troubles(sources->folders);
}

S3SourceTally sources_tally(const Sources *sources)
{
    return remote_sources_tally(sources->remote);
}
