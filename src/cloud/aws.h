/* aws.h - what all calls of a run to AWS share: who asks, where, and the buckets found so far.
 *
 * One Aws is shared by all threads; each makes its calls on a RequestLine of its own. Several may
 * ask as different profiles; one of them may know the buckets of others (aws_lend).
 */
#ifndef CLOUD_AWS_H
#define CLOUD_AWS_H

#include "cloud/s3.h"

typedef struct Aws Aws;

/* Texts are copied; NULL or empty ones leave it to the environment and the profile. */
typedef struct AwsOptions {
    const char *profile;
    const char *region;
    const char *endpoint_url;
    const char *ca_file;
    bool requester_pays;
    int parallel; /* requests in flight on each line */
    /* Told one line, as CredentialsOptions.tell; NULL: nobody is. */
    void (*tell)(void *context, const char *line);
    void *context;
} AwsOptions;

/* Reads the profiles; asks nobody yet. NULL with *err*. */
Aws *aws_open(const AwsOptions *options, Error *err) __attribute__((warn_unused_result));
void aws_free(Aws *aws);

/* A line of the calling thread, with what it needs to sign; the caller frees. */
RequestLine *aws_line(Aws *aws, Error *err) __attribute__((warn_unused_result));

/* A line for the time of some calls: one that nobody uses, or a new one. aws_give_line gives it
 * back; those that were given back are freed with *aws*. */
RequestLine *aws_take_line(Aws *aws, Error *err) __attribute__((warn_unused_result));
void aws_give_line(Aws *aws, RequestLine *line);

/* How many requests a line has in flight. */
int aws_parallel(const Aws *aws);

/* Where *service* is asked: in *region*, or in that of the options when it is empty. The options'
 * URL is S3's alone. */
bool aws_endpoint(const Aws *aws, Str service, Str region, Endpoint *ret, Error *err)
    __attribute__((warn_unused_result));

/* Lets *aws* find the bucket *name* as *owner* would, and ask it as *owner*, which must outlive it:
 * whoever was told first. ERROR_LIMIT beyond 64 buckets. */
bool aws_lend(Aws *aws, Str name, Aws *owner, Error *err) __attribute__((warn_unused_result));

/* The bucket *name*, found on *line* the first time, which may be a line of another Aws; it lives
 * as long as *aws*. NULL with *err*. */
const S3Bucket *aws_bucket(Aws *aws, RequestLine *line, Str name, Error *err)
    __attribute__((warn_unused_result));

#endif
