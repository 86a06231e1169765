/* state_table.h - tables of the state as tables of the SQL engine, read when a query reads them.
 *
 * Each is a table function of the engine (spoor_objects, spoor_quarantine, ...) over its own
 * read-only connection to the state, and a view with the table's plain name. Columns are in one
 * table here; docs/sql-tables.md is made from it.
 */
#ifndef QUERY_STATE_TABLE_H
#define QUERY_STATE_TABLE_H

#include "base/engine.h"

/* Registers all state tables in *engine* for the state at *path*, which must outlive the engine.
 */
bool state_table_register(Engine *engine, const char *path, Error *err)
    __attribute__((warn_unused_result));

#endif
