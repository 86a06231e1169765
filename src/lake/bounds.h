/* bounds.h - lower and upper bounds of values, short enough to be kept in files' metadata
 * ("parquet-iceberg", section 9). No shared state.
 */
#ifndef LAKE_BOUNDS_H
#define LAKE_BOUNDS_H

#include "base/str.h"

enum { BOUNDS_BYTES_MAX = 64 };

/* A bound: the value itself, or a shorter text that lies on its outer side. */
typedef struct Bound {
    uint8_t len;
    bool exact;
    char bytes[BOUNDS_BYTES_MAX];
} Bound;

/* The longest prefix that ends at a code point: not above *value*. */
Bound bounds_lower(Str value);

/* *value*, or a prefix whose last code point is one higher: not below *value*. False when there
 * is none (a long text of U+10FFFF). */
bool bounds_upper(Str value, Bound *ret);

/* A text's bound cut to *points* code points, still on its outer side: what Iceberg keeps. False
 * when an upper one cannot be cut. */
bool bounds_cut_lower(const Bound *bound, size_t points, Bound *ret);
bool bounds_cut_upper(const Bound *bound, size_t points, Bound *ret);

#endif
