#include "lake/parquet_vector.h"

#include <string.h>

#include "base/mem.h"
#include "lake/parquet_facet.h"

/* Rows lie in the order of their calls, codes in that of their objects. */
enum { PREFETCH_ROWS = 16 };

void parquet_vector_free(ParquetVector *vector)
{
    mem_free(vector->defs);
    mem_free(vector->reps);
    mem_free(vector->codes);
    mem_free(vector->numbers);
    mem_free(vector->shape_codes);
    mem_free(vector->shape_defs);
    mem_free(vector->row_shapes);
    *vector = (ParquetVector){0};
}

void parquet_vector_begin(ParquetVector *vector)
{
    vector->row_source = NULL;
}

static bool grow(void *array, size_t count, size_t size, Error *err)
{
    void *old;
    memcpy(&old, array, sizeof old);
    void *grown = mem_realloc(old, count * size, err);
    if (!grown)
        return false;
    memcpy(array, &grown, sizeof grown);
    return true;
}

static bool reserve(ParquetVector *vector, size_t entries, Error *err)
{
    if (entries <= vector->cap)
        return true;
    size_t cap = entries + entries / 4;
    if (!grow(&vector->defs, cap, sizeof *vector->defs, err) ||
        !grow(&vector->reps, cap, sizeof *vector->reps, err) ||
        !grow(&vector->codes, cap, sizeof *vector->codes, err) ||
        !grow(&vector->numbers, cap, sizeof *vector->numbers, err))
        return false;
    vector->cap = cap;
    return true;
}

static bool reserve_shapes(ParquetVector *vector, size_t shapes, Error *err)
{
    if (shapes <= vector->shape_cap)
        return true;
    size_t cap = shapes + shapes / 4;
    if (!grow(&vector->shape_codes, cap, sizeof *vector->shape_codes, err) ||
        !grow(&vector->shape_defs, cap, sizeof *vector->shape_defs, err))
        return false;
    vector->shape_cap = cap;
    return true;
}

bool parquet_vector_rows(ParquetVector *vector, const void *source, const uint32_t *codes,
                         const ParquetRows *rows, Error *err)
{
    if (vector->row_source == source)
        return true;
    if (rows->count > vector->row_cap) {
        if (!grow(&vector->row_shapes, rows->count, sizeof *vector->row_shapes, err))
            return false;
        vector->row_cap = rows->count;
    }
    uint32_t *restrict shapes = vector->row_shapes;
    const uint32_t *restrict from = codes, *restrict order = rows->rows;
    for (uint32_t i = 0; i < rows->count; i++)
        shapes[i] = from[order[i]];
    vector->row_source = source;
    return true;
}

/* Shapes of the rows; a group's leaves are gathered one after the other. */
static bool gather_shapes(ParquetVector *vector, const BatchGroup *group, const ParquetRows *rows,
                          Error *err)
{
    return parquet_vector_rows(vector, group, group->codes, rows, err);
}

/* Appends per row: a code, or nothing at definition level 0. */
static void gather_codes(ParquetVector *vector, const uint32_t *restrict codes,
                         const ParquetRows *rows)
{
    size_t values = 0;
    uint32_t *restrict to = vector->codes;
    uint8_t *restrict defs = vector->defs;
    const uint32_t *restrict order = rows->rows;
    uint32_t count = rows->count;
    for (uint32_t i = 0; i < count; i++) {
        if (i + PREFETCH_ROWS < count)
            __builtin_prefetch(&codes[order[i + PREFETCH_ROWS]]);
        uint32_t code = codes[order[i]];
        to[values] = code;
        defs[i] = code != 0;
        values += code != 0;
    }
    vector->entries = rows->count;
    vector->values = values;
}

/* A struct's leaf, per shape: its code and its definition level (docs: each present node on the
 * path from the root counts one). */
