/* summary_sql.h - the SQL that gives the rows of the table `summary`: what was counted with a data
 * file (summary_file.h), else what counting its records gives now. Both are the same rows.
 */
#ifndef LAKE_SUMMARY_SQL_H
#define LAKE_SUMMARY_SQL_H

#include "lake/scan_sql.h"

/* Of a record, SQL over `cloudtrail`: callers as SUMMARY_CALLED_BY has them, denials as
 * summary_file.c, and the columns `principal` and `outcome`. */
#define SUMMARY_SQL_CALLER                                                                         \
    "coalesce(useridentity.sessioncontext.sessionissuer.arn, useridentity.arn,"                    \
    " useridentity.invokedby, nullif(useridentity.principalid, ''), useridentity.accountid)"
#define SUMMARY_SQL_PRINCIPAL "coalesce(derived.principal, " SUMMARY_SQL_CALLER ")"
#define SUMMARY_SQL_OUTCOME                                                                        \
    "CASE WHEN errorcode LIKE '%AccessDenied%' OR errorcode LIKE '%Unauthorized%' OR errorcode"    \
    " IN ('Forbidden', 'AuthorizationError') THEN 'denied' WHEN errorcode IS NOT NULL OR"          \
    " errormessage IS NOT NULL THEN 'failed' ELSE 'ok' END"

/* Appends a SELECT of all columns that counts the records of *files*. */
bool summary_sql_count(Buf *out, const ScanFiles *files, Error *err)
    __attribute__((warn_unused_result));

/* Appends a SELECT of all columns over *files* of the lake at *folder*: the
 * rows that were counted with them, else as summary_sql_count. */
bool summary_sql(Buf *out, const char *folder, const ScanFiles *files, Error *err)
    __attribute__((warn_unused_result));

/* Appends "SELECT ... FROM " of the columns that *asked*, SQL, names, over scan_sql_planned, which
 * is to follow: a row per record with what conditions on the columns say of its data file. Of what
 * is counted nothing is known. */
bool summary_sql_plan(Buf *out, Str asked, Error *err) __attribute__((warn_unused_result));

#endif
