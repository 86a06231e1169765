/* eventbridge_record.h - a pattern for EventBridge's events as one for CloudTrail records.
 *
 * What a pattern asks of the envelope stands in the record, too: detail is the record, source
 * "aws.iam" its eventSource "iam.amazonaws.com", account, region, id and time members of it, and
 * detail-type its eventType. So the same pattern works where records come without envelopes.
 */
#ifndef DETECT_EVENTBRIDGE_RECORD_H
#define DETECT_EVENTBRIDGE_RECORD_H

#include "base/buf.h"

/* Appends to *ret* the pattern that holds of a record if and only if *pattern* holds of its event;
 * a pattern that names nothing of the envelope stays as it is. ERROR_INPUT when a member of the
 * envelope is asked in a way that a record cannot answer. */
bool eventbridge_record(Str pattern, Buf *ret, Error *err) __attribute__((warn_unused_result));

#endif
