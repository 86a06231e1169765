#include "lake/merge.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/timestamp.h"
#include "lake/commit.h"
#include "lake/merge_choose.h"
#include "lake/merge_runs.h"
#include "lake/parquet.h"
#include "lake/reread.h"
#include "lake/rows.h"

#define DAY_US      (INT64_C(86400) * 1000000)
#define LATENESS_US (INT64_C(3600) * 1000000) /* a day is open that long after its end */

enum {
    DAYS_BYTES_MAX = 64 << 20,
    LIST_BYTES_MAX = 64 << 20,
    ARENA_BYTES_MAX = 256 << 20,
    SUMMARY_BYTES_MAX = 1 << 20,
    BATCH_BYTES_MAX = 96 << 20,
    GROUP_ROWS = PARQUET_GROUP_ROWS_MAX,
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
    bool open; /* events of the day still come */
    int64_t seq;
    char uuid[37];
    Buf inputs; /* Input each, ascending by bytes; the first input_count of them are merged */
    size_t input_count;
    Buf runs; /* ClaimRun each, ascending by entries; the first run_count of them are merged */
    size_t run_count;
    CommitFile files[64];
    size_t file_count;
    ClaimRun merged_run; /* when run_count > 0 */
    /* What the day's files are made with. */
    ParquetEncoder *encoder;
    Batch *batch;
    uint32_t *order;
    int64_t *commit_seqs;
    LedgerSummer summer;
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
    return true;
}

/* The footer says which files this one stands for: by their names, without ".parquet". */
static bool note_inputs(const DayMerge *merge, ParquetFile *parquet, Error *err)
{
    Str ending = STR(".parquet");
    bool ok = true;
    for (size_t i = 0; ok && i < merge->input_count; i++) {
        Str name = str_of(strrchr(inputs_of(merge)[i].path, '/') + 1);
        if (str_ends(name, ending))
            name.len -= ending.len;
        ok = (i == 0 || parquet_note(parquet, STR(" "), err)) && parquet_note(parquet, name, err);
    }
    return ok;
}

/* Begins a file of the day; *ret_path is absolute. */
static ParquetFile *begin_file(DayMerge *merge, char ret_path[LAYOUT_PATH_BYTES], Error *err)
{
    CommitFile *file = &merge->files[merge->file_count];
    if (merge->file_count == sizeof merge->files / sizeof *merge->files) {
        error_set(err, ERROR_LIMIT, "a merge gives more than %zu files", merge->file_count);
        return NULL;
    }
    *file = (CommitFile){.day = merge->day, .time_min = INT64_MAX, .time_max = INT64_MIN};
    if (!layout_data_file(file->path, merge->day, merge->seq, merge->uuid, (int)merge->file_count,
                          err) ||
        !layout_path(ret_path, err, merge->options->lake->folder, "%s", file->path))
        return NULL;
    ParquetFile *parquet = parquet_create(merge->encoder, ret_path, err);
    merge->file_count += parquet != NULL;
    if (!parquet || note_inputs(merge, parquet, err))
        return parquet;
    parquet_abandon(parquet);
    return NULL;
}

static bool end_file(DayMerge *merge, ParquetFile *parquet, Error *err)
{
    CommitFile *file = &merge->files[merge->file_count - 1];
    BUF_AUTO Buf summary = buf_init(SUMMARY_BYTES_MAX);
    if (!parquet_finish(parquet, &file->bytes, &summary, err))
        return false;
    const char *copy = arena_text(merge->arena, buf_str(&summary), err);
    file->summary = (Str){copy, summary.len};
    return copy != NULL;
}

/* Writes the batch as one row group and notes its times. */
static bool write_batch(DayMerge *merge, ParquetFile *parquet, Error *err)
{
    const Batch *batch = merge->batch;
    CommitFile *file = &merge->files[merge->file_count - 1];
    ParquetRows rows = {batch, merge->order, batch->rows, merge->commit_seqs, 0};
    file->rows += batch->rows;
    rows_widen_times(batch, merge->order, batch->rows, &file->time_min, &file->time_max);
    ledger_sum_rows(&merge->summer, batch, merge->order, batch->rows, &file->sum);
    return parquet_write_rows(parquet, &rows, err);
}

/* Reads all inputs and writes them into files of at most MERGE_FILE_BYTES. */
static bool copy_rows(DayMerge *merge, Reread *reread, Error *err)
{
    char path[LAYOUT_PATH_BYTES];
    ParquetFile *parquet = NULL;
    bool ok = true;
    while (ok) {
        batch_reset(merge->batch);
        ok = reread_fill(reread, merge->batch, GROUP_ROWS, merge->commit_seqs, err);
        if (!ok || merge->batch->rows == 0)
            break;
        if (!parquet)
            parquet = begin_file(merge, path, err);
        ok = parquet && write_batch(merge, parquet, err);
        if (ok && parquet_bytes(parquet) >= MERGE_FILE_BYTES - MERGE_FILE_BYTES / 16) {
            ok = end_file(merge, parquet, err);
            parquet = NULL;
        }
    }
    if (ok && parquet)
        return end_file(merge, parquet, err);
    if (!ok)
        parquet_abandon(parquet);
    return ok;
}

