/* time_pattern.h - patterns of times: Joda's of format_datetime, MySQL's of date_format.
 *
 * A pattern becomes a list of items, MySQL's letters as the Joda letters that Trino takes for them
 * ("athena", section 3). Times are read and written by the items; names of months and days are
 * English. Parts that a pattern does not read are those of 1970-01-01 00:00:00, but 2000 is the
 * year of a day without one.
 *
 * Invariants
 *   1. A read pattern borrows its literals from its text.
 *   2. A time is microseconds since 1970; what is written has no more than milliseconds.
 * Threads: any; nothing is shared.
 */
#ifndef NATIVES_TIME_PATTERN_H
#define NATIVES_TIME_PATTERN_H

#include "base/buf.h"

typedef enum { TIME_PATTERN_JODA, TIME_PATTERN_MYSQL } TimePatternStyle;

enum { TIME_PATTERN_ITEMS_MAX = 64, TIME_PATTERN_LITERAL = '\'' };

typedef struct TimePatternItem {
    char letter;    /* Joda's, or TIME_PATTERN_LITERAL */
    uint32_t count; /* how often it stands there: the width */
    uint32_t max;   /* digits at most when it is read */
    int century; /* of years in two digits: the first year of the hundred that is meant; else 0 */
    Str literal;
} TimePatternItem;

typedef struct TimePattern {
    TimePatternItem items[TIME_PATTERN_ITEMS_MAX];
    uint32_t count;
} TimePattern;

/* Reads a pattern. ERROR_USAGE names the letter that is not taken; ERROR_LIMIT when it is long. */
bool time_pattern_read(TimePatternStyle style, Str text, TimePattern *ret, Error *err)
    __attribute__((warn_unused_result));

/* A time to be written: what the wall clock of a zone shows. */
typedef struct TimePatternClock {
    int64_t us;
    int32_t offset_s; /* of the zone, then, east of UTC */
    Str zone;
} TimePatternClock;

/* Appends the time. */
bool time_pattern_write(const TimePattern *pattern, const TimePatternClock *clock, Buf *out,
                        Error *err) __attribute__((warn_unused_result));

/* Reads all of *text*: the wall clock's time, less the offset where the pattern reads one.
 * ERROR_USAGE quotes the text. */
bool time_pattern_parse(const TimePattern *pattern, Str text, int64_t *ret_us, Error *err)
    __attribute__((warn_unused_result));

/* Reads ISO 8601 as Athena does: a day as year, month and day, as year and number of the day or as
 * year and week, each cut off anywhere; perhaps 'T' and a time with a fraction of its last part;
 * perhaps 'Z' or an offset. Cut to milliseconds; *ret_us is a moment in UTC. ERROR_USAGE. */
bool time_pattern_iso(Str text, int64_t *ret_us, Error *err) __attribute__((warn_unused_result));

/* The same for a day alone: days since 1970. */
bool time_pattern_iso_day(Str text, int32_t *ret_day, Error *err)
    __attribute__((warn_unused_result));

#endif
