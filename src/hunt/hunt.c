#include "hunt/hunt.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/pool.h"
#include "collect/reader.h"
#include "decode/object.h"
#include "detect/derived.h"
#include "detect/matcher.h"
#include "hunt/correlate.h"
#include "hunt/listed.h"
#include "hunt/shown.h"
#include "hunt/signals.h"

enum { TAKE = 4, TAKE_AHEAD = 512, SHARES = 4 };

/* What a worker found; given to the Hunt when it ends. */
typedef struct Finds {
    Buf matches; /* HuntMatch each */
    Arena *texts;
} Finds;

typedef struct Worker Worker;

struct Hunt {
    HuntOptions options;
    atomic_size_t next; /* object */
    atomic_int next_worker;
    atomic_bool failed;
    pthread_mutex_t lock; /* protects the three below */
    HuntReport report;
    Error failure;
    Finds *finds;            /* one per worker, and one of the correlations */
    CorrelationPaths *paths; /* NULL: no rule is correlated */
    char *folder;            /* of the signals */
    int64_t started_us;
    Worker *given; /* `jobs` that take events that are given; NULL: objects are read */
    HuntMatch *sorted;
    size_t count;
    Arena *lists; /* names of threat lists */
};

struct Worker {
    Hunt *hunt;
    Finds *finds;
    Matcher *matcher;
    Document *document; /* the event under way */
    Derived *derived;
    Decoder *decoder;
    SignalFile *signals; /* NULL: no rule is correlated */
    uint64_t event;      /* correlate_event of the record */
    Reader *reader;
    Str path;   /* of the object under way */
    Str object; /* the path of the object under way, in the finds' memory; empty: not kept yet */
    HuntReport report;
};

static bool fill(Worker *worker, HuntMatch *match, Error *err)
{
    Arena *texts = worker->finds->texts;
    if (!shown_fill(match, worker->document, texts, err))
        return false;
    if (!worker->hunt->options.objects)
        return true;
    if (!worker->object.len) {
        const char *copy = arena_text(texts, worker->path, err);
        worker->object = str_of(copy);
    }
    match->object = worker->object;
    return worker->object.len > 0;
}

static bool is_wanted(const Worker *worker, const Rule *rule)
{
    const HuntOptions *options = &worker->hunt->options;
    return options->only ? rule == options->only
                         : rule->level >= options->level_min && !rule->silent;
}

/* Keeps the matches of a record; beyond the ceiling they are counted only. */
static bool keep(Worker *worker, int64_t time_us, const Rule *const *rules, size_t count,
                 Error *err)
{
    HuntMatch match = {.time_us = time_us, .event = (int64_t)worker->event};
    ERROR_UNREAD(full);
    bool wanted = false;
    for (size_t i = 0; i < count; i++)
        wanted |= is_wanted(worker, rules[i]);
    if (!wanted)
        return true;
    bool ok = fill(worker, &match, &full);
    for (size_t i = 0; i < count; i++) {
        if (!is_wanted(worker, rules[i]))
            continue;
        match.rule = rules[i];
        worker->report.matches++;
        if (!ok || !buf_append(&worker->finds->matches, &match, sizeof match, &full))
            worker->report.dropped++;
    }
    if (full.kind == ERROR_NONE || full.kind == ERROR_LIMIT)
        return true;
    *err = full;
    return false;
}

static bool write_signals(Worker *worker, int64_t time_us, const Rule *const *rules, size_t count,
                          Error *err)
{
    const CorrelationPaths *paths = worker->hunt->paths;
    bool ok = true;
    for (size_t i = 0; ok && worker->signals && i < count; i++) {
        if (!correlation_sql_wants(paths, rules[i]))
            continue;
        worker->report.signals++;
        ok = signals_add(worker->signals, rules[i], worker->event, time_us, worker->document, err);
    }
    return ok;
}

static bool take_record(void *context, const RecordView *view, Error *err)
{
    Worker *worker = context;
    const HuntOptions *options = &worker->hunt->options;
    const Rule *const *rules;
    size_t count;
    worker->event++;
    if (view->event_time < options->since_us || view->event_time >= options->until_us) {
        matcher_forget(worker->matcher);
        return true;
    }
    if (view->event_time > worker->report.last_us)
        worker->report.last_us = view->event_time;
    return matcher_run(worker->matcher, view, &rules, &count, err) &&
           write_signals(worker, view->event_time, rules, count, err) &&
           keep(worker, view->event_time, rules, count, err);
}

static void note_unreadable(Worker *worker, const Error *trouble)
{
    HuntReport *report = &worker->report;
    if (report->unreadable++ == 0)
        snprintf(report->first_unreadable, sizeof report->first_unreadable, "%.*s",
                 (int)sizeof report->first_unreadable - 1, trouble->text);
}

