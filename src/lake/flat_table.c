#include "lake/flat_table.h"

#include <assert.h>
#include <string.h>
#include <zstd.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/mem.h"
#include "lake/rle.h"
#include "lake/thrift.h"

enum {
    ZSTD_LEVEL = 1,
    COLUMN_BYTES_MAX = 1 << 30,
    TYPE_INT32 = 1,
    TYPE_INT64 = 2,
    TYPE_BYTE_ARRAY = 6,
    OPTIONAL = 1,
    CONVERTED_UTF8 = 0,
    CONVERTED_TIMESTAMP_MICROS = 10,
    LOGICAL_STRING = 1,
    LOGICAL_TIMESTAMP = 8,
    UNIT_MICROS = 2,
    ENCODING_PLAIN = 0,
    ENCODING_RLE = 3,
    CODEC_ZSTD = 6,
    PAGE_DATA = 0,
};

/* A column being collected, and where its chunk went. */
typedef struct Column {
    Buf present; /* a byte per row: 1 has a value */
    Buf values;  /* plain */
    ParquetLeaf leaf;
    bool has_values; /* those below are set: of texts or of numbers */
    size_t text_min; /* offsets in *values* */
    size_t text_max;
    int64_t number_min;
    int64_t number_max;
    uint64_t offset;    /* of its page in the file */
    uint64_t raw_bytes; /* header included */
} Column;

struct FlatTable {
    const IcebergTable *table;
    uint64_t rows;
    Column columns[FLAT_TABLE_COLUMNS_MAX];
};

static bool is_text(FieldType type)
{
    return type == FIELD_STRING || type == FIELD_JSON;
}

static size_t width_of(FieldType type)
{
    return type == FIELD_INT ? sizeof(int32_t) : sizeof(int64_t);
}

FlatTable *flat_table_new(const IcebergTable *table, Error *err)
{
    assert(table->field_count <= FLAT_TABLE_COLUMNS_MAX);
    FlatTable *flat = mem_calloc(1, sizeof *flat, err);
    if (!flat)
        return NULL;
    flat->table = table;
    for (int i = 0; i < table->field_count; i++) {
        flat->columns[i].present = buf_init(COLUMN_BYTES_MAX);
        flat->columns[i].values = buf_init(COLUMN_BYTES_MAX);
    }
    return flat;
}

void flat_table_free(FlatTable *flat)
{
    if (!flat)
        return;
    for (int i = 0; i < flat->table->field_count; i++) {
        buf_free(&flat->columns[i].present);
        buf_free(&flat->columns[i].values);
    }
    mem_free(flat);
}

void flat_table_reset(FlatTable *flat)
{
    flat->rows = 0;
    for (int i = 0; i < flat->table->field_count; i++) {
        Column *column = &flat->columns[i];
        column->present.len = column->values.len = 0;
        column->leaf = (ParquetLeaf){0};
        column->has_values = false;
    }
}

uint64_t flat_table_rows(const FlatTable *flat)
{
    return flat->rows;
}

static bool mark_present(FlatTable *flat, Column *column, Error *err)
{
    assert(column->present.len == flat->rows);
    return buf_append_byte(&column->present, 1, err);
}

static Str bound_text(const Bound *bound)
{
    return (Str){bound->bytes, bound->len};
}

/* The text whose length is at *offset* of the column's values. */
static Str text_at(const Column *column, size_t offset)
{
    uint32_t len;
    memcpy(&len, column->values.ptr + offset, sizeof len);
    return (Str){column->values.ptr + offset + sizeof len, len};
}

static void widen_text(Column *column, size_t offset)
{
    Str value = text_at(column, offset);
    if (!column->has_values || str_compare(value, text_at(column, column->text_min)) < 0)
        column->text_min = offset;
    if (!column->has_values || str_compare(value, text_at(column, column->text_max)) > 0)
        column->text_max = offset;
    column->has_values = true;
}

