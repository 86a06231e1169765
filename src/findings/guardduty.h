/* guardduty.h - a finding of GuardDuty as the ASFF that Security Hub makes of it.
 *
 * import -> [guardduty] -> finding_given
 *
 * Names begin with a small letter (events, exports to S3) or a capital one (get-findings). Id and
 * ProductArn are those that Security Hub gives it, so that a finding that comes both ways is one
 * ("GuardDuty", sections 4 and 8). Its own type stays in ProductFields. A pure function.
 */
#ifndef FINDINGS_GUARDDUTY_H
#define FINDINGS_GUARDDUTY_H

#include "base/json.h"

/* The member of ProductFields that holds GuardDuty's type. */
#define GUARDDUTY_TYPE "aws/guardduty/type"

/* Whether *value* looks like a finding of GuardDuty. */
bool guardduty_is_one(const Json *value);

/* Appends it as ASFF; texts longer than the schema allows are cut. ERROR_INPUT names a member that
 * is missing. */
bool guardduty_asff(const Json *finding, Buf *out, Error *err) __attribute__((warn_unused_result));

#endif
