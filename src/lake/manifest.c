#include "lake/manifest.h"

#include <assert.h>
#include <string.h>

#include "base/hash.h"

enum { BOUND_POINTS = 16, MANIFEST_BYTES_MAX = 64 << 20, SCHEMA_BYTES_MAX = 1 << 20 };

#define LONG_OR_NULL(name, id)                                                                     \
    "{\"name\":\"" name "\",\"type\":[\"null\",\"long\"],\"default\":null,\"field-id\":" id "}"
#define METRIC(name, id, key, value, type)                                                         \
    "{\"name\":\"" name "\",\"type\":[\"null\",{\"type\":\"array\",\"items\":{\"type\":"           \
    "\"record\",\"name\":\"k" key "_v" value "\",\"fields\":[{\"name\":\"key\",\"type\":\"int\","  \
    "\"field-id\":" key "},{\"name\":\"value\",\"type\":\"" type "\",\"field-id\":" value "}]},"   \
    "\"logicalType\":\"map\"}],\"default\":null,\"field-id\":" id "},"
#define LIST(name, id, type, element)                                                              \
    "{\"name\":\"" name "\",\"type\":[\"null\",{\"type\":\"array\",\"items\":\"" type              \
    "\",\"element-id\":" element "}],\"default\":null,\"field-id\":" id "},"

static const char SCHEMA_HEAD[] =
    "{\"type\":\"record\",\"name\":\"manifest_entry\",\"fields\":["
    "{\"name\":\"status\",\"type\":\"int\",\"field-id\":0}," LONG_OR_NULL("snapshot_id", "1") "," //
    LONG_OR_NULL("sequence_number", "3") "," LONG_OR_NULL(
        "file_sequence_number",
        "4") "," //
             "{\"name\":\"data_file\",\"type\":{\"type\":\"record\",\"name\":\"r2\",\"fields\":["
             "{\"name\":\"content\",\"type\":\"int\",\"field-id\":134},"
             "{\"name\":\"file_path\",\"type\":\"string\",\"field-id\":100},"
             "{\"name\":\"file_format\",\"type\":\"string\",\"field-id\":101},"
             "{\"name\":\"partition\",\"type\":{\"type\":\"record\",\"name\":\"r102\",\"fields\":[";

static const char SCHEMA_TAIL[] =
    "]},\"field-id\":102},"
    "{\"name\":\"record_count\",\"type\":\"long\",\"field-id\":103},"
    "{\"name\":\"file_size_in_bytes\",\"type\":\"long\",\"field-id\":104}," //
    METRIC("column_sizes", "108", "117", "118", "long")                     //
    METRIC("value_counts", "109", "119", "120", "long")                     //
    METRIC("null_value_counts", "110", "121", "122", "long")                //
    METRIC("nan_value_counts", "137", "138", "139", "long")                 //
    METRIC("lower_bounds", "125", "126", "127", "bytes")                    //
    METRIC("upper_bounds", "128", "129", "130", "bytes")                    //
    "{\"name\":\"key_metadata\",\"type\":[\"null\",\"bytes\"],\"default\":null,\"field-id\":131}," //
    LIST("split_offsets", "132", "long", "133") LIST("equality_ids", "135", "int", "136") //
    "{\"name\":\"sort_order_id\",\"type\":[\"null\",\"int\"],\"default\":null,\"field-id\":140},"
    "{\"name\":\"referenced_data_file\",\"type\":[\"null\",\"string\"],\"default\":null,"
    "\"field-id\":143}]},\"field-id\":2}]}";

static bool put_avro_schema(Buf *out, const IcebergTable *table, Error *err)
{
    bool ok = buf_append_str(out, str_of(SCHEMA_HEAD), err);
    if (ok && table->day_of >= 0)
        ok = buf_printf(out, err,
                        "{\"name\":\"%.*s_day\",\"type\":[\"null\",{\"type\":\"int\","
                        "\"logicalType\":\"date\"}],\"default\":null,\"field-id\":%d}",
                        STR_ARG(table->fields[table->day_of].column), ICEBERG_PARTITION_FIELD);
    return ok && buf_append_str(out, str_of(SCHEMA_TAIL), err);
}

