/* time_fields.h - the parts of a time, as numbers, and back. Internal to time_pattern*.c. */
#ifndef NATIVES_TIME_FIELDS_H
#define NATIVES_TIME_FIELDS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"

/* A time taken apart: ISO weeks and weekdays, 1 is Monday. */
typedef struct TimeFields {
    int64_t year, week_year;
    int month, day, day_of_year, week, day_of_week;
    int hour, minute, second, millisecond;
} TimeFields;

/* Takes microseconds since 1970 apart. */
void time_fields_of(int64_t us, TimeFields *ret);

/* Parts that were read; which of them, `seen` says: a bit a part. */
typedef enum {
    TIME_YEAR,
    TIME_WEEK_YEAR,
    TIME_MONTH,
    TIME_DAY,
    TIME_DAY_OF_YEAR,
    TIME_WEEK,
    TIME_DAY_OF_WEEK,
    TIME_HOUR,      /* of the day */
    TIME_HALF_HOUR, /* of the half day */
    TIME_HALF,      /* 1: after noon */
    TIME_MINUTE,
    TIME_SECOND,
    TIME_MICROSECOND, /* of the second */
    TIME_OFFSET,      /* seconds east of UTC */
    TIME_PARTS
} TimePart;

typedef struct TimeParts {
    int64_t values[TIME_PARTS];
    uint32_t seen;
} TimeParts;

/* Keeps a part that was read. */
void time_fields_put(TimeParts *parts, TimePart part, int64_t value);

/* The time that parts make, less their offset. ERROR_USAGE names a part that is out of range. */
bool time_fields_make(const TimeParts *parts, int64_t *ret_us, Error *err)
    __attribute__((warn_unused_result));

#endif
