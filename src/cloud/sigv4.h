/* sigv4.h - requests to AWS signed with Signature Version 4, in a header or in the query.
 *
 * Of AWS's rules the part that this program sends: a path is encoded once and never normalised, as
 * S3 wants it; the other services are asked at "/". Secrets are borrowed, and what is derived from
 * them is wiped before a function returns. No state: any thread.
 */
#ifndef CLOUD_SIGV4_H
#define CLOUD_SIGV4_H

#include "base/buf.h"

/* A header, or a parameter of the query; neither is encoded. */
typedef struct Sigv4Pair {
    Str name;
    Str value;
} Sigv4Pair;

typedef struct Sigv4Request {
    Str method;
    Str path; /* not encoded, with its first slash */
    const Sigv4Pair *query;
    size_t query_count;
    const Sigv4Pair *headers; /* all are signed: host at least, and what begins with x-amz- */
    size_t header_count;
    Str payload_hash; /* hexadecimal SHA-256 of the body, or SIGV4_UNSIGNED */
} Sigv4Request;

/* Who signs, when, for what. */
typedef struct Sigv4Scope {
    Str access_key;
    Str secret_key;
    Str session_token; /* empty for none; in a header it is the caller's, x-amz-security-token */
    Str region;
    Str service; /* "s3", "sts" */
    int64_t time_us;
} Sigv4Scope;

enum {
    SIGV4_TIME_BYTES = 17,           /* "20150830T123600Z" and a NUL */
    SIGV4_EXPIRES_MAX = 7 * 86400,   /* seconds */
    SIGV4_PAIRS_MAX = 64,            /* headers, and parameters */
    SIGV4_TEXT_BYTES_MAX = 256 << 10 /* of one request */
};

/* The payload hash of a request whose body is not signed; only over TLS. */
#define SIGV4_UNSIGNED STR("UNSIGNED-PAYLOAD")

/* What x-amz-date holds. */
void sigv4_time(int64_t time_us, char ret[SIGV4_TIME_BYTES]);

/* Appends *text* percent-encoded; *keep_slashes* for paths. */
bool sigv4_encode(Buf *ret, Str text, bool keep_slashes, Error *err)
    __attribute__((warn_unused_result));

/* Appends the query as it is sent: encoded, sorted, every name with a '='. */
bool sigv4_query(Buf *ret, const Sigv4Pair *query, size_t count, Error *err)
    __attribute__((warn_unused_result));

/* Appends the value of the Authorization header. */
bool sigv4_authorization(const Sigv4Request *request, const Sigv4Scope *scope, Buf *ret, Error *err)
    __attribute__((warn_unused_result));

/* Appends the whole query of a presigned URL, that of *request* included, which whoever has it may
 * use for *expires_s* seconds. ERROR_USAGE when these are not 1 to SIGV4_EXPIRES_MAX. */
bool sigv4_presign(const Sigv4Request *request, const Sigv4Scope *scope, int64_t expires_s,
                   Buf *ret, Error *err) __attribute__((warn_unused_result));

#endif
