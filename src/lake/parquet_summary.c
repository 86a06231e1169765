/* parquet_summary - the compact form in which a file's counts and bounds are kept in the state.
 *
 *   byte     version: 1, or 2 when rows are sorted by call (ParquetOrder); else they are alike
 *   varint   rows, file bytes, number of row groups
 *   varint   offset of each row group
 *   varint   number of leaves that the file has; then per leaf, in the order of the field table:
 *   varint   Iceberg field id, compressed bytes, values, nulls
 *   byte     flags: 1 has bounds, 2 lower is exact, 4 upper is exact
 *   if bounds: byte length and bytes of the lower, then of the upper bound
 */
#include <string.h>

#include "base/mem.h"
#include "lake/parquet.h"
#include "lake/parquet_chunk.h"
#include "lake/parquet_footer.h"

enum { HAS_BOUNDS = 1, LOWER_EXACT = 2, UPPER_EXACT = 4 };

static bool put_varint(Buf *out, uint64_t value, Error *err)
{
    for (; value >= 0x80; value >>= 7)
        if (!buf_append_byte(out, (unsigned char)(value | 0x80), err))
            return false;
    return buf_append_byte(out, (unsigned char)value, err);
}

static bool put_bound(Buf *out, const Bound *bound, Error *err)
{
    return buf_append_byte(out, bound->len, err) && buf_append(out, bound->bytes, bound->len, err);
}

static bool put_leaf(Buf *out, int32_t id, const ParquetLeaf *leaf, Error *err)
{
    unsigned flags = leaf->has_bounds ? HAS_BOUNDS | (leaf->lower.exact ? LOWER_EXACT : 0) |
                                            (leaf->upper.exact ? UPPER_EXACT : 0)
                                      : 0;
    return put_varint(out, (uint64_t)id, err) && put_varint(out, leaf->bytes, err) &&
           put_varint(out, leaf->values, err) && put_varint(out, leaf->nulls, err) &&
           buf_append_byte(out, (unsigned char)flags, err) &&
           (!leaf->has_bounds ||
            (put_bound(out, &leaf->lower, err) && put_bound(out, &leaf->upper, err)));
}

static Str text_of(const Bound *bound)
{
    return (Str){bound->bytes, bound->len};
}

static int64_t number_of(const Bound *bound)
{
    int64_t number = 0;
    memcpy(&number, bound->bytes, bound->len);
    return bound->len == 4 ? (int32_t)number : number;
}

/* Order of two bounds of a field: numbers as numbers, texts by bytes. */
static int compare_bounds(FieldType type, const Bound *a, const Bound *b)
{
    if (type == FIELD_STRING || type == FIELD_JSON)
        return str_compare(text_of(a), text_of(b));
    return (number_of(a) > number_of(b)) - (number_of(a) < number_of(b));
}

/* Bounds of a leaf over several chunks; a chunk with values but without bounds spoils them. */
static void merge_bounds(ParquetLeaf *leaf, const ParquetChunk *chunk, bool *spoilt)
{
    FieldType type = FIELDS[chunk->node].type;
    if (chunk->nulls == chunk->entries)
        return;
    *spoilt = *spoilt || !chunk->has_bounds;
    if (*spoilt) {
        leaf->has_bounds = false;
        return;
    }
    if (!leaf->has_bounds || compare_bounds(type, &chunk->lower, &leaf->lower) < 0)
        leaf->lower = chunk->lower;
    if (!leaf->has_bounds || compare_bounds(type, &chunk->upper, &leaf->upper) > 0)
        leaf->upper = chunk->upper;
    leaf->has_bounds = true;
}

static ParquetLeaf sum_leaf(const ParquetMeta *meta, FieldNode node)
{
    ParquetLeaf leaf = {0};
    bool spoilt = false;
    size_t count = meta->chunks.len / sizeof(ParquetChunk);
    const ParquetChunk *chunks = (const ParquetChunk *)(const void *)meta->chunks.ptr;
    for (size_t i = 0; i < count; i++) {
        if (chunks[i].node != node)
            continue;
        leaf.bytes += chunks[i].bytes;
        leaf.values += chunks[i].entries;
        leaf.nulls += chunks[i].nulls;
        merge_bounds(&leaf, &chunks[i], &spoilt);
    }
    return leaf;
}

static bool is_leaf(const Field *field)
{
    return field->type != FIELD_STRUCT && field->type != FIELD_LIST;
}

/* A column that the file was written without has no entries although there are rows. */
static bool has_leaf(const ParquetSummary *summary, const Field *fields, int node)
{
    return is_leaf(&fields[node]) && (summary->leaves[node].values || !summary->rows);
}

