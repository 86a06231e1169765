/* retain_judge.h - does a legal hold name a record that lies in an object, or in a piece of one?
 *
 * decode, hold -> [retain_judge] -> retain_side, retain_originals
 *
 * The bytes are decoded as ingest does it, and each record is held against all holds. Used by one
 * thread.
 */
#ifndef LAKE_RETAIN_JUDGE_H
#define LAKE_RETAIN_JUDGE_H

#include "lake/lake.h"

typedef struct RetainJudge RetainJudge;

/* A judge over the holds of *lake*, borrowed; the caller frees. NULL with *err*. */
RetainJudge *retain_judge_new(Lake *lake, Error *err) __attribute__((warn_unused_result));
void retain_judge_free(RetainJudge *self);

/* Whether a hold in force names one of the records in *bytes*, stored as they came: also when it
 * cannot be told, because something of them is no record that can be read. */
bool retain_judge_held(RetainJudge *self, Str bytes, bool *ret, Error *err)
    __attribute__((warn_unused_result));

#endif
