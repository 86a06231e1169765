/* store_folder.h - a folder that holds copies of buckets, as <bucket>/<key>, or of one bucket.
 *
 * A copy of one bucket is told by its AWSLogs folder; which bucket it was is said by the caller, or
 * by the digests in it. A folder inside such a copy stands for what lies below it.
 */
#ifndef VERIFY_STORE_FOLDER_H
#define VERIFY_STORE_FOLDER_H

#include "verify/store.h"

typedef struct StoreFolder StoreFolder;

/* Opens *path*. *bucket*: it is the copy of this bucket; NULL: look. *metadata*: a file of object
 * metadata, a JSON object of key (or bucket/key) to object of texts; NULL for the file
 * "s3-object-metadata.json" in *path* or the folder that holds the buckets, if there is one. NULL
 * with *err*; the caller frees. */
StoreFolder *store_folder_open(const char *path, const char *bucket, const char *metadata,
                               Error *err) __attribute__((warn_unused_result));
void store_folder_free(StoreFolder *folder);

/* The folder as a store, valid until it is freed. */
Store store_folder_store(StoreFolder *folder);

/* The bucket that the folder is a copy of; empty where folders below it are buckets. */
Str store_folder_bucket(const StoreFolder *folder);

/* The path of "list-public-keys.json" beside the metadata, or NULL when there is none. */
const char *store_folder_keys(const StoreFolder *folder);

#endif