bool parquet_summary_write(const ParquetSummary *summary, const Field *fields, int field_count,
                           Buf *out, Error *err)
{
    size_t leaves = 0;
    for (int node = 0; node < field_count; node++)
        leaves += has_leaf(summary, fields, node);
    bool ok = buf_append_byte(out, (unsigned char)summary->order, err) &&
              put_varint(out, summary->rows, err) && put_varint(out, summary->bytes, err) &&
              put_varint(out, summary->group_count, err);
    for (size_t i = 0; ok && i < summary->group_count; i++)
        ok = put_varint(out, summary->split_offsets[i], err);
    ok = ok && put_varint(out, leaves, err);
    for (int node = 0; ok && node < field_count; node++)
        if (has_leaf(summary, fields, node))
            ok = put_leaf(out, fields[node].id, &summary->leaves[node], err);
    return ok;
}

bool parquet_footer_summary(const ParquetMeta *meta, uint64_t file_bytes, Buf *out, Error *err)
{
    size_t groups = meta->groups.len / sizeof(ParquetGroup);
    const ParquetGroup *group = (const ParquetGroup *)(const void *)meta->groups.ptr;
    ParquetSummary summary = {
        .order = meta->order, .rows = meta->rows, .bytes = file_bytes, .group_count = groups};
    summary.split_offsets = mem_calloc(groups + 1, sizeof *summary.split_offsets, err);
    if (!summary.split_offsets)
        return false;
    for (size_t i = 0; i < groups; i++)
        summary.split_offsets[i] = group[i].offset;
    for (int node = 0; node < FIELD_COUNT; node++)
        if (field_is_leaf((FieldNode)node))
            summary.leaves[node] = sum_leaf(meta, (FieldNode)node);
    bool ok = parquet_summary_write(&summary, FIELDS, FIELD_COUNT, out, err);
    parquet_summary_free(&summary);
    return ok;
}

/* What is left to read; ok turns false at the first thing that does not fit. */
typedef struct Reader {
    Str rest;
    bool ok;
} Reader;

static unsigned take_byte(Reader *reader)
{
    if (!reader->ok || reader->rest.len == 0) {
        reader->ok = false;
        return 0;
    }
    reader->rest.len--;
    return (unsigned char)*reader->rest.ptr++;
}

static uint64_t take_varint(Reader *reader)
{
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
        unsigned byte = take_byte(reader);
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80))
            return value;
    }
    reader->ok = false;
    return 0;
}

static Bound take_bound(Reader *reader, bool exact)
{
    Bound bound = {.exact = exact};
    unsigned len = take_byte(reader);
    if (len > BOUNDS_BYTES_MAX || len > reader->rest.len) {
        reader->ok = false;
        return bound;
    }
    bound.len = (uint8_t)len;
    memcpy(bound.bytes, reader->rest.ptr, len);
    reader->rest = str_slice(reader->rest, len, reader->rest.len);
    return bound;
}

/* The fields of the table that a summary belongs to. */
typedef struct FieldList {
    const Field *fields;
    int count;
    int next; /* behind the last one found: leaves come in the order of the table */
} FieldList;

static bool has_id(const FieldList *list, int node, uint64_t id)
{
    return is_leaf(&list->fields[node]) && (uint64_t)list->fields[node].id == id;
}

static int node_of_id(FieldList *list, uint64_t id)
{
    for (int i = 0; i < list->count; i++) {
        int node = (list->next + i) % list->count;
        if (has_id(list, node, id)) {
            list->next = node + 1;
            return node;
        }
    }
    return -1;
}

static void take_leaf(Reader *reader, FieldList *list, ParquetSummary *summary)
{
    ParquetLeaf leaf = {0};
    int node = node_of_id(list, take_varint(reader));
    leaf.bytes = take_varint(reader);
    leaf.values = take_varint(reader);
    leaf.nulls = take_varint(reader);
    unsigned flags = take_byte(reader);
    leaf.has_bounds = flags & HAS_BOUNDS;
    if (leaf.has_bounds) {
        leaf.lower = take_bound(reader, flags & LOWER_EXACT);
        leaf.upper = take_bound(reader, flags & UPPER_EXACT);
    }
    if (reader->ok && node >= 0) /* a field that this version does not know is passed over */
        summary->leaves[node] = leaf;
}

static bool is_order(unsigned version)
{
    return version == PARQUET_ORDER_TIME || version == PARQUET_ORDER_CALL;
}

