/* rle.h - Parquet's hybrid of run lengths and bit packing, for levels and dictionary indices
 * ("parquet-iceberg", section 5). No shared state.
 */
#ifndef LAKE_RLE_H
#define LAKE_RLE_H

#include <stdint.h>

#include "base/buf.h"

/* Bits that *max* needs; 0 for 0. */
int rle_width(uint32_t max);

/* Appends *count* values of *width* bits (1 to 32), each less than 2^width. */
bool rle_append(Buf *out, const uint32_t *values, size_t count, int width, Error *err)
    __attribute__((warn_unused_result));

/* Appends *count* levels of *width* bits (1 to 8), each a byte less than 2^width. The bytes may be
 * other runs than rle_append's: runs begin at a multiple of eight levels. */
bool rle_append_levels(Buf *out, const uint8_t *levels, size_t count, int width, Error *err)
    __attribute__((warn_unused_result));

/* Appends one run: *count* times the same value. */
bool rle_append_run(Buf *out, uint32_t value, uint64_t count, int width, Error *err)
    __attribute__((warn_unused_result));

#endif
