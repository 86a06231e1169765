/* asff_check.h - whether a finding is one that Security Hub's schema 2018-10-08 allows.
 *
 * import, export, Security Hub -> [asff_check]
 *
 * Required members, types, lengths in characters, ranges, choices and counts are one table
 * ("Security Hub", sections 1.1 and 1.2). Members that it does not name may be anything. A pure
 * function; any thread.
 */
#ifndef FINDINGS_ASFF_CHECK_H
#define FINDINGS_ASFF_CHECK_H

#include "base/json.h"

enum { ASFF_FINDING_BYTES_MAX = 240 * 1024 };

/* False with ERROR_INPUT, which says at which member, what is expected there and what stands there.
 */
bool asff_check(const Json *finding, Error *err) __attribute__((warn_unused_result));

#endif
