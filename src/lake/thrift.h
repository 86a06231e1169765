/* thrift.h - writes the compact protocol of Thrift, as far as Parquet's structures need it
 * ("parquet-iceberg", section 2). Not thread safe; errors stick: the caller asks once, at the end.
 */
#ifndef LAKE_THRIFT_H
#define LAKE_THRIFT_H

#include <stdint.h>

#include "base/buf.h"

enum { THRIFT_DEPTH_MAX = 16 };

typedef struct Thrift {
    Buf *out;
    Error *err;
    bool ok;
    int depth;
    int16_t last[THRIFT_DEPTH_MAX]; /* id of the last field, per open struct */
} Thrift;

typedef enum {
    THRIFT_TRUE = 1,
    THRIFT_FALSE = 2,
    THRIFT_BYTE = 3,
    THRIFT_I16 = 4,
    THRIFT_I32 = 5,
    THRIFT_I64 = 6,
    THRIFT_BINARY = 8,
    THRIFT_LIST = 9,
    THRIFT_STRUCT = 12,
} ThriftType;

/* A writer whose outermost struct is open. */
Thrift thrift_begin(Buf *out, Error *err);

/* Ends the outermost struct; true when everything was written. */
bool thrift_end(Thrift *thrift) __attribute__((warn_unused_result));

/* Fields, in ascending order of their ids. */
void thrift_bool(Thrift *thrift, int id, bool value);
void thrift_byte(Thrift *thrift, int id, int8_t value);
void thrift_i16(Thrift *thrift, int id, int16_t value);
void thrift_i32(Thrift *thrift, int id, int32_t value);
void thrift_i64(Thrift *thrift, int id, int64_t value);
void thrift_text(Thrift *thrift, int id, Str value);
void thrift_struct(Thrift *thrift, int id);
void thrift_list(Thrift *thrift, int id, ThriftType type, size_t count);

/* Elements of a list: a bare number, text or boolean, or the begin of a struct. */
void thrift_item_i32(Thrift *thrift, int32_t value);
void thrift_item_i64(Thrift *thrift, int64_t value);
void thrift_item_text(Thrift *thrift, Str value);
void thrift_item_bool(Thrift *thrift, bool value);
void thrift_item_struct(Thrift *thrift);

/* Ends the struct that thrift_struct or thrift_item_struct opened. */
void thrift_close(Thrift *thrift);

#endif
