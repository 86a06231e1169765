/* object_table.h - the table `objects` as other programs read it: receipts, as Parquet files.
 *
 * docs/formats/table-objects.md. The truth is the state's table `objects`; its rows change (a
 * receipt is superseded, a partial one is replaced), so a file holds a range of object ids and is
 * written anew when a receipt of its range, or what digests say of it, changed. Which files are
 * live is the state's table `object_files`, which is published like `parts` (publish.h). Used by
 * the thread that publishes.
 */
#ifndef LAKE_OBJECT_TABLE_H
#define LAKE_OBJECT_TABLE_H

#include "lake/iceberg_schema.h"
#include "lake/lake.h"

enum {
    OBJECT_TABLE_FILE_ROWS = 100000,   /* receipts in one file, at most */
    OBJECT_TABLE_SMALL_ROWS = 50000,   /* a smaller file may be joined with its neighbours */
    OBJECT_TABLE_SMALL_FILES = 32,     /* when there are more of them than this */
    OBJECT_TABLE_RECEIPT_COLUMNS = 22, /* of the receipt itself: they come first */
    OBJECT_TABLE_COLUMNS = 24,
};

/* Names, types and field ids of the columns. */
extern const Field OBJECT_TABLE_FIELDS[OBJECT_TABLE_COLUMNS];

/* Brings the files up to the last commit: writes them durably, then changes `object_files` in one
 * transaction. Does nothing when no receipt changed. */
bool object_table_refresh(Lake *lake, Error *err) __attribute__((warn_unused_result));

#endif
