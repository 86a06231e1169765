#include "lake/part.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/mem.h"
#include "decode/omission.h"
#include "lake/commit.h"
#include "lake/originals.h"
#include "lake/parquet.h"
#include "lake/rows.h"
#include "lake/signal_pack.h"
#include "lake/summary_file.h"

static const int64_t DAY_US = INT64_C(86400000000);

enum { ATTEMPTS_MAX = 100, ARENA_BYTES_MAX = 128 << 20, SUMMARY_BYTES_MAX = 1 << 20 };

struct PartStore {
    Lake *lake;
    ClaimTable *claims;
    ParquetEncoder *parquet;
    Arena *arena; /* of the part being made */
    DigestSet *digests;
    SummaryFile *counted; /* a data file's rows */
    LedgerSummer summer;
    DepotWriter *originals; /* NULL: none are kept */
};

/* A part being made; all its arrays live in the store's arena. */
typedef struct Part {
    PartStore *store;
    const PartInput *input;
    uint32_t *order; /* rows by day, within a day by eventtime */
    RowsDay *slices; /* the days: ranges of order */
    ClaimDay *days;  /* one per slice, its rows sorted by fingerprint */
    size_t day_count;
    FingerprintJudge judge;
    uint8_t *verdicts; /* by row of the batch */
    Claim *claim;
    char uuid[37];
    /* What was written, removed again when the attempt fails. */
    CommitFile *files;
    size_t file_count;
    ClaimRun *runs;
    size_t run_count;
    char run_path[CLAIM_PATH_BYTES];
    char quarantine_path[LAYOUT_PATH_BYTES];
    SignalPack pack;
    DeliveryLag lag;
} Part;

PartStore *part_store_new(Lake *lake, ClaimTable *claims, Error *err)
{
    PartStore *store = mem_calloc(1, sizeof *store, err);
    if (!store)
        return NULL;
    *store = (PartStore){.lake = lake, .claims = claims, .summer = ledger_sum_new(lake)};
    if (!lake->originals || (store->originals = depot_writer_open(lake->originals, err)))
        store->parquet = parquet_encoder_new(err);
    store->arena = store->parquet ? arena_new(ARENA_BYTES_MAX, err) : NULL;
    store->digests = store->arena ? digest_set_new(err) : NULL;
    store->counted = store->digests ? summary_file_new(err) : NULL;
    if (store->counted)
        return store;
    part_store_free(store);
    return NULL;
}

void part_store_free(PartStore *store)
{
    if (!store)
        return;
    parquet_encoder_free(store->parquet);
    arena_free(store->arena);
    digest_set_free(store->digests);
    summary_file_free(store->counted);
    depot_writer_free(store->originals);
    mem_free(store);
}

DigestSet *part_store_digests(PartStore *store)
{
    return store->digests;
}

/* Of the judge: the other record is the row without what envelopes leave out. */
static bool is_fuller(const void *context, uint32_t row, uint64_t other)
{
    return omission_explains(context, row, other);
}

bool part_store_keep(PartStore *store, const Receipt *receipt, Str bytes, Error *err)
{
    const OriginalName name = {receipt->source, receipt->key, str_of(receipt->etag)};
    return !store->originals || originals_put(store->originals, &name, bytes, err);
}

/* Lists the fingerprints of each day, sorted. */
static bool prepare_days(Part *part, Error *err)
{
    const Batch *batch = part->input->batch;
    Arena *arena = part->store->arena;
    size_t rows = batch->rows;
    FingerprintRow *prints = arena_calloc(arena, 2 * rows, sizeof *prints, err);
    uint8_t *verdicts = arena_calloc(arena, 2, rows, err);
    part->days = arena_calloc(arena, part->day_count, sizeof *part->days, err);
    part->files = arena_calloc(arena, part->day_count, sizeof *part->files, err);
    part->runs = arena_calloc(arena, part->day_count, sizeof *part->runs, err);
    if (!prints || !verdicts || !part->days || !part->files || !part->runs)
        return false;
    part->verdicts = verdicts + rows;
    for (size_t i = 0; i < rows; i++) {
        uint32_t row = part->order[i];
        prints[i] = (FingerprintRow){{batch->identity_hash[row], batch->content_hash[row]}, row};
    }
    for (size_t d = 0; d < part->day_count; d++) {
        RowsDay slice = part->slices[d];
        fingerprint_sort(prints + slice.first, prints + rows, slice.count);
        part->days[d] = (ClaimDay){slice.day, prints + slice.first, verdicts + slice.first,
                                   slice.count, &part->judge};
    }
    return true;
}