static void note_incomplete(Worker *worker)
{
    HuntReport *report = &worker->report;
    if (report->incomplete++ == 0)
        snprintf(report->first_incomplete, sizeof report->first_incomplete, "%.*s",
                 STR_ARG(str_slice(worker->path, 0, sizeof report->first_incomplete - 1)));
}

static bool scan_object(Worker *worker, size_t index, Error *err)
{
    ReaderObject object;
    ObjectReport report;
    Error trouble = {0};
    worker->object = STR("");
    worker->event = correlate_event(index);
    ReaderResult result = reader_next(worker->reader, &object, &trouble);
    worker->path = object.path;
    if (result == READER_UNREADABLE) {
        note_unreadable(worker, &trouble);
        return true;
    }
    if (result != READER_READ) {
        *err = trouble;
        return result == READER_STOPPED;
    }
    if (!object_decode(worker->decoder, object.bytes, 0, NULL, &report, err))
        return error_context(err, "'%.*s'", STR_ARG(object.path));
    if (!report.complete || (report.kind == OBJECT_UNKNOWN || report.kind == OBJECT_EMPTY))
        note_incomplete(worker);
    worker->report.objects++;
    worker->report.bytes += object.bytes.len;
    worker->report.inflated_bytes += report.inflated_bytes;
    worker->report.records += report.records_read;
    worker->report.quarantined += report.records_quarantined;
    return true;
}

static Str derive(void *context, Document *document)
{
    return derived_write(context, document);
}

/* Memory for what it finds, and a file for signals. */
static bool open_finds(Worker *worker, int number, Error *err)
{
    Hunt *hunt = worker->hunt;
    size_t share = hunt->options.bytes_max / (size_t)hunt->options.jobs / 2;
    worker->finds->matches = buf_init(share);
    worker->finds->texts = arena_new(share, err);
    if (worker->finds->texts && hunt->paths)
        worker->signals = signals_open(hunt->paths, hunt->folder, number, err);
    return worker->finds->texts && (!hunt->paths || worker->signals);
}

static bool open_worker(Worker *worker, int number, Error *err)
{
    const HuntOptions *options = &worker->hunt->options;
    const DecoderHooks hooks = {.context = worker, .record = take_record};
    DecoderLimits limits = OBJECT_LIMITS_DEFAULT;
    limits.sha256 = false;
    if (!open_finds(worker, number, err))
        return false;
    worker->matcher = matcher_new(options->rules, options->level_min, err);
    worker->derived = worker->matcher ? derived_new(options->derive, err) : NULL;
    worker->decoder = worker->derived ? object_decoder_new(&limits, &hooks, err) : NULL;
    worker->reader = worker->decoder
                         ? reader_new(options->objects, options->aws, &worker->hunt->failed, err)
                         : NULL;
    if (!worker->reader)
        return false;
    worker->document = matcher_document(worker->matcher);
    document_set_derive(worker->document, derive, worker->derived);
    return true;
}

static void add_report(HuntReport *sum, const HuntReport *more)
{
    if (!sum->unreadable && more->unreadable)
        memcpy(sum->first_unreadable, more->first_unreadable, sizeof sum->first_unreadable);
    if (!sum->incomplete && more->incomplete)
        memcpy(sum->first_incomplete, more->first_incomplete, sizeof sum->first_incomplete);
    sum->last_us = more->last_us > sum->last_us ? more->last_us : sum->last_us;
    sum->incomplete += more->incomplete;
    sum->objects += more->objects;
    sum->unreadable += more->unreadable;
    sum->records += more->records;
    sum->quarantined += more->quarantined;
    sum->matches += more->matches;
    sum->dropped += more->dropped;
    sum->signals += more->signals;
    sum->bytes += more->bytes;
    sum->inflated_bytes += more->inflated_bytes;
}

static void close_worker(Worker *worker, bool ok, Error *err)
{
    Hunt *hunt = worker->hunt;
    Error second = {0};
    if (!signals_close(worker->signals, ok ? err : &second))
        ok = false;
    matcher_free(worker->matcher);
    derived_free(worker->derived);
    object_decoder_free(worker->decoder);
    reader_free(worker->reader);
    pthread_mutex_lock(&hunt->lock);
    add_report(&hunt->report, &worker->report);
    if (!ok && hunt->failure.kind == ERROR_NONE)
        hunt->failure = *err;
    pthread_mutex_unlock(&hunt->lock);
    if (!ok)
        atomic_store(&hunt->failed, true);
}

/* Objects that a worker takes at a time: few, so that all end together; of S3 so many that it can
 * ask for them ahead. */
static size_t take_of(const HuntOptions *options)
{
    size_t share = object_list_count(options->objects) / ((size_t)options->jobs * SHARES);
    if (!options->aws || share < TAKE)
        return TAKE;
    return share < TAKE_AHEAD ? share : TAKE_AHEAD;
}

