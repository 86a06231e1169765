#include "detect/test_part.h"

#include <string.h>

#include "base/timestamp.h"

enum { DAY_SECONDS = 86400, PLAIN_BYTES = 16, YEAR_TEXT_BYTES = 10 };
#define MILLISECONDS_FROM UINT64_C(1000000000000)
#define SECONDS_MAX       UINT64_C(253402300800)

typedef struct Written {
    int year, month, day, hour, minute;
} Written;

/* *count* digits at *at*. */
static bool take(Str text, size_t at, size_t count, int *ret)
{
    uint64_t value;
    if (!str_to_u64(str_slice(text, at, at + count), &value) || at + count > text.len)
        return false;
    *ret = (int)value;
    return true;
}

static bool is_date(const Written *date)
{
    return date->month >= 1 && date->month <= 12 && date->day >= 1 && date->day <= 31 &&
           date->hour < 24 && date->minute < 60;
}

/* Bytes of ":ss" or ":ss.fff" at the beginning of *text*. */
static size_t seconds_length(Str text)
{
    int seconds;
    if (!text.len || text.ptr[0] != ':' || !take(text, 1, 2, &seconds) || seconds > 60)
        return 0;
    size_t at = 3;
    if (at + 1 < text.len && text.ptr[at] == '.')
        for (at++; at < text.len && text.ptr[at] >= '0' && text.ptr[at] <= '9';)
            at++;
    return at;
}

/* Nothing, Z, +hh:mm or -hh:mm. */
static bool is_zone(Str text)
{
    int hours, minutes;
    if (!text.len || str_equal_nocase(text, STR("Z")))
        return true;
    return (text.ptr[0] == '+' || text.ptr[0] == '-') && text.len == 6 && text.ptr[3] == ':' &&
           take(text, 1, 2, &hours) && take(text, 4, 2, &minutes);
}

/* What stands behind the time of day. */
static Str behind(Str text)
{
    Str rest = str_slice(text, PLAIN_BYTES, text.len);
    return str_slice(rest, seconds_length(rest), rest.len);
}

static bool read_written(Str text, Written *ret)
{
    if (text.len < PLAIN_BYTES || text.ptr[4] != '-' || text.ptr[7] != '-' ||
        (text.ptr[10] != 'T' && text.ptr[10] != ' ') || text.ptr[13] != ':')
        return false;
    return take(text, 0, 4, &ret->year) && take(text, 5, 2, &ret->month) &&
           take(text, 8, 2, &ret->day) && take(text, 11, 2, &ret->hour) &&
           take(text, 14, 2, &ret->minute) && is_date(ret) && is_zone(behind(text));
}

/* Seconds since 1970 as they would be written. */
static bool read_epoch(Str text, Written *ret)
{
    uint64_t number;
    char date[TIMESTAMP_TEXT_BYTES];
    size_t whole = str_find_byte(text, '.', 0);
    if (!str_to_u64(str_slice(text, 0, whole), &number))
        return false;
    if (number >= MILLISECONDS_FROM)
        number /= 1000;
    if (number >= SECONDS_MAX)
        return false;
    timestamp_format((int64_t)number * 1000000, date);
    return read_written(str_of(date), ret);
}

/* The ISO week: that of the Thursday of the same week. */
static int week_of(const Written *date)
{
    int32_t day = timestamp_day_of(date->year, date->month, date->day);
    int32_t weekday = ((day + 3) % 7 + 7) % 7; /* Monday: 0 */
    int32_t thursday = day - weekday + 3;
    char text[TIMESTAMP_TEXT_BYTES];
    int year = date->year;
    timestamp_format_day(thursday, text);
    take(str_of(text), 0, 4, &year);
    return (thursday - timestamp_day_of(year, 1, 1)) / 7 + 1;
}

bool test_part_of(Str text, TestPart part, int *ret)
{
    Written date;
    if (!read_written(text, &date) && !read_epoch(text, &date))
        return false;
    const int parts[] = {
        [PART_MINUTE] = date.minute,  [PART_HOUR] = date.hour,   [PART_DAY] = date.day,
        [PART_WEEK] = week_of(&date), [PART_MONTH] = date.month, [PART_YEAR] = date.year};
    *ret = parts[part];
    return true;
}
