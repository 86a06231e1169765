/* manifest_list.h - Iceberg manifest lists: the manifests of one snapshot.
 *
 * "parquet-iceberg", section 13.2. Only lists that we wrote are read. No shared state.
 */
#ifndef LAKE_MANIFEST_LIST_H
#define LAKE_MANIFEST_LIST_H

#include "lake/manifest.h"

/* The snapshot that a list belongs to. */
typedef struct ManifestListOwner {
    int64_t snapshot_id;
    int64_t parent_id; /* -1: none */
    int64_t sequence;
} ManifestListOwner;

/* Appends the list's file to *out*. */
bool manifest_list_write(const IcebergTable *table, const ManifestListOwner *owner,
                         const ManifestRow *rows, size_t count, Buf *out, Error *err)
    __attribute__((warn_unused_result));

/* Appends a ManifestRow per manifest to *rows*; their paths borrow from *bytes*. ERROR_INPUT when
 * the list is damaged or not ours. */
bool manifest_list_read(Str bytes, Buf *rows, Error *err) __attribute__((warn_unused_result));

#endif