static bool write_files(DayMerge *merge, Error *err)
{
    char folder[LAYOUT_PATH_BYTES];
    if (merge->input_count == 0)
        return true;
    const char **paths = arena_calloc(merge->arena, merge->input_count, sizeof *paths, err);
    if (!paths)
        return false;
    for (size_t i = 0; i < merge->input_count; i++)
        paths[i] = inputs_of(merge)[i].path;
    Reread *reread = reread_new(merge->options->engine, paths, merge->input_count, err);
    bool ok = reread && copy_rows(merge, reread, err);
    reread_free(reread);
    if (!ok || merge->file_count == 0)
        return ok;
    if (!layout_path(folder, err, merge->options->lake->folder, "%s", merge->files[0].path))
        return false;
    *strrchr(folder, '/') = '\0';
    return file_sync_folder(folder, err);
}

static bool write_run(DayMerge *merge, Error *err)
{
    ClaimRun *merged = &merge->merged_run;
    if (merge->run_count == 0)
        return true;
    snprintf(merged->path, sizeof merged->path, "fingerprints/%010" PRId64 "-%s.run", merge->seq,
             merge->uuid);
    return merge_runs(merge->options->lake, runs_of(merge), merge->run_count, merged, err);
}

/* What was written is what was read, and that is what was ingested; parts from before the ledger
 * have no sums. */
static bool check_sums(const DayMerge *merge, const int64_t *parts, Error *err)
{
    LedgerSum before, after = {{0}};
    bool known;
    uint64_t rows = 0;
    if (!ledger_sum_of_parts(merge->options->lake, parts, merge->input_count, &known, &before, err))
        return false;
    for (size_t i = 0; i < merge->file_count; i++) {
        ledger_sum_add(&after, &merge->files[i].sum);
        rows += merge->files[i].rows;
    }
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
                       .files = merge->files,
                       .file_count = merge->file_count,
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
    for (size_t i = 0; i < merge->file_count; i++)
        remove_file(merge->options->lake, merge->files[i].path);
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

static void count_merge(const DayMerge *merge, MergeReport *report)
{
    size_t runs = merge->runs.len / sizeof(ClaimRun);
    report->days++;
    report->files_before += merge->input_count;
    report->files_after += merge->file_count;
    report->runs_before += runs;
    report->runs_after += runs - merge->run_count + (merge->run_count > 0);
    for (size_t i = 0; i < merge->input_count; i++) {
        report->bytes_before += inputs_of(merge)[i].bytes;
        report->rows += inputs_of(merge)[i].rows;
    }
    for (size_t i = 0; i < merge->file_count; i++)
        report->bytes_after += merge->files[i].bytes;
}

/* Writes what was chosen and commits it. An input that ceased to be live meanwhile: the merge is
 * thrown away. */
static bool run_merge(DayMerge *merge, MergeReport *report, Error *err)
{
    if (merge->input_count + merge->run_count == 0)
        return true;
    if (hash_uuid(merge->uuid, err) && write_files(merge, err) && write_run(merge, err) &&
        commit(merge, err)) {
        count_merge(merge, report);
        return remove_former_runs(merge, err);
    }
    remove_written(merge);
    if (err->kind != ERROR_BUSY)
        return false;
    error_clear(err);
    return true;
}

static bool open_tools(DayMerge *merge, Error *err)
{
    merge->summer = ledger_sum_new(merge->options->lake);
    merge->encoder = parquet_encoder_new(err);
    merge->batch = merge->encoder
                       ? batch_new(GROUP_ROWS, BATCH_BYTES_MAX, merge->options->lake->secret, err)
                       : NULL;
    merge->order = merge->batch ? mem_calloc(GROUP_ROWS, sizeof *merge->order, err) : NULL;
    merge->commit_seqs =
        merge->order ? mem_calloc(GROUP_ROWS, sizeof *merge->commit_seqs, err) : NULL;
    for (uint32_t i = 0; merge->commit_seqs && i < GROUP_ROWS; i++)
        merge->order[i] = i;
    return merge->commit_seqs != NULL;
}

static void close_tools(DayMerge *merge)
{
    parquet_encoder_free(merge->encoder);
    batch_free(merge->batch);
    mem_free(merge->order);
    mem_free(merge->commit_seqs);
}

static int64_t last_closed_day(void)
{
    return (clock_now_us() - LATENESS_US) / DAY_US - 1;
}

static bool merge_day(DayMerge *merge, int32_t day, MergeReport *report, Error *err)
{
    arena_reset(merge->arena);
    merge->day = day;
    merge->open = day > last_closed_day();
    merge->inputs.len = merge->runs.len = 0;
    merge->input_count = merge->run_count = merge->file_count = 0;
    merge->merged_run = (ClaimRun){0};
    Claim *claim = take_turn(merge->options, err);
    if (!claim)
        return false;
    merge->seq = claim_seq(claim);
    bool ok = choose(merge, err);
    claim_end(claim, false);
    return ok && run_merge(merge, report, err);
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
    for (size_t at = 0; at < days->len; at += sizeof(int32_t)) {
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
    bool ok = merge->arena && open_tools(merge, err) && merge_days(merge, &days, ret, err);
    close_tools(merge);
    arena_free(merge->arena);
    buf_free(&merge->inputs);
    buf_free(&merge->runs);
    mem_free(merge);
    return ok;
}
