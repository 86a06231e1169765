/* scan_sql.h - the SQL that reads data files of the lake: by field id, never by name. */
#ifndef LAKE_SCAN_SQL_H
#define LAKE_SCAN_SQL_H

#include "base/buf.h"

/* Appends an expression for FROM that gives the columns of `cloudtrail` over *count* files. Old
 * and new files mix: a column that a file lacks is NULL. Without files it is an empty table. */
bool scan_sql(Buf *out, const char *const *paths, size_t count, Error *err)
    __attribute__((warn_unused_result));

#endif
