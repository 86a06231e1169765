/* kept.h - what a lake keeps beside its digests, so that it can verify them alone: public keys, and
 * the signatures that stand in the metadata of objects.
 *
 * (public keys, object metadata beside copied buckets) -> [kept] -> the state's tables
 * `public_keys`, `digest_metadata`
 */
#ifndef VERIFY_KEPT_H
#define VERIFY_KEPT_H

#include "lake/lake.h"
#include "verify/public_keys.h"
#include "verify/store.h"

/* Reads list-public-keys.json and s3-object-metadata.json in and beside the folders of buckets
 * whose digests the lake has, when they or the digests changed, and keeps what is new. A file that
 * cannot be read is left out: *ret_trouble* says why, of the first one. The lake is a writer's. */
bool kept_refresh(Lake *lake, Error *ret_trouble, Error *err) __attribute__((warn_unused_result));

/* Adds the keys that the lake has kept. */
bool kept_read_keys(Lake *lake, PublicKeys *keys, Error *err) __attribute__((warn_unused_result));

/* Keeps the metadata of the digest with this object id; what is there already stays. */
bool kept_put_metadata(Lake *lake, int64_t object_id, const StoreMetadata *metadata, Error *err)
    __attribute__((warn_unused_result));

#endif
