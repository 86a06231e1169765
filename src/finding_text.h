/* finding_text.h - findings for people and programs: a table, CSV, JSON lines, one in full. */
#ifndef FINDING_TEXT_H
#define FINDING_TEXT_H

#include <stdio.h>

#include "findings/finding.h"

typedef enum { FINDING_TABLE, FINDING_CSV, FINDING_JSONL } FindingFormat;

typedef struct FindingWriter {
    FindingFormat format;
    size_t columns;  /* of the terminal */
    int64_t limit;   /* findings to print */
    int64_t printed; /* so far */
    int64_t left;    /* those beyond the limit */
    FILE *out;
} FindingWriter;

/* A FindingTake: writes one, the heading before the first. *context* is a FindingWriter. */
bool finding_text_take(void *context, const Finding *finding, Error *err)
    __attribute__((warn_unused_result));

/* One finding with what its rule says and its events; *json*: as one JSON object. */
bool finding_text_show(Db *db, const Finding *finding, bool json, FILE *out, Error *err)
    __attribute__((warn_unused_result));

#endif
