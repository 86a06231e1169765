/* day_column.h - the columns that a partitioned table of Athena has for the day of its rows.
 *
 * Users write "year = '2026' AND month = '10'" or "timestamp" >= '2026/10/01' ("athena", section 1,
 * Variants): of a row they are texts of its eventtime's day, UTC. All rows of a data file have one
 * day.
 */
#ifndef LAKE_DAY_COLUMN_H
#define LAKE_DAY_COLUMN_H

#include "base/buf.h"

enum { DAY_COLUMN_COUNT = 5 };

typedef struct DayColumn {
    Str name;
    const char *format; /* of the engine's strftime */
} DayColumn;

extern const DayColumn DAY_COLUMNS[DAY_COLUMN_COUNT];

/* The column of that name, or NULL. */
const DayColumn *day_column_find(Str name);

/* Appends "strftime(eventtime, '%Y') AS "year", " and so on for those that *asked*, SQL, names:
 * what a scan gives besides the fields. */
bool day_column_select(Buf *out, Str asked, Error *err) __attribute__((warn_unused_result));

#endif
