#include "lake/parquet_footer.h"

#include <assert.h>

#include "lake/parquet.h"
#include "lake/parquet_chunk.h"
#include "lake/thrift.h"

enum {
    TYPE_BOOLEAN = 0,
    TYPE_INT32 = 1,
    TYPE_INT64 = 2,
    TYPE_BYTE_ARRAY = 6,
    OPTIONAL = 1,
    REPEATED = 2,
    CODEC_NONE = 0,
    CODEC_ZSTD = 6,
    CONVERTED_UTF8 = 0,
    CONVERTED_LIST = 3,
    CONVERTED_TIMESTAMP_MICROS = 10,
    LOGICAL_STRING = 1,
    LOGICAL_LIST = 3,
    LOGICAL_TIMESTAMP = 8,
    UNIT_MICROS = 2,
    ENCODING_PLAIN = 0,
    ENCODING_RLE = 3,
    ENCODING_RLE_DICTIONARY = 8,
};

static int physical_type(FieldType type)
{
    static const int TYPES[] = {[FIELD_STRING] = TYPE_BYTE_ARRAY, [FIELD_JSON] = TYPE_BYTE_ARRAY,
                                [FIELD_BOOL] = TYPE_BOOLEAN,      [FIELD_TIME] = TYPE_INT64,
                                [FIELD_INT] = TYPE_INT32,         [FIELD_LONG] = TYPE_INT64};
    return TYPES[type];
}

static size_t child_count(FieldNode parent)
{
    size_t count = 0;
    for (int node = 0; node < FIELD_COUNT; node++)
        count += FIELDS[node].parent == parent;
    return count;
}

static void put_empty_struct(Thrift *thrift, int id)
{
    thrift_struct(thrift, id);
    thrift_close(thrift);
}

/* logicalType: a union, so a struct with one field set. */
static void put_logical(Thrift *thrift, FieldType type)
{
    thrift_struct(thrift, 10);
    if (type == FIELD_TIME) {
        thrift_struct(thrift, LOGICAL_TIMESTAMP);
        thrift_bool(thrift, 1, false); /* not adjusted to UTC: Iceberg's timestamp */
        thrift_struct(thrift, 2);
        put_empty_struct(thrift, UNIT_MICROS);
        thrift_close(thrift);
        thrift_close(thrift);
    } else {
        put_empty_struct(thrift, type == FIELD_LIST ? LOGICAL_LIST : LOGICAL_STRING);
    }
    thrift_close(thrift);
}

static int converted_type(FieldType type)
{
    switch (type) {
    case FIELD_STRING:
    case FIELD_JSON:
        return CONVERTED_UTF8;
    case FIELD_TIME:
        return CONVERTED_TIMESTAMP_MICROS;
    case FIELD_LIST:
        return CONVERTED_LIST;
    default:
        return -1;
    }
}

static void put_element(Thrift *thrift, FieldNode node)
{
    const Field *field = &FIELDS[node];
    int converted = converted_type(field->type);
    thrift_item_struct(thrift);
    if (field_is_leaf(node))
        thrift_i32(thrift, 1, physical_type(field->type));
    thrift_i32(thrift, 3, OPTIONAL);
    thrift_text(thrift, 4, field->column);
    if (!field_is_leaf(node))
        thrift_i32(thrift, 5, (int32_t)child_count(node));
    if (converted >= 0)
        thrift_i32(thrift, 6, converted);
    thrift_i32(thrift, 9, field->id);
    if (converted >= 0)
        put_logical(thrift, field->type);
    thrift_close(thrift);
}

/* The unnamed middle node of a list. */
static void put_repeated(Thrift *thrift)
{
    thrift_item_struct(thrift);
    thrift_i32(thrift, 3, REPEATED);
    thrift_text(thrift, 4, STR("list"));
    thrift_i32(thrift, 5, 1);
    thrift_close(thrift);
}

static void put_schema(Thrift *thrift)
{
    size_t lists = 0;
    for (int node = 0; node < FIELD_COUNT; node++)
        lists += FIELDS[node].type == FIELD_LIST;
    thrift_list(thrift, 2, THRIFT_STRUCT, 1 + FIELD_COUNT + lists);
    thrift_item_struct(thrift);
    thrift_text(thrift, 4, STR("table"));
    thrift_i32(thrift, 5, (int32_t)child_count(F_ROOT));
    thrift_close(thrift);
    for (int node = 0; node < FIELD_COUNT; node++) {
        put_element(thrift, (FieldNode)node);
        if (FIELDS[node].type == FIELD_LIST)
            put_repeated(thrift);
    }
}

