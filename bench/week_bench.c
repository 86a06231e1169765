/* week_bench - what commits every few seconds cost over days, with merging beside them.
 *
 *     week_bench TRAIL LAKE [SECONDS]
 *
 * Takes the objects of TRAIL in the order of their delivery minute and commits what came every
 * SECONDS (5) of the trail's own time as one part; publishes every 60 s, expires every 10 minutes,
 * and merges in a second thread all the while, as a server would. The clock that the lake sees is
 * the trail's; as it runs much faster, commits wait when COMMITS_BESIDE of them came during one
 * merge, which in real time would have lasted as long. Prints a line per day of the trail: files,
 * bytes of Iceberg's metadata, of data and of the state, and the time of `count(*)` by eventname;
 * at the end the same before and after a full merge. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/timestamp.h"
#include "decode/object.h"
#include "lake/expire.h"
#include "lake/layout.h"
#include "lake/merge.h"
#include "lake/part.h"
#include "query/session.h"

#define SECOND_US INT64_C(1000000)
#define DAY_US    (86400 * SECOND_US)

enum {
    OBJECTS_MAX = 4000000,
    ROWS_MAX = 60000,
    PART_OBJECTS = 4096,
    QUERY_ROUNDS = 9,
    COMMITS_BESIDE = 2
};

typedef struct Object {
    const char *path;
    int64_t at_us; /* delivery, spread over its five minutes */
} Object;

typedef struct Week {
    Arena *arena;
    Object *objects;
    size_t count;
    Lake *lake;
    ClaimTable *claims;
    Config *config;
    Decoder *decoder;
    Batch *batch;
    PartStore *store;
    QuarantineSet quarantine;
    Receipt *receipts;
    uint64_t kept, merges, merged_bytes, slowest_us, query_us;
    atomic_uint_least64_t commits;
    atomic_uint_least64_t merging_since; /* commits at the start of the merge; NOT_MERGING */
    atomic_bool over;
    Error failure; /* of the merging thread */
} Week;

#define NOT_MERGING UINT64_MAX

static _Atomic int64_t sim_now_us;

static int64_t sim_clock(void)
{
    return atomic_load(&sim_now_us);
}

/* "..._YYYYMMDDTHHMMZ_..." in a log's name. */
static bool read_minute(const char *path, int64_t *ret)
{
    const char *name = strrchr(path, '/');
    for (const char *at = name; at && (at = strchr(at, '_')) != NULL; at++) {
        uint64_t parts[5]; /* year, month, day, hour, minute */
        static const size_t FROM[] = {1, 5, 7, 10, 12, 14};
        if (strlen(at) < 15 || at[9] != 'T' || at[14] != 'Z')
            continue;
        bool ok = true;
        for (int i = 0; ok && i < 5; i++)
            ok = str_to_u64((Str){at + FROM[i], (i == 2 ? 9 : FROM[i + 1]) - FROM[i]}, &parts[i]);
        if (!ok)
            continue;
        int64_t day = timestamp_day_of((int)parts[0], (int)parts[1], (int)parts[2]);
        *ret = ((day * 24 + (int64_t)parts[3]) * 60 + (int64_t)parts[4]) * 60 * SECOND_US;
        return true;
    }
    return false;
}

static bool add_object(void *context, const char *path, const FileInfo *info, Error *err)
{
    Week *week = context;
    int64_t at;
    (void)info;
    if (week->count == OBJECTS_MAX)
        return error_set(err, ERROR_LIMIT, "more than %d objects", (int)OBJECTS_MAX);
    if (!read_minute(path, &at))
        return true;
    const char *copy = arena_text(week->arena, (Str){path, strlen(path)}, err);
    uint64_t spread = 0;
    for (const char *c = path; *c; c++)
        spread = spread * 31 + (unsigned char)*c;
    week->objects[week->count++] = (Object){copy, at + (int64_t)(spread % 300) * SECOND_US};
    return copy != NULL;
}

