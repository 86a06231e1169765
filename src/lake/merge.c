#include "lake/merge.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/timestamp.h"
#include "lake/day_writer.h"
#include "lake/merge_choose.h"
#include "lake/merge_runs.h"

#define DAY_US      (INT64_C(86400) * 1000000)
#define LATENESS_US (INT64_C(3600) * 1000000) /* a day is open that long after its end */

enum {
    DAYS_BYTES_MAX = 64 << 20,
    LIST_BYTES_MAX = 64 << 20,
    ARENA_BYTES_MAX = 256 << 20,
};

/* A small file of the day. */
typedef struct Input {
    int64_t part_id;
    const char *path; /* absolute */
    uint64_t bytes, rows;
} Input;

/* One day being merged. */
typedef struct DayMerge {
    const MergeOptions *options;
    Arena *arena; /* of the day */
    int32_t day;
    bool open;  /* events of the day still come */
    Buf inputs; /* Input each, ascending by bytes; the first input_count of them are merged */
    size_t input_count;
    bool more; /* this is a round, after which the day is merged further */
    Buf runs;  /* ClaimRun each, ascending by entries; the first run_count of them are merged */
    size_t run_count;
    ClaimRun merged_run; /* when run_count > 0 */
    DayWriter writer;
} DayMerge;

/* Waits until nobody else uses the state; a merge has no records to claim. */
static Claim *take_turn(const MergeOptions *options, Error *err)
{
    Claim *claim = claim_take(options->claims, NULL, 0, err);
    if (claim && claim_await_turn(claim))
        return claim;
    claim_end(claim, false);
    return NULL;
}

static const Input *inputs_of(const DayMerge *merge)
{
    return (const Input *)(const void *)merge->inputs.ptr;
}

static const ClaimRun *runs_of(const DayMerge *merge)
{
    return (const ClaimRun *)(const void *)merge->runs.ptr;
}

static bool add_input(DayMerge *merge, DbStatement *row, Error *err)
{
    char path[LAYOUT_PATH_BYTES];
    if (!layout_path(path, err, merge->options->lake->folder, "%.*s", STR_ARG(db_text(row, 1))))
        return false;
    Input input = {.part_id = db_int(row, 0),
                   .path = arena_text(merge->arena, str_of(path), err),
                   .bytes = (uint64_t)db_int(row, 2),
                   .rows = (uint64_t)db_int(row, 3)};
    return input.path && buf_append(&merge->inputs, &input, sizeof input, err);
}

static bool list_inputs(DayMerge *merge, Error *err)
{
    bool row = true;
    DbStatement *select = db_statement(
        merge->options->lake->db,
        "SELECT id, path, bytes, rows FROM parts WHERE removed_seq IS NULL AND day = ?1 AND bytes <"
        " ?2 ORDER BY bytes, id",
        err);
    if (!select)
        return false;
    db_bind_int(select, 1, merge->day);
    db_bind_int(select, 2, MERGE_FILE_BYTES / 2);
    while (db_next(select, &row, err)) {
        if (!row)
            return true;
        if (!add_input(merge, select, err))
            return false;
    }
    return false;
}

static int compare_runs(const void *left, const void *right)
{
    const ClaimRun *a = left;
    const ClaimRun *b = right;
    return (a->entries > b->entries) - (a->entries < b->entries);
}

static bool list_runs(DayMerge *merge, Error *err)
{
    ClaimTable *claims = merge->options->claims;
    size_t count = claim_runs(claims, merge->day, NULL, 0);
    if (!buf_reserve(&merge->runs, count * sizeof(ClaimRun), err))
        return false;
    ClaimRun *runs = (ClaimRun *)(void *)merge->runs.ptr;
    claim_runs(claims, merge->day, runs, count);
    merge->runs.len = count * sizeof *runs;
    if (count)
        qsort(runs, count, sizeof *runs, compare_runs);
    return true;
}

/* Of many small files, each slice of the day would read all: as many as one slice holds become one
 * first, until few are left. */
