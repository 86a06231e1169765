/* derive_batch.h - the derived members of all rows of a batch, worked out once per distinct value.
 *
 * decode -> [derive_batch] -> lake. An address, a client, an identity of the batch's dictionaries
 * is looked at once; rows only point at it. What depends on several parts of a record (is_console,
 * is_human, action) is put together from small classes of each. Any thread, its own batch.
 */
#ifndef DERIVE_DERIVE_BATCH_H
#define DERIVE_DERIVE_BATCH_H

#include "decode/batch.h"
#include "derive/derive.h"

/* Fills the column `derived` of *batch*, whose rows are all there: the members that derive_members
 * gives of each row's columns. False with *err*: memory. */
bool derive_batch(const Derive *derive, Batch *batch, Error *err)
    __attribute__((warn_unused_result));

#endif
