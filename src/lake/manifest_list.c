#include "lake/manifest_list.h"

#include <inttypes.h>
#include <string.h>

#include "base/hash.h"

#define FIELD(name, type, id) "{\"name\":\"" name "\",\"type\":\"" type "\",\"field-id\":" id "},"

static const char SCHEMA[] = "{\"type\":\"record\",\"name\":\"manifest_file\",\"fields\":[" //
    FIELD("manifest_path", "string", "500") FIELD("manifest_length", "long", "501")         //
    FIELD("partition_spec_id", "int", "502") FIELD("content", "int", "517")                 //
    FIELD("sequence_number", "long", "515")                                                 //
    FIELD("min_sequence_number", "long", "516")                                             //
    FIELD("added_snapshot_id", "long", "503")                                               //
    FIELD("added_files_count", "int", "504") FIELD("existing_files_count", "int", "505")    //
    FIELD("deleted_files_count", "int", "506")                                              //
    FIELD("added_rows_count", "long", "512") FIELD("existing_rows_count", "long", "513")    //
    FIELD("deleted_rows_count", "long", "514")                                              //
    "{\"name\":\"partitions\",\"type\":[\"null\",{\"type\":\"array\",\"items\":{\"type\":"
    "\"record\",\"name\":\"r508\",\"fields\":["
    "{\"name\":\"contains_null\",\"type\":\"boolean\",\"field-id\":509},"
    "{\"name\":\"contains_nan\",\"type\":[\"null\",\"boolean\"],\"default\":null,\"field-id\":518},"
    "{\"name\":\"lower_bound\",\"type\":[\"null\",\"bytes\"],\"default\":null,\"field-id\":510},"
    "{\"name\":\"upper_bound\",\"type\":[\"null\",\"bytes\"],\"default\":null,\"field-id\":511}]},"
    "\"element-id\":508}],\"default\":null,\"field-id\":507},"
    "{\"name\":\"key_metadata\",\"type\":[\"null\",\"bytes\"],\"default\":null,\"field-id\":519}]}";

enum { LIST_BYTES_MAX = 64 << 20 };

static const ManifestStatus COUNT_ORDER[] = {MANIFEST_ADDED, MANIFEST_EXISTING, MANIFEST_DELETED};

static void put_day(AvroWriter *writer, int32_t day)
{
    char bytes[sizeof day];
    memcpy(bytes, &day, sizeof day); /* little-endian */
    avro_long(writer, 1);
    avro_text(writer, (Str){bytes, sizeof bytes});
}

static void put_days(AvroWriter *writer, const IcebergTable *table, const ManifestRow *row)
{
    avro_long(writer, 1);
    if (table->day_of >= 0) {
        avro_long(writer, 1);
        avro_bool(writer, false); /* contains_null */
        avro_long(writer, 1);
        avro_bool(writer, false); /* contains_nan */
        put_day(writer, row->day_min);
        put_day(writer, row->day_max);
    }
    avro_long(writer, 0);
}

static void put_row(AvroWriter *writer, const IcebergTable *table, const ManifestRow *row)
{
    avro_text(writer, row->path);
    avro_long(writer, (int64_t)row->length);
    avro_long(writer, 0); /* partition_spec_id */
    avro_long(writer, 0); /* content: data */
    avro_long(writer, row->sequence);
    avro_long(writer, row->min_sequence);
    avro_long(writer, row->snapshot_id);
    for (int i = 0; i < 3; i++)
        avro_long(writer, (int64_t)row->files[COUNT_ORDER[i]]);
    for (int i = 0; i < 3; i++)
        avro_long(writer, (int64_t)row->rows[COUNT_ORDER[i]]);
    put_days(writer, table, row);
    avro_long(writer, 0); /* key_metadata */
}

static bool put_id(Buf *out, int64_t id, Error *err)
{
    return id < 0 ? buf_printf(out, err, "null") : buf_printf(out, err, "%" PRId64, id);
}