static void choose_round(DayMerge *merge)
{
    enum { WORTH = 4 }; /* files that a round takes at least */
    uint32_t most = merge->options->round_files ? merge->options->round_files : MERGE_ROUND_FILES;
    uint64_t rows = 0;
    size_t taken = 0;
    if (merge->input_count <= most)
        return;
    while (taken < merge->input_count &&
           rows + inputs_of(merge)[taken].rows <= merge->writer.slice_rows)
        rows += inputs_of(merge)[taken++].rows;
    if (taken < WORTH || taken == merge->input_count)
        return;
    merge->more = true;
    merge->input_count = taken;
    merge->run_count = 0;
}

/* Chooses what is merged. Nothing else runs meanwhile; what is chosen is read later, without the
 * turn, and the commit sees to it that it is still live. */
static bool choose(DayMerge *merge, Error *err)
{
    if (!list_inputs(merge, err) || !list_runs(merge, err))
        return false;
    size_t count = merge->inputs.len / sizeof(Input), runs = merge->runs.len / sizeof(ClaimRun);
    uint64_t *sizes = arena_calloc(merge->arena, count + runs + 1, sizeof *sizes, err);
    if (!sizes)
        return false;
    for (size_t i = 0; i < count; i++)
        sizes[i] = inputs_of(merge)[i].bytes;
    merge->input_count = merge_choose(sizes, count, merge->open);
    for (size_t i = 0; i < runs; i++)
        sizes[i] = runs_of(merge)[i].entries;
    merge->run_count = merge_choose(sizes, runs, merge->open);
    choose_round(merge);
    return true;
}

static bool write_files(DayMerge *merge, Error *err)
{
    DayWriter *writer = &merge->writer;
    const char **paths = arena_calloc(merge->arena, merge->input_count + 1, sizeof *paths, err);
    if (!paths)
        return false;
    for (size_t i = 0; i < merge->input_count; i++)
        paths[i] = inputs_of(merge)[i].path;
    writer->inputs = paths;
    writer->input_count = merge->input_count;
    return day_writer_copy(writer, merge->options->engine, NULL, err);
}

static bool write_run(DayMerge *merge, Error *err)
{
    ClaimRun *merged = &merge->merged_run;
    if (merge->run_count == 0)
        return true;
    snprintf(merged->path, sizeof merged->path, "fingerprints/%010" PRId64 "-%s.run",
             merge->writer.seq, merge->writer.uuid);
    return merge_runs(merge->options->lake, runs_of(merge), merge->run_count, merged, err);
}

/* What was written is what was read, and that is what was ingested; parts from before the ledger
 * have no sums. */
static bool check_sums(const DayMerge *merge, const int64_t *parts, Error *err)
{
    LedgerSum before, after;
    bool known;
    uint64_t rows = day_writer_total(&merge->writer, &after);
    if (!ledger_sum_of_parts(merge->options->lake, parts, merge->input_count, &known, &before, err))
        return false;
    for (size_t i = 0; i < merge->input_count; i++)
        rows -= inputs_of(merge)[i].rows;
    return (rows == 0 && (!known || ledger_sum_equal(&before, &after))) ||
           error_set(err, ERROR_INPUT,
                     "the files of day %" PRId32 " do not hold the rows that were written, by the"
                     " ledger's sums: they are not merged; see spoor verify --lake %s",
                     merge->day, merge->options->lake->folder);
}

static bool commit(DayMerge *merge, Error *err)
{
    int64_t *parts = arena_calloc(merge->arena, merge->input_count + 1, sizeof *parts, err);
    int64_t *runs = arena_calloc(merge->arena, merge->run_count + 1, sizeof *runs, err);
    Claim *claim = parts && runs ? take_turn(merge->options, err) : NULL;
    if (!claim)
        return false;
    for (size_t i = 0; i < merge->input_count; i++)
        parts[i] = inputs_of(merge)[i].part_id;
    for (size_t i = 0; i < merge->run_count; i++)
        runs[i] = runs_of(merge)[i].id;
    CommitPlan plan = {.kind = "merge",
                       .files = merge->writer.files,
                       .file_count = merge->writer.file_count,
                       .runs = &merge->merged_run,
                       .run_count = merge->run_count > 0,
                       .removed_parts = parts,
                       .removed_count = merge->input_count,
                       .removed_runs = runs,
                       .removed_run_count = merge->run_count};
    bool ok = check_sums(merge, parts, err) && commit_run(merge->options->lake, claim, &plan, err);
    claim_end(claim, ok);
    return ok;
}

