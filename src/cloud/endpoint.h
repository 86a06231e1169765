/* endpoint.h - where a service of AWS is asked: region, partition, URL.
 *
 * In: an option, the environment and the profile, in this order of weight. Out: scheme, host and
 * port, the region that a signature names, and how a bucket is addressed (AWS SDKs and Tools
 * Reference Guide, "Service-specific endpoints", "AWS Region", "Dual-stack and FIPS endpoints";
 * "Lake Formation, Glue, Lambda, S3", section 4.1). No request is made. Any thread, as long as the
 * environment is left alone.
 */
#ifndef CLOUD_ENDPOINT_H
#define CLOUD_ENDPOINT_H

#include "cloud/profiles.h"

enum { ENDPOINT_URL_BYTES = 512, ENDPOINT_REGION_BYTES = 64 };

/* What of the environment and the profile counts, looked up once. */
typedef struct EndpointSource {
    const Profiles *profiles; /* NULL: no files */
    Str profile;
} EndpointSource;

typedef struct EndpointQuery {
    Str service;     /* as in a signature: "s3", "sqs", "sts", "logs", "cloudtrail" */
    Str region;      /* of the caller's option, or found out of the bucket; empty: looked up */
    Str url;         /* of the caller's option: goes before all others; empty: none */
    Str bucket;      /* of S3; empty: none */
    bool for_bucket; /* if no region is said: us-east-1, where any bucket's can be asked */
} EndpointQuery;

typedef struct Endpoint {
    char url[ENDPOINT_URL_BYTES]; /* "https://HOST[:PORT]", and the folder of a custom endpoint; no
                                     slash at the end. The bucket is in it unless path_style */
    char region[ENDPOINT_REGION_BYTES]; /* to sign for */
    bool path_style;                    /* the path of a request begins with the bucket's name */
    bool custom;                        /* not AWS's own */
} Endpoint;

/* The region of calls: *option*, AWS_REGION, AWS_DEFAULT_REGION, the profile's. ERROR_USAGE when
 * none says, or when what says is no region's name. */
bool endpoint_region(const EndpointSource *source, Str option, char ret[ENDPOINT_REGION_BYTES],
                     Error *err) __attribute__((warn_unused_result));

/* The partition of a region that may be unknown: "aws", "aws-cn", "aws-us-gov", "aws-iso",
 * "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc". */
const char *endpoint_partition(Str region);

/* Where *query* is asked. ERROR_USAGE: no region, a URL or a bucket's name that is none,
 * a flag that is neither true nor false, FIPS or dual-stack where there is none. */
bool endpoint_find(const EndpointSource *source, const EndpointQuery *query, Endpoint *ret,
                   Error *err) __attribute__((warn_unused_result));

#endif
