#include "natives/time_fields.h"

#include "base/timestamp.h"

static const int64_t SECOND_US = 1000000;

enum { YEAR_LEAST = -290307, YEAR_MOST = 294246, DAYS_OF_400_YEARS = 146097 };

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

static bool is_leap(int64_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int days_of_month(int64_t year, int64_t month)
{
    static const int DAYS[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : DAYS[month - 1];
}

static int64_t day_number(int64_t year, int64_t month, int64_t day)
{
    return timestamp_day_of((int)year, (int)month, (int)day);
}

/* 1 is Monday: 1970 began on a Thursday. */
static int weekday(int64_t day)
{
    return (int)(day + 3 - floor_div(day + 3, 7) * 7) + 1;
}

/* The Monday of the first ISO week of a year. */
static int64_t first_monday(int64_t year)
{
    int64_t fourth = day_number(year, 1, 4);
    return fourth - (weekday(fourth) - 1);
}

/* Takes a day number apart ("chrono-compatible low-level date algorithms", civil_from_days). */
static void set_day(TimeFields *ret, int64_t day)
{
    int64_t shifted = day + 719468, era = floor_div(shifted, DAYS_OF_400_YEARS);
    int64_t of_era = shifted - era * DAYS_OF_400_YEARS;
    int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
    int64_t month = (5 * of_year + 2) / 153;
    ret->day = (int)(of_year - (153 * month + 2) / 5 + 1);
    ret->month = (int)(month < 10 ? month + 3 : month - 9);
    ret->year = year + era * 400 + (ret->month <= 2);
    ret->day_of_year = (int)(day - day_number(ret->year, 1, 1)) + 1;
    ret->day_of_week = weekday(day);
    ret->week_year = ret->year + (day >= first_monday(ret->year + 1));
    ret->week_year -= day < first_monday(ret->year);
    ret->week = (int)((day - first_monday(ret->week_year)) / 7) + 1;
}

void time_fields_of(int64_t us, TimeFields *ret)
{
    int64_t day = floor_div(us, TIMESTAMP_DAY_US);
    int64_t rest = us % TIMESTAMP_DAY_US + (us % TIMESTAMP_DAY_US < 0 ? TIMESTAMP_DAY_US : 0);
    set_day(ret, day);
    ret->hour = (int)(rest / (3600 * SECOND_US));
    ret->minute = (int)(rest / (60 * SECOND_US) % 60);
    ret->second = (int)(rest / SECOND_US % 60);
    ret->millisecond = (int)(rest % SECOND_US / 1000);
}

void time_fields_put(TimeParts *parts, TimePart part, int64_t value)
{
    parts->values[part] = value;
    parts->seen |= 1U << part;
}

static bool seen(const TimeParts *parts, TimePart part)
{
    return parts->seen >> part & 1;
}

static int64_t value_or(const TimeParts *parts, TimePart part, int64_t other)
{
    return seen(parts, part) ? parts->values[part] : other;
}

static bool check(const TimeParts *parts, Error *err)
{
    static const struct {
        TimePart part;
        const char *name;
        int64_t least, most;
    } RANGES[] = {
        {TIME_YEAR, "year", YEAR_LEAST, YEAR_MOST},
        {TIME_WEEK_YEAR, "year of the week", YEAR_LEAST, YEAR_MOST},
        {TIME_MONTH, "month", 1, 12},
        {TIME_DAY, "day of the month", 1, 31},
        {TIME_DAY_OF_YEAR, "day of the year", 1, 366},
        {TIME_WEEK, "week", 1, 53},
        {TIME_DAY_OF_WEEK, "day of the week", 1, 7},
        {TIME_HOUR, "hour", 0, 23},
        {TIME_HALF_HOUR, "hour of the half day", 0, 11},
        {TIME_MINUTE, "minute", 0, 59},
        {TIME_SECOND, "second", 0, 59},
    };
    for (size_t i = 0; i < sizeof RANGES / sizeof *RANGES; i++) {
        int64_t value = value_or(parts, RANGES[i].part, RANGES[i].least);
        if (value < RANGES[i].least || value > RANGES[i].most)
            return error_set(err, ERROR_USAGE, "%s %lld is not from %lld to %lld", RANGES[i].name,
                             (long long)value, (long long)RANGES[i].least,
                             (long long)RANGES[i].most);
    }
    return true;
}

static bool make_day(const TimeParts *parts, int64_t *ret, Error *err)
{
    bool weeks = seen(parts, TIME_WEEK) || seen(parts, TIME_WEEK_YEAR);
    bool months = seen(parts, TIME_MONTH) || seen(parts, TIME_DAY);
    int64_t year = value_or(parts, TIME_YEAR, months ? 2000 : 1970);
    if (weeks && !months) {
        int64_t week_year = value_or(parts, TIME_WEEK_YEAR, year);
        int64_t monday = first_monday(week_year) + 7 * (value_or(parts, TIME_WEEK, 1) - 1);
        *ret = monday + value_or(parts, TIME_DAY_OF_WEEK, 1) - 1;
        return monday < first_monday(week_year + 1) ||
               error_set(err, ERROR_USAGE, "%lld has no week 53", (long long)week_year);
    }
    int64_t month = value_or(parts, TIME_MONTH, 1), day = value_or(parts, TIME_DAY, 1);
    if (day > days_of_month(year, month))
        return error_set(err, ERROR_USAGE, "month %lld has no day %lld", (long long)month,
                         (long long)day);
    *ret = day_number(year, month, day);
    if (seen(parts, TIME_DAY_OF_YEAR)) {
        int64_t number = parts->values[TIME_DAY_OF_YEAR];
        if (number > 365 + is_leap(year))
            return error_set(err, ERROR_USAGE, "%lld has no day 366", (long long)year);
        *ret = day_number(year, 1, 1) + number - 1;
    }
    if (seen(parts, TIME_DAY_OF_WEEK)) /* that day of the same week */
        *ret += parts->values[TIME_DAY_OF_WEEK] - weekday(*ret);
    return true;
}

bool time_fields_make(const TimeParts *parts, int64_t *ret_us, Error *err)
{
    int64_t day = 0;
    if (!check(parts, err) || !make_day(parts, &day, err))
        return false;
    int64_t hour = value_or(parts, TIME_HOUR, 0);
    if (seen(parts, TIME_HALF_HOUR) || seen(parts, TIME_HALF))
        hour = value_or(parts, TIME_HALF_HOUR, hour % 12) + 12 * value_or(parts, TIME_HALF, 0);
    int64_t seconds = (hour * 60 + value_or(parts, TIME_MINUTE, 0)) * 60 +
                      value_or(parts, TIME_SECOND, 0) - value_or(parts, TIME_OFFSET, 0);
    *ret_us = day * TIMESTAMP_DAY_US + seconds * SECOND_US + value_or(parts, TIME_MICROSECOND, 0);
    return true;
}
