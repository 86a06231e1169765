/* thrift_reader.h - reads the compact protocol of Thrift, as far as Parquet's structures need it
 * ("parquet-iceberg", section 2).
 *
 * Strict and bounded: nothing behind the given bytes is read, depth has a ceiling. Errors stick:
 * after the first one every read gives nothing, and the caller asks `ok` at the end. One thread.
 */
#ifndef LAKE_THRIFT_READER_H
#define LAKE_THRIFT_READER_H

#include "lake/thrift.h"

typedef struct ThriftReader {
    Str rest; /* bytes that were not read yet */
    bool ok;
    int depth;
    int16_t last[THRIFT_DEPTH_MAX]; /* id of the last field, per open struct */
} ThriftReader;

/* A reader of *bytes*, which begin with a struct; that struct is open. Borrows *bytes*. */
ThriftReader thrift_reader(Str bytes);

/* Steps to the next field of the open struct. False at its end (and after an error): the struct
 * is then closed. The caller reads the field's value or skips it. */
bool thrift_reader_field(ThriftReader *reader, int *ret_id, ThriftType *ret_type);

/* A value of the field's type: integers of any width, texts (borrowed from the input). A boolean
 * field has no bytes: its type is its value. */
int64_t thrift_reader_int(ThriftReader *reader);
Str thrift_reader_text(ThriftReader *reader);

/* The head of a list: how many elements, each at least one byte long, and their type. */
size_t thrift_reader_list(ThriftReader *reader, ThriftType *ret_type);

/* Opens a struct: a field's value or a list's element. */
void thrift_reader_open(ThriftReader *reader);

/* Passes over a value of *type*; a boolean of a list has a byte, that of a field has none. */
void thrift_reader_skip(ThriftReader *reader, ThriftType type);

#endif