static void put_path(Thrift *thrift, FieldNode leaf)
{
    FieldNode chain[8];
    size_t depth = 0;
    size_t lists = 0;
    for (FieldNode at = leaf; at != F_ROOT; at = FIELDS[at].parent) {
        assert(depth < 8);
        chain[depth++] = at;
        lists += FIELDS[at].type == FIELD_LIST;
    }
    thrift_list(thrift, 3, THRIFT_BINARY, depth + lists);
    while (depth-- > 0) {
        thrift_item_text(thrift, FIELDS[chain[depth]].column);
        if (FIELDS[chain[depth]].type == FIELD_LIST)
            thrift_item_text(thrift, STR("list"));
    }
}

static Str bound_text(const Bound *bound)
{
    return (Str){bound->bytes, bound->len};
}

static void put_statistics(Thrift *thrift, const ParquetChunk *chunk)
{
    thrift_struct(thrift, 12);
    thrift_i64(thrift, 3, (int64_t)chunk->nulls);
    if (chunk->has_bounds) {
        thrift_text(thrift, 5, bound_text(&chunk->upper));
        thrift_text(thrift, 6, bound_text(&chunk->lower));
        thrift_bool(thrift, 7, chunk->upper.exact);
        thrift_bool(thrift, 8, chunk->lower.exact);
    }
    thrift_close(thrift);
}

static void put_encoding_stat(Thrift *thrift, int page_type, int encoding, size_t count)
{
    thrift_item_struct(thrift);
    thrift_i32(thrift, 1, page_type);
    thrift_i32(thrift, 2, encoding);
    thrift_i32(thrift, 3, (int32_t)count);
    thrift_close(thrift);
}

static void put_encodings(Thrift *thrift, const ParquetChunk *chunk)
{
    thrift_list(thrift, 2, THRIFT_I32, chunk->has_dictionary ? 3 : 2);
    thrift_item_i32(thrift, ENCODING_PLAIN);
    thrift_item_i32(thrift, ENCODING_RLE);
    if (chunk->has_dictionary)
        thrift_item_i32(thrift, ENCODING_RLE_DICTIONARY);
}

static void put_column_meta(Thrift *thrift, const ParquetChunk *chunk)
{
    thrift_struct(thrift, 3);
    thrift_i32(thrift, 1, physical_type(FIELDS[chunk->node].type));
    put_encodings(thrift, chunk);
    put_path(thrift, chunk->node);
    thrift_i32(thrift, 4, chunk->stored ? CODEC_NONE : CODEC_ZSTD);
    thrift_i64(thrift, 5, (int64_t)chunk->entries);
    thrift_i64(thrift, 6, (int64_t)chunk->raw_bytes);
    thrift_i64(thrift, 7, (int64_t)chunk->bytes);
    thrift_i64(thrift, 9, (int64_t)chunk->data_offset);
    if (chunk->has_dictionary)
        thrift_i64(thrift, 11, (int64_t)chunk->dictionary_offset);
    put_statistics(thrift, chunk);
    thrift_list(thrift, 13, THRIFT_STRUCT, chunk->has_dictionary ? 2 : 1);
    if (chunk->has_dictionary)
        put_encoding_stat(thrift, 2, ENCODING_PLAIN, 1);
    put_encoding_stat(thrift, 0, chunk->has_dictionary ? ENCODING_RLE_DICTIONARY : ENCODING_PLAIN,
                      chunk->page_count);
    if (chunk->bloom_bytes) {
        thrift_i64(thrift, 14, (int64_t)chunk->bloom_offset);
        thrift_i32(thrift, 15, (int32_t)chunk->bloom_bytes);
    }
    thrift_close(thrift);
}

static void put_column(Thrift *thrift, const ParquetChunk *chunk)
{
    thrift_item_struct(thrift);
    thrift_i64(thrift, 2, 0);
    put_column_meta(thrift, chunk);
    if (chunk->offsets_bytes) {
        thrift_i64(thrift, 4, (int64_t)chunk->offsets_offset);
        thrift_i32(thrift, 5, (int32_t)chunk->offsets_bytes);
    }
    if (chunk->index_bytes) {
        thrift_i64(thrift, 6, (int64_t)chunk->index_offset);
        thrift_i32(thrift, 7, (int32_t)chunk->index_bytes);
    }
    thrift_close(thrift);
}

