#include "decode/batch.h"

#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "decode/batch_column.h"
#include "decode/batch_facet.h"
#include "decode/batch_group.h"
#include "decode/batch_state.h"
#include "decode/record.h"

static const FieldNode GROUP_ROOTS[GROUP_COUNT] = {
    [GROUP_IDENTITY] = F_USER_IDENTITY,
    [GROUP_TLS] = F_TLS_DETAILS,
    [GROUP_ADDENDUM] = F_ADDENDUM,
    [GROUP_RESOURCES] = F_RESOURCES,
};

enum { RECORD_ROOM = 2 * RECORD_BYTES_MAX, ARENA_MAX = 64 << 20 };

static bool has_codes(FieldNode node)
{
    const Field *field = &FIELDS[node];
    bool copy = (field->flags & FIELD_HOISTED) && node != F_ISSUED_ACCESSKEY_ID;
    return field->parent == F_ROOT && field_is_text(node) && !copy;
}

static void make_keys(BatchState *state)
{
    for (uint64_t node = 0; node < FIELD_COUNT; node++)
        for (uint64_t half = 0; half < 2; half++) {
            uint64_t input[2] = {node, half};
            state->keys[node][half] = hash_keyed64(state->secret, input, sizeof input) | half;
        }
}

static bool make_state(Batch *batch, const uint8_t *secret, Error *err)
{
    BatchState *state = batch->state = mem_calloc(1, sizeof *state, err);
    if (!state)
        return false;
    state->secret = secret;
    state->scratch = buf_init(4 * (size_t)RECORD_ROOM);
    state->more = buf_init(4 * (size_t)RECORD_ROOM);
    state->arena = arena_new(ARENA_MAX, err);
    make_keys(state);
    return state->arena != NULL;
}

/* Where a row's code of each slot goes. */
static void point_at_codes(Batch *batch)
{
    for (unsigned slot = 0; slot < SLOT_COUNT; slot++)
        batch->state->codes[slot] = batch->columns[SLOT_FIELDS[slot]].codes;
    batch->state->codes[S_USER_IDENTITY] = batch->groups[GROUP_IDENTITY].codes;
    batch->state->codes[S_TLS_DETAILS] = batch->groups[GROUP_TLS].codes;
    batch->state->codes[S_ADDENDUM] = batch->groups[GROUP_ADDENDUM].codes;
    batch->state->codes[S_RESOURCES] = batch->groups[GROUP_RESOURCES].codes;
}

static bool make_rows(Batch *batch, Error *err)
{
    size_t rows = batch->rows_max;
    batch->event_time = mem_calloc(rows, sizeof *batch->event_time, err);
    batch->read_only = mem_calloc(rows, sizeof *batch->read_only, err);
    batch->management = mem_calloc(rows, sizeof *batch->management, err);
    batch->object_id = mem_calloc(rows, sizeof *batch->object_id, err);
    batch->record_index = mem_calloc(rows, sizeof *batch->record_index, err);
    batch->sample_factor = mem_calloc(rows, sizeof *batch->sample_factor, err);
    batch->identity_hash = mem_calloc(rows, sizeof *batch->identity_hash, err);
    batch->content_hash = mem_calloc(rows, sizeof *batch->content_hash, err);
    if (!batch->event_time || !batch->read_only || !batch->management || !batch->object_id ||
        !batch->record_index || !batch->sample_factor || !batch->identity_hash ||
        !batch->content_hash)
        return false;
    batch->state->row_bytes = 8 + 1 + 1 + 8 + 4 + 4 + 8 + 8;
    for (FieldNode node = 0; node < FIELD_COUNT; node++) {
        if (!has_codes(node))
            continue;
        batch->columns[node].codes = mem_calloc(rows, sizeof(uint32_t), err);
        if (!batch->columns[node].codes)
            return false;
        batch->state->row_bytes += sizeof(uint32_t);
    }
    for (int group = 0; group < GROUP_COUNT; group++) {
        batch->groups[group].codes = mem_calloc(rows, sizeof(uint32_t), err);
        if (!batch->groups[group].codes)
            return false;
        batch->state->row_bytes += sizeof(uint32_t);
    }
    return true;
}

Batch *batch_new(uint32_t rows_max, size_t bytes_max, const uint8_t *secret, Error *err)
{
    Batch *batch = mem_calloc(1, sizeof *batch, err);
    if (!batch)
        return NULL;
    batch->rows_max = rows_max;
    batch->bytes_max = bytes_max;
    if (!make_state(batch, secret, err) || !make_rows(batch, err)) {
        batch_free(batch);
        return NULL;
    }
    point_at_codes(batch);
    batch_reset(batch);
    return batch;
}

void batch_free(Batch *batch)
{
    if (!batch)
        return;
    for (FieldNode node = 0; node < FIELD_COUNT; node++)
        batch_column_free(&batch->columns[node]);
    for (int group = 0; group < GROUP_COUNT; group++)
        batch_group_free(&batch->groups[group]);
    batch_facet_free(batch);
    if (batch->state) {
        arena_free(batch->state->arena);
        buf_free(&batch->state->scratch);
        buf_free(&batch->state->more);
    }
    mem_free(batch->state);
    mem_free(batch->event_time);
    mem_free(batch->read_only);
    mem_free(batch->management);
    mem_free(batch->object_id);
    mem_free(batch->record_index);
    mem_free(batch->sample_factor);
    mem_free(batch->identity_hash);
    mem_free(batch->content_hash);
    mem_free(batch->edit_hashes);
    mem_free(batch);
}

void batch_reset(Batch *batch)
{
    size_t bytes_max = batch->bytes_max + RECORD_ROOM;
    for (FieldNode node = 0; node < FIELD_COUNT; node++) {
        BatchColumn *column = &batch->columns[node];
        batch_column_reset(column, FIELDS[node].flags & FIELD_UNIQUE, bytes_max);
        if (column->codes)
            memset(column->codes, 0, batch->rows * sizeof *column->codes);
    }
    for (int group = 0; group < GROUP_COUNT; group++) {
        batch_group_reset(&batch->groups[group], GROUP_ROOTS[group], bytes_max);
        memset(batch->groups[group].codes, 0, batch->rows * sizeof(uint32_t));
    }
    batch_facet_reset(batch);
    batch->stored_hash = NULL;
    BatchState *state = batch->state;
    state->valid = false;
    state->present = 0;
    state->content = 0;
    memset(state->slot_hash, 0, sizeof state->slot_hash);
    memset(state->slot_code, 0, sizeof state->slot_code);
    batch->rows = 0;
    batch->bytes_held = 0;
}

size_t batch_bytes(const Batch *batch)
{
    return batch->bytes_held + (size_t)batch->rows * batch->state->row_bytes;
}

bool batch_full(const Batch *batch)
{
    return batch->rows >= batch->rows_max || batch_bytes(batch) + RECORD_ROOM > batch->bytes_max;
}

uint32_t batch_code(const Batch *batch, FieldNode node, uint32_t row)
{
    node = field_source(node);
    if (batch->columns[node].codes)
        return batch->columns[node].codes[row];
    FieldNode top = field_top(node);
    for (int id = 0; id < GROUP_COUNT; id++) {
        const BatchGroup *group = &batch->groups[id];
        if (group->root != top)
            continue;
        uint32_t shape = group->codes[row];
        const uint32_t *codes = group->leaf_codes[node - top];
        return shape && codes ? codes[group->shapes[shape - 1].first] : 0;
    }
    return 0;
}

const BatchColumn *batch_column(const Batch *batch, FieldNode node)
{
    return &batch->columns[field_source(node)];
}