static void spread_verdicts(Part *part)
{
    for (size_t d = 0; d < part->day_count; d++)
        for (size_t i = 0; i < part->days[d].count; i++)
            part->verdicts[part->days[d].rows[i].row] = part->days[d].verdicts[i];
    drops_apply(&part->input->drops, part->input->batch, part->verdicts);
}

/* Whether a row of that verdict is written. */
static bool is_kept(uint8_t verdict)
{
    return verdict == VERDICT_NEW || verdict == VERDICT_CONFLICT;
}

/* One Parquet file of *rows*; its summary goes into the part's arena. */
static bool write_file(Part *part, const char *path, const uint32_t *rows, uint32_t count,
                       CommitFile *file, Error *err)
{
    BUF_AUTO Buf summary = buf_init(SUMMARY_BYTES_MAX);
    ParquetRows kept = {part->input->batch, rows, count, NULL, claim_seq(part->claim)};
    ParquetFile *parquet = parquet_create(part->store->parquet, path, err);
    bool ok = parquet && parquet_write_rows(parquet, &kept, err);
    if (!ok) {
        parquet_abandon(parquet);
        return false;
    }
    if (!parquet_finish(parquet, &file->bytes, &summary, err))
        return false;
    const char *copy = arena_text(part->store->arena, buf_str(&summary), err);
    file->summary = (Str){copy, summary.len};
    return copy != NULL;
}

/* What the day adds to the table `summary`. *rows* is room for the rows of the file, which are read
 * in the order that they have in memory. */
static bool write_summary(const Part *part, const CommitFile *file, uint32_t *rows, Error *err)
{
    SummaryFile *counted = part->store->counted;
    const Batch *batch = part->input->batch;
    int64_t begin = file->day * DAY_US;
    uint32_t count = 0;
    for (uint32_t row = 0; row < batch->rows; row++) {
        rows[count] = row;
        count += is_kept(part->verdicts[row]) && batch->event_time[row] >= begin &&
                 batch->event_time[row] - begin < DAY_US;
    }
    summary_file_begin(counted);
    return summary_file_add(counted, batch, rows, count, err) &&
           summary_file_write(counted, part->store->lake->folder, file->path, err);
}

/* Writes the kept rows of one day as a file; a day without any writes none. */
static bool write_day(Part *part, size_t day, uint32_t *kept, Error *err)
{
    char path[LAYOUT_PATH_BYTES];
    RowsDay slice = part->slices[day];
    uint32_t count = 0;
    for (uint32_t i = slice.first; i < slice.first + slice.count; i++)
        if (is_kept(part->verdicts[part->order[i]]))
            kept[count++] = part->order[i];
    if (count == 0)
        return true;
    CommitFile *file = &part->files[part->file_count];
    *file =
        (CommitFile){.day = slice.day, .rows = count, .time_min = INT64_MAX, .time_max = INT64_MIN};
    rows_widen_times(part->input->batch, kept, count, &file->time_min, &file->time_max);
    ledger_sum_rows(&part->store->summer, part->input->batch, kept, count, &file->sum);
    if (!layout_data_file(file->path, slice.day, claim_seq(part->claim), part->uuid, (int)day,
                          err) ||
        !layout_path(path, err, part->store->lake->folder, "%s", file->path))
        return false;
    part->file_count++;
    return layout_make_folder_of(path, err) && write_file(part, path, kept, count, file, err) &&
           (count < SUMMARY_FILE_EVENTS_MIN || write_summary(part, file, kept, err));
}

