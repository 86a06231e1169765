/* catalog.h - the SQLite catalog that Iceberg's readers open: which metadata file is current.
 *
 * catalog.db in the lake's folder, in the layout of Iceberg's SQL (JDBC) catalog version 1
 * ("parquet-iceberg", section 15). Catalog and namespace are both called "spoor". Used by the
 * thread that publishes; other processes may read at any time.
 */
#ifndef LAKE_CATALOG_H
#define LAKE_CATALOG_H

#include "base/buf.h"
#include "base/db.h"

/* Opens the catalog of the lake at *folder*, makes it when there is none. NULL with *err*; ended
 * by db_close. */
Db *catalog_open(const char *folder, Error *err) __attribute__((warn_unused_result));

/* Replaces *ret*'s content by the URI of *table*'s current metadata; empty when there is none. */
bool catalog_get(Db *catalog, const char *table, Buf *ret, Error *err)
    __attribute__((warn_unused_result));

/* Points *table* at *location* if it still points at *before* (empty: if it does not exist yet).
 * ERROR_BUSY when it does not: somebody else changed it. Durable when it returns true. */
bool catalog_swap(Db *catalog, const char *table, Str before, Str location, Error *err)
    __attribute__((warn_unused_result));

#endif
