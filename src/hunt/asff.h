/* asff.h - findings of a hunt as AWS Security Hub's BatchImportFindings takes them.
 *
 * hunt -> gather -> [asff]
 *
 * Schema 2018-10-08 ("securityhub", section 1). The product is ours: the private product of the
 * account that imports. CreatedAt is the time of the first match and UpdatedAt that of the last: an
 * import that is repeated changes nothing, one with later matches updates the finding.
 */
#ifndef HUNT_ASFF_H
#define HUNT_ASFF_H

#include <stdio.h>

#include "hunt/gather.h"

/* Appends one finding as a JSON object; texts longer than the schema allows are cut. */
bool asff_append(const Gathered *finding, Buf *out, Error *err) __attribute__((warn_unused_result));

/* Writes all findings as one JSON array, a finding a line. ERROR_SYSTEM when *out* takes no more.
 */
bool asff_write(const Gather *gather, FILE *out, Error *err) __attribute__((warn_unused_result));

#endif