static int compare_objects(const void *left, const void *right)
{
    const Object *a = left, *b = right;
    return (a->at_us > b->at_us) - (a->at_us < b->at_us);
}

static bool take_piece(void *context, const QuarantineItem *item, Error *err)
{
    (void)context;
    return error_set(err, ERROR_INPUT, "the trail holds bad records: %s", item->reason);
}

static bool decode_object(Week *week, size_t index, Receipt *receipt, Error *err)
{
    ObjectReport report;
    BUF_AUTO Buf bytes = buf_init((size_t)1 << 30);
    const char *path = week->objects[index].path;
    *receipt = (Receipt){.object_id = (int64_t)index + 1,
                         .source = STR("file"),
                         .key = {path, strlen(path)},
                         .row_first = week->batch->rows};
    if (!file_read(path, &bytes, NULL, err) ||
        !object_decode(week->decoder, buf_str(&bytes), receipt->object_id, week->batch, &report,
                       err))
        return false;
    receipt->read = report.records_read;
    receipt->row_end = week->batch->rows;
    receipt->bytes = bytes.len;
    return true;
}

/* Commits objects [from, to) as one part. */
static bool commit_objects(Week *week, size_t from, size_t to, Error *err)
{
    PartResult result;
    int64_t before = clock_monotonic_us();
    batch_reset(week->batch);
    for (size_t i = from; i < to; i++)
        if (!decode_object(week, i, &week->receipts[i - from], err))
            return false;
    PartInput input = {.batch = week->batch,
                       .receipts = week->receipts,
                       .receipt_count = to - from,
                       .quarantine = &week->quarantine};
    if (!object_decoder_flush(week->decoder, err) ||
        !part_commit(week->store, &input, &result, err))
        return false;
    uint64_t took = (uint64_t)(clock_monotonic_us() - before);
    week->slowest_us = took > week->slowest_us ? took : week->slowest_us;
    week->kept += result.kept;
    atomic_fetch_add(&week->commits, 1);
    return true;
}

static bool in_turn(Week *week, bool expire, Error *err)
{
    ExpireReport report;
    Claim *claim = claim_take(week->claims, NULL, 0, err);
    bool ok = claim && claim_await_turn(claim) &&
              (expire ? expire_lake(week->lake, &PUBLISH_POLICY_DEFAULT, &report, err)
                      : publish_lake(week->lake, err));
    claim_end(claim, ok);
    return ok;
}

static bool merge_once(Week *week, Engine *engine, Error *err)
{
    MergeReport report;
    MergeOptions options = {week->lake, week->claims, engine, INT64_MIN, INT64_MAX, NULL, 0, 0};
    if (!merge_lake(&options, &report, err))
        return false;
    week->merges += report.days;
    week->merged_bytes += report.bytes_before;
    return true;
}

static Engine *open_engine(const Week *week, Error *err)
{
    char temp[LAYOUT_PATH_BYTES];
    EngineOptions options = {.memory_bytes = (uint64_t)1 << 30, .threads = 1, .temp_folder = temp};
    return layout_path(temp, err, week->lake->folder, "tmp") ? engine_open(&options, err) : NULL;
}

static void *keep_merging(void *context)
{
    Week *week = context;
    Engine *engine = open_engine(week, &week->failure);
    uint64_t seen = 0;
    bool ok = engine != NULL;
    while (ok && !atomic_load(&week->over)) {
        uint64_t commits = atomic_load(&week->commits);
        if (commits == seen) {
            nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
            continue;
        }
        seen = commits;
        atomic_store(&week->merging_since, commits);
        ok = merge_once(week, engine, &week->failure);
        atomic_store(&week->merging_since, NOT_MERGING);
    }
    engine_close(engine);
    return NULL;
}

static bool add_bytes(void *context, const char *path, const FileInfo *info, Error *err)
{
    (void)path;
    (void)err;
    *(uint64_t *)context += info->bytes;
    return true;
}

