/* store.h - where digests and logs lie, whatever it is: a copy of buckets, or a lake.
 *
 * An implementation fills a Store; its functions may be called by several threads at once.
 */
#ifndef VERIFY_STORE_H
#define VERIFY_STORE_H

#include "base/buf.h"
#include "base/hash.h"

typedef enum {
    FETCH_FOUND,
    FETCH_MISSING, /* no such object */
    FETCH_FAILED,  /* *err* is filled: permission, network, too large */
} Fetch;

enum { STORE_SIGNATURE_MAX = 2048, STORE_TEXT_MAX = 64, STORE_BYTES_MAX = 1 << 30 };

/* What CloudTrail writes beside a digest's bytes ("CloudTrail digest files", section 3); empty
 * texts when absent. */
typedef struct StoreMetadata {
    char signature[STORE_SIGNATURE_MAX + 1];
    char signature_algorithm[STORE_TEXT_MAX + 1];
    char backfill_at[STORE_TEXT_MAX + 1];
} StoreMetadata;

/* Called for each object; texts live during the call. False ends the listing with *err*. */
typedef bool (*StoreVisit)(void *context, Str bucket, Str key, Error *err);

/* What was noted of a log when it was read for the first time. */
typedef struct StoreNote {
    uint8_t sha256[HASH_SHA256_BYTES]; /* of the inflated bytes */
    unsigned flags;                    /* OBJECT_ flags of decode/object.h */
} StoreNote;

typedef struct Store {
    void *context;
    /* Whether all objects have their metadata here. Else a digest's signature may be known from its
     * successor alone. */
    bool has_metadata;
    /* The object's bytes into *ret* (emptied first). */
    Fetch (*get)(void *context, Str bucket, Str key, Buf *ret, Error *err);
    /* What is written beside the object; empty texts where nothing is. */
    Fetch (*metadata)(void *context, Str bucket, Str key, StoreMetadata *ret, Error *err);
    /* What was noted of a log. It counts; *get* may not find its bytes any more. NULL: nothing is
     * noted, bytes alone count. */
    Fetch (*note)(void *context, Str bucket, Str key, StoreNote *ret, Error *err);
    /* Visits all objects, in the order of their keys. */
    bool (*list)(void *context, StoreVisit visit, void *visitor, Error *err);
} Store;

#endif
