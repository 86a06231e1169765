/* omission.h - whether another record is this one without members that envelopes leave out.
 *
 * An event that EventBridge carries is the record of a log file, but for members that the file
 * alone has. AWS does not list them: taken are those that came with later event versions and say
 * nothing of the call's own content ("CloudTrail event record", section 2): readOnly,
 * managementEvent, eventCategory, tlsDetails, sessionCredentialFromConsole. recipientAccountId is
 * filled in from the envelope instead (collect/notification.h), as it is part of what names a
 * record.
 */
#ifndef DECODE_OMISSION_H
#define DECODE_OMISSION_H

#include "decode/batch.h"

/* Whether a record whose content hash is *content* is the one of *row* without some of these
 * members, and otherwise equal. Content hashes are sums over members (row_hash.h), so that the
 * other record is not looked at. */
bool omission_explains(const Batch *batch, uint32_t row, uint64_t content);

#endif
