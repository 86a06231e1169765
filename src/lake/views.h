/* views.h - the SQL of views over `cloudtrail` that have other people's shapes. */
#ifndef LAKE_VIEWS_H
#define LAKE_VIEWS_H

#include "base/buf.h"

/* Whether *table* is such a view: "cloudtrail_logs", "cloudtrail_lake". */
bool views_of(Str table);

/* Appends "SELECT ... FROM " of the columns of *table*, a view, that *asked*, SQL, names, to be
 * completed by a relation that scan_sql_named gives. cloudtrail_logs: the columns and types of
 * AWS's documented Athena table ("athena", section 1), all scalars as text. cloudtrail_lake: those
 * of an event data store of CloudTrail Lake (section 1.2). Behind them what the query engine uses
 * without showing it: "$eventtime", the moment, "$requestparameters" and so on, the texts that maps
 * are made of, the hoisted columns, those of the day (day_column.h), and filename. */
bool views_select(Buf *out, Str table, Str asked, Error *err) __attribute__((warn_unused_result));

#endif
