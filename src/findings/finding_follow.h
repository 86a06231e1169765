/* finding_follow.h - what else the principal of a finding did: the signals of all rules, and other
 * findings, of the 24 hours before it.
 *
 * findings_followed (a trigger of the state) -> [finding_follow] -> finding_related
 *
 * A finding of level medium or higher is followed up when it comes and when it goes on. A session
 * of an assumed role is its own and its role's: findings of other products name the role alone. Of
 * each at most FINDING_FOLLOW_MAX findings and signals are kept, the nearest first.
 */
#ifndef FINDINGS_FINDING_FOLLOW_H
#define FINDINGS_FINDING_FOLLOW_H

#include "base/buf.h"
#include "base/db.h"

enum { FINDING_FOLLOW_MAX = 50 };

#define FINDING_FOLLOW_US (INT64_C(24) * 3600 * 1000000)

/* Follows up to *most* findings that wait, each in a transaction of its own; *ret_more*: there were
 * as many. */
bool finding_follow_step(Db *db, int most, bool *ret_more, Error *err)
    __attribute__((warn_unused_result));

/* Appends the ARN of the role of a session to *role*; of a role, what the ARNs of its sessions
 * begin with to *sessions*; of others nothing. */
bool finding_follow_kin(Str principal, Buf *role, Buf *sessions, Error *err)
    __attribute__((warn_unused_result));

#endif
