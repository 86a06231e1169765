/* views.h - the SQL of views over `cloudtrail` that have other people's shapes. */
#ifndef LAKE_VIEWS_H
#define LAKE_VIEWS_H

#include "base/buf.h"

/* Appends CREATE VIEW cloudtrail_logs: exactly the columns and types of AWS's documented Athena
 * table ("athena", section 1), all scalars as text. Needs the table or view `cloudtrail`. */
bool views_cloudtrail_logs(Buf *out, Error *err) __attribute__((warn_unused_result));

#endif
