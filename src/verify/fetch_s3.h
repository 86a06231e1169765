/* fetch_s3.h - an object of S3, or what is beside it, as a Store gives it. Any thread: each call
 * has a line of its own. */
#ifndef VERIFY_FETCH_S3_H
#define VERIFY_FETCH_S3_H

#include "cloud/aws.h"
#include "verify/store.h"

/* The bytes into *ret*, whose own are freed. */
Fetch fetch_s3(Aws *aws, Str bucket, Str key, Buf *ret, Error *err);

/* What CloudTrail writes beside a digest; empty texts where nothing is. */
Fetch fetch_s3_metadata(Aws *aws, Str bucket, Str key, StoreMetadata *ret, Error *err);

#endif
