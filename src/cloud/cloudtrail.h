/* cloudtrail.h - what CloudTrail itself is asked: the public keys of its digests.
 *
 * JSON 1.1 ("CloudTrail digest files and validation", section 5). Answers are given as they came.
 */
#ifndef CLOUD_CLOUDTRAIL_H
#define CLOUD_CLOUDTRAIL_H

#include "cloud/aws.h"

/* Takes one page of an answer, which lives during the call. */
typedef bool (*CloudtrailTake)(void *context, Str answer, Error *err);

/* Of which region, and of which time. */
typedef struct CloudtrailKeys {
    Str region;
    int64_t from_us, to_us;
} CloudtrailKeys;

/* Asks for the keys that were valid then, page by page, on *line*. cloudtrail:ListPublicKeys is
 * needed. */
bool cloudtrail_public_keys(const Aws *aws, RequestLine *line, const CloudtrailKeys *wanted,
                            CloudtrailTake take, void *context, Error *err)
    __attribute__((warn_unused_result));

#endif
