/* timeline.h - the matches of a hunt, written for people or programs. */
#ifndef HUNT_TIMELINE_H
#define HUNT_TIMELINE_H

#include <stdio.h>

#include "hunt/hunt.h"

typedef enum { TIMELINE_TABLE, TIMELINE_JSONL, TIMELINE_JSON, TIMELINE_CSV } TimelineFormat;

/* Writes all matches in the order of time; a table shows at most *rows_max* and says how many
 * there are. ERROR_SYSTEM when *out* takes no more. */
bool timeline_write(const Hunt *hunt, TimelineFormat format, size_t rows_max, FILE *out, Error *err)
    __attribute__((warn_unused_result));

#endif
