#include "lake/day_writer.h"

#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/mem.h"
#include "lake/day_slices.h"
#include "lake/merge.h"
#include "lake/reread.h"
#include "lake/rows.h"

enum {
    SUMMARY_BYTES_MAX = 1 << 20,
    BATCH_BYTES_MAX = 128 << 20,
    SORTING_BYTES_MAX = 64 << 20,
    LOOK_ROWS = 50000,
    BATCH_ROWS = DAY_WRITER_ROWS + 1, /* one more tells that there are more */
};

bool day_writer_open(DayWriter *self, Lake *lake, Arena *arena, Error *err)
{
    *self = (DayWriter){.lake = lake,
                        .arena = arena,
                        .slice_rows = DAY_WRITER_ROWS,
                        .summer = ledger_sum_new(lake)};
    self->encoder = parquet_encoder_new(err);
    self->batch = self->encoder ? batch_new(BATCH_ROWS, BATCH_BYTES_MAX, lake->secret, err) : NULL;
    self->sorting = self->batch ? arena_new(SORTING_BYTES_MAX, err) : NULL;
    self->order = self->sorting ? mem_calloc(BATCH_ROWS, sizeof *self->order, err) : NULL;
    self->commit_seqs = self->order ? mem_calloc(BATCH_ROWS, sizeof *self->commit_seqs, err) : NULL;
    for (uint32_t i = 0; self->commit_seqs && i < BATCH_ROWS; i++)
        self->order[i] = i;
    self->counted = self->commit_seqs ? summary_file_new(err) : NULL;
    return self->counted != NULL;
}

void day_writer_close(DayWriter *self)
{
    parquet_encoder_free(self->encoder);
    batch_free(self->batch);
    arena_free(self->sorting);
    summary_file_free(self->counted);
    mem_free(self->order);
    mem_free(self->commit_seqs);
}

bool day_writer_begin(DayWriter *self, int32_t day, int64_t seq, Error *err)
{
    self->day = day;
    self->seq = seq;
    self->inputs = NULL;
    self->input_count = self->file_count = 0;
    return hash_uuid(self->uuid, err);
}

/* The footer says which files this one stands for: by their names, without ".parquet". */
static bool note_inputs(const DayWriter *self, ParquetFile *parquet, Error *err)
{
    Str ending = STR(".parquet");
    bool ok = true;
    for (size_t i = 0; ok && i < self->input_count; i++) {
        Str name = str_of(strrchr(self->inputs[i], '/') + 1);
        if (str_ends(name, ending))
            name.len -= ending.len;
        ok = (i == 0 || parquet_note(parquet, STR(" "), err)) && parquet_note(parquet, name, err);
    }
    return ok;
}

/* Begins a file of the day. */
static bool begin_file(DayWriter *self, Error *err)
{
    char path[LAYOUT_PATH_BYTES];
    CommitFile *file = &self->files[self->file_count];
    if (self->file_count == DAY_WRITER_FILES_MAX)
        return error_set(err, ERROR_LIMIT, "a day gives more than %zu files", self->file_count);
    summary_file_begin(self->counted);
    *file = (CommitFile){.day = self->day, .time_min = INT64_MAX, .time_max = INT64_MIN};
    if (!layout_data_file(file->path, self->day, self->seq, self->uuid, (int)self->file_count,
                          err) ||
        !layout_path(path, err, self->lake->folder, "%s", file->path))
        return false;
    self->file = parquet_create(self->encoder, path, err);
    self->file_count += self->file != NULL;
    return self->file && note_inputs(self, self->file, err);
}

static bool end_file(DayWriter *self, Error *err)
{
    ParquetFile *parquet = self->file;
    CommitFile *file = &self->files[self->file_count - 1];
    BUF_AUTO Buf summary = buf_init(SUMMARY_BYTES_MAX);
    self->file = NULL;
    if (!parquet_finish(parquet, &file->bytes, &summary, err))
        return false;
    const char *copy = arena_text(self->arena, buf_str(&summary), err);
    file->summary = (Str){copy, summary.len};
    return copy && summary_file_write(self->counted, self->lake->folder, file->path, err);
}

/* Writes the rows in their order and notes their times. */
static bool write_rows(DayWriter *self, const DayRows *of, const uint32_t *order, Error *err)
{
    const Batch *batch = of->batch;
    CommitFile *file = &self->files[self->file_count - 1];
    ParquetRows rows = {batch, order, batch->rows, of->commit_seqs, 0};
    file->rows += batch->rows;
    rows_widen_times(batch, order, batch->rows, &file->time_min, &file->time_max);
    ledger_sum_rows(&self->summer, batch, order, batch->rows, &file->sum);
    return summary_file_add(self->counted, batch, order, batch->rows, err) &&
           parquet_write_rows(self->file, &rows, err);
}

/* Sorts the batch and writes it behind what was written; a file that is full ends. */
static bool write_batch(DayWriter *self, Error *err)
{
    uint32_t *order;
    DayRows rows = {self->batch, self->commit_seqs};
    if (rows.batch->rows && self->change && !self->change->run(self->change->context, &rows, err))
        return false;
    if (rows.batch->rows == 0)
        return true;
    arena_reset(self->sorting);
    if (!rows_of_day(rows.batch, self->sorting, &order, err) ||
        (!self->file && !begin_file(self, err)) || !write_rows(self, &rows, order, err))
        return false;
    return parquet_bytes(self->file) < MERGE_FILE_BYTES - MERGE_FILE_BYTES / 16 ||
           end_file(self, err);
}

