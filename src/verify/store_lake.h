/* store_lake.h - what a lake kept: digests whole, and of each log the hash that was taken of it
 * when it was ingested. The log itself is read again while it still lies where it came from.
 *
 * One connection to the state serves all threads, one after the other.
 */
#ifndef VERIFY_STORE_LAKE_H
#define VERIFY_STORE_LAKE_H

#include "cloud/aws.h"
#include "lake/originals.h"
#include "verify/lake_roots.h"
#include "verify/store.h"

typedef struct StoreLake StoreLake;

/* Opens over *lake*, borrowed, which nobody else uses meanwhile. NULL with *err*; the caller frees.
 */
StoreLake *store_lake_open(Lake *lake, Error *err) __attribute__((warn_unused_result));
void store_lake_free(StoreLake *self);

/* Whether some of what it holds is from S3; who is asked for it then, borrowed: NULL, nobody. */
bool store_lake_needs_aws(const StoreLake *self);
void store_lake_use_aws(StoreLake *self, Aws *aws);

/* The lake as a store, valid until it is freed. An object of which no digest tells the bucket has
 * an empty bucket's name, and its path as key. */
Store store_lake_store(StoreLake *self);

/* The object at *path* of *source*, as it lies there now, into *ret* (emptied first). */
Fetch store_lake_original(StoreLake *self, Str source, Str path, Buf *ret, Error *err);

/* The same as it was kept when it was ingested (lake/originals.h). */
Fetch store_lake_kept(StoreLake *self, const OriginalName *name, Buf *ret, Error *err);

/* The lake itself. */
Lake *store_lake_lake(const StoreLake *self);

/* Where buckets lie; lives as long as the StoreLake. */
const LakeRoots *store_lake_roots(const StoreLake *self);

#endif
