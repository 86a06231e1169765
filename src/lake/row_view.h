/* row_view.h - rows of the lake as the records that rules read, without texts in between.
 *
 * data files -> engine -> chunks of rows -> [row_view] -> detect/matcher
 *
 * The columns of a row are spans in the engine's memory already; only structs and lists are written
 * as JSON. Rows of which `extra` says more than the columns do are not for it: they are rebuilt
 * (decode/rebuild.h). One thread owns a RowView.
 *
 * Invariants
 *   1. The view of a row without `extra` says what the view of its record said, but for members
 *      whose columns are not read.
 *   2. A member is in `same` only if it is equal to that of the row before, of the same chunk.
 */
#ifndef LAKE_ROW_VIEW_H
#define LAKE_ROW_VIEW_H

#include "base/error.h"
#include "decode/record.h"

typedef struct RowView RowView;

/* Of rows whose columns are *tops*, *count* of them, with the types of the table. NULL with *err*.
 */
RowView *row_view_new(const FieldNode *tops, size_t count, Error *err)
    __attribute__((warn_unused_result));
void row_view_free(RowView *rows);

/* Begins *chunk*, a duckdb_data_chunk, which stays the caller's. */
void row_view_begin(RowView *rows, void *chunk);
size_t row_view_count(const RowView *rows);

/* The view of row *row* of the chunk, which lives until the next but one. NULL with *err*. */
const RecordView *row_view_at(RowView *rows, size_t row, Error *err)
    __attribute__((warn_unused_result));

/* Where the row came from; both columns are read. */
int64_t row_view_object(const RowView *rows, size_t row);
int32_t row_view_index(const RowView *rows, size_t row);

#endif
