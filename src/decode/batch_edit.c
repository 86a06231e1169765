#include "decode/batch_edit.h"

#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "decode/batch_column.h"
#include "decode/batch_group.h"
#include "decode/batch_state.h"
#include "decode/text.h"

enum { PATH_BYTES = 160 };

static uint64_t keyed(const Batch *batch, FieldNode node, uint64_t value_hash)
{
    const uint64_t *keys = batch->state->keys[node];
    return batch_mix(value_hash ^ keys[0], keys[1]);
}

static bool find(Batch *batch, FieldNode node, Str text, Str hashed, uint32_t *ret, Error *err)
{
    BatchColumn *column = &batch->columns[node];
    column->bytes.max = UINT32_MAX; /* what was there stays until the batch is reset */
    return batch_column_find(column, text,
                             hash_keyed64(batch->state->secret, hashed.ptr, hashed.len),
                             &batch->bytes_held, ret, err);
}

bool batch_edit_text(Batch *batch, FieldNode node, Str text, uint32_t *ret_code, Error *err)
{
    Buf *canonical = &batch->state->more;
    Str hashed = text;
    if (FIELDS[node].type == FIELD_JSON) {
        canonical->len = 0;
        if (!text_canonical(canonical, text, err))
            return false;
        hashed = buf_str(canonical);
    }
    return find(batch, node, text, hashed, ret_code, err);
}

bool batch_edit_canonical(Batch *batch, FieldNode node, Str text, uint32_t *ret_code, Error *err)
{
    return find(batch, node, text, text, ret_code, err);
}

bool batch_edit_shape(Batch *batch, GroupId id, uint32_t shape, uint32_t *ret_shape, Error *err)
{
    BatchGroup *group = &batch->groups[id];
    uint32_t count = group->shapes[shape - 1].count;
    uint32_t from = group->shapes[shape - 1].first, to;
    if (!batch_group_room(group, count, err))
        return false;
    to = group->element_count;
    group->element_count += count;
    if (count)
        memcpy(&group->present[to], &group->present[from], count * sizeof *group->present);
    for (int node = 0; count && node < GROUP_NODES_MAX; node++)
        if (group->leaf_codes[node])
            memcpy(&group->leaf_codes[node][to], &group->leaf_codes[node][from],
                   count * sizeof *group->leaf_codes[node]);
    BatchShape copy = group->shapes[shape - 1];
    copy.first = to;
    group->shapes[group->shape_count++] = copy;
    *ret_shape = group->shape_count;
    return true;
}

/* A column that was filled from another place counts as part of `extra` (batch_group.c,
 * take_aliases). */
static bool is_elsewhere(const BatchGroup *group, const BatchShape *shape, FieldNode node)
{
    char path[PATH_BYTES];
    if (!shape->absent_len || (node != F_SC_SOURCE_IDENTITY && node != F_SC_EC2_ROLE_DELIVERY))
        return false;
    Str absent = {group->extra.ptr + shape->extra_first + shape->extra_len, shape->absent_len};
    int len = snprintf(path, sizeof path, "\"userIdentity.sessionContext.%.*s\"",
                       STR_ARG(FIELDS[node].member));
    for (size_t at = 0; at + (size_t)len <= absent.len; at++)
        if (memcmp(absent.ptr + at, path, (size_t)len) == 0)
            return true;
    return false;
}

/* What an element adds: its structs and its leaves. */
static uint64_t element_hash(const Batch *batch, const BatchGroup *group, const BatchShape *shape,
                             uint32_t element)
{
    uint64_t hash = 0;
    for (FieldNode node = group->root; node < FIELD_COUNT && field_top(node) == group->root;
         node++) {
        unsigned index = (unsigned)(node - group->root);
        if (FIELDS[node].type == FIELD_LIST || !(group->present[element] >> index & 1))
            continue;
        if (FIELDS[node].type == FIELD_STRUCT) {
            hash += keyed(batch, node, 1);
            continue;
        }
        uint32_t code = group->leaf_codes[index] ? group->leaf_codes[index][element] : 0;
        if (code && !is_elsewhere(group, shape, node))
            hash += keyed(batch, node, batch->columns[node].hashes[code - 1]);
    }
    return hash;
}

void batch_edit_shape_end(Batch *batch, GroupId id, uint32_t code)
{
    const BatchGroup *group = &batch->groups[id];
    BatchShape *shape = &group->shapes[code - 1];
    const uint64_t *keys = batch->state->keys[group->root];
    if (id != GROUP_RESOURCES) {
        shape->hash = element_hash(batch, group, shape, shape->first);
        return;
    }
    uint64_t chained = keys[0] + shape->count;
    for (uint32_t i = 0; i < shape->count; i++)
        chained =
            batch_mix(chained ^ element_hash(batch, group, shape, shape->first + i), keys[1] | 1);
    shape->hash = chained;
}

bool batch_edit_begin(Batch *batch, Error *err)
{
    if (!batch->edit_hashes)
        batch->edit_hashes = mem_calloc(batch->rows_max, sizeof *batch->edit_hashes, err);
    if (!batch->edit_hashes)
        return false;
    if (!batch->stored_hash && batch->rows)
        memcpy(batch->edit_hashes, batch->content_hash, batch->rows * sizeof *batch->edit_hashes);
    batch->stored_hash = batch->edit_hashes;
    return true;
}

static const BatchGroup *group_of(const Batch *batch, FieldNode root)
{
    for (int id = 0; id < GROUP_COUNT; id++)
        if (batch->groups[id].root == root)
            return &batch->groups[id];
    return NULL;
}

/* Whether the row has a value in the top-level column, and its hash. */
static bool value_of(const Batch *batch, FieldNode node, uint32_t row, uint64_t *ret)
{
    const BatchGroup *group = group_of(batch, node);
    uint32_t code = group                        ? group->codes[row]
                    : batch->columns[node].codes ? batch->columns[node].codes[row]
                                                 : 0;
    switch (node) {
    case F_EVENT_TIME:
        *ret = (uint64_t)batch->event_time[row];
        return true;
    case F_READ_ONLY:
        *ret = batch->read_only[row];
        return *ret != 2;
    case F_MANAGEMENT_EVENT:
        *ret = batch->management[row];
        return *ret != 2;
    default:
        if (code)
            *ret = group ? group->shapes[code - 1].hash : batch->columns[node].hashes[code - 1];
        return code != 0;
    }
}

void batch_edit_row(Batch *batch, uint32_t row)
{
    uint64_t content = 0, value;
    for (unsigned slot = 0; slot <= SLOT_MEMBERS; slot++)
        if (value_of(batch, SLOT_FIELDS[slot], row, &value))
            content += keyed(batch, SLOT_FIELDS[slot], value);
    batch->edit_hashes[row] = content;
}
