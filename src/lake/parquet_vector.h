/* parquet_vector.h - one leaf of a row group, gathered in row order. Internal to parquet_*.c, but
 * for ParquetRows. */
#ifndef LAKE_PARQUET_VECTOR_H
#define LAKE_PARQUET_VECTOR_H

#include "decode/batch.h"

/* Which rows of which batch, in which order, and the number of the commit that they came with. */
typedef struct ParquetRows {
    const Batch *batch;
    const uint32_t *rows;
    uint32_t count;
    const int64_t *commit_seqs; /* per row of the batch; NULL: commit_seq for all */
    int64_t commit_seq;
} ParquetRows;

/* The leaf's levels and values; memory belongs to the vector and is used again for the next. */
typedef struct ParquetVector {
    FieldNode node;
    int def_max;
    int rep_max;
    size_t entries; /* level entries */
    size_t values;  /* entries with a value */
    uint8_t *defs;  /* per entry */
    uint8_t *reps;  /* per entry; only where rep_max > 0 */
    /* Texts: a code (not 0) per value, an entry of *column*. */
    const BatchColumn *column;
    uint32_t *codes;
    /* Numbers and booleans: one per value. */
    int64_t *numbers;
    size_t cap; /* entries that the arrays hold */
    /* Per shape of the group being gathered. */
    uint32_t *shape_codes;
    uint8_t *shape_defs;
    size_t shape_cap;
    /* Per row, the shape of a group or the value of a facet: gathered once for all its leaves. */
    uint32_t *row_shapes;
    size_t row_cap;
    const void *row_source; /* the group or facet; NULL: none yet */
} ParquetVector;

/* Frees the arrays; the vector is empty and usable again. */
void parquet_vector_free(ParquetVector *vector);

/* Other rows come: nothing gathered before holds. To be called before the first leaf of them. */
void parquet_vector_begin(ParquetVector *vector);

/* Makes row_shapes the *codes* of the rows in their order, unless they are those of *source*. */
bool parquet_vector_rows(ParquetVector *vector, const void *source, const uint32_t *codes,
                         const ParquetRows *rows, Error *err) __attribute__((warn_unused_result));

/* Fills *vector* with leaf *node* of *rows*. */
bool parquet_vector_gather(ParquetVector *vector, FieldNode node, const ParquetRows *rows,
                           Error *err) __attribute__((warn_unused_result));

#endif
