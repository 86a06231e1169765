/* manifest.h - Iceberg manifests: which data files there are, with their counts and bounds.
 *
 * "parquet-iceberg", sections 13.1 and 13.3; docs/formats/iceberg-publication.md. An entry that
 * was read can be written into another manifest: its data file stays in its encoded form. Only
 * manifests that we wrote are read; others are refused. No shared state.
 */
#ifndef LAKE_MANIFEST_H
#define LAKE_MANIFEST_H

#include "lake/avro.h"
#include "lake/iceberg_schema.h"
#include "lake/parquet.h"

typedef enum { MANIFEST_EXISTING, MANIFEST_ADDED, MANIFEST_DELETED } ManifestStatus;

/* A file of a table as its writer knows it; borrowed. */
typedef struct ManifestFile {
    Str path; /* a URI: file:///... */
    int32_t day;
    int order; /* id of its sort order; 0 for a table without days */
    uint64_t rows;
    uint64_t bytes;
    const uint64_t *splits; /* first byte of each row group */
    size_t split_count;
    const ParquetLeaf *leaves; /* one per field of the table; only leaves count */
} ManifestFile;

/* Sequence numbers of an entry that inherits them from its manifest's row. */
enum { MANIFEST_INHERITS = -1 };

/* One entry; path and data_file borrow from where it was read. */
typedef struct ManifestEntry {
    ManifestStatus status;
    int64_t snapshot_id;
    int64_t sequence;
    int64_t file_sequence;
    Str path;
    int32_t day;
    uint64_t rows;
    uint64_t bytes;
    Str data_file; /* encoded */
} ManifestEntry;

/* What a manifest list says of a manifest. */
typedef struct ManifestRow {
    Str path; /* a URI; borrowed */
    uint64_t length;
    int64_t sequence;
    int64_t min_sequence;
    int64_t snapshot_id; /* of the snapshot that added the manifest */
    uint64_t files[3];   /* by ManifestStatus */
    uint64_t rows[3];
    int32_t day_min; /* over all entries; day_min > day_max for a table without days */
    int32_t day_max;
} ManifestRow;

/* Entries of a manifest under way. */
typedef struct ManifestBuilder {
    const IcebergTable *table;
    int64_t sequence; /* of the snapshot that is being made */
    Buf data;         /* encoded entries */
    ManifestRow row;  /* path and length are the caller's */
} ManifestBuilder;

/* An empty builder of snapshot *snapshot_id*, *sequence*; ended by manifest_free. */
ManifestBuilder manifest_begin(const IcebergTable *table, int64_t snapshot_id, int64_t sequence);
void manifest_free(ManifestBuilder *builder);

/* Appends an encoded data file to *out*: the data_file of an entry. */
bool manifest_encode(const IcebergTable *table, const ManifestFile *file, Buf *out, Error *err)
    __attribute__((warn_unused_result));

/* Appends an entry. A live entry that is not ADDED needs its sequence numbers. */
bool manifest_add(ManifestBuilder *builder, const ManifestEntry *entry, Error *err)
    __attribute__((warn_unused_result));

/* Appends the finished manifest file to *out*; the builder is empty again but for its row. */
bool manifest_finish(ManifestBuilder *builder, int schema_id, Buf *out, Error *err)
    __attribute__((warn_unused_result));

/* Called for each entry of a manifest; false ends the reading with *err*. */
typedef bool (*ManifestVisit)(void *context, const ManifestEntry *entry, Error *err);

/* Reads a manifest that *row* lists: sequence numbers and snapshot that entries inherit are filled
 * in from it. *bytes* must outlive the entries' use. ERROR_INPUT when it is damaged or not ours. */
bool manifest_read(const IcebergTable *table, Str bytes, const ManifestRow *row,
                   ManifestVisit visit, void *context, Error *err)
    __attribute__((warn_unused_result));

#endif
