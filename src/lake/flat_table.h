/* flat_table.h - writes a small table without nesting as a Parquet file: receipts, for other
 * readers.
 *
 * docs/formats/parquet-profile.md, but for this: one row group, one plain page a column, no
 * dictionaries, bloom filters or page indexes. Columns are optional texts, 32- and 64-bit numbers
 * and times. Rows are collected in memory, column by column. One thread owns a FlatTable.
 */
#ifndef LAKE_FLAT_TABLE_H
#define LAKE_FLAT_TABLE_H

#include "lake/iceberg_schema.h"
#include "lake/parquet.h"

enum { FLAT_TABLE_COLUMNS_MAX = 64 };

typedef struct FlatTable FlatTable;

/* An empty table with the fields of *table* (at most FLAT_TABLE_COLUMNS_MAX, all at the top). NULL
 * with *err*. */
FlatTable *flat_table_new(const IcebergTable *table, Error *err)
    __attribute__((warn_unused_result));
void flat_table_free(FlatTable *flat);

/* Forgets all rows. */
void flat_table_reset(FlatTable *flat);
uint64_t flat_table_rows(const FlatTable *flat);

/* Sets the value of *column* in the row under way: once, of the column's type. */
bool flat_table_text(FlatTable *flat, int column, Str value, Error *err)
    __attribute__((warn_unused_result));
bool flat_table_number(FlatTable *flat, int column, int64_t value, Error *err)
    __attribute__((warn_unused_result));

/* Ends the row: columns without a value are NULL. */
bool flat_table_end_row(FlatTable *flat, Error *err) __attribute__((warn_unused_result));

/* Writes all rows (at least one) as the file *path*, which must not exist, and makes it durable
 * but for its folder's entry. *ret_summary* gets the serialised ParquetSummary. */
bool flat_table_write(FlatTable *flat, const char *path, uint64_t *ret_bytes, Buf *ret_summary,
                      Error *err) __attribute__((warn_unused_result));

#endif