bool manifest_list_write(const IcebergTable *table, const ManifestListOwner *owner,
                         const ManifestRow *rows, size_t count, Buf *out, Error *err)
{
    BUF_AUTO Buf data = buf_init(LIST_BYTES_MAX);
    BUF_AUTO Buf snapshot = buf_init(32);
    BUF_AUTO Buf parent = buf_init(32);
    BUF_AUTO Buf sequence = buf_init(32);
    uint8_t sync[AVRO_SYNC_BYTES];
    AvroWriter rows_writer = avro_writer(&data, err);
    for (size_t i = 0; i < count; i++)
        put_row(&rows_writer, table, &rows[i]);
    if (!rows_writer.ok || !put_id(&snapshot, owner->snapshot_id, err) ||
        !put_id(&parent, owner->parent_id, err) || !put_id(&sequence, owner->sequence, err) ||
        !hash_random(sync, sizeof sync, err))
        return false;
    const AvroPair pairs[] = {{STR("snapshot-id"), buf_str(&snapshot)},
                              {STR("parent-snapshot-id"), buf_str(&parent)},
                              {STR("sequence-number"), buf_str(&sequence)},
                              {STR("format-version"), STR("2")},
                              {STR("avro.schema"), str_of(SCHEMA)}};
    AvroWriter writer = avro_writer(out, err);
    avro_header(&writer, pairs, sizeof pairs / sizeof *pairs, sync);
    if (count)
        avro_block(&writer, count, buf_str(&data), sync);
    return writer.ok;
}

static int32_t take_day(AvroReader *reader)
{
    int32_t day = 0;
    Str bytes = avro_take_present(reader) ? avro_take_text(reader) : STR("");
    reader->ok = reader->ok && bytes.len == sizeof day;
    if (reader->ok)
        memcpy(&day, bytes.ptr, sizeof day);
    return day;
}

static void take_days(AvroReader *reader, ManifestRow *ret)
{
    ret->day_min = INT32_MAX;
    ret->day_max = INT32_MIN;
    if (!avro_take_present(reader))
        return;
    for (uint64_t count; (count = avro_take_count(reader)) > 0;)
        for (; count > 0 && reader->ok; count--) {
            avro_take_bool(reader);
            if (avro_take_present(reader))
                avro_take_bool(reader);
            ret->day_min = take_day(reader);
            ret->day_max = take_day(reader);
        }
}

static uint64_t take_count(AvroReader *reader)
{
    int64_t count = avro_take_long(reader);
    reader->ok = reader->ok && count >= 0;
    return reader->ok ? (uint64_t)count : 0;
}

static void take_row(AvroReader *reader, ManifestRow *ret)
{
    *ret = (ManifestRow){.path = avro_take_text(reader)};
    ret->length = take_count(reader);
    take_count(reader); /* partition_spec_id */
    take_count(reader); /* content */
    ret->sequence = avro_take_long(reader);
    ret->min_sequence = avro_take_long(reader);
    ret->snapshot_id = avro_take_long(reader);
    for (int i = 0; i < 3; i++)
        ret->files[COUNT_ORDER[i]] = take_count(reader);
    for (int i = 0; i < 3; i++)
        ret->rows[COUNT_ORDER[i]] = take_count(reader);
    take_days(reader, ret);
    if (avro_take_present(reader))
        avro_take_text(reader);
}

static bool add_row(void *context, AvroReader *data, Error *err)
{
    ManifestRow row;
    take_row(data, &row);
    return !data->ok || buf_append(context, &row, sizeof row, err);
}

bool manifest_list_read(Str bytes, Buf *rows, Error *err)
{
    AvroFile file;
    if (!avro_open(&file, bytes, err))
        return false;
    if (!str_equal(avro_value(&file, STR("avro.schema")), str_of(SCHEMA)))
        return error_set(err, ERROR_INPUT, "a manifest list was not written by spoor");
    return avro_each(&file, add_row, rows, "a manifest list", err);
}
