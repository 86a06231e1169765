/* s3.h - a bucket of S3, as a reader of logs needs it: listed, read, restored; s3_write.h writes.
 *
 * An S3Bucket is where a bucket is and how it is asked: found out once, then only read, by any
 * thread. Calls are made on a thread's own RequestLine (request.h), many at a time. Keys are any
 * bytes; they are encoded here ("Lake Formation, Glue, Lambda, S3", section 4).
 *
 * Errors begin with "s3://BUCKET/KEY", say what AWS said, and which permission or key is missing.
 */
#ifndef CLOUD_S3_H
#define CLOUD_S3_H

#include "cloud/request.h"

enum {
    S3_KEY_BYTES_MAX = 1024,
    S3_ETAG_BYTES = 72,
    S3_OBJECT_BYTES_MAX = 1 << 30, /* of an object that is read; more is refused */
    S3_PAGE_KEYS = 1000
};

typedef struct S3Bucket {
    char name[64];
    Endpoint endpoint;
    CredentialsChain *credentials; /* who asks, on any line; NULL: whom the line was made for */
    bool requester_pays;
} S3Bucket;

/* Finds out where the bucket of *query* is: its endpoint by *source* and the options in *query*,
 * and on AWS its region, by asking. *ret* says already who asks and whether the requester pays.
 * ERROR_ACCESS when there is no such bucket; one that may not be asked is taken to be where it was
 * looked for, since what is asked of it next says more. */
bool s3_find(S3Bucket *ret, RequestLine *line, const EndpointSource *source,
             const EndpointQuery *query, Error *err) __attribute__((warn_unused_result));

/* One page of a listing: up to 1000 keys that begin with *prefix*, in byte order, behind *after*
 * (empty: from the first); with *delimiter* what goes on behind one is folded into a common prefix.
 */
typedef struct S3Listing {
    Str prefix;
    Str after;
    Str token;    /* of the page before; empty for the first */
    bool folders; /* fold at '/' */
} S3Listing;

/* An object as a listing has it. */
typedef struct S3Object {
    Str key;
    Str etag; /* with its quotes */
    Str storage_class;
    uint64_t bytes;
    int64_t modified_us;
    bool archived; /* must be restored before it can be read */
} S3Object;

/* What a page holds; each function may be NULL and returns false with *err*. Texts live during the
 * call. */
typedef struct S3PageTake {
    bool (*object)(void *context, const S3Object *object, Error *err);
    bool (*folder)(void *context, Str prefix, Error *err);
    void *context;
} S3PageTake;

/* Starts to ask for a page; the caller frees the call. */
RequestCall *s3_list_start(const S3Bucket *bucket, RequestLine *line, const S3Listing *listing,
                           Error *err) __attribute__((warn_unused_result));

/* Reads the page that came; *ret_token* (emptied first) is the next page's, empty behind the last.
 */
bool s3_list_end(const S3Bucket *bucket, RequestCall *call, const S3PageTake *take, Buf *ret_token,
                 Error *err) __attribute__((warn_unused_result));

/* Starts to ask for an object's bytes; with *etag* only those of that version. The caller frees. */
RequestCall *s3_get_start(const S3Bucket *bucket, RequestLine *line, Str key, Str etag, Error *err)
    __attribute__((warn_unused_result));

/* The bytes that came, moved into *ret*, whose own are freed. *call* is done. When AWS refused
 * because of an encryption key, the object is asked for its name, on *line*. */
bool s3_get_end(const S3Bucket *bucket, RequestLine *line, RequestCall *call, Str key, Buf *ret,
                Error *err) __attribute__((warn_unused_result));

/* Starts to ask what an object is, without its bytes. The caller frees. */
RequestCall *s3_head_start(const S3Bucket *bucket, RequestLine *line, Str key, Error *err)
    __attribute__((warn_unused_result));

/* Starts to ask for a setting of the bucket by the name that its requests have ("versioning",
 * "policy"): the answer is its document. The caller frees. */
RequestCall *s3_setting_start(const S3Bucket *bucket, RequestLine *line, Str name, Error *err)
    __attribute__((warn_unused_result));

/* Of such a call that is done: etag, bytes and time of change; *ret* borrows from *call*. */
bool s3_head_end(RequestCall *call, S3Object *ret, Error *err) __attribute__((warn_unused_result));

/* Asks that an archived object be made readable for *days* days; true also when that was asked
 * before. */
bool s3_restore(const S3Bucket *bucket, RequestLine *line, Str key, int days, Error *err)
    __attribute__((warn_unused_result));

/* For what else is asked of a bucket (s3_write.h): starts *request*, of which endpoint, service and
 * path are filled in here, about *key*, or, when that is empty, about the bucket. The caller frees.
 */
RequestCall *s3_start(const S3Bucket *bucket, RequestLine *line, const Request *request, Str key,
                      Error *err) __attribute__((warn_unused_result));

/* Undoes encoding-type=url in place: %XX, and '+' for a space. */
void s3_decode_key(Buf *text);

/* Puts the object's name before the text of *err*. Returns false. */
bool s3_name_object(const S3Bucket *bucket, Str key, Error *err);

/* Splits "s3://bucket/rest" ; the rest may be empty. ERROR_USAGE when it is no such name. */
bool s3_split(Str uri, Str *ret_bucket, Str *ret_key, Error *err)
    __attribute__((warn_unused_result));

#endif