/* What stays is swept later. */
static void remove_file(const Lake *lake, const char *path)
{
    char whole[LAYOUT_PATH_BYTES];
    Error ignored = {0};
    if (!layout_path(whole, &ignored, lake->folder, "%s", path) || !file_remove(whole, &ignored))
        error_clear(&ignored);
}

static void remove_written(const DayMerge *merge)
{
    day_writer_remove(&merge->writer);
    if (merge->merged_run.path[0])
        remove_file(merge->options->lake, merge->merged_run.path);
}

static bool is_named(Lake *lake, const char *run_path, bool *ret, Error *err)
{
    DbStatement *find = db_statement(lake->db, "SELECT 1 FROM runs WHERE path = ? LIMIT 1", err);
    if (!find)
        return false;
    db_bind_text(find, 1, str_of(run_path));
    bool ok = db_next(find, ret, err);
    db_reset(find);
    return ok;
}

/* Removes the files of the former runs that hold no other day's. Who has the turn now knows that
 * every claim that was compared with them has ended. */
static bool remove_former_runs(const DayMerge *merge, Error *err)
{
    if (merge->run_count == 0)
        return true;
    Claim *claim = take_turn(merge->options, err);
    bool ok = claim != NULL;
    for (size_t i = 0; ok && i < merge->run_count; i++) {
        bool named;
        const char *path = runs_of(merge)[i].path;
        ok = is_named(merge->options->lake, path, &named, err);
        if (ok && !named)
            remove_file(merge->options->lake, path);
    }
    claim_end(claim, false);
    return ok;
}

/* What a round wrote is what the next one reads: only what it made less counts. */
static void count_round(const DayMerge *merge, MergeReport *report)
{
    report->files_before += merge->input_count - merge->writer.file_count;
    for (size_t i = 0; i < merge->input_count; i++)
        report->bytes_before += inputs_of(merge)[i].bytes;
    for (size_t i = 0; i < merge->writer.file_count; i++)
        report->bytes_before -= merge->writer.files[i].bytes;
}

static void count_merge(const DayMerge *merge, MergeReport *report)
{
    size_t runs = merge->runs.len / sizeof(ClaimRun);
    report->days++;
    report->files_before += merge->input_count;
    report->files_after += merge->writer.file_count;
    report->runs_before += runs;
    report->runs_after += runs - merge->run_count + (merge->run_count > 0);
    for (size_t i = 0; i < merge->input_count; i++) {
        report->bytes_before += inputs_of(merge)[i].bytes;
        report->rows += inputs_of(merge)[i].rows;
    }
    for (size_t i = 0; i < merge->writer.file_count; i++)
        report->bytes_after += merge->writer.files[i].bytes;
}

static bool is_stopping(const MergeOptions *options)
{
    return options->stopping && atomic_load(options->stopping);
}

/* Writes what was chosen and commits it. An input that ceased to be live meanwhile, or the end is
 * asked for: the merge is thrown away. */
static bool run_merge(DayMerge *merge, MergeReport *report, Error *err)
{
    if (merge->input_count + merge->run_count == 0)
        return true;
    /* Sorting fingerprints takes memory of its own: before a batch has taken its. */
    if (write_run(merge, err) && write_files(merge, err) && commit(merge, err)) {
        if (merge->more)
            count_round(merge, report);
        else
            count_merge(merge, report);
        return remove_former_runs(merge, err);
    }
    merge->more = false;
    remove_written(merge);
    if (err->kind != ERROR_BUSY && !is_stopping(merge->options))
        return false;
    error_clear(err);
    return true;
}

static int64_t last_closed_day(void)
{
    return (clock_now_us() - LATENESS_US) / DAY_US - 1;
}

static bool merge_round(DayMerge *merge, int32_t day, MergeReport *report, Error *err)
{
    arena_reset(merge->arena);
    merge->day = day;
    merge->open = day > last_closed_day();
    merge->inputs.len = merge->runs.len = 0;
    merge->input_count = merge->run_count = 0;
    merge->more = false;
    merge->merged_run = (ClaimRun){0};
    Claim *claim = take_turn(merge->options, err);
    if (!claim)
        return false;
    bool ok = day_writer_begin(&merge->writer, day, claim_seq(claim), err) && choose(merge, err);
    claim_end(claim, false);
    return ok && run_merge(merge, report, err);
}

