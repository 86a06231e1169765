/* ocsf.h - findings as OCSF Detection Findings (class 2004), one JSON object a line.
 *
 * story -> [ocsf] -> hunt, findings export
 *
 * Version 1.5.0 with the profile `cloud`; times are milliseconds since 1970 UTC. The time of a
 * finding is that of its last match, never that of the hunt: the same logs give the same lines.
 */
#ifndef FINDINGS_OCSF_H
#define FINDINGS_OCSF_H

#include "findings/story.h"

/* Appends one finding as a JSON object. Of many matches the first 100 are evidence, and a text of
 * the record is cut at 2,048 bytes. */
bool ocsf_append(const Story *finding, Buf *out, Error *err) __attribute__((warn_unused_result));

#endif