static void fill_shapes(ParquetVector *vector, const BatchGroup *group, FieldNode node)
{
    FieldNode path[8];
    int depth = 0;
    for (FieldNode at = FIELDS[node].parent; at != group->root; at = FIELDS[at].parent)
        path[depth++] = at;
    const uint32_t *codes = group->leaf_codes[node - group->root];
    vector->shape_codes[0] = 0;
    vector->shape_defs[0] = 0;
    for (uint32_t s = 0; s < group->shape_count; s++) {
        uint32_t element = group->shapes[s].first;
        int level = 1;
        int at = depth - 1;
        for (; at >= 0 && group->present[element] >> (path[at] - group->root) & 1; at--)
            level++;
        uint32_t code = at < 0 ? codes[element] : 0;
        vector->shape_codes[s + 1] = code;
        vector->shape_defs[s + 1] = (uint8_t)(level + (code != 0));
    }
}

static bool gather_struct(ParquetVector *vector, const BatchGroup *group, FieldNode node,
                          const ParquetRows *rows, Error *err)
{
    if (!reserve_shapes(vector, (size_t)group->shape_count + 1, err) ||
        !gather_shapes(vector, group, rows, err))
        return false;
    fill_shapes(vector, group, node);
    size_t values = 0;
    uint32_t *restrict to = vector->codes;
    uint8_t *restrict defs = vector->defs;
    const uint32_t *restrict shapes = vector->row_shapes, *restrict codes = vector->shape_codes;
    const uint8_t *restrict levels = vector->shape_defs;
    uint32_t count = rows->count;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t code = codes[shapes[i]];
        defs[i] = levels[shapes[i]];
        to[values] = code;
        values += code != 0;
    }
    vector->entries = rows->count;
    vector->values = values;
    return true;
}

/* A hoisted copy is a top-level column: present, or NULL at level 0. */
static bool gather_hoisted(ParquetVector *vector, const BatchGroup *group, FieldNode source,
                           const ParquetRows *rows, Error *err)
{
    if (!gather_struct(vector, group, source, rows, err))
        return false;
    int present = field_definition_max(source);
    for (size_t i = 0; i < vector->entries; i++)
        vector->defs[i] = vector->defs[i] == present;
    return true;
}

/* Level entries that a list takes over all rows: at least one a row. */
static size_t count_list_entries(const ParquetVector *vector, const BatchGroup *group,
                                 uint32_t rows)
{
    size_t entries = 0;
    for (uint32_t i = 0; i < rows; i++) {
        uint32_t shape = vector->row_shapes[i];
        uint32_t count = shape ? group->shapes[shape - 1].count : 0;
        entries += count ? count : 1;
    }
    return entries;
}

/* Levels of `resources`: 0 NULL, 1 empty, 2 entry NULL, 3 member NULL, 4 value. */
static void put_list_row(ParquetVector *vector, const BatchGroup *group, const uint32_t *codes,
                         uint32_t shape_code)
{
    const BatchShape *shape = shape_code ? &group->shapes[shape_code - 1] : NULL;
    if (!shape || shape->count == 0) {
        vector->defs[vector->entries] = shape != NULL;
        vector->reps[vector->entries++] = 0;
        return;
    }
    for (uint32_t i = 0; i < shape->count; i++) {
        uint32_t element = shape->first + i;
        bool present = group->present[element] & 1;
        uint32_t code = present ? codes[element] : 0;
        vector->defs[vector->entries] = (uint8_t)(2 + present + (code != 0));
        vector->reps[vector->entries++] = i > 0;
        vector->codes[vector->values] = code;
        vector->values += code != 0;
    }
}

static bool gather_list(ParquetVector *vector, const BatchGroup *group, FieldNode node,
                        const ParquetRows *rows, Error *err)
{
    if (!gather_shapes(vector, group, rows, err) ||
        !reserve(vector, count_list_entries(vector, group, rows->count), err))
        return false;
    const uint32_t *codes = group->leaf_codes[node - group->root];
    vector->entries = 0;
    vector->values = 0;
    for (uint32_t i = 0; i < rows->count; i++)
        put_list_row(vector, group, codes, vector->row_shapes[i]);
    return true;
}

