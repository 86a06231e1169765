/* redact_value.h - a value of a record with what redactions hide replaced.
 *
 * One thread owns a RedactWork; the plan is shared.
 */
#ifndef REDACT_REDACT_VALUE_H
#define REDACT_REDACT_VALUE_H

#include "base/json.h"
#include "redact/redaction.h"

typedef struct RedactWork RedactWork;

/* What became of a value. */
typedef struct RedactResult {
    uint64_t changed; /* bits of the redactions that changed it; 0: it stays, `text` is not set */
    bool removed;     /* nothing is left */
    Str text;         /* until the next call */
} RedactResult;

/* For *plan*, borrowed. NULL with *err*; the caller frees. */
RedactWork *redact_work_new(const RedactPlan *plan, Error *err) __attribute__((warn_unused_result));
void redact_work_free(RedactWork *work);
const RedactPlan *redact_work_plan(const RedactWork *work);

/* What the redactions of *mask* make of a value of the column *node*, a leaf: a text, or JSON as
 * it stands in a column of type JSON. False with *err*: memory, or JSON that is none. */
bool redact_work_column(RedactWork *work, FieldNode node, uint64_t mask, Str value,
                        RedactResult *ret, Error *err) __attribute__((warn_unused_result));

/* What all of them make of a text, or JSON, that stands at the path of *target*
 * (redaction_target_at), and of a whole record as JSON. */
bool redact_work_at(RedactWork *work, const RedactTarget *target, Str text, RedactResult *ret,
                    Error *err) __attribute__((warn_unused_result));
bool redact_work_record(RedactWork *work, Str json, RedactResult *ret, Error *err)
    __attribute__((warn_unused_result));

#endif
