#include "lake/thrift_reader.h"

ThriftReader thrift_reader(Str bytes)
{
    return (ThriftReader){.rest = bytes, .ok = true};
}

static unsigned take_byte(ThriftReader *reader)
{
    if (!reader->ok || reader->rest.len == 0) {
        reader->ok = false;
        return 0;
    }
    unsigned byte = (unsigned char)reader->rest.ptr[0];
    reader->rest = str_slice(reader->rest, 1, reader->rest.len);
    return byte;
}

static uint64_t take_varint(ThriftReader *reader)
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

int64_t thrift_reader_int(ThriftReader *reader)
{
    uint64_t value = take_varint(reader);
    return (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
}

Str thrift_reader_text(ThriftReader *reader)
{
    uint64_t len = take_varint(reader);
    if (!reader->ok || len > reader->rest.len) {
        reader->ok = false;
        return STR("");
    }
    Str text = str_slice(reader->rest, 0, (size_t)len);
    reader->rest = str_slice(reader->rest, (size_t)len, reader->rest.len);
    return text;
}

bool thrift_reader_field(ThriftReader *reader, int *ret_id, ThriftType *ret_type)
{
    unsigned head = take_byte(reader);
    *ret_type = (ThriftType)(head & 0x0f);
    if (!reader->ok || head == 0) {
        reader->depth -= reader->depth > 0;
        return false;
    }
    int64_t id =
        head >> 4 ? reader->last[reader->depth] + (int64_t)(head >> 4) : thrift_reader_int(reader);
    if (!reader->ok || id < 0 || id > INT16_MAX) {
        reader->ok = false;
        return false;
    }
    reader->last[reader->depth] = (int16_t)id;
    *ret_id = (int)id;
    return true;
}

size_t thrift_reader_list(ThriftReader *reader, ThriftType *ret_type)
{
    unsigned head = take_byte(reader);
    uint64_t count = head >> 4;
    *ret_type = (ThriftType)(head & 0x0f);
    if (count == 15)
        count = take_varint(reader);
    if (!reader->ok || count > reader->rest.len) {
        reader->ok = false;
        return 0;
    }
    return (size_t)count;
}

void thrift_reader_open(ThriftReader *reader)
{
    if (reader->depth + 1 >= THRIFT_DEPTH_MAX)
        reader->ok = false;
    else
        reader->last[++reader->depth] = 0;
}

static void skip_struct(ThriftReader *reader)
{
    int id;
    ThriftType type;
    thrift_reader_open(reader);
    while (thrift_reader_field(reader, &id, &type))
        thrift_reader_skip(reader, type);
}

/* Lists within lists count as depth too. */
static void skip_list(ThriftReader *reader)
{
    ThriftType type;
    size_t count = thrift_reader_list(reader, &type);
    thrift_reader_open(reader);
    for (size_t i = 0; reader->ok && i < count; i++)
        if (type == THRIFT_TRUE || type == THRIFT_FALSE)
            take_byte(reader);
        else
            thrift_reader_skip(reader, type);
    reader->depth -= reader->ok;
}

void thrift_reader_skip(ThriftReader *reader, ThriftType type)
{
    switch (type) {
    case THRIFT_TRUE:
    case THRIFT_FALSE:
        break;
    case THRIFT_BYTE:
        take_byte(reader);
        break;
    case THRIFT_I16:
    case THRIFT_I32:
    case THRIFT_I64:
        take_varint(reader);
        break;
    case THRIFT_BINARY:
        thrift_reader_text(reader);
        break;
    case THRIFT_LIST:
        skip_list(reader);
        break;
    case THRIFT_STRUCT:
        skip_struct(reader);
        break;
    default: /* maps, sets and doubles do not occur in a Parquet footer */
        reader->ok = false;
    }
}
