/* redact_mark.h - what `extra` says of a row in which something was hidden, and what it said.
 *
 * One thread owns a marker.
 */
#ifndef REDACT_REDACT_MARK_H
#define REDACT_REDACT_MARK_H

#include "base/buf.h"
#include "redact/redaction.h"

typedef struct RedactMarker RedactMarker;

/* For the names of *plan*, borrowed. NULL with *err*; the caller frees. */
RedactMarker *redact_marker_new(const RedactPlan *plan, Error *err)
    __attribute__((warn_unused_result));
void redact_marker_free(RedactMarker *marker);

/* *extra*, empty or an object, with "redacted:NAME" for each redaction of *changed* and
 * "content:HASH" in its `_altered`; a hash that stands there already stays. *ret* lives until the
 * next call. */
bool redact_marker_write(RedactMarker *marker, Str extra, uint64_t changed, uint64_t content,
                         Str *ret, Error *err) __attribute__((warn_unused_result));

#endif
