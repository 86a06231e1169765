/* store_s3.h - a bucket of S3 as a store: listed once, read object by object.
 *
 * What is listed is kept by name, 100 bytes an object or so. Digests that name other buckets are
 * followed there.
 */
#ifndef VERIFY_STORE_S3_H
#define VERIFY_STORE_S3_H

#include "cloud/aws.h"
#include "verify/public_keys.h"
#include "verify/store.h"

typedef struct StoreS3 StoreS3;

typedef struct StoreS3Options {
    Aws *aws;
    Str uri; /* s3://BUCKET[/PREFIX] */
    /* Told what is left out, a line each. */
    void (*tell)(void *context, const char *line);
    void *context;
} StoreS3Options;

/* Lists the bucket; the caller frees. NULL with *err*. */
StoreS3 *store_s3_open(const StoreS3Options *options, Error *err)
    __attribute__((warn_unused_result));
void store_s3_free(StoreS3 *self);

/* The bucket as a store, valid until it is freed. */
Store store_s3_store(StoreS3 *self);

/* Adds the public keys of the regions and times of the digests that are listed, asking CloudTrail
 * in each region. */
bool store_s3_read_keys(StoreS3 *self, PublicKeys *keys, Error *err)
    __attribute__((warn_unused_result));

#endif
