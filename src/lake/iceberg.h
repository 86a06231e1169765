/* iceberg.h - Iceberg's table metadata: the JSON document that a catalog points at.
 *
 * "parquet-iceberg", section 13.5, and 13.2 of "lakeformation-glue-lambda-s3". History is linear:
 * the current snapshot is the last one. No shared state.
 */
#ifndef LAKE_ICEBERG_H
#define LAKE_ICEBERG_H

#include "base/arena.h"
#include "lake/iceberg_schema.h"

typedef struct IcebergSnapshot {
    int64_t id;
    int64_t parent_id; /* -1: none */
    int64_t sequence;
    int64_t at_ms;
    int64_t schema_id;
    int64_t commit_seq; /* of the state; published as "spoor.commit-seq" in the summary */
    Str manifest_list;  /* a URI */
    Str summary;        /* JSON object */
} IcebergSnapshot;

/* A former metadata file. */
typedef struct IcebergLogEntry {
    int64_t at_ms;
    Str file; /* a URI */
} IcebergLogEntry;

typedef struct IcebergMeta {
    Str uuid;
    Str location; /* a URI without a slash at its end */
    int64_t last_sequence;
    int64_t updated_ms;
    Str *schemas; /* JSON objects; the index is the schema-id, the last one is current */
    size_t schema_count;
    IcebergSnapshot *snapshots; /* oldest first; the last one is current */
    size_t snapshot_count;
    IcebergLogEntry *log; /* oldest first */
    size_t log_count;
} IcebergMeta;

/* Reads a document that iceberg_write wrote. Arrays live in *arena*, texts borrow from *json*.
 * ERROR_INPUT when it is damaged or not ours. */
bool iceberg_read(Str json, Arena *arena, IcebergMeta *ret, Error *err)
    __attribute__((warn_unused_result));

/* Appends the document. */
bool iceberg_write(const IcebergTable *table, const IcebergMeta *meta, Buf *out, Error *err)
    __attribute__((warn_unused_result));

#endif