/* One thread may run several workers, one after the other: each has a number of its own. */
static void run_worker(void *argument, int thread)
{
    Hunt *hunt = argument;
    int number = atomic_fetch_add(&hunt->next_worker, 1);
    Worker worker = {.hunt = hunt, .finds = &hunt->finds[number]};
    Error err = {0};
    (void)thread;
    size_t count = object_list_count(hunt->options.objects);
    bool ok = open_worker(&worker, number, &err);
    size_t take = take_of(&hunt->options);
    while (ok && !atomic_load(&hunt->failed)) {
        size_t first = atomic_fetch_add(&hunt->next, take);
        if (first >= count)
            break;
        size_t end = first + take < count ? first + take : count;
        reader_begin(worker.reader, first, end);
        for (size_t i = first; ok && i < end; i++)
            ok = scan_object(&worker, i, &err);
    }
    close_worker(&worker, ok, &err);
}

static int compare(const void *a, const void *b)
{
    const HuntMatch *left = a, *right = b;
    if (left->time_us != right->time_us)
        return left->time_us < right->time_us ? -1 : 1;
    int order = str_compare(left->event_id, right->event_id);
    return order ? order
                 : (left->rule->index > right->rule->index) -
                       (left->rule->index < right->rule->index);
}

static bool sort_matches(Hunt *hunt, Error *err)
{
    size_t at = 0;
    for (int i = 0; i <= hunt->options.jobs; i++)
        hunt->count += hunt->finds[i].matches.len / sizeof(HuntMatch);
    hunt->sorted = mem_calloc(hunt->count + 1, sizeof *hunt->sorted, err);
    if (!hunt->sorted)
        return false;
    for (int i = 0; i <= hunt->options.jobs; i++) {
        Buf *matches = &hunt->finds[i].matches;
        if (matches->len)
            memcpy(hunt->sorted + at, matches->ptr, matches->len);
        at += matches->len / sizeof(HuntMatch);
        buf_free(matches);
    }
    qsort(hunt->sorted, hunt->count, sizeof *hunt->sorted, compare);
    return !hunt->options.derive ||
           listed_fill(hunt->sorted, hunt->count, hunt->options.derive, hunt->lists, err);
}

static bool has_correlations(const RuleSet *set)
{
    for (size_t i = 0; i < ruleset_count(set); i++)
        if (ruleset_rule(set, i)->kind == RULE_CORRELATION)
            return true;
    return false;
}

/* A folder for signals, where some rule is correlated. */
static bool prepare(Hunt *hunt, Error *err)
{
    const Rule *only = hunt->options.only;
    if (only ? only->kind != RULE_CORRELATION : !has_correlations(hunt->options.rules))
        return true;
    hunt->paths = correlation_sql_paths(hunt->options.rules, err);
    hunt->folder = hunt->paths ? file_make_temp(err) : NULL;
    return hunt->folder != NULL;
}

static bool correlate(Hunt *hunt, Error *err)
{
    Finds *finds = &hunt->finds[hunt->options.jobs];
    const CorrelateOptions options = {
        .rules = hunt->options.rules,
        .objects = hunt->options.objects,
        .aws = hunt->options.aws,
        .paths = hunt->paths,
        .folder = hunt->folder,
        .memory_bytes = hunt->options.bytes_max,
        .threads = hunt->options.jobs,
        .level_min = hunt->options.level_min,
        .only = hunt->options.only,
        .origin = &hunt->options.origin,
        .horizon_us = hunt->options.horizon_us ? hunt->options.horizon_us : hunt->report.last_us};
    finds->matches = buf_init(hunt->options.bytes_max);
    finds->texts = arena_new(hunt->options.bytes_max, err);
    if (!finds->texts || !hunt->paths || !hunt->report.signals)
        return finds->texts != NULL;
    bool ok = correlate_run(&options, &finds->matches, finds->texts, err);
    hunt->report.matches += finds->matches.len / sizeof(HuntMatch);
    return ok;
}

static bool run(Hunt *hunt, Error *err)
{
    Pool *pool = pool_new(hunt->options.jobs, hunt->options.jobs, err);
    for (int i = 0; pool && i < hunt->options.jobs; i++)
        pool_run(pool, run_worker, hunt);
    pool_free(pool);
    if (pool && hunt->failure.kind != ERROR_NONE)
        *err = hunt->failure;
    return pool && hunt->failure.kind == ERROR_NONE && correlate(hunt, err) &&
           sort_matches(hunt, err);
}