static bool write_files(Part *part, Error *err)
{
    uint32_t *kept = arena_alloc(part->store->arena, part->input->batch->rows * sizeof *kept, err);
    bool ok = kept != NULL;
    for (size_t d = 0; ok && d < part->day_count; d++)
        ok = write_day(part, d, kept, err);
    return ok;
}

/* Lists the fingerprints of the kept records and of dropped ones, a section per day. */
static bool write_runs(Part *part, Error *err)
{
    char path[LAYOUT_PATH_BYTES];
    FingerprintWriter writer = fingerprint_writer(part->input->batch->rows);
    bool ok = true;
    for (size_t d = 0; ok && d < part->day_count; d++) {
        const ClaimDay *day = &part->days[d];
        uint64_t before = writer.entries;
        for (size_t i = 0; ok && i < day->count; i++)
            if (day->verdicts[i] != VERDICT_DUPLICATE)
                ok = fingerprint_write(&writer, day->rows[i].print, err);
        if (ok && writer.entries > before)
            part->runs[part->run_count++] =
                (ClaimRun){.day = day->day,
                           .offset = FINGERPRINT_HEADER_BYTES + before * sizeof(Fingerprint),
                           .entries = writer.entries - before};
    }
    if (ok && writer.entries) {
        snprintf(part->run_path, sizeof part->run_path, "fingerprints/%010" PRId64 "-%s.run",
                 claim_seq(part->claim), part->uuid);
        for (size_t i = 0; i < part->run_count; i++)
            memcpy(part->runs[i].path, part->run_path, sizeof part->run_path);
        ok = layout_path(path, err, part->store->lake->folder, "%s", part->run_path) &&
             fingerprint_write_file(&writer, path, err);
    }
    buf_free(&writer.bytes);
    return ok;
}

/* Makes the entries of all folders durable that got a file. */
static bool sync_folders(const Part *part, Error *err)
{
    char path[LAYOUT_PATH_BYTES];
    const char *folder = part->store->lake->folder;
    for (size_t i = 0; i < part->file_count; i++) {
        if (!layout_path(path, err, folder, "%s", part->files[i].path))
            return false;
        *strrchr(path, '/') = '\0';
        if (!file_sync_folder(path, err))
            return false;
    }
    if (part->file_count &&
        (!layout_path(path, err, folder, "cloudtrail/data") || !file_sync_folder(path, err)))
        return false;
    return part->run_count == 0 ||
           (layout_path(path, err, folder, "fingerprints") && file_sync_folder(path, err));
}

static void remove_file(const Part *part, const char *relative)
{
    char path[LAYOUT_PATH_BYTES];
    Error ignored = {0}; /* what stays is swept later */
    if (relative[0] && layout_path(path, &ignored, part->store->lake->folder, "%s", relative) &&
        !file_remove(path, &ignored))
        error_clear(&ignored);
}

static void remove_written(Part *part)
{
    for (size_t i = 0; i < part->file_count; i++) {
        Error ignored = {0};
        remove_file(part, part->files[i].path);
        if (!summary_file_remove(part->store->lake->folder, str_of(part->files[i].path), &ignored))
            error_clear(&ignored);
    }
    remove_file(part, part->run_path);
    remove_file(part, part->quarantine_path);
    part->file_count = 0;
    part->run_count = 0;
    part->run_path[0] = '\0';
    part->quarantine_path[0] = '\0';
}

/* Adds each object's share of the verdicts to its receipt, or takes it back (*sign* -1). */
static void count_verdicts(const Part *part, int sign)
{
    for (size_t i = 0; i < part->input->receipt_count; i++) {
        Receipt *receipt = &part->input->receipts[i];
        uint64_t counts[VERDICTS] = {0};
        for (uint32_t row = receipt->row_first; row < receipt->row_end; row++)
            counts[part->verdicts[row]]++;
        uint64_t factor = (uint64_t)(int64_t)sign;
        receipt->kept += factor * (counts[VERDICT_NEW] + counts[VERDICT_CONFLICT]);
        receipt->conflicting += factor * counts[VERDICT_CONFLICT];
        receipt->duplicate += factor * counts[VERDICT_DUPLICATE];
        receipt->dropped += factor * counts[VERDICT_DROPPED];
        receipt->quarantined += factor * counts[VERDICT_REFUSED];
    }
}

