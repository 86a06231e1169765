/* timeline.h - the matches of a hunt, written for people or programs. */
#ifndef HUNT_TIMELINE_H
#define HUNT_TIMELINE_H

#include <stdio.h>

#include "hunt/hunt.h"

typedef enum { TIMELINE_TABLE, TIMELINE_JSONL, TIMELINE_JSON, TIMELINE_CSV } TimelineFormat;

typedef struct TimelineStyle {
    TimelineFormat format;
    size_t rows_max; /* of a table, which says how many there are more */
    bool bare;       /* a table does not say how many rows it leaves out */
    size_t columns;  /* of the terminal that a table is to fit */
} TimelineStyle;

/* Writes all matches in the order of time. ERROR_SYSTEM when *out* takes no more. */
bool timeline_write(const Hunt *hunt, const TimelineStyle *style, FILE *out, Error *err)
    __attribute__((warn_unused_result));

#endif
