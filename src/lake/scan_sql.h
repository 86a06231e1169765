/* scan_sql.h - the SQL that reads data files of the lake: by field id, never by name. */
#ifndef LAKE_SCAN_SQL_H
#define LAKE_SCAN_SQL_H

#include "base/buf.h"

/* Appends an expression for FROM that gives the columns of `cloudtrail` over *count* files. Old
 * and new files mix: a column that a file lacks is NULL. Without files it is an empty table. */
bool scan_sql(Buf *out, const char *const *paths, size_t count, Error *err)
    __attribute__((warn_unused_result));

/* As scan_sql, with the columns of a row's day (day_column.h) besides, and the path of its file as
 * column filename. *whole*: all files
 * have today's schema (parquet_summary_whole), so fields need not be looked for by id; the engine
 * then reads single fields of a struct instead of all (measured: 0.18 s instead of 1.1 s). */
bool scan_sql_named(Buf *out, const char *const *paths, size_t count, bool whole, Error *err)
    __attribute__((warn_unused_result));

/* What scan_sql_named gives, over the file *path* read twice, for planning only: in the engine's
 * plan the columns are named s<number>_eventtime and so on, so that filters tell which scan they
 * reach; the columns of a day are fields of their own there; and of two files the engine knows no
 * bounds that would cut the plan short. */
bool scan_sql_planned(Buf *out, const char *path, uint32_t number, Error *err)
    __attribute__((warn_unused_result));

#endif
