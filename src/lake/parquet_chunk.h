/* parquet_chunk.h - encodes one gathered leaf as a column chunk: dictionary, pages, bloom filter.
 * Internal to parquet_*.c.
 */
#ifndef LAKE_PARQUET_CHUNK_H
#define LAKE_PARQUET_CHUNK_H

#include "lake/bounds.h"
#include "lake/parquet_vector.h"

enum { PARQUET_PAGE_ROWS_MAX = 50000, PARQUET_PAGE_BYTES = 1 << 20 };

/* One data page, for the page index. */
typedef struct ParquetPage {
    uint64_t offset;
    uint32_t bytes; /* as stored, header included */
    uint32_t first_row;
    uint32_t values; /* level entries */
    uint32_t nulls;
    bool has_bounds;
    Bound lower;
    Bound upper;
} ParquetPage;

/* A written chunk. */
typedef struct ParquetChunk {
    FieldNode node;
    bool has_dictionary;
    bool stored; /* its pages are not compressed */
    uint64_t dictionary_offset;
    uint64_t data_offset;
    uint64_t raw_bytes; /* headers included */
    uint64_t bytes;     /* as stored, headers included */
    uint64_t entries;
    uint64_t nulls;
    bool has_bounds;
    Bound lower;
    Bound upper;
    size_t page_first; /* its pages in the file's list of pages */
    size_t page_count;
    uint64_t bloom_offset;
    uint32_t bloom_bytes;  /* 0: none */
    uint64_t index_offset; /* ColumnIndex, filled by parquet.c */
    uint32_t index_bytes;
    uint64_t offsets_offset; /* OffsetIndex */
    uint32_t offsets_bytes;
} ParquetChunk;

typedef struct ParquetChunkWriter ParquetChunkWriter;

/* A writer with its compressor and scratch memory. NULL with *err*. */
ParquetChunkWriter *parquet_chunk_writer_new(Error *err) __attribute__((warn_unused_result));
void parquet_chunk_writer_free(ParquetChunkWriter *writer);

/* Where chunks go: bytes to *out*, whose byte 0 lies at *file_offset* of the file, and pages to
 * *pages* (ParquetPage each). */
typedef struct ParquetTarget {
    uint64_t file_offset;
    Buf *out;
    Buf *pages;
} ParquetTarget;

/* Appends the chunk of *vector* to *target*. */
bool parquet_chunk_write(ParquetChunkWriter *writer, const ParquetVector *vector,
                         const ParquetTarget *target, ParquetChunk *ret, Error *err)
    __attribute__((warn_unused_result));

/* Appends the bloom filter of the vector that was written last. */
bool parquet_chunk_bloom(ParquetChunkWriter *writer, const ParquetVector *vector, Buf *out,
                         Error *err) __attribute__((warn_unused_result));

#endif