static size_t leaf_count(void)
{
    size_t count = 0;
    for (int node = 0; node < FIELD_COUNT; node++)
        count += field_is_leaf((FieldNode)node);
    return count;
}

static int32_t leaf_index(FieldNode leaf)
{
    int32_t index = 0;
    for (int node = 0; node < (int)leaf; node++)
        index += field_is_leaf((FieldNode)node);
    return index;
}

static const ParquetChunk *chunks_of(const ParquetMeta *meta)
{
    return (const ParquetChunk *)(const void *)meta->chunks.ptr;
}

static const ParquetGroup *groups_of(const ParquetMeta *meta)
{
    return (const ParquetGroup *)(const void *)meta->groups.ptr;
}

static void put_sorting(Thrift *thrift)
{
    static const FieldNode COLUMNS[] = {F_EVENT_SOURCE, F_EVENT_NAME, F_EVENT_TIME};
    size_t count = sizeof COLUMNS / sizeof *COLUMNS;
    thrift_list(thrift, 4, THRIFT_STRUCT, count);
    for (size_t i = 0; i < count; i++) {
        thrift_item_struct(thrift);
        thrift_i32(thrift, 1, leaf_index(COLUMNS[i]));
        thrift_bool(thrift, 2, false); /* descending */
        thrift_bool(thrift, 3, false); /* NULL first */
        thrift_close(thrift);
    }
}

static void put_group(Thrift *thrift, const ParquetMeta *meta, size_t index)
{
    const ParquetGroup *group = &groups_of(meta)[index];
    size_t leaves = leaf_count();
    thrift_item_struct(thrift);
    thrift_list(thrift, 1, THRIFT_STRUCT, leaves);
    for (size_t i = 0; i < leaves; i++)
        put_column(thrift, &chunks_of(meta)[index * leaves + i]);
    thrift_i64(thrift, 2, (int64_t)group->raw_bytes);
    thrift_i64(thrift, 3, (int64_t)group->rows);
    put_sorting(thrift);
    thrift_i64(thrift, 5, (int64_t)group->offset);
    thrift_i64(thrift, 6, (int64_t)group->bytes);
    thrift_i16(thrift, 7, (int16_t)index);
    thrift_close(thrift);
}

/* key_value_metadata with one key. */
static void put_note(Thrift *thrift, Str note)
{
    thrift_list(thrift, 5, THRIFT_STRUCT, 1);
    thrift_item_struct(thrift);
    thrift_text(thrift, 1, STR(PARQUET_NOTE_KEY));
    thrift_text(thrift, 2, note);
    thrift_close(thrift);
}

bool parquet_footer(const ParquetMeta *meta, Buf *out, Error *err)
{
    size_t start = out->len;
    size_t groups = meta->groups.len / sizeof(ParquetGroup);
    size_t leaves = leaf_count();
    Thrift thrift = thrift_begin(out, err);
    thrift_i32(&thrift, 1, 1);
    put_schema(&thrift);
    thrift_i64(&thrift, 3, (int64_t)meta->rows);
    thrift_list(&thrift, 4, THRIFT_STRUCT, groups);
    for (size_t i = 0; i < groups; i++)
        put_group(&thrift, meta, i);
    if (meta->note.len)
        put_note(&thrift, buf_str(&meta->note));
    thrift_text(&thrift, 6, STR("spoor version " SPOOR_VERSION " (build release)"));
    thrift_list(&thrift, 7, THRIFT_STRUCT, leaves);
    for (size_t i = 0; i < leaves; i++) {
        thrift_item_struct(&thrift);
        put_empty_struct(&thrift, 1);
        thrift_close(&thrift);
    }
    if (!thrift_end(&thrift))
        return false;
    uint32_t length = (uint32_t)(out->len - start);
    return buf_append(out, &length, sizeof length, err) && buf_append(out, "PAR1", 4, err);
}

static bool put_offset_index(const ParquetPage *pages, size_t count, Buf *out, Error *err)
{
    Thrift thrift = thrift_begin(out, err);
    thrift_list(&thrift, 1, THRIFT_STRUCT, count);
    for (size_t i = 0; i < count; i++) {
        thrift_item_struct(&thrift);
        thrift_i64(&thrift, 1, (int64_t)pages[i].offset);
        thrift_i32(&thrift, 2, (int32_t)pages[i].bytes);
        thrift_i64(&thrift, 3, pages[i].first_row);
        thrift_close(&thrift);
    }
    return thrift_end(&thrift);
}