static void sum_result(const Part *part, PartResult *ret)
{
    uint64_t counts[VERDICTS] = {0};
    for (uint32_t row = 0; row < part->input->batch->rows; row++)
        counts[part->verdicts[row]]++;
    ret->kept = counts[VERDICT_NEW] + counts[VERDICT_CONFLICT];
    ret->conflicting = counts[VERDICT_CONFLICT];
    ret->duplicate = counts[VERDICT_DUPLICATE];
    ret->dropped = counts[VERDICT_DROPPED];
    ret->signals = 0;
    for (size_t i = 0; i < part->input->signals.count; i++)
        ret->signals += part->input->signals.hits[i].shown &&
                        part->verdicts[part->input->signals.hits[i].row] != VERDICT_DUPLICATE;
    ret->packed = part->pack.count;
    ret->files = part->file_count;
    for (size_t i = 0; i < part->file_count; i++)
        ret->bytes += part->files[i].bytes;
    ret->commit_seq = claim_seq(part->claim);
}

static bool write_all(Part *part, Error *err)
{
    delivery_lag_count(part->input->receipts, part->input->receipt_count, part->input->batch,
                       part->verdicts, &part->lag);
    return hash_uuid(part->uuid, err) &&
           signal_pack_make(&part->input->signals, part->input->batch, part->verdicts, &part->pack,
                            err) &&
           write_files(part, err) && write_runs(part, err) &&
           quarantine_write(part->input->quarantine, part->store->lake, claim_seq(part->claim),
                            part->uuid, part->quarantine_path, err) &&
           sync_folders(part, err);
}

static bool make_visible(Part *part, Error *err)
{
    CommitPlan plan = {.kind = "ingest",
                       .files = part->files,
                       .file_count = part->file_count,
                       .runs = part->runs,
                       .run_count = part->run_count,
                       .receipts = part->input->receipts,
                       .receipt_count = part->input->receipt_count,
                       .quarantine = part->input->quarantine,
                       .quarantine_path = part->quarantine_path,
                       .digests = part->store->digests,
                       .signals = part->input->signals,
                       .metrics = part->input->metrics,
                       .drops = part->input->drops,
                       .pack = &part->pack,
                       .lag = &part->lag,
                       .batch = part->input->batch,
                       .verdicts = part->verdicts};
    count_verdicts(part, 1);
    if (commit_run(part->store->lake, part->claim, &plan, err))
        return true;
    count_verdicts(part, -1);
    return false;
}

/* One attempt. *ret_redo* is set when a winner failed and nothing else went wrong. */
static bool attempt(Part *part, PartResult *ret, bool *ret_redo, Error *err)
{
    part->claim = claim_take(part->store->claims, part->days, part->day_count, err);
    if (!part->claim)
        return false;
    spread_verdicts(part);
    bool ok = write_all(part, err);
    *ret_redo = ok && !claim_await_turn(part->claim);
    ok = ok && !*ret_redo && make_visible(part, err);
    if (ok)
        sum_result(part, ret);
    else
        remove_written(part);
    signal_pack_free(&part->pack);
    claim_end(part->claim, ok);
    return ok;
}

static bool prepare(Part *part, Error *err)
{
    return rows_by_day(part->input->batch, part->store->arena, &part->order, &part->slices,
                       &part->day_count, err) &&
           prepare_days(part, err);
}

bool part_commit(PartStore *store, const PartInput *input, PartResult *ret, Error *err)
{
    Part part = {.store = store, .input = input, .judge = {is_fuller, input->batch}};
    bool redo = true;
    arena_reset(store->arena);
    *ret = (PartResult){0};
    if (!prepare(&part, err) || (store->originals && !depot_sync(store->originals, err)))
        return false;
    while (redo && ret->attempts++ < ATTEMPTS_MAX) {
        redo = false;
        if (attempt(&part, ret, &redo, err)) {
            digest_set_reset(store->digests);
            return true;
        }
    }
    return redo ? error_set(err, ERROR_BUSY, "a part was redone %d times", ATTEMPTS_MAX) : false;
}
