/* rebuild.h - a row back to the record: what the table says is what came.
 *
 * The columns are rendered as members, then `extra` is laid over them: its objects merge with
 * structs, other values replace; what `_absent` names is left out. The result equals the record
 * as a JSON value (order of members, white space and spelling of strings aside) unless `_altered`
 * says otherwise. Reads a batch only; safe for all threads while it does not change.
 */
#ifndef DECODE_REBUILD_H
#define DECODE_REBUILD_H

#include "base/arena.h"
#include "decode/batch.h"

/* Appends the record of *row* as compact JSON. *arena* is scratch for the tree of `extra` and is
 * reset first. False with *err* for memory, or when `extra` is not what decode wrote. */
bool rebuild_record(const Batch *batch, uint32_t row, Arena *arena, Buf *json, Error *err)
    __attribute__((warn_unused_result));

/* As rebuild_record, of the columns alone: without what `extra` says. */
bool rebuild_columns(const Batch *batch, uint32_t row, Buf *json, Error *err)
    __attribute__((warn_unused_result));

/* As rebuild_record, with scratch memory of its own: for one record now and then. */
bool rebuild_alone(const Batch *batch, uint32_t row, Buf *json, Error *err)
    __attribute__((warn_unused_result));

#endif
