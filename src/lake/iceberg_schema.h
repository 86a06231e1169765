/* iceberg_schema.h - a table as Iceberg describes it: schema, name mapping, partition, order.
 *
 * Made from a table of fields, so that what is published cannot differ from what is written.
 * Texts are deterministic: equal tables give equal bytes, by which a change is noticed.
 */
#ifndef LAKE_ICEBERG_SCHEMA_H
#define LAKE_ICEBERG_SCHEMA_H

#include "base/buf.h"
#include "decode/field.h"

/* A table to publish. Constant. */
typedef struct IcebergTable {
    const char *name;    /* in the catalog, and of its folder below the lake */
    const Field *fields; /* depth first; `parent` indexes the same array */
    int field_count;
    const int *sorted_by; /* indexes of the fields that rows are sorted by */
    int sorted_count;
    int day_of; /* index of the TIME field by whose day files are partitioned; -1: none */
} IcebergTable;

/* The id of the only partition field ("parquet-iceberg", section 13.1). */
enum { ICEBERG_PARTITION_FIELD = 1000 };

/* Sort orders of a table with days: the ids are PARQUET_ORDER_* (parquet.h). */
enum { ICEBERG_ORDER_TIME = 1, ICEBERG_ORDER_CALL = 2 };

/* The greatest field id. */
int32_t iceberg_schema_last_id(const IcebergTable *table);

/* Appends the schema object with *schema_id*. */
bool iceberg_schema(Buf *out, const IcebergTable *table, int schema_id, Error *err)
    __attribute__((warn_unused_result));

/* Appends the value of the property schema.name-mapping.default (JSON text, not quoted). */
bool iceberg_schema_names(Buf *out, const IcebergTable *table, Error *err)
    __attribute__((warn_unused_result));

/* Appends the array of partition fields. */
bool iceberg_schema_partition(Buf *out, const IcebergTable *table, Error *err)
    __attribute__((warn_unused_result));

/* Appends the sort orders, parted by commas: that of old files, by time, and that of new ones; the
 * unsorted order 0 for a table without days. */
bool iceberg_schema_orders(Buf *out, const IcebergTable *table, Error *err)
    __attribute__((warn_unused_result));

#endif