ManifestBuilder manifest_begin(const IcebergTable *table, int64_t snapshot_id, int64_t sequence)
{
    return (ManifestBuilder){.table = table,
                             .sequence = sequence,
                             .data = buf_init(MANIFEST_BYTES_MAX),
                             .row = {.sequence = sequence,
                                     .min_sequence = sequence,
                                     .snapshot_id = snapshot_id,
                                     .day_min = INT32_MAX,
                                     .day_max = INT32_MIN}};
}

void manifest_free(ManifestBuilder *builder)
{
    buf_free(&builder->data);
}

/* ---- writing ---- */

typedef enum { METRIC_SIZES, METRIC_VALUES, METRIC_NULLS, METRIC_LOWER, METRIC_UPPER } Metric;

static bool is_text(FieldType type)
{
    return type == FIELD_STRING || type == FIELD_JSON;
}

static bool in_list(const IcebergTable *table, int at)
{
    for (; at != F_ROOT; at = table->fields[at].parent)
        if (table->fields[at].type == FIELD_LIST)
            return true;
    return false;
}

/* The bound of leaf *at* in Iceberg's form; false when it has none. */
static bool bound_of(const IcebergTable *table, const ManifestFile *file, int at, Metric metric,
                     Bound *ret)
{
    const ParquetLeaf *leaf = &file->leaves[at];
    if (!leaf->has_bounds || in_list(table, at))
        return false;
    const Bound *bound = metric == METRIC_LOWER ? &leaf->lower : &leaf->upper;
    *ret = *bound;
    if (!is_text(table->fields[at].type))
        return true;
    return metric == METRIC_LOWER ? bounds_cut_lower(bound, BOUND_POINTS, ret)
                                  : bounds_cut_upper(bound, BOUND_POINTS, ret);
}

static bool has_metric(const IcebergTable *table, const ManifestFile *file, int at, Metric metric)
{
    Bound bound;
    FieldType type = table->fields[at].type;
    if (type == FIELD_STRUCT || type == FIELD_LIST)
        return false;
    /* Of a column that the file was written without nothing is known but that it is NULL. */
    if (!file->leaves[at].values)
        return false;
    return metric < METRIC_LOWER || bound_of(table, file, at, metric, &bound);
}

static void put_metric(AvroWriter *writer, const IcebergTable *table, const ManifestFile *file,
                       int at, Metric metric)
{
    const ParquetLeaf *leaf = &file->leaves[at];
    const uint64_t counts[] = {leaf->bytes, leaf->values, leaf->nulls};
    Bound bound;
    avro_long(writer, table->fields[at].id);
    if (metric < METRIC_LOWER) {
        avro_long(writer, (int64_t)counts[metric]);
    } else if (bound_of(table, file, at, metric, &bound)) {
        avro_text(writer, (Str){bound.bytes, bound.len});
    }
}

/* A map from field id: the union's branch, one block, the end. */
static void put_metrics(AvroWriter *writer, const IcebergTable *table, const ManifestFile *file,
                        Metric metric)
{
    int64_t count = 0;
    for (int at = 0; at < table->field_count; at++)
        count += has_metric(table, file, at, metric);
    avro_long(writer, 1);
    if (count)
        avro_long(writer, count);
    for (int at = 0; at < table->field_count; at++)
        if (has_metric(table, file, at, metric))
            put_metric(writer, table, file, at, metric);
    avro_long(writer, 0);
}

static void put_splits(AvroWriter *writer, const ManifestFile *file)
{
    avro_long(writer, 1);
    if (file->split_count)
        avro_long(writer, (int64_t)file->split_count);
    for (size_t i = 0; i < file->split_count; i++)
        avro_long(writer, (int64_t)file->splits[i]);
    avro_long(writer, 0);
}

