#include "lake/catalog.h"

#include "lake/layout.h"

/* One file without companions, so that a reader with no right to write can open it. */
static const char TABLES[] =
    "CREATE TABLE IF NOT EXISTS iceberg_tables ("
    "  catalog_name VARCHAR(255) NOT NULL, table_namespace VARCHAR(255) NOT NULL,"
    "  table_name VARCHAR(255) NOT NULL, metadata_location VARCHAR(1000),"
    "  previous_metadata_location VARCHAR(1000), iceberg_type VARCHAR(5),"
    "  PRIMARY KEY (catalog_name, table_namespace, table_name));"
    "CREATE TABLE IF NOT EXISTS iceberg_namespace_properties ("
    "  catalog_name VARCHAR(255) NOT NULL, namespace VARCHAR(255) NOT NULL,"
    "  property_key VARCHAR(255) NOT NULL, property_value VARCHAR(1000) NOT NULL,"
    "  PRIMARY KEY (catalog_name, namespace, property_key));"
    "INSERT OR IGNORE INTO iceberg_namespace_properties VALUES"
    "  ('spoor', 'spoor', 'exists', 'true');";

#define OUR_TABLE "catalog_name = 'spoor' AND table_namespace = 'spoor' AND table_name = ?1"

/* In one transaction: each would cost its own fsyncs. */
static bool make_tables(Db *catalog, Error *err)
{
    bool ok = db_begin(catalog, err) && db_exec(catalog, TABLES, err) && db_commit(catalog, err);
    if (!ok)
        db_rollback(catalog);
    return ok;
}

Db *catalog_open(const char *folder, Error *err)
{
    char path[LAYOUT_PATH_BYTES];
    if (!layout_path(path, err, folder, "catalog.db"))
        return NULL;
    Db *catalog = db_open(path, DB_CREATE_ALONE, err);
    if (!catalog)
        return NULL;
    if (make_tables(catalog, err))
        return catalog;
    db_close(catalog);
    return NULL;
}

bool catalog_get(Db *catalog, const char *table, Buf *ret, Error *err)
{
    bool row;
    DbStatement *select =
        db_statement(catalog, "SELECT metadata_location FROM iceberg_tables WHERE " OUR_TABLE, err);
    if (!select)
        return false;
    db_bind_text(select, 1, str_of(table));
    ret->len = 0;
    if (!db_next(select, &row, err) || (row && !buf_append_str(ret, db_text(select, 0), err)))
        return false;
    db_reset(select);
    return true;
}

bool catalog_swap(Db *catalog, const char *table, Str before, Str location, Error *err)
{
    DbStatement *change = before.len
                              ? db_statement(catalog,
                                             "UPDATE iceberg_tables SET metadata_location = ?2,"
                                             " previous_metadata_location = ?3 WHERE " OUR_TABLE
                                             " AND metadata_location = ?3",
                                             err)
                              : db_statement(catalog,
                                             "INSERT OR IGNORE INTO iceberg_tables VALUES"
                                             " ('spoor', 'spoor', ?1, ?2, NULL, 'TABLE')",
                                             err);
    if (!change)
        return false;
    db_bind_text(change, 1, str_of(table));
    db_bind_text(change, 2, location);
    if (before.len)
        db_bind_text(change, 3, before);
    if (!db_run(change, err))
        return false;
    return db_changes(catalog) == 1 ||
           error_set(err, ERROR_BUSY, "the catalog's entry of table '%s' was changed by another",
                     table);
}
