/* missing_keys.h - public keys that digests of S3 name and the lake does not have: CloudTrail is
 * asked for them.
 *
 * (the state's tables `digests`, `public_keys`) -> [missing_keys] -> CloudTrail -> PublicKeys
 */
#ifndef VERIFY_MISSING_KEYS_H
#define VERIFY_MISSING_KEYS_H

#include "cloud/aws.h"
#include "lake/lake.h"
#include "verify/public_keys.h"

/* AWS's CLI asks for keys up to two hours behind the last digest ("CloudTrail digest files",
 * section 5); the same before the first one. Microseconds. */
#define MISSING_KEYS_MARGIN_US INT64_C(7200000000)

/* Adds the keys that CloudTrail has of *region* and that time and the margin around it. */
bool missing_keys_of(Aws *aws, RequestLine *line, Str region, const int64_t times_us[2],
                     PublicKeys *keys, Error *err) __attribute__((warn_unused_result));

/* Adds the keys of all digests from S3 whose fingerprint the lake does not have, asking each region
 * of them. One that cannot be asked is left out: *ret_trouble* says why, of the first one. */
bool missing_keys_ask(Lake *lake, Aws *aws, PublicKeys *keys, Error *ret_trouble, Error *err)
    __attribute__((warn_unused_result));

#endif
