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

/* Hides in all rows. *masks*: the redactions in force for each row; NULL: all of them. Nothing may
 * be appended before the batch is reset. False with *err*: memory; the batch is of no use then. */
bool redact_batch_run(RedactBatch *self, Batch *batch, const uint64_t *masks, Error *err)
    __attribute__((warn_unused_result));

/* The redactions that changed each row of the last run. */
const uint64_t *redact_batch_changed(const RedactBatch *self);

#endif
