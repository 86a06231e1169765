/* views.h - the SQL of views over `cloudtrail` that have other people's shapes. */
#ifndef LAKE_VIEWS_H
#define LAKE_VIEWS_H

#include "base/buf.h"

/* Appends "SELECT ... FROM " of the columns that *asked*, SQL, names, to be completed by a relation
 * that scan_sql_named gives: the columns and types of AWS's documented Athena table ("athena",
 * section 1), all scalars as text; and behind them what the query engine uses without showing it:
 * "$eventtime", the moment, the hoisted columns, those of the day (day_column.h), and filename. */
bool views_cloudtrail_logs(Buf *out, Str asked, Error *err) __attribute__((warn_unused_result));

#endif
