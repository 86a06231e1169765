/* packed_table.h - the signals that correlations look at, as rows of the table `signals`.
 *
 * state (signal packs) -> [packed_table] -> state_table
 *
 * Those that are rows of the state already are left out. One scan owns a PackedTable.
 */
#ifndef QUERY_PACKED_TABLE_H
#define QUERY_PACKED_TABLE_H

#include "base/db.h"

/* A value of a column; which member holds it says the column's type. */
typedef struct StateValue {
    bool is_null;
    int64_t number;
    double real;
    Str text;
} StateValue;

typedef struct PackedTable PackedTable;

/* Before the first row. *db* is borrowed. NULL with *err*. */
PackedTable *packed_table_open(Db *db, Error *err) __attribute__((warn_unused_result));
void packed_table_close(PackedTable *table);

/* Steps to the next row; *ret_row is false at the end. */
bool packed_table_next(PackedTable *table, bool *ret_row, Error *err)
    __attribute__((warn_unused_result));

/* Column *index* of the row, in the order of the SQL table; texts live until the next step. */
StateValue packed_table_value(const PackedTable *table, int index);

#endif
