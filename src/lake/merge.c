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
#include "lake/parquet.h"
#include "lake/reread.h"

enum {
    DAYS_BYTES_MAX = 64 << 20,
    ARENA_BYTES_MAX = 256 << 20,
    SUMMARY_BYTES_MAX = 1 << 20,
    BATCH_BYTES_MAX = 96 << 20,
    GROUP_ROWS = PARQUET_GROUP_ROWS_MAX,
    RUNS_MAX = 4096,
};

/* One day being merged. Arrays live in *arena*. */
typedef struct DayMerge {
    const MergeOptions *options;
    Arena *arena;
    int32_t day;
    const char **paths; /* of the inputs, absolute */
    int64_t *part_ids;
    size_t input_count;
    CommitFile files[64];
    size_t file_count;
    Claim *claim;
    char uuid[37];
    ClaimRun runs[RUNS_MAX]; /* the day's, before */
    size_t run_count;
    char run_path[LAYOUT_PATH_BYTES];
    ClaimRun merged_run;
    /* What the day's file is made from. */
    ParquetEncoder *encoder;
    Batch *batch;
    uint32_t *order;
    int64_t *commit_seqs;
} DayMerge;

static bool list_inputs(DayMerge *merge, MergeReport *report, Error *err)
{
    Lake *lake = merge->options->lake;
    bool row = true;
    DbStatement *select = db_statement(
        lake->db,
        "SELECT id, path, bytes, rows FROM parts WHERE removed_seq IS NULL AND day = ?1 AND bytes <"
        " ?2 ORDER BY time_min, id",
        err);
    if (!select)
        return false;
    db_bind_int(select, 1, merge->day);
    db_bind_int(select, 2, MERGE_FILE_BYTES / 2);
    while (db_next(select, &row, err)) {
        char path[LAYOUT_PATH_BYTES];
        if (!row)
            return true;
        if (!layout_path(path, err, lake->folder, "%.*s", STR_ARG(db_text(select, 1))))
            return false;
        merge->part_ids[merge->input_count] = db_int(select, 0);
        merge->paths[merge->input_count] = arena_text(merge->arena, str_of(path), err);
        if (!merge->paths[merge->input_count++])
            return false;
        report->bytes_before += (uint64_t)db_int(select, 2);
        report->rows += (uint64_t)db_int(select, 3);
    }
    return false;
}

