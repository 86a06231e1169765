/* parquet_facet.h - gathers a leaf of `derived` from the facets of a batch. Internal to
 * parquet_*.c. */
#ifndef LAKE_PARQUET_FACET_H
#define LAKE_PARQUET_FACET_H

#include "lake/parquet_vector.h"

/* Entries that *node* takes over *rows*: one a row, a list's elements one each. */
size_t parquet_facet_entries(FieldNode node, const ParquetRows *rows);

/* Fills *vector*, whose arrays hold parquet_facet_entries, with leaf *node* of *rows*. */
bool parquet_facet_gather(ParquetVector *vector, FieldNode node, const ParquetRows *rows,
                          Error *err) __attribute__((warn_unused_result));

#endif
