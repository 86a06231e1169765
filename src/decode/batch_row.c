#include "decode/batch_row.h"

#include "base/hash.h"
#include "decode/batch_column.h"
#include "decode/batch_group.h"
#include "decode/batch_state.h"

static bool set_group(Batch *batch, BatchGroup *group, Str text, uint32_t *ret_code, Error *err)
{
    BatchState *state = batch->state;
    BatchGroupTools tools = {.batch = batch,
                             .secret = state->secret,
                             .node_keys = (const uint64_t(*)[2])state->keys,
                             .arena = state->arena,
                             .scratch = &state->scratch};
    *ret_code = 0;
    return !text.ptr || batch_group_find(group, &tools, text, ret_code, err);
}

static bool set_groups(Batch *batch, const BatchRow *row, Error *err)
{
    for (int g = 0; g < GROUP_COUNT; g++) {
        BatchGroup *group = &batch->groups[g];
        if (!set_group(batch, group, row->texts[group->root], &group->codes[batch->rows], err))
            return false;
    }
    return true;
}

static bool is_own_column(FieldNode node)
{
    return FIELDS[node].parent == F_ROOT && field_is_text(node) &&
           (!(FIELDS[node].flags & FIELD_HOISTED) || node == F_ISSUED_ACCESSKEY_ID);
}

static bool set_columns(Batch *batch, const BatchRow *row, Error *err)
{
    for (int node = 0; node < FIELD_COUNT; node++) {
        Str text = row->texts[node];
        uint32_t code = 0;
        if (!is_own_column((FieldNode)node))
            continue;
        if (text.ptr &&
            !batch_column_find(&batch->columns[node], text, hash_fast64(text.ptr, text.len),
                               &batch->bytes_held, &code, err))
            return false;
        batch->columns[node].codes[batch->rows] = code;
    }
    return true;
}

bool batch_row_append(Batch *batch, const BatchRow *row, Error *err)
{
    uint32_t at = batch->rows;
    if (!set_columns(batch, row, err) || !set_groups(batch, row, err))
        return false;
    batch->event_time[at] = row->event_time;
    batch->read_only[at] = row->read_only;
    batch->management[at] = row->management;
    batch->object_id[at] = row->object_id;
    batch->record_index[at] = row->record_index;
    batch->sample_factor[at] = row->sample_factor;
    batch->identity_hash[at] = 0;
    batch->content_hash[at] = 0;
    batch->rows++;
    return true;
}
