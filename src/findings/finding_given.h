/* finding_given.h - findings of other products, stored beside ours.
 *
 * import -> [finding_given] -> state
 *
 * A finding is known by ProductArn and Id; a newer UpdatedAt replaces what its product said, an
 * older or equal one is ignored. What people and rules made of it stays ("Security Hub", section
 * 2). One of ours that comes back from Security Hub is ignored. What stands for its rule is a row
 * of `rules` with its title, description and level.
 */
#ifndef FINDINGS_FINDING_GIVEN_H
#define FINDINGS_FINDING_GIVEN_H

#include "base/json.h"
#include "findings/finding.h"

typedef enum { GIVEN_NEW, GIVEN_UPDATED, GIVEN_IGNORED } GivenResult;

/* Stores *finding*, ASFF that was checked (asff_check.h), in the caller's transaction; *ret_id* is
 * its id here. */
bool finding_given_put(Db *db, const Json *finding, GivenResult *ret, char ret_id[FINDING_ID_BYTES],
                       Error *err) __attribute__((warn_unused_result));

#endif
