/* summary.h - how often rules matched: by rule, level, principal, address and ATT&CK tactic. */
#ifndef HUNT_SUMMARY_H
#define HUNT_SUMMARY_H

#include <stdio.h>

#include "hunt/hunt.h"

/* Writes the counts of all kept matches as text, the most frequent first, at most *rows_max* a
 * group. False with *err*: memory. */
bool summary_write(const Hunt *hunt, size_t rows_max, FILE *out, Error *err)
    __attribute__((warn_unused_result));

#endif