bool flat_table_text(FlatTable *flat, int column, Str value, Error *err)
{
    Column *at = &flat->columns[column];
    uint32_t len = (uint32_t)value.len;
    size_t offset = at->values.len;
    assert(is_text(flat->table->fields[column].type));
    if (!mark_present(flat, at, err) || !buf_append(&at->values, &len, sizeof len, err) ||
        !buf_append_str(&at->values, value, err))
        return false;
    widen_text(at, offset);
    return true;
}

static Bound number_bound(int64_t value, size_t width)
{
    Bound bound = {.len = (uint8_t)width, .exact = true};
    memcpy(bound.bytes, &value, width);
    return bound;
}

bool flat_table_number(FlatTable *flat, int column, int64_t value, Error *err)
{
    Column *at = &flat->columns[column];
    size_t width = width_of(flat->table->fields[column].type);
    assert(!is_text(flat->table->fields[column].type));
    if (!at->has_values || value < at->number_min)
        at->number_min = value;
    if (!at->has_values || value > at->number_max)
        at->number_max = value;
    at->has_values = true;
    return mark_present(flat, at, err) && buf_append(&at->values, &value, width, err);
}

bool flat_table_end_row(FlatTable *flat, Error *err)
{
    flat->rows++;
    for (int i = 0; i < flat->table->field_count; i++) {
        Column *column = &flat->columns[i];
        column->leaf.values = flat->rows;
        if (column->present.len == flat->rows)
            continue;
        column->leaf.nulls++;
        if (!buf_append_byte(&column->present, 0, err))
            return false;
    }
    return true;
}

/* Makes a column's bounds, once all its values are known. A text that no upper bound fits leaves
 * none. */
static void set_bounds(Column *column, FieldType type)
{
    ParquetLeaf *leaf = &column->leaf;
    if (!column->has_values)
        return;
    if (is_text(type)) {
        leaf->lower = bounds_lower(text_at(column, column->text_min));
        leaf->has_bounds = bounds_upper(text_at(column, column->text_max), &leaf->upper);
    } else {
        leaf->lower = number_bound(column->number_min, width_of(type));
        leaf->upper = number_bound(column->number_max, width_of(type));
        leaf->has_bounds = true;
    }
}

/* ---- pages ---- */

/* Levels with their length, then values. */
static bool put_body(const FlatTable *flat, const Column *column, Buf *body, Error *err)
{
    uint32_t len = 0;
    if (!buf_append(body, &len, sizeof len, err) ||
        !rle_append_levels(body, (const uint8_t *)column->present.ptr, flat->rows, 1, err))
        return false;
    len = (uint32_t)(body->len - sizeof len);
    memcpy(body->ptr, &len, sizeof len);
    return column->values.len == 0 || buf_append_str(body, buf_str(&column->values), err);
}

static bool put_header(const FlatTable *flat, size_t raw, Str packed, Buf *out, Error *err)
{
    Thrift thrift = thrift_begin(out, err);
    thrift_i32(&thrift, 1, PAGE_DATA);
    thrift_i32(&thrift, 2, (int32_t)raw);
    thrift_i32(&thrift, 3, (int32_t)packed.len);
    thrift_i32(&thrift, 4, (int32_t)hash_crc32(0, packed.ptr, packed.len));
    thrift_struct(&thrift, 5);
    thrift_i32(&thrift, 1, (int32_t)flat->rows);
    thrift_i32(&thrift, 2, ENCODING_PLAIN);
    thrift_i32(&thrift, 3, ENCODING_RLE);
    thrift_i32(&thrift, 4, ENCODING_RLE);
    thrift_close(&thrift);
    return thrift_end(&thrift);
}