bool parquet_summary_read(Str bytes, ParquetSummary *ret, Error *err)
{
    return parquet_summary_read_of(bytes, FIELDS, FIELD_COUNT, ret, err);
}

bool parquet_summary_read_of(Str bytes, const Field *fields, int field_count, ParquetSummary *ret,
                             Error *err)
{
    Reader reader = {bytes, true};
    FieldList list = {fields, field_count, 0};
    *ret = (ParquetSummary){0};
    unsigned version = take_byte(&reader);
    ret->order = (ParquetOrder)version;
    ret->rows = take_varint(&reader);
    ret->bytes = take_varint(&reader);
    uint64_t groups = take_varint(&reader);
    if (!reader.ok || !is_order(version) || groups > PARQUET_GROUPS_MAX)
        return error_set(err, ERROR_INPUT, "a part's summary is damaged");
    ret->split_offsets = mem_calloc((size_t)groups, sizeof *ret->split_offsets, err);
    if (!ret->split_offsets)
        return false;
    ret->group_count = (size_t)groups;
    for (size_t i = 0; i < groups; i++)
        ret->split_offsets[i] = take_varint(&reader);
    uint64_t leaves = take_varint(&reader);
    for (uint64_t i = 0; reader.ok && i < leaves; i++)
        take_leaf(&reader, &list, ret);
    if (reader.ok && reader.rest.len == 0)
        return true;
    parquet_summary_free(ret);
    return error_set(err, ERROR_INPUT, "a part's summary is damaged");
}

/* Passes over what stands before the leaves; how many they are. */
static uint64_t skip_head(Reader *reader)
{
    reader->ok &= is_order(take_byte(reader));
    take_varint(reader);
    take_varint(reader);
    uint64_t groups = take_varint(reader);
    for (uint64_t i = 0; reader->ok && i < groups; i++)
        take_varint(reader);
    return take_varint(reader);
}

static void skip_bound(Reader *reader)
{
    unsigned len = take_byte(reader);
    reader->ok &= len <= reader->rest.len;
    reader->rest = str_slice(reader->rest, len, reader->rest.len);
}

static void skip_leaf(Reader *reader)
{
    for (int i = 0; i < 3; i++)
        take_varint(reader);
    if (take_byte(reader) & HAS_BOUNDS) {
        skip_bound(reader);
        skip_bound(reader);
    }
}

bool parquet_summary_leaf(Str bytes, FieldNode node, ParquetLeaf *ret, Error *err)
{
    Reader reader = {bytes, true};
    FieldList one = {&FIELDS[node], 1, 0};
    ParquetSummary found;
    found.leaves[0] = (ParquetLeaf){0};
    uint64_t leaves = skip_head(&reader);
    for (uint64_t i = 0; reader.ok && i < leaves; i++) {
        Reader at = reader;
        if (take_varint(&at) == (uint64_t)FIELDS[node].id) {
            take_leaf(&reader, &one, &found);
            break;
        }
        reader = at;
        skip_leaf(&reader);
    }
    *ret = found.leaves[0];
    return reader.ok || error_set(err, ERROR_INPUT, "a part's summary is damaged");
}

static FieldNode column_of(FieldNode node)
{
    while (FIELDS[node].parent != F_ROOT)
        node = FIELDS[node].parent;
    return node;
}

/* Which leaves a file has; false when that cannot be told, or it has others. */
static bool read_leaves(Reader *reader, uint64_t count, bool has[FIELD_COUNT])
{
    FieldList list = {FIELDS, FIELD_COUNT, 0};
    for (uint64_t i = 0; reader->ok && i < count; i++) {
        int node = node_of_id(&list, take_varint(reader));
        skip_leaf(reader);
        if (node < 0)
            return false;
        has[node] = true;
    }
    return reader->ok;
}

void parquet_summary_lacking(Str bytes, bool lacking[FIELD_COUNT])
{
    Reader reader = {bytes, true};
    bool has[FIELD_COUNT] = {false};
    uint64_t leaves = 0, written = skip_head(&reader);
    for (int node = 0; node < FIELD_COUNT; node++)
        leaves += is_leaf(&FIELDS[node]);
    if (written == leaves && reader.ok)
        return;
    bool known = read_leaves(&reader, written, has);
    for (int node = 0; node < FIELD_COUNT; node++)
        if (is_leaf(&FIELDS[node]) && !(known && has[node]))
            lacking[column_of((FieldNode)node)] = true;
}

void parquet_summary_free(ParquetSummary *summary)
{
    mem_free(summary->split_offsets);
    summary->split_offsets = NULL;
    summary->group_count = 0;
}
