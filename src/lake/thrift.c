#include "lake/thrift.h"

#include <assert.h>

static void put_byte(Thrift *thrift, unsigned byte)
{
    thrift->ok = thrift->ok && buf_append_byte(thrift->out, (unsigned char)byte, thrift->err);
}

static void put_varint(Thrift *thrift, uint64_t value)
{
    unsigned char bytes[10];
    size_t len = 0;
    for (; value >= 0x80; value >>= 7)
        bytes[len++] = (unsigned char)(value | 0x80);
    bytes[len++] = (unsigned char)value;
    thrift->ok = thrift->ok && buf_append(thrift->out, bytes, len, thrift->err);
}

static void put_zigzag(Thrift *thrift, int64_t value)
{
    put_varint(thrift, ((uint64_t)value << 1) ^ (uint64_t)(value >> 63));
}

static void put_field(Thrift *thrift, int id, ThriftType type)
{
    int delta = id - thrift->last[thrift->depth];
    assert(delta > 0);
    if (delta <= 15) {
        put_byte(thrift, (unsigned)delta << 4 | type);
    } else {
        put_byte(thrift, type);
        put_zigzag(thrift, id);
    }
    thrift->last[thrift->depth] = (int16_t)id;
}

static void open_struct(Thrift *thrift)
{
    assert(thrift->depth + 1 < THRIFT_DEPTH_MAX);
    thrift->last[++thrift->depth] = 0;
}

Thrift thrift_begin(Buf *out, Error *err)
{
    return (Thrift){.out = out, .err = err, .ok = true};
}

bool thrift_end(Thrift *thrift)
{
    assert(thrift->depth == 0);
    put_byte(thrift, 0);
    return thrift->ok;
}

void thrift_bool(Thrift *thrift, int id, bool value)
{
    put_field(thrift, id, value ? THRIFT_TRUE : THRIFT_FALSE);
}

void thrift_byte(Thrift *thrift, int id, int8_t value)
{
    put_field(thrift, id, THRIFT_BYTE);
    put_byte(thrift, (uint8_t)value);
}

void thrift_i16(Thrift *thrift, int id, int16_t value)
{
    put_field(thrift, id, THRIFT_I16);
    put_zigzag(thrift, value);
}

void thrift_i32(Thrift *thrift, int id, int32_t value)
{
    put_field(thrift, id, THRIFT_I32);
    put_zigzag(thrift, value);
}

void thrift_i64(Thrift *thrift, int id, int64_t value)
{
    put_field(thrift, id, THRIFT_I64);
    put_zigzag(thrift, value);
}

void thrift_text(Thrift *thrift, int id, Str value)
{
    put_field(thrift, id, THRIFT_BINARY);
    thrift_item_text(thrift, value);
}

void thrift_struct(Thrift *thrift, int id)
{
    put_field(thrift, id, THRIFT_STRUCT);
    open_struct(thrift);
}

void thrift_list(Thrift *thrift, int id, ThriftType type, size_t count)
{
    put_field(thrift, id, THRIFT_LIST);
    if (count <= 14) {
        put_byte(thrift, (unsigned)count << 4 | type);
    } else {
        put_byte(thrift, 0xf0u | type);
        put_varint(thrift, count);
    }
}

void thrift_item_i32(Thrift *thrift, int32_t value)
{
    put_zigzag(thrift, value);
}

void thrift_item_i64(Thrift *thrift, int64_t value)
{
    put_zigzag(thrift, value);
}

void thrift_item_text(Thrift *thrift, Str value)
{
    put_varint(thrift, value.len);
    thrift->ok = thrift->ok && buf_append_str(thrift->out, value, thrift->err);
}

void thrift_item_bool(Thrift *thrift, bool value)
{
    put_byte(thrift, value ? 1 : 2);
}

void thrift_item_struct(Thrift *thrift)
{
    open_struct(thrift);
}

void thrift_close(Thrift *thrift)
{
    assert(thrift->depth > 0);
    thrift->depth--;
    put_byte(thrift, 0);
}
