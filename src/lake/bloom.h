/* bloom.h - split-block bloom filters as Parquet stores them ("parquet-iceberg", section 10). */
#ifndef LAKE_BLOOM_H
#define LAKE_BLOOM_H

#include <stdint.h>

#include "base/buf.h"

enum { BLOOM_BYTES_MAX = 1 << 20 };

/* Bytes of a filter for *distinct* values at one false answer in a hundred: a power of two of at
 * least 32, at most BLOOM_BYTES_MAX. */
size_t bloom_bytes(size_t distinct);

/* Adds a value's XXH64 to a filter of *bytes* zeroed bytes. */
void bloom_add(uint8_t *filter, size_t bytes, uint64_t hash);

/* False when the value is certainly not in it. */
bool bloom_holds(const uint8_t *filter, size_t bytes, uint64_t hash);

/* Appends the Thrift header that stands before the filter. */
bool bloom_header(Buf *out, size_t bytes, Error *err) __attribute__((warn_unused_result));

#endif
