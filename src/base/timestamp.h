/* timestamp.h - points in time as microseconds since 1970 UTC: read, written, cut into days. */
#ifndef BASE_TIMESTAMP_H
#define BASE_TIMESTAMP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"

enum { TIMESTAMP_TEXT_BYTES = 40 };
#define TIMESTAMP_DAY_US INT64_C(86400000000)

/* Reads RFC 3339 ("2026-11-24T10:35:00Z", fraction and numeric offset allowed, 'T' or a space), a
 * bare date (its midnight UTC), or basic ISO ("20131102T010628Z"). Years 0001 to 9999. False when
 * *text* is none of them. */
bool timestamp_parse(Str text, int64_t *ret_us);

/* Reads a time of day, "09:30" or "9:30" up to "24:00", as minutes. */
bool timestamp_parse_minute(Str text, int *ret);

/* Reads hours of a day, "09:00-18:00" or, into the next one, "22:00-06:00": the first minute, and
 * how many they are, 1 to 1440. */
bool timestamp_parse_hours(Str text, int *ret_from, int *ret_minutes);

/* What operators type for --since and --until: the forms of timestamp_parse, "now", "today",
 * "yesterday". A form without zone is read in the zone of timestamp_set_zone. ERROR_USAGE. */
bool timestamp_parse_operator(Str text, int64_t *ret_us, Error *err)
    __attribute__((warn_unused_result));

/* "90s", "15m", "6h", "7d", "2w" as microseconds; ERROR_USAGE names the units. */
bool timestamp_parse_duration(Str text, int64_t *ret_us, Error *err)
    __attribute__((warn_unused_result));

/* "2026-11-24T10:35:00Z"; a fraction is written only when there is one. NUL-terminated. */
void timestamp_format(int64_t us, char text[TIMESTAMP_TEXT_BYTES]);

/* In the zone of timestamp_set_zone with its name or offset behind: "2026-11-24 19:35:00 KST". */
void timestamp_format_zone(int64_t us, char text[TIMESTAMP_TEXT_BYTES]);

/* Sets the zone of display for the process ("UTC", "Asia/Seoul", "local"); called once, before
 * threads start. ERROR_USAGE when the system does not know it. */
bool timestamp_set_zone(const char *name, Error *err) __attribute__((warn_unused_result));

/* Whole days since 1970 UTC, rounded down. */
int32_t timestamp_day(int64_t us);

/* "2026-11-24" of a day number. */
void timestamp_format_day(int32_t day, char text[TIMESTAMP_TEXT_BYTES]);

/* Day number of a civil date (proleptic Gregorian); month 1 to 12, day 1 to 31 unchecked. */
int32_t timestamp_day_of(int year, int month, int day);

#endif