static bool merge_day(DayMerge *merge, int32_t day, MergeReport *report, Error *err)
{
    bool ok = true;
    do
        ok = merge_round(merge, day, report, err);
    while (ok && merge->more && !is_stopping(merge->options));
    return ok;
}

/* Days with more small files or runs than a closed day should have. */
static bool list_days(const MergeOptions *options, Buf *days, Error *err)
{
    bool row = true;
    DbStatement *select = db_statement(
        options->lake->db,
        "SELECT day FROM (SELECT day, count(*) AS n FROM parts WHERE removed_seq IS NULL AND bytes "
        "< ?1 GROUP BY day UNION ALL SELECT day, count(*) FROM runs GROUP BY day) WHERE n > ?2 AND "
        "(day + 1) * 86400000000 > ?3 AND day * 86400000000 < ?4 GROUP BY day ORDER BY day",
        err);
    if (!select)
        return false;
    db_bind_int(select, 1, MERGE_FILE_BYTES / 2);
    db_bind_int(select, 2, MERGE_CLOSED_FILES);
    db_bind_int(select, 3, options->since_us);
    db_bind_int(select, 4, options->until_us);
    while (db_next(select, &row, err)) {
        if (!row)
            return true;
        int32_t day = (int32_t)db_int(select, 0);
        if (!buf_append(days, &day, sizeof day, err))
            return false;
    }
    return false;
}

static bool find_days(const MergeOptions *options, Buf *days, Error *err)
{
    Claim *claim = take_turn(options, err);
    bool ok = claim && list_days(options, days, err);
    claim_end(claim, false);
    return ok;
}

static bool merge_days(DayMerge *merge, const Buf *days, MergeReport *report, Error *err)
{
    for (size_t at = 0; at < days->len && !is_stopping(merge->options); at += sizeof(int32_t)) {
        int32_t day;
        memcpy(&day, days->ptr + at, sizeof day);
        if (!merge_day(merge, day, report, err))
            return false;
    }
    return true;
}

bool merge_due(Lake *lake, MergeDue *ret, Error *err)
{
    bool row;
    DbStatement *select = db_statement(
        lake->db,
        "SELECT count(*), coalesce(sum(n - ?1), 0) FROM (SELECT count(*) AS n FROM parts WHERE"
        " removed_seq IS NULL AND bytes < ?2 AND day <= ?3 GROUP BY day) WHERE n > ?1",
        err);
    if (!select)
        return false;
    db_bind_int(select, 1, MERGE_CLOSED_FILES);
    db_bind_int(select, 2, MERGE_FILE_BYTES / 2);
    db_bind_int(select, 3, last_closed_day());
    if (!db_next(select, &row, err))
        return false;
    *ret = (MergeDue){(uint64_t)db_int(select, 0), (uint64_t)db_int(select, 1)};
    db_reset(select);
    return true;
}

bool merge_lake(const MergeOptions *options, MergeReport *ret, Error *err)
{
    BUF_AUTO Buf days = buf_init(DAYS_BYTES_MAX);
    *ret = (MergeReport){0};
    if (!find_days(options, &days, err))
        return false;
    if (days.len == 0)
        return true;
    DayMerge *merge = mem_calloc(1, sizeof *merge, err);
    if (!merge)
        return false;
    merge->options = options;
    merge->inputs = buf_init(LIST_BYTES_MAX);
    merge->runs = buf_init(LIST_BYTES_MAX);
    merge->arena = arena_new(ARENA_BYTES_MAX, err);
    bool ok = merge->arena && day_writer_open(&merge->writer, options->lake, merge->arena, err);
    merge->writer.stopping = options->stopping;
    if (options->slice_rows)
        merge->writer.slice_rows = options->slice_rows;
    ok = ok && merge_days(merge, &days, ret, err);
    day_writer_close(&merge->writer);
    arena_free(merge->arena);
    buf_free(&merge->inputs);
    buf_free(&merge->runs);
    mem_free(merge);
    return ok;
}
