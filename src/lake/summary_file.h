/* summary_file.h - a data file's records counted by hour, caller, call, region and outcome: the
 * rows of the table `summary` that are its own.
 *
 * docs/formats/table-summary.md. A data file of SUMMARY_FILE_EVENTS_MIN records or more has one of
 * these beside it, made with it from the same rows, under a name that follows from its own. It is
 * live when its data file is: commits, merges, erasures and a rebuilt state need not know of it.
 * The records of a data file without one are counted when they are asked for (summary_sql.h).
 * One worker owns a SummaryFile and its memory.
 */
#ifndef LAKE_SUMMARY_FILE_H
#define LAKE_SUMMARY_FILE_H

#include "lake/layout.h"
#include "lake/summary_groups.h"

enum { SUMMARY_FILE_EVENTS_MIN = 1000 };

/* The columns, in their order. */
typedef enum {
    SUMMARY_HOUR,
    SUMMARY_ACCOUNT,
    SUMMARY_IDENTITY_TYPE,
    SUMMARY_CALLED_BY,
    SUMMARY_PRINCIPAL,
    SUMMARY_SOURCE,
    SUMMARY_NAME,
    SUMMARY_REGION,
    SUMMARY_ERROR,
    SUMMARY_OUTCOME,
    SUMMARY_READ_ONLY,
    SUMMARY_ACTION,
    SUMMARY_CATEGORY,
    SUMMARY_HUMAN,
    SUMMARY_CONSOLE,
    SUMMARY_EVENTS,
    SUMMARY_FIRST,
    SUMMARY_LAST,
    SUMMARY_COLUMNS
} SummaryColumn;

typedef struct SummaryFile SummaryFile;

/* NULL with *err*. */
SummaryFile *summary_file_new(Error *err) __attribute__((warn_unused_result));
void summary_file_free(SummaryFile *self);

/* Begins with no rows. */
void summary_file_begin(SummaryFile *self);

/* Counts *count* rows of *batch*, which are rows of the data file. */
bool summary_file_add(SummaryFile *self, const Batch *batch, const uint32_t *rows, uint32_t count,
                      Error *err) __attribute__((warn_unused_result));

/* Writes what was counted, durable but for its folder's entry: one that is lost is counted anew.
 * *data* is the data file's path below the lake at *folder*. Fewer records than
 * SUMMARY_FILE_EVENTS_MIN write nothing. */
bool summary_file_write(SummaryFile *self, const char *folder, const char *data, Error *err)
    __attribute__((warn_unused_result));

/* The absolute path of what belongs to the data file *data*, a path below the lake at *folder*. */
bool summary_file_path(char ret[LAYOUT_PATH_BYTES], const char *folder, Str data, Error *err)
    __attribute__((warn_unused_result));

/* Removes it, if there is one, before or with its data file. */
bool summary_file_remove(const char *folder, Str data, Error *err)
    __attribute__((warn_unused_result));

#endif
