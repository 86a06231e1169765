/* parquet_footer.h - what stands behind a Parquet file's data: page indexes, footer, and the
 * summary that the lake keeps. Internal to parquet_*.c ("parquet-iceberg", sections 1 and 3).
 */
#ifndef LAKE_PARQUET_FOOTER_H
#define LAKE_PARQUET_FOOTER_H

#include "base/buf.h"
#include "lake/parquet.h"

typedef struct ParquetGroup {
    uint64_t rows;
    uint64_t offset;    /* of its first page */
    uint64_t raw_bytes; /* uncompressed */
    uint64_t bytes;
} ParquetGroup;

typedef struct ParquetMeta {
    ParquetOrder order;
    uint64_t rows;
    Buf groups; /* ParquetGroup each */
    Buf chunks; /* ParquetChunk each: all leaves of a group, group by group */
    Buf pages;  /* ParquetPage each */
    Buf blooms; /* filters of the group being written */
    Buf note;   /* the value of the key PARQUET_NOTE_KEY; empty: none */
} ParquetMeta;

/* Appends ColumnIndex and OffsetIndex structs of all chunks; byte 0 of *out* lies at
 * *file_offset*. The chunks learn where theirs are. */
bool parquet_footer_indexes(ParquetMeta *meta, uint64_t file_offset, Buf *out, Error *err)
    __attribute__((warn_unused_result));

/* Appends FileMetaData, its length and the magic. */
bool parquet_footer(const ParquetMeta *meta, Buf *out, Error *err)
    __attribute__((warn_unused_result));

/* Appends the serialised ParquetSummary; its reader is parquet_summary_read. */
bool parquet_footer_summary(const ParquetMeta *meta, uint64_t file_bytes, Buf *out, Error *err)
    __attribute__((warn_unused_result));

#endif