static bool page_is_null(const ParquetPage *page)
{
    return page->nulls == page->values;
}

/* A ColumnIndex is possible only when every page has bounds or holds nothing but nulls. */
static bool has_column_index(const ParquetPage *pages, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!page_is_null(&pages[i]) && !pages[i].has_bounds)
            return false;
    return true;
}

/* 1 when both lists of bounds ascend, else 0. Numbers are compared as numbers. */
static int boundary_order(FieldType type, const ParquetPage *pages, size_t count)
{
    const ParquetPage *before = NULL;
    for (size_t i = 0; i < count; i++) {
        if (page_is_null(&pages[i]))
            continue;
        if (before && type != FIELD_STRING && type != FIELD_JSON) {
            int64_t low[2] = {0}, high[2] = {0};
            memcpy(&low[0], before->lower.bytes, sizeof *low);
            memcpy(&low[1], pages[i].lower.bytes, sizeof *low);
            memcpy(&high[0], before->upper.bytes, sizeof *high);
            memcpy(&high[1], pages[i].upper.bytes, sizeof *high);
            if (type == FIELD_INT) {
                low[0] = (int32_t)low[0], low[1] = (int32_t)low[1];
                high[0] = (int32_t)high[0], high[1] = (int32_t)high[1];
            }
            if (low[1] < low[0] || high[1] < high[0])
                return 0;
        } else if (before &&
                   (str_compare(bound_text(&pages[i].lower), bound_text(&before->lower)) < 0 ||
                    str_compare(bound_text(&pages[i].upper), bound_text(&before->upper)) < 0)) {
            return 0;
        }
        before = &pages[i];
    }
    return 1;
}

static bool put_column_index(FieldType type, const ParquetPage *pages, size_t count, Buf *out,
                             Error *err)
{
    static const Bound NOTHING = {0};
    Thrift thrift = thrift_begin(out, err);
    thrift_list(&thrift, 1, THRIFT_TRUE, count);
    for (size_t i = 0; i < count; i++)
        thrift_item_bool(&thrift, page_is_null(&pages[i]));
    thrift_list(&thrift, 2, THRIFT_BINARY, count);
    for (size_t i = 0; i < count; i++)
        thrift_item_text(&thrift, bound_text(page_is_null(&pages[i]) ? &NOTHING : &pages[i].lower));
    thrift_list(&thrift, 3, THRIFT_BINARY, count);
    for (size_t i = 0; i < count; i++)
        thrift_item_text(&thrift, bound_text(page_is_null(&pages[i]) ? &NOTHING : &pages[i].upper));
    thrift_i32(&thrift, 4, boundary_order(type, pages, count));
    thrift_list(&thrift, 5, THRIFT_I64, count);
    for (size_t i = 0; i < count; i++)
        thrift_item_i64(&thrift, pages[i].nulls);
    return thrift_end(&thrift);
}

static bool has_index(FieldNode node)
{
    return !(FIELDS[node].flags & FIELD_UNBOUNDED);
}

bool parquet_footer_indexes(ParquetMeta *meta, uint64_t file_offset, Buf *out, Error *err)
{
    size_t count = meta->chunks.len / sizeof(ParquetChunk);
    ParquetChunk *chunks = (ParquetChunk *)(void *)meta->chunks.ptr;
    const ParquetPage *pages = (const ParquetPage *)(const void *)meta->pages.ptr;
    for (size_t i = 0; i < count; i++) {
        const ParquetPage *own = pages + chunks[i].page_first;
        FieldType type = FIELDS[chunks[i].node].type;
        if (!has_index(chunks[i].node) || !has_column_index(own, chunks[i].page_count))
            continue;
        chunks[i].index_offset = file_offset + out->len;
        if (!put_column_index(type, own, chunks[i].page_count, out, err))
            return false;
        chunks[i].index_bytes = (uint32_t)(file_offset + out->len - chunks[i].index_offset);
    }
    for (size_t i = 0; i < count; i++) {
        if (!has_index(chunks[i].node))
            continue;
        chunks[i].offsets_offset = file_offset + out->len;
        if (!put_offset_index(pages + chunks[i].page_first, chunks[i].page_count, out, err))
            return false;
        chunks[i].offsets_bytes = (uint32_t)(file_offset + out->len - chunks[i].offsets_offset);
    }
    return true;
}
