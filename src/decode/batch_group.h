/* batch_group.h - shapes: structs and the list `resources`, shredded once per distinct text.
 * Internal to decode. */
#ifndef DECODE_BATCH_GROUP_H
#define DECODE_BATCH_GROUP_H

#include "base/arena.h"
#include "decode/batch.h"

/* What shredding needs besides the group. */
typedef struct BatchGroupTools {
    Batch *batch;
    const uint8_t *secret;
    const uint64_t (*node_keys)[2]; /* two keys per FieldNode, for content hashes */
    Arena *arena;                   /* reset for every new shape */
    uint64_t number;                /* RecordView.identity of the text, 0 for others */
    Buf *scratch;
} BatchGroupTools;

/* Empties the group, which shreds field *root*; at most *bytes_max* bytes of `extra`. */
void batch_group_reset(BatchGroup *group, FieldNode root, size_t bytes_max);

/* Frees all. */
void batch_group_free(BatchGroup *group);

/* The shape code of *raw*, the JSON text of an object (a list for `resources`): an old one, or
 * that of a new shape. *raw* must be strict JSON without equal names in one object (ERROR_INPUT
 * otherwise); other failures are of memory. */
bool batch_group_find(BatchGroup *group, const BatchGroupTools *tools, Str raw, uint32_t *ret_code,
                      Error *err);

/* Makes room for one more shape of *count* elements. */
bool batch_group_room(BatchGroup *group, uint32_t count, Error *err)
    __attribute__((warn_unused_result));

#endif
