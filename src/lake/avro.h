/* avro.h - Avro's binary form and its object container files, as far as Iceberg's manifests need
 * them ("parquet-iceberg", section 12). No compression. No shared state.
 *
 * The reader takes hostile bytes: it never reads past the end, allocates nothing, and is a fuzz
 * target. What it returns borrows from the bytes that were given.
 */
#ifndef LAKE_AVRO_H
#define LAKE_AVRO_H

#include <stdint.h>

#include "base/buf.h"

enum { AVRO_SYNC_BYTES = 16, AVRO_PAIRS_MAX = 16 };

/* A key and a value of a container's header. */
typedef struct AvroPair {
    Str key;
    Str value;
} AvroPair;

/* Appends values to *out*; errors stick: the caller looks at ok once, at the end. */
typedef struct AvroWriter {
    Buf *out;
    Error *err;
    bool ok;
} AvroWriter;

/* A writer that appends to *out*. */
AvroWriter avro_writer(Buf *out, Error *err);

/* An int, long, enumeration, union's branch, or block count. */
void avro_long(AvroWriter *writer, int64_t value);

/* A string or bytes. */
void avro_text(AvroWriter *writer, Str text);

/* A boolean. */
void avro_bool(AvroWriter *writer, bool value);

/* Bytes as they are: values that were encoded before. */
void avro_raw(AvroWriter *writer, Str bytes);

/* The begin of a container: magic, *pairs* and `avro.codec` null, sync marker. */
void avro_header(AvroWriter *writer, const AvroPair *pairs, size_t count,
                 const uint8_t sync[AVRO_SYNC_BYTES]);

/* A block of *records* encoded records. */
void avro_block(AvroWriter *writer, uint64_t records, Str data,
                const uint8_t sync[AVRO_SYNC_BYTES]);

/* What is left to read; ok turns false, for good, at the first thing that does not fit. */
typedef struct AvroReader {
    Str rest;
    bool ok;
} AvroReader;

/* Each takes one value; 0 or the empty text once ok is false. */
int64_t avro_take_long(AvroReader *reader);
Str avro_take_text(AvroReader *reader);
bool avro_take_bool(AvroReader *reader);

/* Takes the branch of a union of null and one type: true when a value follows. */
bool avro_take_present(AvroReader *reader);

/* Takes the begin of an array's or map's next block: its number of items, 0 at the end. Blocks
 * with a byte size are understood. */
uint64_t avro_take_count(AvroReader *reader);

/* A container file that is read block by block. */
typedef struct AvroFile {
    AvroReader body;
    uint8_t sync[AVRO_SYNC_BYTES];
    AvroPair pairs[AVRO_PAIRS_MAX];
    size_t pair_count;
} AvroFile;

/* Reads the header of *bytes*. ERROR_INPUT when it is no container or is compressed. */
bool avro_open(AvroFile *file, Str bytes, Error *err) __attribute__((warn_unused_result));

/* The header's value of *key*; empty when there is none. */
Str avro_value(const AvroFile *file, Str key);

/* Takes one record from *data* and leaves its ok false when that is damaged; false when something
 * else failed, with *err* filled. */
typedef bool (*AvroVisit)(void *context, AvroReader *data, Error *err);

/* Lets *visit* take every record of the file. ERROR_INPUT, saying that *what* is damaged, when one
 * is, or when a block holds more than its records. */
bool avro_each(AvroFile *file, AvroVisit visit, void *context, const char *what, Error *err)
    __attribute__((warn_unused_result));

/* Steps to the next block; *ret_records* is 0 at the end. ERROR_INPUT when it is damaged. */
bool avro_next_block(AvroFile *file, AvroReader *ret_data, uint64_t *ret_records, Error *err)
    __attribute__((warn_unused_result));

#endif
