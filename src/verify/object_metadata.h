/* object_metadata.h - a file with the metadata of objects: a JSON object of key, or bucket/key, to
 * an object of texts ("CloudTrail digest files and validation", section 3, without "x-amz-meta-").
 * Immutable once read: any number of threads may look up. */
#ifndef VERIFY_OBJECT_METADATA_H
#define VERIFY_OBJECT_METADATA_H

#include "verify/store.h"

/* What such a file is called when it lies beside copies of buckets. */
#define OBJECT_METADATA_NAME "s3-object-metadata.json"

typedef struct ObjectMetadata ObjectMetadata;

/* Reads the file at *path*. NULL with *err*, which names it; the caller frees. */
ObjectMetadata *object_metadata_read(const char *path, Error *err)
    __attribute__((warn_unused_result));
void object_metadata_free(ObjectMetadata *self);

/* What stands there of an object, under bucket/key or key; empty texts where nothing does. */
bool object_metadata_find(const ObjectMetadata *self, Str bucket, Str key, StoreMetadata *ret,
                          Error *err) __attribute__((warn_unused_result));

#endif
