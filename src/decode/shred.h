/* shred.h - the slow path of the record parser: takes any record that is an object.
 *
 * Reads the record as a tree, repairing it first when it is not strict JSON, and fills the same
 * view as record_parse, with the rest in `extra`, what was filled from elsewhere in `_absent` and
 * what was changed in `_altered` (see docs/formats/table-cloudtrail.md).
 *
 * One thread owns a Shredder.
 */
#ifndef DECODE_SHRED_H
#define DECODE_SHRED_H

#include "decode/record.h"

typedef struct Shredder Shredder;

/* A shredder, freed with shred_free; NULL with *err* filled. */
Shredder *shred_new(Error *err) __attribute__((warn_unused_result));
void shred_free(Shredder *shredder);

/* Shreds *raw*, the text of one value. On success the view, alive until the next call, holds the
 * record. *ret_reason is NULL, or says why there is no record: it is not an object, or has no
 * readable eventTime. False with *err* when memory runs out. */
bool shred_record(Shredder *shredder, Str raw, const RecordView **ret_view, const char **ret_reason,
                  Error *err) __attribute__((warn_unused_result));

#endif