bool manifest_encode(const IcebergTable *table, const ManifestFile *file, Buf *out, Error *err)
{
    AvroWriter writer = avro_writer(out, err);
    avro_long(&writer, 0); /* content: data */
    avro_text(&writer, file->path);
    avro_text(&writer, STR("PARQUET"));
    if (table->day_of >= 0) {
        avro_long(&writer, 1);
        avro_long(&writer, file->day);
    }
    avro_long(&writer, (int64_t)file->rows);
    avro_long(&writer, (int64_t)file->bytes);
    put_metrics(&writer, table, file, METRIC_SIZES);
    put_metrics(&writer, table, file, METRIC_VALUES);
    put_metrics(&writer, table, file, METRIC_NULLS);
    avro_long(&writer, 0); /* nan_value_counts: there are no floats */
    put_metrics(&writer, table, file, METRIC_LOWER);
    put_metrics(&writer, table, file, METRIC_UPPER);
    avro_long(&writer, 0); /* key_metadata */
    put_splits(&writer, file);
    avro_long(&writer, 0); /* equality_ids */
    avro_long(&writer, 1);
    avro_long(&writer, table->day_of >= 0 ? file->order : 0);
    avro_long(&writer, 0); /* referenced_data_file */
    return writer.ok;
}

static void put_sequence(AvroWriter *writer, int64_t sequence)
{
    avro_long(writer, sequence != MANIFEST_INHERITS);
    if (sequence != MANIFEST_INHERITS)
        avro_long(writer, sequence);
}

static void count_entry(ManifestBuilder *builder, const ManifestEntry *entry)
{
    ManifestRow *row = &builder->row;
    row->files[entry->status]++;
    row->rows[entry->status] += entry->rows;
    if (entry->status == MANIFEST_EXISTING && entry->sequence < row->min_sequence)
        row->min_sequence = entry->sequence;
    if (builder->table->day_of < 0)
        return;
    row->day_min = entry->day < row->day_min ? entry->day : row->day_min;
    row->day_max = entry->day > row->day_max ? entry->day : row->day_max;
}

bool manifest_add(ManifestBuilder *builder, const ManifestEntry *entry, Error *err)
{
    AvroWriter writer = avro_writer(&builder->data, err);
    assert(entry->status == MANIFEST_ADDED || entry->sequence != MANIFEST_INHERITS);
    avro_long(&writer, entry->status);
    avro_long(&writer, 1);
    avro_long(&writer, entry->snapshot_id);
    put_sequence(&writer, entry->sequence);
    put_sequence(&writer, entry->file_sequence);
    avro_raw(&writer, entry->data_file);
    if (writer.ok)
        count_entry(builder, entry);
    return writer.ok;
}

bool manifest_finish(ManifestBuilder *builder, int schema_id, Buf *out, Error *err)
{
    BUF_AUTO Buf avro = buf_init(SCHEMA_BYTES_MAX);
    BUF_AUTO Buf schema = buf_init(SCHEMA_BYTES_MAX);
    BUF_AUTO Buf partition = buf_init(SCHEMA_BYTES_MAX);
    BUF_AUTO Buf id = buf_init(32);
    uint8_t sync[AVRO_SYNC_BYTES];
    if (!put_avro_schema(&avro, builder->table, err) ||
        !iceberg_schema(&schema, builder->table, schema_id, err) ||
        !iceberg_schema_partition(&partition, builder->table, err) ||
        !buf_printf(&id, err, "%d", schema_id) || !hash_random(sync, sizeof sync, err))
        return false;
    const AvroPair pairs[] = {{STR("schema"), buf_str(&schema)},
                              {STR("schema-id"), buf_str(&id)},
                              {STR("partition-spec"), buf_str(&partition)},
                              {STR("partition-spec-id"), STR("0")},
                              {STR("format-version"), STR("2")},
                              {STR("content"), STR("data")},
                              {STR("avro.schema"), buf_str(&avro)}};
    AvroWriter writer = avro_writer(out, err);
    uint64_t entries = builder->row.files[0] + builder->row.files[1] + builder->row.files[2];
    avro_header(&writer, pairs, sizeof pairs / sizeof *pairs, sync);
    if (entries)
        avro_block(&writer, entries, buf_str(&builder->data), sync);
    builder->data.len = 0;
    return writer.ok;
}

/* ---- reading ---- */

