/* parquet_inspect.h - reads the footer of a data file that we wrote: what the state knew of it.
 *
 * For rebuilding a lost state (docs/formats/rebuild.md). Only our own profile is understood
 * (docs/formats/parquet-profile.md); the bytes may be anything. No shared state.
 */
#ifndef LAKE_PARQUET_INSPECT_H
#define LAKE_PARQUET_INSPECT_H

#include "base/buf.h"

typedef struct ParquetInspection {
    uint64_t rows;
    uint64_t bytes; /* of the file */
    int64_t time_min;
    int64_t time_max;
    Buf summary; /* the serialised ParquetSummary, as parquet_finish gave it */
    Buf note;    /* what parquet_note said; empty: nothing */
} ParquetInspection;

/* Reads the footer of the file at *path*. The caller ends it with parquet_inspect_free. ERROR_INPUT
 * when the file is cut off, damaged, or none of ours. */
bool parquet_inspect(const char *path, ParquetInspection *ret, Error *err)
    __attribute__((warn_unused_result));
void parquet_inspect_free(ParquetInspection *inspection);

/* As parquet_inspect, from the bytes of a FileMetaData; *file_bytes* is the size of its file. */
bool parquet_inspect_footer(Str footer, uint64_t file_bytes, ParquetInspection *ret, Error *err)
    __attribute__((warn_unused_result));

#endif