static double folder_mib(const Week *week, const char *name)
{
    char path[LAYOUT_PATH_BYTES];
    uint64_t bytes = 0;
    Error err = {0};
    if (!layout_path(path, &err, week->lake->folder, "%s", name) ||
        !file_walk(path, add_bytes, NULL, &bytes, &err))
        return -1;
    return (double)bytes / (1 << 20);
}

static double state_mib(const Week *week)
{
    char path[LAYOUT_PATH_BYTES];
    uint64_t bytes = 0;
    FileInfo info;
    static const char *const NAMES[] = {"state.db", "state.db-wal"};
    for (int i = 0; i < 2; i++) {
        Error err = {0};
        if (layout_path(path, &err, week->lake->folder, "%s", NAMES[i]) &&
            file_info(path, &info, &err))
            bytes += info.bytes;
    }
    return (double)bytes / (1 << 20);
}

static bool query_once(Week *week, uint64_t *ret_us, uint64_t *ret_files, Error *err)
{
    bool row = true;
    int64_t before = clock_monotonic_us();
    Lake *reader = lake_open(week->lake->folder, LAKE_READ, err);
    SessionOptions options = {.config = week->config, .since_us = INT64_MIN, .until_us = INT64_MAX};
    Session *session = reader ? session_open(reader, &options, err) : NULL;
    EngineResult *result =
        session ? session_query(session,
                                STR("SELECT eventname, count(*) FROM cloudtrail GROUP BY 1"), err)
                : NULL;
    bool ok = result != NULL;
    while (ok && row)
        ok = engine_next(result, &row, err);
    engine_result_free(result);
    *ret_us = (uint64_t)(clock_monotonic_us() - before);
    if (session)
        *ret_files = session_scanned(session).files;
    session_close(session);
    lake_close(reader);
    return ok;
}

static int compare_times(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

/* The median of a few rounds. */
static bool measure_query(Week *week, uint64_t *ret_us, uint64_t *ret_files, Error *err)
{
    uint64_t times[QUERY_ROUNDS];
    for (int i = 0; i < QUERY_ROUNDS; i++)
        if (!query_once(week, &times[i], ret_files, err))
            return false;
    qsort(times, QUERY_ROUNDS, sizeof *times, compare_times);
    *ret_us = times[QUERY_ROUNDS / 2];
    return true;
}

static bool report_day(Week *week, int day, Error *err)
{
    uint64_t files;
    if (!measure_query(week, &week->query_us, &files, err))
        return false;
    printf("day %d: %llu commits, %llu events, %llu merges (%.0f MiB), %llu live files, metadata "
           "%.1f MiB, data %.1f MiB, state %.1f MiB, runs %.1f MiB, slowest commit %llu ms, query "
           "%.1f ms\n",
           day, (unsigned long long)atomic_load(&week->commits), (unsigned long long)week->kept,
           (unsigned long long)week->merges, (double)week->merged_bytes / (1 << 20),
           (unsigned long long)files,
           folder_mib(week, "cloudtrail/metadata") + folder_mib(week, "objects/metadata"),
           folder_mib(week, "cloudtrail/data"), state_mib(week), folder_mib(week, "fingerprints"),
           (unsigned long long)(week->slowest_us / 1000), (double)week->query_us / 1000);
    fflush(stdout);
    return true;
}

static void wait_for_merge(Week *week)
{
    for (;;) {
        uint64_t since = atomic_load(&week->merging_since);
        if (since == NOT_MERGING || atomic_load(&week->commits) < since + COMMITS_BESIDE)
            return;
        nanosleep(&(struct timespec){.tv_nsec = 200000}, NULL);
    }
}

static bool run_days(Week *week, int64_t step_us, Error *err)
{
    int64_t start = week->objects[0].at_us, next_day = start + DAY_US;
    int64_t next_publish = start, next_expire = start;
    int day = 1;
    for (size_t from = 0, to; from < week->count; from = to) {
        int64_t until = (week->objects[from].at_us / step_us + 1) * step_us;
        for (to = from;
             to < week->count && to - from < PART_OBJECTS && week->objects[to].at_us < until;)
            to++;
        atomic_store(&sim_now_us, until);
        wait_for_merge(week);
        if (!commit_objects(week, from, to, err))
            return false;
        bool expire = until >= next_expire;
        if (expire || until >= next_publish) {
            if (!in_turn(week, expire, err))
                return false;
            next_publish = until + 60 * SECOND_US;
            next_expire = expire ? until + 600 * SECOND_US : next_expire;
        }
        if (until >= next_day || to == week->count) {
            next_day += DAY_US;
            if (!report_day(week, day++, err))
                return false;
        }
    }
    return true;
}

static bool run_beside(Week *week, int64_t step_us, Error *err)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, keep_merging, week) != 0)
        return error_set(err, ERROR_SYSTEM, "no thread");
    bool ok = run_days(week, step_us, err);
    atomic_store(&week->over, true);
    pthread_join(thread, NULL);
    if (ok && week->failure.kind != ERROR_NONE)
        return error_set(err, week->failure.kind, "merging: %s", week->failure.text);
    return ok;
}

