/* batch_append.h - a record's view becomes a row of the batch. */
#ifndef DECODE_BATCH_APPEND_H
#define DECODE_BATCH_APPEND_H

#include "decode/batch.h"
#include "decode/record.h"

/* Appends *view* as a row. The batch must not be full. Values are copied. When the record lacks
 * an eventID, identity_hash is left 0 for the caller to fill.
 *
 * False with *err*: ERROR_INPUT when a struct's text has equal names (the caller takes the slow
 * path; the batch is as before), else memory. */
bool batch_append_record(Batch *batch, const RecordView *view, int64_t object_id,
                         int32_t record_index, Error *err) __attribute__((warn_unused_result));

/* Puts *view* in place of the row that was appended last, which stays known by the record that it
 * was: identity and content hash, object and place. On failure the row is gone. */
bool batch_append_again(Batch *batch, const RecordView *view, Error *err)
    __attribute__((warn_unused_result));

/* Takes the row that was appended last off again. */
void batch_append_undo(Batch *batch);

#endif
