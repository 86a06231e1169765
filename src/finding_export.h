/* finding_export.h - stored findings for other programs: ASFF, OCSF, CSV, JSON lines. */
#ifndef FINDING_EXPORT_H
#define FINDING_EXPORT_H

#include <stdio.h>

#include "findings/finding.h"

/* Writes the findings that *query* asks for, as ASFF (an array, each checked against the schema) or
 * OCSF (one a line). *ret_left_out* counts those that ASFF does not take, each told on standard
 * error with what is wrong. */
bool finding_export_asff(Db *db, const FindingQuery *query, FILE *out, int64_t *ret_left_out,
                         Error *err) __attribute__((warn_unused_result));
bool finding_export_ocsf(Db *db, const FindingQuery *query, FILE *out, Error *err)
    __attribute__((warn_unused_result));

#endif
