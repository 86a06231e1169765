/* catalog.h - the tables that a statement may read, with their columns and types.
 *
 * sql -> parser -> [catalog] names -> printer. One table per line of catalog_table.h and one more,
 * `cloudtrail`, from the decoder's field table.
 * Invariant: a table's columns are named and ordered as the engine's view of that table has them.
 * Threads: a Catalog belongs to its arena's user.
 */
#ifndef PLANNER_CATALOG_H
#define PLANNER_CATALOG_H

#include "planner/type.h"

/* What a column is good for besides its value. */
enum {
    CATALOG_HIDDEN = 1,   /* not in SELECT *: "$path" and the twins of texts */
    CATALOG_ISO_TIME = 2, /* ISO 8601 text of the hidden TIMESTAMP column "$eventtime" */
};

typedef struct CatalogColumn {
    Str name;
    const Type *type;
    unsigned flags;
    Str engine_name; /* the column of the engine's view */
} CatalogColumn;

typedef struct CatalogTable {
    Str name;
    Str source; /* "cloudtrail" where its rows come from data files, that is, where it is scanned;
                   empty for a table of the state */
    Str comment;
    const CatalogColumn *columns;
    size_t count;
} CatalogTable;

typedef struct Catalog {
    const CatalogTable *tables;
    size_t count;
} Catalog;

/* The tables of a lake; NULL with *err*. */
const Catalog *catalog_new(Arena *arena, Error *err) __attribute__((warn_unused_result));

/* The table of that name, without regard to case, or NULL. */
const CatalogTable *catalog_find(const Catalog *catalog, Str name);

/* The column of that name, without regard to case, or NULL. */
const CatalogColumn *catalog_column(const CatalogTable *table, Str name);

/* The top-level column that holds a copy of a nested one ("useridentity.accesskeyid" ->
 * "accesskey_id"), which the engine filters faster (architecture, section 6); NULL when none does.
 * *path* is lower case, its parts parted by dots. */
const CatalogColumn *catalog_hoisted(const CatalogTable *table, Str path);

/* The hidden column "$name" out of which the engine reads the fields of the row *name* faster than
 * out of the view's own form of it; NULL when there is none. */
const CatalogColumn *catalog_raw(const CatalogTable *table, Str name);

#endif
