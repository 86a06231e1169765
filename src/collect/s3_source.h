/* s3_source.h - lists the log objects of a bucket below a prefix, in waves of days.
 *
 * Folders are looked at first, many at a time, as far as the layouts of CloudTrail go: single
 * account, organisation, Control Tower ("CloudTrail event record", section 1.1):
 *   [PREFIX/]AWSLogs/[o-ORGANISATION/]ACCOUNT/CloudTrail*\/REGION/YYYY/MM/DD/
 * Folders of other services below an account are left out and told. What lies elsewhere is listed
 * as it comes. Then the folders of days are listed, oldest day first or newest, many at a time, and
 * each wave is filled up to a number of objects: memory does not grow with the bucket.
 *
 * A source belongs to one thread.
 */
#ifndef COLLECT_S3_SOURCE_H
#define COLLECT_S3_SOURCE_H

#include "cloud/aws.h"
#include "collect/object_list.h"

typedef struct S3Source S3Source;

typedef struct S3SourceOptions {
    Aws *aws;
    Str uri;             /* s3://BUCKET[/PREFIX], a prefix as S3 has it */
    int32_t first, last; /* days of delivery that are wanted; INT32_MIN, INT32_MAX: all */
    bool newest_first;
    /* Told what is left out, a line each. */
    void (*tell)(void *context, const char *line);
    /* Called for each archived object, which is not listed; NULL: they are only counted. */
    bool (*archived)(void *context, const S3Bucket *bucket, RequestLine *line,
                     const S3Object *object, Error *err);
    void *context;
} S3SourceOptions;

/* What was seen so far. */
typedef struct S3SourceTally {
    uint64_t objects, bytes; /* that are listed */
    uint64_t archived, archived_bytes;
    uint64_t refused; /* keys that cannot be held: with a NUL */
    uint64_t days;    /* folders of days */
    uint64_t requests;
} S3SourceTally;

/* Finds the bucket. NULL with *err*; the caller frees. *options* is copied, its texts are borrowed.
 */
S3Source *s3_source_open(const S3SourceOptions *options, Error *err)
    __attribute__((warn_unused_result));
void s3_source_free(S3Source *source);

/* Adds objects to *list* until it holds about *max* or there are no more, which *ret_more* tells.
 */
bool s3_source_next(S3Source *source, ObjectList *list, size_t max, bool *ret_more, Error *err)
    __attribute__((warn_unused_result));

/* What was seen so far; lives as long as *source*. */
const S3SourceTally *s3_source_tally(const S3Source *source);

#endif
