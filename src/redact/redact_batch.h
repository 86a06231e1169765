/* redact_batch.h - hides what a plan says in the rows of a batch, value by distinct value.
 *
 * decode -> derive -> detect -> filter -> [redact_batch] -> derive (the column) -> lake
 *
 * A value that repeats is looked at once. Rows that were changed say so in `extra._altered`:
 * "redacted:NAME" for each redaction, and "content:" with the 16 hexadecimal digits of the content
 * hash of the record as it came. One worker owns a RedactBatch.
 */
#ifndef REDACT_REDACT_BATCH_H
#define REDACT_REDACT_BATCH_H

#include "decode/batch.h"
#include "redact/redaction.h"

typedef struct RedactBatch RedactBatch;

/* For *plan*, borrowed. NULL with *err*; the caller frees. */
RedactBatch *redact_batch_new(const RedactPlan *plan, Error *err)
    __attribute__((warn_unused_result));
void redact_batch_free(RedactBatch *self);

/* What is said of each row; NULL: of none. */
typedef struct RedactRows {
    const uint64_t *masks;   /* the redactions in force; NULL: all of them */
    const uint64_t *changed; /* who changed it before (Redaction.function); NULL: nobody */
} RedactRows;

/* Hides in all rows, and notes in them who changed them. Nothing may be appended before the batch
 * is reset. False with *err*: memory; the batch is of no use then. */
bool redact_batch_run(RedactBatch *self, Batch *batch, const RedactRows *rows, Error *err)
    __attribute__((warn_unused_result));

/* Who changed each row of the last run, before or in it. */
const uint64_t *redact_batch_changed(const RedactBatch *self);

#endif