static bool fill(DayWriter *self, Reread *reread, uint32_t rows_max, Error *err)
{
    if (self->stopping && atomic_load(self->stopping))
        return error_set(err, ERROR_BUSY, "given up: the end was asked for");
    batch_reset(self->batch);
    return reread_fill(reread, self->batch, rows_max, self->commit_seqs, err);
}

/* Reads the rows of *slice* into the batch; *ret_all* is false when it does not hold all. */
static bool read_slice(DayWriter *self, Engine *engine, const char *slice, bool *ret_all,
                       Error *err)
{
    Reread *reread = reread_unsorted(engine, self->inputs, self->input_count, slice, err);
    bool ok = reread && fill(self, reread, self->slice_rows + 1, err);
    reread_free(reread);
    *ret_all = self->batch->rows <= self->slice_rows && !batch_full(self->batch);
    return ok;
}

/* Writes a slice that cannot be split, as the engine sorts it. */
static bool copy_sorted(DayWriter *self, Engine *engine, const char *slice, Error *err)
{
    Reread *reread = reread_new(engine, self->inputs, self->input_count, slice, err);
    bool ok = reread && fill(self, reread, self->slice_rows, err);
    while (ok && self->batch->rows)
        ok = write_batch(self, err) && fill(self, reread, self->slice_rows, err);
    reread_free(reread);
    return ok;
}

/* Writes the slice at hand, or splits it: into as many rows as there may be, or half of those with
 * which the batch was full. */
static bool copy_slice(DayWriter *self, Engine *engine, DaySlices *slices, const char *slice,
                       Error *err)
{
    bool all, split;
    if (!read_slice(self, engine, slice, &all, err))
        return false;
    if (all)
        return write_batch(self, err);
    uint32_t rows = self->batch->rows;
    uint32_t fewer = rows > self->slice_rows ? self->slice_rows : rows / 2 + 1;
    return day_slices_split(slices, fewer, &split, err) &&
           (split || copy_sorted(self, engine, slice, err));
}

/* Writes all rows into files of at most MERGE_FILE_BYTES. */
static bool copy_slices(DayWriter *self, Engine *engine, DaySlices *slices, Error *err)
{
    bool ok = true;
    const char *slice;
    while (ok && (slice = day_slices_next(slices)))
        ok = copy_slice(self, engine, slices, slice, err);
    if (ok && self->file)
        return end_file(self, err);
    parquet_abandon(self->file);
    self->file = NULL;
    return ok;
}

bool day_writer_copy(DayWriter *self, Engine *engine, const char *keep, Error *err)
{
    char folder[LAYOUT_PATH_BYTES];
    if (self->input_count == 0)
        return true;
    DaySlices *slices = day_slices_new(engine, self->inputs, self->input_count, keep, err);
    bool ok = slices && copy_slices(self, engine, slices, err);
    day_slices_free(slices);
    if (!ok || self->file_count == 0)
        return ok;
    if (!layout_path(folder, err, self->lake->folder, "%s", self->files[0].path))
        return false;
    *strrchr(folder, '/') = '\0';
    return file_sync_folder(folder, err);
}

bool day_writer_sum(DayWriter *self, Engine *engine, const char *where, LedgerSum *ret,
                    uint64_t *ret_rows, Error *err)
{
    Reread *reread = reread_unsorted(engine, self->inputs, self->input_count, where, err);
    bool ok = reread && fill(self, reread, BATCH_ROWS, err);
    *ret = (LedgerSum){{0}};
    *ret_rows = 0;
    while (ok && self->batch->rows) {
        ledger_sum_rows(&self->summer, self->batch, self->order, self->batch->rows, ret);
        *ret_rows += self->batch->rows;
        ok = fill(self, reread, BATCH_ROWS, err);
    }
    reread_free(reread);
    return ok;
}

bool day_writer_look(DayWriter *self, Engine *engine, Error *err)
{
    Reread *reread = reread_unsorted(engine, self->inputs, self->input_count, NULL, err);
    bool ok = reread && fill(self, reread, LOOK_ROWS, err);
    while (ok && self->batch->rows) {
        DayRows rows = {self->batch, self->commit_seqs};
        ok = self->change->run(self->change->context, &rows, err) &&
             fill(self, reread, LOOK_ROWS, err);
    }
    reread_free(reread);
    return ok;
}

uint64_t day_writer_total(const DayWriter *self, LedgerSum *ret)
{
    uint64_t rows = 0;
    *ret = (LedgerSum){{0}};
    for (size_t i = 0; i < self->file_count; i++) {
        ledger_sum_add(ret, &self->files[i].sum);
        rows += self->files[i].rows;
    }
    return rows;
}

void day_writer_remove(const DayWriter *self)
{
    for (size_t i = 0; i < self->file_count; i++) {
        char whole[LAYOUT_PATH_BYTES];
        Error ignored = {0};
        if (!layout_path(whole, &ignored, self->lake->folder, "%s", self->files[i].path) ||
            !file_remove(whole, &ignored) ||
            !summary_file_remove(self->lake->folder, str_of(self->files[i].path), &ignored))
            error_clear(&ignored);
    }
}
