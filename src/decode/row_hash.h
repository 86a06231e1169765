/* row_hash.h - the fingerprint of a row that was read back from the lake: the one that its record
 * got when it was decoded.
 *
 * Content is the sum over columns of keyed hashes of their values (see batch_append.c), so it can
 * be computed from the columns alone. Invariant: for every row of the lake, content and identity
 * equal those of decoding its record, but for a record without an eventID, whose identity also
 * depends on its number among equals.
 */
#ifndef DECODE_ROW_HASH_H
#define DECODE_ROW_HASH_H

#include "decode/batch_row.h"

/* Sets content_hash and identity_hash of the last row of *batch*, which batch_row_append made from
 * *row*. Without an eventID the identity stays 0. ERROR_INPUT when `extra` or a JSON column is not
 * what decode wrote. */
bool row_hash(Batch *batch, const BatchRow *row, Error *err) __attribute__((warn_unused_result));

/* The identity of a record without an eventID: by its content and its number, from 1, among
 * records of equal content. */
uint64_t row_hash_unnamed(const Batch *batch, uint64_t content, uint64_t number);

#endif
