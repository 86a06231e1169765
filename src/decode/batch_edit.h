/* batch_edit.h - rows that were appended get other values: before they are stored, and after
 * everybody has seen what came.
 *
 * batch_append -> [batch_edit] -> lake. identity_hash and content_hash stay those of the record as
 * it came, by which it is known; `stored_hash` is that of the row as it is. No record is appended
 * between an edit and the next batch_reset. One worker owns the batch.
 */
#ifndef DECODE_BATCH_EDIT_H
#define DECODE_BATCH_EDIT_H

#include "decode/batch.h"

/* The code of *text* in a column of texts or JSON: an old one, or that of a new entry. False with
 * *err*: memory, or JSON that is none. */
bool batch_edit_text(Batch *batch, FieldNode node, Str text, uint32_t *ret_code, Error *err)
    __attribute__((warn_unused_result));

/* As batch_edit_text, of JSON that is canonical already (decode/text.h, text_canonical). */
bool batch_edit_canonical(Batch *batch, FieldNode node, Str text, uint32_t *ret_code, Error *err)
    __attribute__((warn_unused_result));

/* A copy of a shape, whose elements the caller may change (BatchGroup.present, leaf_codes) before
 * batch_edit_shape_end. *ret_shape is its code. */
bool batch_edit_shape(Batch *batch, GroupId group, uint32_t shape, uint32_t *ret_shape, Error *err)
    __attribute__((warn_unused_result));
void batch_edit_shape_end(Batch *batch, GroupId group, uint32_t shape);

/* Makes sure that stored_hash is there, content_hash of each row at first. */
bool batch_edit_begin(Batch *batch, Error *err) __attribute__((warn_unused_result));

/* Sets stored_hash of a row whose codes were changed. */
void batch_edit_row(Batch *batch, uint32_t row);

#endif