static bool compare_with_merged(Week *week, Error *err)
{
    uint64_t live_us = week->query_us, merged_us, files;
    Engine *engine = open_engine(week, err);
    atomic_store(&sim_now_us, sim_clock() + 2 * DAY_US);
    bool ok = engine && merge_once(week, engine, err) && in_turn(week, true, err) &&
              measure_query(week, &merged_us, &files, err);
    engine_close(engine);
    if (ok)
        printf("query beside commits %.1f ms, merged to %llu files %.1f ms: %.2f times\n",
               (double)live_us / 1000, (unsigned long long)files, (double)merged_us / 1000,
               (double)live_us / (double)merged_us);
    return ok;
}

static bool open_week(Week *week, const char *trail, const char *folder, Error *err)
{
    DecoderHooks hooks = {.context = week, .quarantine = take_piece};
    DecoderLimits limits = OBJECT_LIMITS_DEFAULT;
    *week = (Week){.quarantine = quarantine_new()};
    atomic_store(&week->merging_since, NOT_MERGING);
    week->arena = arena_new((size_t)1 << 30, err);
    week->objects = week->arena ? mem_calloc(OBJECTS_MAX, sizeof *week->objects, err) : NULL;
    week->receipts = week->objects ? mem_calloc(PART_OBJECTS, sizeof *week->receipts, err) : NULL;
    if (!week->receipts || !file_walk(trail, add_object, NULL, week, err))
        return false;
    if (week->count == 0)
        return error_set(err, ERROR_USAGE, "'%s' holds no logs named as AWS names them", trail);
    qsort(week->objects, week->count, sizeof *week->objects, compare_objects);
    atomic_store(&sim_now_us, week->objects[0].at_us);
    clock_replace(sim_clock);
    week->config = config_new(err);
    week->lake = week->config ? lake_open(folder, LAKE_CREATE, err) : NULL;
    week->claims = week->lake ? claim_table_new(week->lake, err) : NULL;
    week->store = week->claims ? part_store_new(week->lake, week->claims, err) : NULL;
    week->decoder = week->store ? object_decoder_new(&limits, &hooks, err) : NULL;
    week->batch =
        week->decoder ? batch_new(ROWS_MAX, (size_t)96 << 20, week->lake->secret, err) : NULL;
    return week->batch != NULL;
}

int main(int argc, char **argv)
{
    static Week week;
    Error err = {0};
    uint64_t seconds = 5;
    if (argc < 3 || (argc > 3 && !str_to_u64(str_of(argv[3]), &seconds))) {
        fprintf(stderr, "week_bench TRAIL LAKE [SECONDS]\n");
        return 2;
    }
    bool ok = open_week(&week, argv[1], argv[2], &err) &&
              run_beside(&week, (int64_t)seconds * SECOND_US, &err) &&
              compare_with_merged(&week, &err);
    if (!ok)
        fprintf(stderr, "week_bench: %s\n", err.text);
    part_store_free(week.store);
    claim_table_free(week.claims);
    lake_close(week.lake);
    return !ok;
}