static Hunt *new_hunt(const HuntOptions *options, Error *err)
{
    Hunt *hunt = mem_calloc(1, sizeof *hunt, err);
    if (!hunt)
        return NULL;
    hunt->started_us = clock_monotonic_us();
    hunt->options = *options;
    pthread_mutex_init(&hunt->lock, NULL);
    hunt->finds = mem_calloc((size_t)options->jobs + 1, sizeof *hunt->finds, err);
    hunt->lists = arena_new(options->bytes_max, err);
    if (hunt->finds && hunt->lists && prepare(hunt, err))
        return hunt;
    hunt_free(hunt);
    return NULL;
}

static void note_seconds(Hunt *hunt)
{
    hunt->report.seconds = (double)(clock_monotonic_us() - hunt->started_us) / 1e6;
}

Hunt *hunt_run(const HuntOptions *options, Error *err)
{
    Hunt *hunt = new_hunt(options, err);
    if (hunt && run(hunt, err)) {
        note_seconds(hunt);
        return hunt;
    }
    hunt_free(hunt);
    return NULL;
}

Hunt *hunt_begin(const HuntOptions *options, Error *err)
{
    Hunt *hunt = new_hunt(options, err);
    if (!hunt)
        return NULL;
    hunt->given = mem_calloc((size_t)options->jobs, sizeof *hunt->given, err);
    bool ok = hunt->given != NULL;
    for (int i = 0; ok && i < options->jobs; i++)
        hunt->given[i] = (Worker){.hunt = hunt, .finds = &hunt->finds[i]};
    for (int i = 0; ok && i < options->jobs; i++)
        ok = open_finds(&hunt->given[i], i, err);
    if (ok)
        return hunt;
    hunt_free(hunt);
    return NULL;
}

bool hunt_take(Hunt *hunt, const HuntEvent *event, const Rule *const *rules, size_t count,
               Error *err)
{
    Worker *worker = &hunt->given[event->worker];
    worker->report.records++;
    if (event->time_us > worker->report.last_us)
        worker->report.last_us = event->time_us;
    worker->document = event->document;
    worker->event = event->number;
    return write_signals(worker, event->time_us, rules, count, err) &&
           keep(worker, event->time_us, rules, count, err);
}

static void close_given(Hunt *hunt)
{
    for (int i = 0; hunt->given && i < hunt->options.jobs; i++) {
        Error err = {0};
        close_worker(&hunt->given[i], true, &err);
    }
    mem_free(hunt->given);
    hunt->given = NULL;
}

static int by_event(const void *a, const void *b)
{
    const HuntMatch *left = a, *right = b;
    return (left->event > right->event) - (left->event < right->event);
}

/* Says of each match in which object its event came: of all of an object at once. What there is no
 * memory for has no name. */
static bool name_objects(Hunt *hunt, Error *err)
{
    const HuntOrigin *origin = &hunt->options.origin;
    Arena *texts = hunt->finds[hunt->options.jobs].texts;
    Str last = STR("");
    bool ok = true;
    if (!origin->object || !hunt->count)
        return true;
    qsort(hunt->sorted, hunt->count, sizeof *hunt->sorted, by_event);
    for (size_t i = 0; ok && i < hunt->count; i++) {
        Str name = STR("");
        Error full = {0};
        ok = origin->object(origin->context, (uint64_t)hunt->sorted[i].event, &name, err);
        if (ok && !str_equal(name, last)) {
            const char *copy = arena_text(texts, name, &full);
            last = copy ? (Str){copy, name.len} : STR("");
        }
        hunt->sorted[i].object = last;
    }
    qsort(hunt->sorted, hunt->count, sizeof *hunt->sorted, compare);
    return ok;
}

bool hunt_end(Hunt *hunt, Error *err)
{
    close_given(hunt);
    if (hunt->failure.kind != ERROR_NONE)
        *err = hunt->failure;
    bool ok = hunt->failure.kind == ERROR_NONE && correlate(hunt, err) && sort_matches(hunt, err) &&
              name_objects(hunt, err);
    note_seconds(hunt);
    return ok;
}

void hunt_free(Hunt *hunt)
{
    Error err = {0};
    if (!hunt)
        return;
    close_given(hunt);
    if (hunt->folder && !file_remove_tree(hunt->folder, &err))
        error_clear(&err); /* a temporary folder that stays does no harm */
    mem_free(hunt->folder);
    correlation_sql_paths_free(hunt->paths);
    for (int i = 0; hunt->finds && i <= hunt->options.jobs; i++) {
        buf_free(&hunt->finds[i].matches);
        arena_free(hunt->finds[i].texts);
    }
    pthread_mutex_destroy(&hunt->lock);
    arena_free(hunt->lists);
    mem_free(hunt->finds);
    mem_free(hunt->sorted);
    mem_free(hunt);
}

const HuntReport *hunt_report(const Hunt *hunt)
{
    return &hunt->report;
}

size_t hunt_count(const Hunt *hunt)
{
    return hunt->count;
}

const HuntMatch *hunt_match(const Hunt *hunt, size_t index)
{
    return &hunt->sorted[index];
}
