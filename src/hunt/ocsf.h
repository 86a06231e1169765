/* ocsf.h - findings of a hunt as OCSF Detection Findings (class 2004), one JSON object a line.
 *
 * hunt -> gather -> [ocsf]
 *
 * Version 1.5.0 with the profile `cloud`; times are milliseconds since 1970 UTC. The time of a
 * finding is that of its last match, never that of the hunt: the same logs give the same lines.
 */
#ifndef HUNT_OCSF_H
#define HUNT_OCSF_H

#include <stdio.h>

#include "hunt/gather.h"

/* Appends one finding as a JSON object. Of many matches the first 100 are evidence, and a text of
 * the record is cut at 2,048 bytes. */
bool ocsf_append(const Gathered *finding, Buf *out, Error *err) __attribute__((warn_unused_result));

/* Writes all findings, one a line. ERROR_SYSTEM when *out* takes no more. */
bool ocsf_write(const Gather *gather, FILE *out, Error *err) __attribute__((warn_unused_result));

#endif
