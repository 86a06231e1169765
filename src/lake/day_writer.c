#include "lake/day_writer.h"

#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/mem.h"
#include "lake/merge.h"
#include "lake/reread.h"
#include "lake/rows.h"

enum {
    SUMMARY_BYTES_MAX = 1 << 20,
    BATCH_BYTES_MAX = 96 << 20,
    GROUP_ROWS = PARQUET_GROUP_ROWS_MAX,
};

bool day_writer_open(DayWriter *self, Lake *lake, Arena *arena, Error *err)
{
    *self = (DayWriter){.lake = lake, .arena = arena, .summer = ledger_sum_new(lake)};
    self->encoder = parquet_encoder_new(err);
    self->batch = self->encoder ? batch_new(GROUP_ROWS, BATCH_BYTES_MAX, lake->secret, err) : NULL;
    self->order = self->batch ? mem_calloc(GROUP_ROWS, sizeof *self->order, err) : NULL;
    self->commit_seqs = self->order ? mem_calloc(GROUP_ROWS, sizeof *self->commit_seqs, err) : NULL;
    for (uint32_t i = 0; self->commit_seqs && i < GROUP_ROWS; i++)
        self->order[i] = i;
    self->counted = self->commit_seqs ? summary_file_new(err) : NULL;
    return self->counted != NULL;
}

void day_writer_close(DayWriter *self)
{
    parquet_encoder_free(self->encoder);
    batch_free(self->batch);
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

/* Begins a file of the day; *ret_path is absolute. */
static ParquetFile *begin_file(DayWriter *self, char ret_path[LAYOUT_PATH_BYTES], Error *err)
{
    CommitFile *file = &self->files[self->file_count];
    if (self->file_count == DAY_WRITER_FILES_MAX) {
        error_set(err, ERROR_LIMIT, "a day gives more than %zu files", self->file_count);
        return NULL;
    }
    summary_file_begin(self->counted);
    *file = (CommitFile){.day = self->day, .time_min = INT64_MAX, .time_max = INT64_MIN};
    if (!layout_data_file(file->path, self->day, self->seq, self->uuid, (int)self->file_count,
                          err) ||
        !layout_path(ret_path, err, self->lake->folder, "%s", file->path))
        return NULL;
    ParquetFile *parquet = parquet_create(self->encoder, ret_path, err);
    self->file_count += parquet != NULL;
    if (!parquet || note_inputs(self, parquet, err))
        return parquet;
    parquet_abandon(parquet);
    return NULL;
}

static bool end_file(DayWriter *self, ParquetFile *parquet, Error *err)
{
    CommitFile *file = &self->files[self->file_count - 1];
    BUF_AUTO Buf summary = buf_init(SUMMARY_BYTES_MAX);
    if (!parquet_finish(parquet, &file->bytes, &summary, err))
        return false;
    const char *copy = arena_text(self->arena, buf_str(&summary), err);
    file->summary = (Str){copy, summary.len};
    return copy && summary_file_write(self->counted, self->lake->folder, file->path, err);
}

/* Writes the batch as one row group and notes its times. */
static bool write_batch(DayWriter *self, ParquetFile *parquet, Error *err)
{
    const Batch *batch = self->batch;
    CommitFile *file = &self->files[self->file_count - 1];
    ParquetRows rows = {batch, self->order, batch->rows, self->commit_seqs, 0};
    file->rows += batch->rows;
    rows_widen_times(batch, self->order, batch->rows, &file->time_min, &file->time_max);
    ledger_sum_rows(&self->summer, batch, self->order, batch->rows, &file->sum);
    return summary_file_add(self->counted, batch, self->order, batch->rows, err) &&
           parquet_write_rows(parquet, &rows, err);
}

static bool fill(DayWriter *self, Reread *reread, Error *err)
{
    if (self->stopping && atomic_load(self->stopping))
        return error_set(err, ERROR_BUSY, "given up: the end was asked for");
    batch_reset(self->batch);
    return reread_fill(reread, self->batch, GROUP_ROWS, self->commit_seqs, err);
}

/* Reads all rows and writes them into files of at most MERGE_FILE_BYTES. */
static bool copy_rows(DayWriter *self, Reread *reread, Error *err)
{
    char path[LAYOUT_PATH_BYTES];
    ParquetFile *parquet = NULL;
    bool ok = true;
    while (ok) {
        ok = fill(self, reread, err);
        if (!ok || self->batch->rows == 0)
            break;
        if (!parquet)
            parquet = begin_file(self, path, err);
        ok = parquet && write_batch(self, parquet, err);
        if (ok && parquet_bytes(parquet) >= MERGE_FILE_BYTES - MERGE_FILE_BYTES / 16) {
            ok = end_file(self, parquet, err);
            parquet = NULL;
        }
    }
    if (ok && parquet)
        return end_file(self, parquet, err);
    if (!ok)
        parquet_abandon(parquet);
    return ok;
}

bool day_writer_copy(DayWriter *self, Engine *engine, const char *keep, Error *err)
{
    char folder[LAYOUT_PATH_BYTES];
    if (self->input_count == 0)
        return true;
    Reread *reread = reread_new(engine, self->inputs, self->input_count, keep, err);
    bool ok = reread && copy_rows(self, reread, err);
    reread_free(reread);
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
    Reread *reread = reread_new(engine, self->inputs, self->input_count, where, err);
    bool ok = reread && fill(self, reread, err);
    *ret = (LedgerSum){{0}};
    *ret_rows = 0;
    while (ok && self->batch->rows) {
        ledger_sum_rows(&self->summer, self->batch, self->order, self->batch->rows, ret);
        *ret_rows += self->batch->rows;
        ok = fill(self, reread, err);
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