static bool write_column(FlatTable *flat, Column *column, FileWriter *file, Error *err)
{
    BUF_AUTO Buf body = buf_init(2 * (size_t)COLUMN_BYTES_MAX);
    BUF_AUTO Buf packed = buf_init(4 * (size_t)COLUMN_BYTES_MAX);
    BUF_AUTO Buf header = buf_init(1 << 12);
    if (!put_body(flat, column, &body, err) ||
        !buf_reserve(&packed, ZSTD_compressBound(body.len), err))
        return false;
    packed.len = ZSTD_compress(packed.ptr, packed.cap, body.ptr, body.len, ZSTD_LEVEL);
    if (ZSTD_isError(packed.len))
        return error_set(err, ERROR_SYSTEM, "a page could not be compressed");
    if (!put_header(flat, body.len, buf_str(&packed), &header, err))
        return false;
    column->offset = file->bytes;
    column->raw_bytes = header.len + body.len;
    column->leaf.bytes = header.len + packed.len;
    return file_write(file, header.ptr, header.len, err) &&
           file_write(file, packed.ptr, packed.len, err);
}

/* ---- footer ---- */

static int physical_type(FieldType type)
{
    return is_text(type) ? TYPE_BYTE_ARRAY : type == FIELD_INT ? TYPE_INT32 : TYPE_INT64;
}

static void put_empty(Thrift *thrift, int id)
{
    thrift_struct(thrift, id);
    thrift_close(thrift);
}

static void put_logical(Thrift *thrift, FieldType type)
{
    thrift_struct(thrift, 10);
    if (is_text(type)) {
        put_empty(thrift, LOGICAL_STRING);
    } else {
        thrift_struct(thrift, LOGICAL_TIMESTAMP);
        thrift_bool(thrift, 1, false);
        thrift_struct(thrift, 2);
        put_empty(thrift, UNIT_MICROS);
        thrift_close(thrift);
        thrift_close(thrift);
    }
    thrift_close(thrift);
}

static void put_schema(Thrift *thrift, const IcebergTable *table)
{
    thrift_list(thrift, 2, THRIFT_STRUCT, (size_t)table->field_count + 1);
    thrift_item_struct(thrift);
    thrift_text(thrift, 4, STR("table"));
    thrift_i32(thrift, 5, table->field_count);
    thrift_close(thrift);
    for (int i = 0; i < table->field_count; i++) {
        const Field *field = &table->fields[i];
        bool logical = is_text(field->type) || field->type == FIELD_TIME;
        thrift_item_struct(thrift);
        thrift_i32(thrift, 1, physical_type(field->type));
        thrift_i32(thrift, 3, OPTIONAL);
        thrift_text(thrift, 4, field->column);
        if (logical)
            thrift_i32(thrift, 6,
                       is_text(field->type) ? CONVERTED_UTF8 : CONVERTED_TIMESTAMP_MICROS);
        thrift_i32(thrift, 9, field->id);
        if (logical)
            put_logical(thrift, field->type);
        thrift_close(thrift);
    }
}

static void put_statistics(Thrift *thrift, const ParquetLeaf *leaf)
{
    thrift_struct(thrift, 12);
    thrift_i64(thrift, 3, (int64_t)leaf->nulls);
    if (leaf->has_bounds) {
        thrift_text(thrift, 5, bound_text(&leaf->upper));
        thrift_text(thrift, 6, bound_text(&leaf->lower));
        thrift_bool(thrift, 7, leaf->upper.exact);
        thrift_bool(thrift, 8, leaf->lower.exact);
    }
    thrift_close(thrift);
}

static void put_chunk(Thrift *thrift, const Field *field, const Column *column)
{
    thrift_item_struct(thrift);
    thrift_i64(thrift, 2, 0);
    thrift_struct(thrift, 3);
    thrift_i32(thrift, 1, physical_type(field->type));
    thrift_list(thrift, 2, THRIFT_I32, 2);
    thrift_item_i32(thrift, ENCODING_PLAIN);
    thrift_item_i32(thrift, ENCODING_RLE);
    thrift_list(thrift, 3, THRIFT_BINARY, 1);
    thrift_item_text(thrift, field->column);
    thrift_i32(thrift, 4, CODEC_ZSTD);
    thrift_i64(thrift, 5, (int64_t)column->leaf.values);
    thrift_i64(thrift, 6, (int64_t)column->raw_bytes);
    thrift_i64(thrift, 7, (int64_t)column->leaf.bytes);
    thrift_i64(thrift, 9, (int64_t)column->offset);
    put_statistics(thrift, &column->leaf);
    thrift_close(thrift);
    thrift_close(thrift);
}

