/* sql_summary.h - what an answer gave and opened, in a line for people. */
#ifndef SQL_SUMMARY_H
#define SQL_SUMMARY_H

#include "query/worker.h"

/* Says on standard error "3 rows; 1 of 7 days, 2 of 40 files (1.2 MiB) opened; 0.013 s"; a
 * statement that reads no records opens nothing. */
void sql_summary_say(const WorkerAnswer *given, int64_t started_us);

#endif
