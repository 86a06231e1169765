#include "lake/parquet_facet.h"

#include <string.h>

#include "decode/batch_facet.h"

/* Definition levels below the struct itself. */
enum { LEVEL_STRUCT = 1, LEVEL_ELEMENT = 4 };

/* A leaf with its facet. */
typedef struct FacetLeaf {
    const Batch *batch;
    const BatchFacet *facet;
    const uint32_t *values; /* by the facet's value; NULL: no row has any */
} FacetLeaf;

static FacetLeaf leaf_of(FieldNode node, const ParquetRows *rows)
{
    FacetId id = batch_facet_of(node);
    const Batch *batch = rows->batch;
    FacetLeaf leaf = {batch, &batch->derived.facets[id], NULL};
    /* A list's elements are where the list is. */
    FieldNode at = FIELDS[node].parent == F_DERIVED ? node : FIELDS[node].parent;
    unsigned member = (unsigned)(at - BATCH_FACETS[id]);
    if (batch->derived.filled && leaf.facet->any[member])
        leaf.values = leaf.facet->values[member];
    return leaf;
}

static bool has_struct(const FacetLeaf *leaf, uint32_t value)
{
    return leaf->batch->derived.always || value;
}

/* No row has a value: only whether the struct is there. */
static void gather_nothing(ParquetVector *vector, const FacetLeaf *leaf, const ParquetRows *rows)
{
    const BatchDerived *derived = &leaf->batch->derived;
    memset(vector->defs, derived->filled && derived->always ? LEVEL_STRUCT : 0, rows->count);
    memset(vector->reps, 0, rows->count);
    for (uint32_t i = 0; derived->filled && !derived->always && i < rows->count; i++)
        vector->defs[i] = leaf->facet->codes[rows->rows[i]] ? LEVEL_STRUCT : 0;
    vector->entries = rows->count;
    vector->values = 0;
}

static void gather_values(ParquetVector *vector, const FacetLeaf *leaf, uint32_t count)
{
    size_t values = 0;
    uint8_t *restrict defs = vector->defs;
    uint32_t *restrict to = vector->codes;
    const uint32_t *restrict rows = vector->row_shapes, *restrict of = leaf->values;
    bool always = leaf->batch->derived.always;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t value = rows[i];
        uint32_t code = of[value];
        defs[i] = (uint8_t)((always || value) + (code != 0));
        to[values] = code;
        values += code != 0;
    }
    vector->entries = count;
    vector->values = values;
}

static size_t elements_of(const FacetLeaf *leaf, uint32_t value, uint32_t *codes)
{
    uint32_t code = leaf->values[value];
    Str list = code ? batch_value(&leaf->batch->columns[F_D_THREAT_LISTS], code) : STR("");
    size_t count = list.len / sizeof *codes;
    if (codes && count)
        memcpy(codes, list.ptr, list.len);
    return count;
}

static void gather_elements(ParquetVector *vector, const FacetLeaf *leaf, uint32_t rows)
{
    vector->entries = vector->values = 0;
    for (uint32_t i = 0; i < rows; i++) {
        uint32_t value = vector->row_shapes[i];
        size_t count = elements_of(leaf, value, vector->codes + vector->values);
        uint8_t level = count ? LEVEL_ELEMENT : has_struct(leaf, value) ? LEVEL_STRUCT : 0;
        for (size_t entry = 0; entry < (count ? count : 1); entry++) {
            vector->defs[vector->entries] = level;
            vector->reps[vector->entries++] = entry > 0;
        }
        vector->values += count;
    }
}

size_t parquet_facet_entries(FieldNode node, const ParquetRows *rows)
{
    const FacetLeaf leaf = leaf_of(node, rows);
    size_t entries = rows->count;
    if (node != F_D_THREAT_LIST || !leaf.values)
        return entries;
    for (uint32_t i = 0; i < rows->count; i++) {
        size_t count = elements_of(&leaf, leaf.facet->codes[rows->rows[i]], NULL);
        entries += count ? count - 1 : 0;
    }
    return entries;
}

static bool gather_some(ParquetVector *vector, const FacetLeaf *leaf, FieldNode node,
                        const ParquetRows *rows, Error *err)
{
    if (!parquet_vector_rows(vector, leaf->facet, leaf->facet->codes, rows, err))
        return false;
    if (node == F_D_THREAT_LIST)
        gather_elements(vector, leaf, rows->count);
    else
        gather_values(vector, leaf, rows->count);
    return true;
}

bool parquet_facet_gather(ParquetVector *vector, FieldNode node, const ParquetRows *rows,
                          Error *err)
{
    const FacetLeaf leaf = leaf_of(node, rows);
    if (!leaf.values)
        gather_nothing(vector, &leaf, rows);
    else if (!gather_some(vector, &leaf, node, rows, err))
        return false;
    if (field_is_text(node)) {
        vector->column = &rows->batch->columns[node];
        return true;
    }
    for (size_t i = 0; i < vector->values; i++)
        vector->numbers[i] = (int64_t)vector->codes[i] - 1;
    return true;
}
