/* digests.h - digest files for a made-up trail, as CloudTrail delivers them every hour.
 *
 * Of each account and region that has log files: a chain over all hours of the trail, signed with a
 * key made for it ("CloudTrail digest files and validation", sections 2 to 5 and 11). Beside the
 * AWSLogs folder: list-public-keys.json and s3-object-metadata.json, as spoor verify reads them.
 */
#ifndef GENERATE_DIGESTS_H
#define GENERATE_DIGESTS_H

#include "generate/trail.h"

/* The bucket that the trail's folder is a copy of, as its digests say. */
#define DIGESTS_BUCKET "spoor-sample-trail"

/* Writes the digests of all log files below the trail's folder; *ret_count*: how many. */
bool digests_write(const Trail *trail, const TrailOptions *options, uint64_t *ret_count, Error *err)
    __attribute__((warn_unused_result));

#endif