static void put_group(Thrift *thrift, const FlatTable *flat)
{
    uint64_t raw = 0, bytes = 0;
    const IcebergTable *table = flat->table;
    thrift_list(thrift, 4, THRIFT_STRUCT, 1);
    thrift_item_struct(thrift);
    thrift_list(thrift, 1, THRIFT_STRUCT, (size_t)table->field_count);
    for (int i = 0; i < table->field_count; i++) {
        put_chunk(thrift, &table->fields[i], &flat->columns[i]);
        raw += flat->columns[i].raw_bytes;
        bytes += flat->columns[i].leaf.bytes;
    }
    thrift_i64(thrift, 2, (int64_t)raw);
    thrift_i64(thrift, 3, (int64_t)flat->rows);
    thrift_i64(thrift, 5, (int64_t)flat->columns[0].offset);
    thrift_i64(thrift, 6, (int64_t)bytes);
    thrift_i16(thrift, 7, 0);
    thrift_close(thrift);
}

static bool put_footer(const FlatTable *flat, Buf *out, Error *err)
{
    Thrift thrift = thrift_begin(out, err);
    thrift_i32(&thrift, 1, 1);
    put_schema(&thrift, flat->table);
    thrift_i64(&thrift, 3, (int64_t)flat->rows);
    put_group(&thrift, flat);
    thrift_text(&thrift, 6, STR("spoor version " SPOOR_VERSION " (build release)"));
    thrift_list(&thrift, 7, THRIFT_STRUCT, (size_t)flat->table->field_count);
    for (int i = 0; i < flat->table->field_count; i++) {
        thrift_item_struct(&thrift);
        put_empty(&thrift, 1);
        thrift_close(&thrift);
    }
    if (!thrift_end(&thrift))
        return false;
    uint32_t length = (uint32_t)out->len;
    return buf_append(out, &length, sizeof length, err) && buf_append(out, "PAR1", 4, err);
}

/* ---- the file ---- */

static bool write_all(FlatTable *flat, FileWriter *file, Error *err)
{
    BUF_AUTO Buf footer = buf_init(COLUMN_BYTES_MAX);
    bool ok = file_write(file, "PAR1", 4, err);
    for (int i = 0; ok && i < flat->table->field_count; i++) {
        set_bounds(&flat->columns[i], flat->table->fields[i].type);
        ok = write_column(flat, &flat->columns[i], file, err);
    }
    return ok && put_footer(flat, &footer, err) && file_write(file, footer.ptr, footer.len, err);
}

bool flat_table_write(FlatTable *flat, const char *path, uint64_t *ret_bytes, Buf *ret_summary,
                      Error *err)
{
    FileWriter file;
    assert(flat->rows);
    if (!file_create(&file, path, err))
        return false;
    if (!write_all(flat, &file, err)) {
        file_abandon(&file);
        return false;
    }
    uint64_t split = flat->columns[0].offset;
    ParquetSummary summary = {.order = PARQUET_ORDER_TIME,
                              .rows = flat->rows,
                              .bytes = file.bytes,
                              .group_count = 1,
                              .split_offsets = &split};
    for (int i = 0; i < flat->table->field_count; i++)
        summary.leaves[i] = flat->columns[i].leaf;
    *ret_bytes = file.bytes;
    return file_finish(&file, err) &&
           parquet_summary_write(&summary, flat->table->fields, flat->table->field_count,
                                 ret_summary, err);
}