static void gather_bools(ParquetVector *vector, const uint8_t *bools, const ParquetRows *rows)
{
    size_t values = 0;
    for (uint32_t i = 0; i < rows->count; i++) {
        uint8_t value = bools[rows->rows[i]];
        vector->defs[i] = value < 2;
        vector->numbers[values] = value;
        values += value < 2;
    }
    vector->entries = rows->count;
    vector->values = values;
}

/* numbers[i] = values[order[i]] of 64 bits each. */
static void gather_longs(int64_t *restrict numbers, const int64_t *restrict values,
                         const ParquetRows *rows)
{
    for (uint32_t i = 0; i < rows->count; i++)
        numbers[i] = values[rows->rows[i]];
}

static void gather_record_index(int64_t *restrict numbers, const ParquetRows *rows)
{
    for (uint32_t i = 0; i < rows->count; i++)
        numbers[i] = rows->batch->record_index[rows->rows[i]];
}

static void gather_factors(ParquetVector *vector, const ParquetRows *rows)
{
    size_t values = 0;
    for (uint32_t i = 0; i < rows->count; i++) {
        int32_t factor = rows->batch->sample_factor[rows->rows[i]];
        vector->defs[i] = factor != 0;
        vector->numbers[values] = factor;
        values += factor != 0;
    }
    vector->entries = rows->count;
    vector->values = values;
}

static void gather_numbers(ParquetVector *vector, FieldNode node, const ParquetRows *rows)
{
    if (node == F_EVENT_TIME)
        gather_longs(vector->numbers, rows->batch->event_time, rows);
    else if (node == F_OBJECT_ID)
        gather_longs(vector->numbers, rows->batch->object_id, rows);
    else if (node == F_RECORD_INDEX)
        gather_record_index(vector->numbers, rows);
    else if (rows->commit_seqs)
        gather_longs(vector->numbers, rows->commit_seqs, rows);
    else
        for (uint32_t i = 0; i < rows->count; i++)
            vector->numbers[i] = rows->commit_seq;
    memset(vector->defs, 1, rows->count);
    vector->entries = rows->count;
    vector->values = rows->count;
}

static const BatchGroup *group_of(const Batch *batch, FieldNode node)
{
    FieldNode top = field_top(node);
    for (int g = 0; g < GROUP_COUNT; g++)
        if (batch->groups[g].root == top)
            return &batch->groups[g];
    return NULL;
}

static bool gather_text(ParquetVector *vector, FieldNode node, const ParquetRows *rows, Error *err)
{
    FieldNode source = field_source(node);
    const Batch *batch = rows->batch;
    vector->column = &batch->columns[source];
    if (source != node)
        return gather_hoisted(vector, group_of(batch, source), source, rows, err);
    const BatchGroup *group = group_of(batch, node);
    if (!group) {
        gather_codes(vector, vector->column->codes, rows);
        return true;
    }
    return FIELDS[group->root].type == FIELD_LIST ? gather_list(vector, group, node, rows, err)
                                                  : gather_struct(vector, group, node, rows, err);
}

bool parquet_vector_gather(ParquetVector *vector, FieldNode node, const ParquetRows *rows,
                           Error *err)
{
    if (!reserve(vector, rows->count, err))
        return false;
    vector->node = node;
    vector->def_max = field_definition_max(node);
    vector->rep_max = field_repetition_max(node);
    vector->column = NULL;
    if (field_top(node) == F_DERIVED)
        return reserve(vector, parquet_facet_entries(node, rows), err) &&
               parquet_facet_gather(vector, node, rows, err);
    if (node == F_SAMPLE_FACTOR) {
        gather_factors(vector, rows);
        return true;
    }
    switch (FIELDS[node].type) {
    case FIELD_STRING:
    case FIELD_JSON:
        return gather_text(vector, node, rows, err);
    case FIELD_BOOL:
        gather_bools(vector, node == F_READ_ONLY ? rows->batch->read_only : rows->batch->management,
                     rows);
        return true;
    default:
        gather_numbers(vector, node, rows);
        return true;
    }
}
