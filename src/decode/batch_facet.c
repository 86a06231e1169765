#include "decode/batch_facet.h"

#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "decode/batch_column.h"
#include "decode/batch_state.h"
#include "decode/text.h"

enum { VALUES_MIN = 64 };

const FieldNode BATCH_FACETS[FACET_COUNT + 1] = {
    [FACET_ADDRESS] = F_D_ADDRESS_KIND, [FACET_ACCOUNT] = F_D_ACCOUNT_NAME,
    [FACET_PRINCIPAL] = F_D_PRINCIPAL,  [FACET_CLIENT] = F_D_CLIENT_FAMILY,
    [FACET_PERSON] = F_D_IS_CONSOLE,    [FACET_ACTION] = F_D_ACTION,
    [FACET_CALENDAR] = F_D_CALENDAR,    [FACET_COUNT] = F_D_OFF_HOURS + 1,
};

FacetId batch_facet_of(FieldNode node)
{
    unsigned id = FACET_COUNT - 1;
    while (id > 0 && node < BATCH_FACETS[id])
        id--;
    return (FacetId)id;
}

static unsigned member_count(FacetId id)
{
    return (unsigned)(BATCH_FACETS[id + 1] - BATCH_FACETS[id]);
}

void batch_facet_reset(Batch *batch)
{
    BatchDerived *derived = &batch->derived;
    derived->filled = derived->always = false;
    for (unsigned id = 0; id < FACET_COUNT; id++) {
        BatchFacet *facet = &derived->facets[id];
        facet->codes = NULL;
        facet->value_count = 0;
        memset(facet->any, 0, sizeof facet->any);
        if (facet->slots)
            memset(facet->slots, 0, ((size_t)facet->slot_mask + 1) * sizeof *facet->slots);
    }
}

void batch_facet_free(Batch *batch)
{
    for (unsigned id = 0; id < FACET_COUNT; id++) {
        BatchFacet *facet = &batch->derived.facets[id];
        for (unsigned i = 0; i < FACET_MEMBERS_MAX; i++)
            mem_free(facet->values[i]);
        mem_free(facet->own);
        mem_free(facet->slots);
        *facet = (BatchFacet){0};
    }
}

static bool reserve(BatchFacet *facet, FacetId id, uint32_t count, Error *err)
{
    if (count <= facet->value_cap)
        return true;
    uint32_t cap = count + count / 4 + VALUES_MIN;
    for (unsigned i = 0; i < member_count(id); i++) {
        uint32_t *grown = mem_realloc(facet->values[i], cap * sizeof *grown, err);
        if (!grown)
            return false;
        facet->values[i] = grown;
    }
    facet->value_cap = cap;
    return true;
}

bool batch_facet_begin(Batch *batch, FacetId id, uint32_t count, Error *err)
{
    BatchFacet *facet = &batch->derived.facets[id];
    if (!reserve(facet, id, count, err))
        return false;
    facet->value_count = count;
    for (unsigned i = 0; i < member_count(id); i++)
        memset(facet->values[i], 0, count * sizeof *facet->values[i]);
    return true;
}

uint32_t *batch_facet_rows(Batch *batch, FacetId id, Error *err)
{
    BatchFacet *facet = &batch->derived.facets[id];
    if (!facet->own)
        facet->own = mem_calloc(batch->rows_max, sizeof *facet->own, err);
    else if (!facet->codes)
        memset(facet->own, 0, batch->rows_max * sizeof *facet->own);
    facet->codes = facet->own;
    return facet->own;
}

void batch_facet_set(Batch *batch, FieldNode node, uint32_t value, uint32_t code)
{
    FacetId id = batch_facet_of(node);
    BatchFacet *facet = &batch->derived.facets[id];
    unsigned member = (unsigned)(node - BATCH_FACETS[id]);
    facet->values[member][value] = code;
    facet->any[member] |= code != 0;
}

static bool find(Batch *batch, FieldNode node, Str text, uint32_t *ret, Error *err)
{
    uint64_t hash = hash_keyed64(batch->state->secret, text.ptr, text.len);
    return batch_column_find(&batch->columns[node], text, hash, &batch->bytes_held, ret, err);
}

bool batch_facet_text(Batch *batch, FieldNode node, Str text, uint32_t *ret, Error *err)
{
    *ret = 0;
    if (!text.ptr || (text.len && memchr(text.ptr, 0, text.len)) ||
        !text_utf8_valid(text.ptr, text.len))
        return true;
    if (batch_column_again(&batch->columns[node], text)) {
        *ret = batch->columns[node].last;
        return true;
    }
    return find(batch, node, text, ret, err);
}

bool batch_facet_list(Batch *batch, FieldNode node, const uint32_t *codes, size_t count,
                      uint32_t *ret, Error *err)
{
    return find(batch, node, (Str){(const char *)codes, count * sizeof *codes}, ret, err);
}

static bool is_value(const BatchFacet *facet, FacetId id, uint32_t value, const uint32_t *codes)
{
    for (unsigned i = 0; i < member_count(id); i++)
        if (facet->values[i][value] != codes[i])
            return false;
    return true;
}

/* The slot of the value with *codes*: it, or a free one. */
static uint32_t slot_of(const Batch *batch, FacetId id, const uint32_t *codes)
{
    const BatchFacet *facet = &batch->derived.facets[id];
    uint64_t hash = hash_keyed64(batch->state->secret, codes, member_count(id) * sizeof *codes);
    uint32_t at = (uint32_t)hash & facet->slot_mask;
    while (facet->slots[at] && !is_value(facet, id, facet->slots[at], codes))
        at = (at + 1) & facet->slot_mask;
    return at;
}

/* Twice as many slots, into which the values are put anew. */
static bool grow_slots(Batch *batch, FacetId id, Error *err)
{
    BatchFacet *facet = &batch->derived.facets[id];
    uint32_t codes[FACET_MEMBERS_MAX] = {0};
    uint32_t slots = facet->slots ? 2 * (facet->slot_mask + 1) : 4 * VALUES_MIN;
    uint32_t *grown = mem_calloc(slots, sizeof *grown, err);
    if (!grown)
        return false;
    mem_free(facet->slots);
    facet->slots = grown;
    facet->slot_mask = slots - 1;
    for (uint32_t value = 1; value < facet->value_count; value++) {
        for (unsigned i = 0; i < member_count(id); i++)
            codes[i] = facet->values[i][value];
        facet->slots[slot_of(batch, id, codes)] = value;
    }
    return true;
}

bool batch_facet_find(Batch *batch, FacetId id, const uint32_t *codes, uint32_t *ret, Error *err)
{
    BatchFacet *facet = &batch->derived.facets[id];
    if ((!facet->value_count && !batch_facet_begin(batch, id, 1, err)) ||
        ((!facet->slots || 2 * facet->value_count > facet->slot_mask) &&
         !grow_slots(batch, id, err)))
        return false;
    uint32_t at = slot_of(batch, id, codes);
    if (!facet->slots[at]) {
        if (!reserve(facet, id, facet->value_count + 1, err))
            return false;
        facet->slots[at] = facet->value_count;
        for (unsigned i = 0; i < member_count(id); i++)
            batch_facet_set(batch, (FieldNode)(BATCH_FACETS[id] + (FieldNode)i), facet->value_count,
                            codes[i]);
        facet->value_count++;
    }
    *ret = facet->slots[at];
    return true;
}
