/* reread.h - reads data files back into batches: as they are, or in the order of a day's merged
 * files (rows.h).
 *
 * Reading is the engine's; where it sorts, it takes memory for all rows, and spills when it must.
 * Each row keeps its object_id, record_index and commit_seq. Used by one thread.
 */
#ifndef LAKE_REREAD_H
#define LAKE_REREAD_H

#include "base/engine.h"
#include "decode/batch.h"

typedef struct Reread Reread;

/* Starts reading *count* files, sorted by eventsource, eventname, eventtime, object and record: the
 * rows for which *where*, SQL, is true; NULL: all. Rows get their hashes (decode/row_hash.h). NULL
 * with *err*. */
Reread *reread_new(Engine *engine, const char *const *paths, size_t count, const char *where,
                   Error *err) __attribute__((warn_unused_result));

/* As reread_new, in no order. */
Reread *reread_unsorted(Engine *engine, const char *const *paths, size_t count, const char *where,
                        Error *err) __attribute__((warn_unused_result));

/* Starts reading one file, its rows in their order. The batches' rows get their hashes
 * (decode/row_hash.h). NULL with *err*. */
Reread *reread_file(Engine *engine, const char *path, Error *err)
    __attribute__((warn_unused_result));
/* Starts reading the rows of *result*, which it ends: the top-level columns *tops*, in this order,
 * with the types of the table. What else there is stays NULL. NULL with *err*. */
Reread *reread_result(EngineResult *result, const FieldNode *tops, size_t count, Error *err)
    __attribute__((warn_unused_result));
/* Reads the rows of *chunk*, a duckdb_data_chunk of flat vectors that stays the caller's and must
 * outlive it; columns as in reread_result. NULL with *err*. */
Reread *reread_rows(void *chunk, const FieldNode *tops, size_t count, Error *err)
    __attribute__((warn_unused_result));
void reread_free(Reread *reread);

/* Appends rows to *batch* until it is full, holds *rows_max* rows, or nothing is left; writes the
 * commit_seq of each into *commit_seqs* (an array as long as the batch). The batch then holds no
 * rows exactly at the end. */
bool reread_fill(Reread *reread, Batch *batch, uint32_t rows_max, int64_t *commit_seqs, Error *err)
    __attribute__((warn_unused_result));

#endif
