#include "lake/avro.h"

#include <string.h>

static const Str MAGIC = {"Obj\x01", 4};

AvroWriter avro_writer(Buf *out, Error *err)
{
    return (AvroWriter){out, err, true};
}

void avro_raw(AvroWriter *writer, Str bytes)
{
    writer->ok = writer->ok && buf_append_str(writer->out, bytes, writer->err);
}

void avro_long(AvroWriter *writer, int64_t value)
{
    char bytes[10];
    size_t len = 0;
    uint64_t rest = ((uint64_t)value << 1) ^ (uint64_t)(value >> 63);
    for (; rest >= 0x80; rest >>= 7)
        bytes[len++] = (char)(rest | 0x80);
    bytes[len++] = (char)rest;
    avro_raw(writer, (Str){bytes, len});
}

void avro_text(AvroWriter *writer, Str text)
{
    avro_long(writer, (int64_t)text.len);
    avro_raw(writer, text);
}

void avro_bool(AvroWriter *writer, bool value)
{
    avro_raw(writer, value ? STR("\x01") : (Str){"", 1});
}

void avro_header(AvroWriter *writer, const AvroPair *pairs, size_t count,
                 const uint8_t sync[AVRO_SYNC_BYTES])
{
    avro_raw(writer, MAGIC);
    avro_long(writer, (int64_t)count + 1);
    for (size_t i = 0; i < count; i++) {
        avro_text(writer, pairs[i].key);
        avro_text(writer, pairs[i].value);
    }
    avro_text(writer, STR("avro.codec"));
    avro_text(writer, STR("null"));
    avro_long(writer, 0);
    avro_raw(writer, (Str){(const char *)sync, AVRO_SYNC_BYTES});
}

void avro_block(AvroWriter *writer, uint64_t records, Str data, const uint8_t sync[AVRO_SYNC_BYTES])
{
    avro_long(writer, (int64_t)records);
    avro_text(writer, data);
    avro_raw(writer, (Str){(const char *)sync, AVRO_SYNC_BYTES});
}

static Str take(AvroReader *reader, uint64_t len)
{
    if (!reader->ok || len > reader->rest.len) {
        reader->ok = false;
        return STR("");
    }
    Str taken = str_slice(reader->rest, 0, (size_t)len);
    reader->rest = str_slice(reader->rest, (size_t)len, reader->rest.len);
    return taken;
}

int64_t avro_take_long(AvroReader *reader)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        Str taken = take(reader, 1);
        if (!reader->ok)
            return 0;
        unsigned byte = (unsigned char)taken.ptr[0];
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80))
            return (int64_t)((value >> 1) ^ (0 - (value & 1)));
    }
    reader->ok = false;
    return 0;
}

Str avro_take_text(AvroReader *reader)
{
    int64_t len = avro_take_long(reader);
    reader->ok = reader->ok && len >= 0;
    return take(reader, (uint64_t)len);
}

bool avro_take_bool(AvroReader *reader)
{
    Str taken = take(reader, 1);
    reader->ok = reader->ok && (unsigned char)taken.ptr[0] <= 1;
    return reader->ok && taken.ptr[0];
}

bool avro_take_present(AvroReader *reader)
{
    int64_t branch = avro_take_long(reader);
    reader->ok = reader->ok && (branch == 0 || branch == 1);
    return reader->ok && branch == 1;
}

uint64_t avro_take_count(AvroReader *reader)
{
    int64_t count = avro_take_long(reader);
    if (count < 0) {
        int64_t bytes = avro_take_long(reader);
        reader->ok = reader->ok && bytes >= 0 && count > INT64_MIN;
        count = reader->ok ? -count : 0;
    }
    /* No type that we know takes less than a byte per item. */
    reader->ok = reader->ok && (uint64_t)count <= reader->rest.len;
    return reader->ok ? (uint64_t)count : 0;
}

static bool damaged(Error *err)
{
    return error_set(err, ERROR_INPUT, "an Avro file is damaged");
}

bool avro_open(AvroFile *file, Str bytes, Error *err)
{
    *file = (AvroFile){.body = {bytes, true}};
    if (!str_equal(take(&file->body, MAGIC.len), MAGIC))
        return error_set(err, ERROR_INPUT, "this is no Avro file");
    for (uint64_t count; (count = avro_take_count(&file->body)) > 0;)
        for (; count > 0 && file->body.ok; count--) {
            AvroPair pair;
            pair.key = avro_take_text(&file->body);
            pair.value = avro_take_text(&file->body);
            if (file->pair_count == AVRO_PAIRS_MAX)
                return error_set(err, ERROR_LIMIT, "an Avro file's header has more than %d entries",
                                 AVRO_PAIRS_MAX);
            file->pairs[file->pair_count++] = pair;
        }
    Str sync = take(&file->body, AVRO_SYNC_BYTES);
    if (!file->body.ok)
        return damaged(err);
    memcpy(file->sync, sync.ptr, AVRO_SYNC_BYTES);
    Str codec = avro_value(file, STR("avro.codec"));
    if (codec.len && !str_equal(codec, STR("null")))
        return error_set(err, ERROR_INPUT, "an Avro file is compressed by '%.*s': not known",
                         (int)(codec.len < 32 ? codec.len : 32), codec.ptr);
    return true;
}

Str avro_value(const AvroFile *file, Str key)
{
    for (size_t i = 0; i < file->pair_count; i++)
        if (str_equal(file->pairs[i].key, key))
            return file->pairs[i].value;
    return STR("");
}

bool avro_next_block(AvroFile *file, AvroReader *ret_data, uint64_t *ret_records, Error *err)
{
    if (file->body.rest.len == 0) {
        *ret_data = (AvroReader){STR(""), true};
        *ret_records = 0;
        return true;
    }
    int64_t records = avro_take_long(&file->body);
    Str data = avro_take_text(&file->body);
    Str sync = take(&file->body, AVRO_SYNC_BYTES);
    bool ok = file->body.ok && records > 0 && (uint64_t)records <= data.len &&
              memcmp(sync.ptr, file->sync, AVRO_SYNC_BYTES) == 0;
    if (!ok)
        return damaged(err);
    *ret_data = (AvroReader){data, true};
    *ret_records = (uint64_t)records;
    return true;
}

bool avro_each(AvroFile *file, AvroVisit visit, void *context, const char *what, Error *err)
{
    AvroReader data;
    uint64_t records = 0;
    for (;;) {
        if (!avro_next_block(file, &data, &records, err))
            return false;
        if (records == 0)
            return true;
        for (; records > 0; records--) {
            if (!visit(context, &data, err))
                return false;
            if (!data.ok)
                return error_set(err, ERROR_INPUT, "%s is damaged", what);
        }
        if (data.rest.len)
            return error_set(err, ERROR_INPUT, "%s is damaged: a block is too long", what);
    }
}
