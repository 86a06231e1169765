/* day_writer.h - new data files of a day out of its old ones: for a merge, or without the rows that
 * go (retain.h).
 *
 * Files hold at most MERGE_FILE_BYTES; their footers name what they stand for. They are durable
 * when day_writer_copy returns, and become visible by a commit.
 *
 * A day of any size takes the memory of one slice (day_slices.h): it is read into a batch, sorted
 * and written, then the next one. What the batch does not hold is split; what cannot be split is
 * sorted by the engine.
 */
#ifndef LAKE_DAY_WRITER_H
#define LAKE_DAY_WRITER_H

#include <stdatomic.h>

#include "base/engine.h"
#include "lake/commit.h"
#include "lake/parquet.h"
#include "lake/summary_file.h"

enum { DAY_WRITER_FILES_MAX = 64, DAY_WRITER_ROWS = 200000 };

/* The rows of a batch as they are to be written: another batch in their place. */
typedef struct DayRows {
    Batch *batch;
    int64_t *commit_seqs; /* one per row */
} DayRows;

/* Changes rows on their way; *rows* are those that were read, then those that are written, which
 * live until the next call. They keep eventtime, eventsource and eventname. */
typedef struct DayChange {
    bool (*run)(void *context, DayRows *rows, Error *err);
    void *context;
} DayChange;

typedef struct DayWriter {
    Lake *lake;
    Arena *arena; /* of the day; the owner's */
    int32_t day;
    int64_t seq; /* of the commit that names the files */
    char uuid[37];
    const char *const *inputs; /* absolute paths of what the files stand for */
    size_t input_count;
    uint32_t slice_rows;         /* at most so many are sorted at once; DAY_WRITER_ROWS or fewer */
    const atomic_bool *stopping; /* becomes true when copying is to be given up; NULL: never */
    const DayChange *change;     /* NULL: rows are written as they are */
    CommitFile files[DAY_WRITER_FILES_MAX];
    size_t file_count;
    /* What files are made with. */
    ParquetEncoder *encoder;
    SummaryFile *counted; /* the rows of the file at hand */
    ParquetFile *file;    /* the one at hand; NULL: none */
    Batch *batch;
    Arena *sorting;  /* for the order of the batch at hand */
    uint32_t *order; /* of a batch as it is */
    int64_t *commit_seqs;
    LedgerSummer summer;
} DayWriter;

/* Makes the tools; slice_rows is DAY_WRITER_ROWS. False with *err*; the caller ends it with
 * day_writer_close in any case. */
bool day_writer_open(DayWriter *self, Lake *lake, Arena *arena, Error *err)
    __attribute__((warn_unused_result));
void day_writer_close(DayWriter *self);

/* Begins a day: no files yet, a new uuid. */
bool day_writer_begin(DayWriter *self, int32_t day, int64_t seq, Error *err)
    __attribute__((warn_unused_result));

/* Reads all inputs and writes the rows for which *keep*, SQL over `cloudtrail`, is true; NULL: all.
 */
bool day_writer_copy(DayWriter *self, Engine *engine, const char *keep, Error *err)
    __attribute__((warn_unused_result));

/* Adds up the rows for which *where* is true, and writes nothing. */
bool day_writer_sum(DayWriter *self, Engine *engine, const char *where, LedgerSum *ret,
                    uint64_t *ret_rows, Error *err) __attribute__((warn_unused_result));

/* Reads all inputs, in no order, gives their rows to self->change, and writes nothing. */
bool day_writer_look(DayWriter *self, Engine *engine, Error *err)
    __attribute__((warn_unused_result));

/* What the written files hold. */
uint64_t day_writer_total(const DayWriter *self, LedgerSum *ret);

/* Removes the written files, as far as that is possible; what stays is swept later. */
void day_writer_remove(const DayWriter *self);

#endif
