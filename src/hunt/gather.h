/* gather.h - matches that tell one story become one finding, for formats that know findings.
 *
 * hunt -> [gather] -> findings/asff, findings/ocsf
 *
 * Invariants
 *   1. A finding holds the matches of one rule, account, region, subject and day (UTC); the subject
 *      is what the hits of a correlation share, else the principal.
 *   2. Its id depends on these five alone: another hunt over the same logs, or over more of them,
 *      gives the same id.
 *   3. Account and region are fit for ARNs, whatever the record said.
 *
 * A Gather borrows the matches; one thread reads it.
 */
#ifndef HUNT_GATHER_H
#define HUNT_GATHER_H

#include <stdio.h>

#include "hunt/hunt.h"

typedef struct Gather Gather;

/* Gathers *count* matches that lie one behind the other, as those of a Hunt. NULL with *err*. */
Gather *gather_new(const HuntMatch *matches, size_t count, Error *err)
    __attribute__((warn_unused_result));
void gather_free(Gather *gather);

/* The findings by the time of their first match. */
size_t gather_count(const Gather *gather);
const Story *gather_at(const Gather *gather, size_t index);

/* Writes all findings as one JSON array for Security Hub (findings/asff.h), a finding a line; as
 * OCSF (findings/ocsf.h), one a line. ERROR_SYSTEM when *out* takes no more. */
bool gather_write_asff(const Gather *gather, FILE *out, Error *err)
    __attribute__((warn_unused_result));
bool gather_write_ocsf(const Gather *gather, FILE *out, Error *err)
    __attribute__((warn_unused_result));

#endif
