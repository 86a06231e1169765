/* aws_ranges.h - which AWS service and region an address belongs to, by AWS's ip-ranges.json.
 *
 * decode -> [derive] -> detect. The file is https://ip-ranges.amazonaws.com/ip-ranges.json; nothing
 * here fetches it. Immutable once read; any thread may look.
 */
#ifndef DERIVE_AWS_RANGES_H
#define DERIVE_AWS_RANGES_H

#include <stddef.h>

#include "base/error.h"
#include "base/str.h"
#include "derive/address.h"

enum { AWS_RANGES_BYTES_MAX = 10 << 20 };

typedef struct AwsRanges AwsRanges;

/* What an address is of; the texts live as long as the AwsRanges. */
typedef struct AwsRange {
    Str service; /* such as EC2, S3, CLOUDFRONT; AMAZON when no service is named */
    Str region;  /* such as eu-west-1, or GLOBAL */
} AwsRange;

/* Reads the text of an ip-ranges.json of at most AWS_RANGES_BYTES_MAX. ERROR_INPUT says what is
 * wrong; a prefix that is none is an error, since a file with half its ranges would tell lies. The
 * caller frees with aws_ranges_free; NULL is fine. */
AwsRanges *aws_ranges_read(Str text, Error *err) __attribute__((warn_unused_result));
void aws_ranges_free(AwsRanges *ranges);

/* The range of *key*; false when it is not AWS's. Of several, a service goes before the catch-all
 * AMAZON, then the longer prefix, then the service that has fewer prefixes, then the name. */
bool aws_ranges_find(const AwsRanges *ranges, AddressKey key, AwsRange *ret);

/* The file's creation date as written there, empty without one; and how many prefixes it has. */
Str aws_ranges_created(const AwsRanges *ranges);
size_t aws_ranges_count(const AwsRanges *ranges);

#endif
