/* parquet_bloom.h - asks the bloom filters of a data file before it is opened by the engine.
 *
 * The engine reads the whole footer of every file, makes a reader for each column and then asks the
 * filters; here only what leads to one filter is read. Threads: any.
 */
#ifndef LAKE_PARQUET_BLOOM_H
#define LAKE_PARQUET_BLOOM_H

#include "base/str.h"
#include "decode/field.h"

/* False when the file at *path*, of *bytes* bytes, certainly has none of the *count* texts in the
 * column *node*. True where it may, and where that cannot be told: the column has no filters, or
 * the file is damaged, which the engine will say. */
bool parquet_bloom_may_hold(const char *path, uint64_t bytes, FieldNode node, const Str *texts,
                            size_t count);

#endif