/* The footer says which files this one stands for: by their names, without ".parquet". */
static bool note_inputs(const DayMerge *merge, ParquetFile *parquet, Error *err)
{
    Str ending = STR(".parquet");
    bool ok = true;
    for (size_t i = 0; ok && i < merge->input_count; i++) {
        Str name = str_of(strrchr(merge->paths[i], '/') + 1);
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
    if (!layout_data_file(file->path, merge->day, claim_seq(merge->claim), merge->uuid,
                          (int)merge->file_count, err) ||
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
    if (batch->event_time[0] < file->time_min)
        file->time_min = batch->event_time[0];
    if (batch->event_time[batch->rows - 1] > file->time_max)
        file->time_max = batch->event_time[batch->rows - 1];
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
    Reread *reread = reread_new(merge->options->engine, merge->paths, merge->input_count, err);
    bool ok = reread && copy_rows(merge, reread, err);
    reread_free(reread);
    if (!ok || merge->file_count == 0)
        return ok;
    if (!layout_path(folder, err, merge->options->lake->folder, "%s", merge->files[0].path))
        return false;
    *strrchr(folder, '/') = '\0';
    return file_sync_folder(folder, err);
}

static int compare_prints(const void *left, const void *right)
{
    const Fingerprint *a = left;
    const Fingerprint *b = right;
    if (a->identity != b->identity)
        return a->identity < b->identity ? -1 : 1;
    return (a->content > b->content) - (a->content < b->content);
}

/* Collects the fingerprints of the day's runs and sorts them. */
static bool gather_prints(DayMerge *merge, Fingerprint *prints, size_t *ret_count, Error *err)
{
    size_t count = 0;
    for (size_t i = 0; i < merge->run_count; i++) {
        char path[LAYOUT_PATH_BYTES];
        FileMap map = {0};
        const Fingerprint *section;
        const ClaimRun *run = &merge->runs[i];
        if (!layout_path(path, err, merge->options->lake->folder, "%s", run->path) ||
            !fingerprint_open(&map, path, false, err))
            return false;
        bool ok = fingerprint_section(&map, run->offset, run->entries, &section, err);
        if (ok)
            memcpy(prints + count, section, run->entries * sizeof *prints);
        count += ok ? run->entries : 0;
        file_map_close(&map);
        if (!ok)
            return false;
    }
    qsort(prints, count, sizeof *prints, compare_prints);
    *ret_count = count;
    return true;
}

static bool write_prints(DayMerge *merge, const Fingerprint *prints, size_t count, Error *err)
{
    char path[LAYOUT_PATH_BYTES];
    FingerprintWriter writer = fingerprint_writer(count);
    bool ok = true;
    for (size_t i = 0; ok && i < count; i++)
        if (i == 0 || compare_prints(&prints[i - 1], &prints[i]) != 0)
            ok = fingerprint_write(&writer, prints[i], err);
    snprintf(merge->run_path, sizeof merge->run_path, "fingerprints/%010" PRId64 "-%s.run",
             claim_seq(merge->claim), merge->uuid);
    ok = ok && layout_path(path, err, merge->options->lake->folder, "%s", merge->run_path) &&
         fingerprint_write_file(&writer, path, err) &&
         layout_path(path, err, merge->options->lake->folder, "fingerprints") &&
         file_sync_folder(path, err);
    merge->merged_run = (ClaimRun){.day = merge->day,
                                   .offset = FINGERPRINT_HEADER_BYTES,
                                   .entries = writer.entries,
                                   .path = merge->run_path};
    buf_free(&writer.bytes);
    return ok;
}

/* The day's runs become one. */
static bool merge_runs(DayMerge *merge, Error *err)
{
    size_t entries = 0;
    size_t count;
    if (merge->run_count < 2)
        return true;
    for (size_t i = 0; i < merge->run_count; i++)
        entries += merge->runs[i].entries;
    Fingerprint *prints = mem_calloc(entries, sizeof *prints, err);
    bool ok = prints && gather_prints(merge, prints, &count, err) &&
              write_prints(merge, prints, count, err);
    mem_free(prints);
    return ok;
}

static bool commit(DayMerge *merge, Error *err)
{
    int64_t removed_runs[RUNS_MAX];
    bool runs = merge->run_path[0] != '\0';
    for (size_t i = 0; i < merge->run_count; i++)
        removed_runs[i] = merge->runs[i].id;
    CommitPlan plan = {.kind = "merge",
                       .files = merge->files,
                       .file_count = merge->file_count,
                       .runs = &merge->merged_run,
                       .run_count = runs,
                       .removed_parts = merge->part_ids,
                       .removed_count = merge->input_count,
                       .removed_runs = removed_runs,
                       .removed_run_count = runs ? merge->run_count : 0};
    return claim_await_turn(merge->claim) &&
           commit_run(merge->options->lake, merge->claim, &plan, err);
}

static void remove_written(const DayMerge *merge)
{
    char path[LAYOUT_PATH_BYTES];
    Error ignored = {0}; /* what stays is swept later */
    for (size_t i = 0; i < merge->file_count; i++)
        if (!layout_path(path, &ignored, merge->options->lake->folder, "%s",
                         merge->files[i].path) ||
            !file_remove(path, &ignored))
            error_clear(&ignored);
    if (merge->run_path[0] &&
        (!layout_path(path, &ignored, merge->options->lake->folder, "%s", merge->run_path) ||
         !file_remove(path, &ignored)))
        error_clear(&ignored);
}

static void count_merge(const DayMerge *merge, MergeReport *report)
{
    report->days++;
    report->files_before += merge->input_count;
    report->files_after += merge->file_count;
    report->runs_before += merge->run_count;
    report->runs_after += merge->run_path[0] ? 1 : merge->run_count;
    for (size_t i = 0; i < merge->file_count; i++)
        report->bytes_after += merge->files[i].bytes;
}

/* Writes and commits; the claim has no records, it only gives the number and the turn. */
static bool run_merge(DayMerge *merge, MergeReport *report, Error *err)
{
    merge->claim = claim_take(merge->options->claims, NULL, 0, err);
    if (!merge->claim)
        return false;
    merge->run_count = claim_runs(merge->options->claims, merge->day, merge->runs, RUNS_MAX);
    if (merge->run_count > RUNS_MAX)
        merge->run_count = RUNS_MAX;
    bool ok = hash_uuid(merge->uuid, err) && (merge->input_count == 0 || write_files(merge, err)) &&
              merge_runs(merge, err) && commit(merge, err);
    if (ok)
        count_merge(merge, report);
    else
        remove_written(merge);
    claim_end(merge->claim, ok);
    if (!ok && err->kind == ERROR_BUSY) {
        error_clear(err); /* an input ceased to be live: the merge is thrown away */
        return true;
    }
    return ok;
}

static bool open_tools(DayMerge *merge, Error *err)
{
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

/* A day's candidates: files below half the target size, and how many of them there are. */
typedef struct Candidate {
    int32_t day;
    int64_t files;
} Candidate;

static bool merge_day(DayMerge *merge, const Candidate *candidate, MergeReport *report, Error *err)
{
    arena_reset(merge->arena);
    merge->day = candidate->day;
    merge->input_count = 0;
    merge->file_count = 0;
    merge->run_path[0] = '\0';
    size_t room = (size_t)candidate->files + 1;
    merge->paths = arena_calloc(merge->arena, room, sizeof *merge->paths, err);
    merge->part_ids = arena_calloc(merge->arena, room, sizeof *merge->part_ids, err);
    return merge->paths && merge->part_ids && list_inputs(merge, report, err) &&
           run_merge(merge, report, err);
}

/* Days with more small files than they should have. */
static bool list_days(const MergeOptions *options, Buf *candidates, Error *err)
{
    bool row = true;
    int32_t today = timestamp_day(clock_now_us());
    DbStatement *select =
        db_statement(options->lake->db,
                     "SELECT day, count(*) FROM parts WHERE removed_seq IS NULL AND bytes < ?1"
                     " AND time_max >= ?2 AND time_min < ?3 GROUP BY day"
                     " HAVING count(*) > CASE WHEN day >= ?4 THEN ?5 ELSE ?6 END ORDER BY day",
                     err);
    if (!select)
        return false;
    db_bind_int(select, 1, MERGE_FILE_BYTES / 2);
    db_bind_int(select, 2, options->since_us);
    db_bind_int(select, 3, options->until_us);
    db_bind_int(select, 4, today);
    db_bind_int(select, 5, MERGE_TODAY_FILES);
    db_bind_int(select, 6, MERGE_CLOSED_FILES);
    while (db_next(select, &row, err)) {
        if (!row)
            return true;
        Candidate candidate = {(int32_t)db_int(select, 0), db_int(select, 1)};
        if (!buf_append(candidates, &candidate, sizeof candidate, err))
            return false;
    }
    return false;
}

static bool merge_days(DayMerge *merge, const Buf *candidates, MergeReport *report, Error *err)
{
    size_t count = candidates->len / sizeof(Candidate);
    for (size_t i = 0; i < count; i++) {
        Candidate candidate;
        memcpy(&candidate, candidates->ptr + i * sizeof candidate, sizeof candidate);
        if (!merge_day(merge, &candidate, report, err))
            return false;
    }
    return true;
}

bool merge_lake(const MergeOptions *options, MergeReport *ret, Error *err)
{
    BUF_AUTO Buf candidates = buf_init(DAYS_BYTES_MAX);
    *ret = (MergeReport){0};
    if (!list_days(options, &candidates, err))
        return false;
    DayMerge *merge = mem_calloc(1, sizeof *merge, err);
    if (!merge)
        return false;
    merge->options = options;
    merge->arena = arena_new(ARENA_BYTES_MAX, err);
    bool ok = merge->arena && open_tools(merge, err) && merge_days(merge, &candidates, ret, err);
    close_tools(merge);
    arena_free(merge->arena);
    mem_free(merge);
    return ok;
}
