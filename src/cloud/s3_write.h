/* s3_write.h - objects of a bucket stored once, locked, listed with all their versions, removed.
 *
 * request, s3 -> [s3_write] -> (lake keeps originals and heads there)
 *
 * As s3.h: calls are made on a thread's own RequestLine. What is stored is never in place of
 * something else when *once* is said: the request is conditional (If-None-Match), which a server
 * other than AWS's has to know, too.
 */
#ifndef CLOUD_S3_WRITE_H
#define CLOUD_S3_WRITE_H

#include "cloud/s3.h"

typedef struct S3Put {
    Str key;
    Str body;              /* borrowed until the call is freed */
    bool once;             /* only where there is no such object */
    int64_t lock_until_us; /* S3 Object Lock, compliance mode, until then; 0: none is asked for */
} S3Put;

/* Starts to store an object, with Content-MD5, which a bucket with Object Lock asks for. The caller
 * frees. */
RequestCall *s3_put_start(const S3Bucket *bucket, RequestLine *line, const S3Put *put, Error *err)
    __attribute__((warn_unused_result));

/* Of such a call that is done: whether the object is stored; *ret_exists*: there is one already
 * (then true, and nothing was stored). */
bool s3_put_end(const S3Bucket *bucket, RequestCall *call, const S3Put *put, bool *ret_exists,
                Error *err) __attribute__((warn_unused_result));

/* One version of an object. */
typedef struct S3Version {
    Str key;
    Str id; /* "null" in a bucket without versions */
    uint64_t bytes;
} S3Version;

typedef struct S3VersionTake {
    /* Returns false with *err*; texts live during the call. */
    bool (*version)(void *context, const S3Version *version, Error *err);
    void *context;
} S3VersionTake;

/* Calls *take* with all versions of the objects that begin with *prefix*, those that a delete
 * marker hides too, waiting for the answers page by page. */
bool s3_versions(const S3Bucket *bucket, RequestLine *line, Str prefix, const S3VersionTake *take,
                 Error *err) __attribute__((warn_unused_result));

/* Starts to ask what a version is; the end is s3_version_end. The caller frees. */
RequestCall *s3_version_start(const S3Bucket *bucket, RequestLine *line, Str key, Str id,
                              Error *err) __attribute__((warn_unused_result));

/* Starts to delete a version for good. The caller frees. */
RequestCall *s3_delete_start(const S3Bucket *bucket, RequestLine *line, Str key, Str id, Error *err)
    __attribute__((warn_unused_result));

/* How either ended. */
typedef enum {
    S3_ENDED,   /* it is there, or was deleted */
    S3_MISSING, /* there is none */
    S3_LOCKED,  /* Object Lock keeps it at the moment */
    S3_REFUSED, /* something else: *err* */
} S3Ending;

/* Of such a call that is done. That a version is locked is told where the answer says so: to who
 * may s3:GetObjectRetention before, and to all when it is to be deleted. */
S3Ending s3_version_end(const S3Bucket *bucket, RequestCall *call, Str key, Error *err)
    __attribute__((warn_unused_result));

#endif