static void skip_longs(AvroReader *reader)
{
    for (uint64_t count; (count = avro_take_count(reader)) > 0;)
        for (; count > 0 && reader->ok; count--)
            avro_take_long(reader);
}

/* A map from field id to numbers, or to bytes, or null. */
static void skip_metric(AvroReader *reader, bool bytes)
{
    if (!avro_take_present(reader))
        return;
    for (uint64_t count; (count = avro_take_count(reader)) > 0;)
        for (; count > 0 && reader->ok; count--) {
            avro_take_long(reader);
            if (bytes)
                avro_take_text(reader);
            else
                avro_take_long(reader);
        }
}

/* Walks over a data file and notes what of it is needed. */
static void take_data_file(AvroReader *reader, const IcebergTable *table, ManifestEntry *ret)
{
    const char *start = reader->rest.ptr;
    int64_t content = avro_take_long(reader);
    ret->path = avro_take_text(reader);
    avro_take_text(reader);
    if (table->day_of >= 0 && avro_take_present(reader)) {
        int64_t day = avro_take_long(reader);
        reader->ok = reader->ok && day >= INT32_MIN && day <= INT32_MAX;
        ret->day = reader->ok ? (int32_t)day : 0;
    }
    int64_t rows = avro_take_long(reader);
    int64_t bytes = avro_take_long(reader);
    ret->rows = (uint64_t)rows;
    ret->bytes = (uint64_t)bytes;
    for (int i = 0; i < 4; i++)
        skip_metric(reader, false);
    skip_metric(reader, true);
    skip_metric(reader, true);
    if (avro_take_present(reader))
        avro_take_text(reader);
    for (int i = 0; i < 2; i++) /* split offsets, equality ids */
        if (avro_take_present(reader))
            skip_longs(reader);
    if (avro_take_present(reader))
        avro_take_long(reader);
    if (avro_take_present(reader))
        avro_take_text(reader);
    reader->ok = reader->ok && content == 0 && rows >= 0 && bytes >= 0;
    ret->data_file = (Str){start, (size_t)(reader->rest.ptr - start)};
}

static int64_t take_inherited(AvroReader *reader, int64_t inherited)
{
    return avro_take_present(reader) ? avro_take_long(reader) : inherited;
}

static void take_entry(AvroReader *reader, const IcebergTable *table, const ManifestRow *row,
                       ManifestEntry *ret)
{
    *ret = (ManifestEntry){0};
    int64_t status = avro_take_long(reader);
    reader->ok = reader->ok && status >= MANIFEST_EXISTING && status <= MANIFEST_DELETED;
    ret->status = reader->ok ? (ManifestStatus)status : MANIFEST_EXISTING;
    ret->snapshot_id = take_inherited(reader, row->snapshot_id);
    ret->sequence = take_inherited(reader, row->sequence);
    ret->file_sequence = take_inherited(reader, row->sequence);
    take_data_file(reader, table, ret);
}

static bool check_schema(const AvroFile *file, const IcebergTable *table, Error *err)
{
    BUF_AUTO Buf ours = buf_init(SCHEMA_BYTES_MAX);
    if (!put_avro_schema(&ours, table, err))
        return false;
    return str_equal(buf_str(&ours), avro_value(file, STR("avro.schema"))) ||
           error_set(err, ERROR_INPUT, "a manifest was not written by spoor");
}

/* A manifest being read, and who gets its entries. */
typedef struct Reading {
    const IcebergTable *table;
    const ManifestRow *row;
    ManifestVisit visit;
    void *context;
} Reading;

static bool visit_entry(void *context, AvroReader *data, Error *err)
{
    const Reading *reading = context;
    ManifestEntry entry;
    take_entry(data, reading->table, reading->row, &entry);
    return !data->ok || reading->visit(reading->context, &entry, err);
}

bool manifest_read(const IcebergTable *table, Str bytes, const ManifestRow *row,
                   ManifestVisit visit, void *context, Error *err)
{
    AvroFile file;
    Reading reading = {table, row, visit, context};
    return avro_open(&file, bytes, err) && check_schema(&file, table, err) &&
           avro_each(&file, visit_entry, &reading, "a manifest", err);
}
