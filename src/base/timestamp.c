#include "base/timestamp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/file.h"

enum { DAY_MINUTES = 1440 };

/* A reader of digits over a text. */
typedef struct Scan {
    const char *at;
    const char *end;
    bool ok;
} Scan;

static int take_number(Scan *scan, int digits)
{
    int value = 0;
    for (int i = 0; i < digits; i++) {
        if (scan->at >= scan->end || *scan->at < '0' || *scan->at > '9') {
            scan->ok = false;
            return 0;
        }
        value = value * 10 + (*scan->at++ - '0');
    }
    return value;
}

static bool take(Scan *scan, char c)
{
    if (scan->at >= scan->end || *scan->at != c)
        return false;
    scan->at++;
    return true;
}

static int days_in_month(int year, int month)
{
    static const int DAYS[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : DAYS[month - 1];
}

int32_t timestamp_day_of(int year, int month, int day)
{
    /* Days from civil: years begin in March, so that the leap day is the last of its year. */
    int y = month <= 2 ? year - 1 : year;
    int era = (y >= 0 ? y : y - 399) / 400;
    int year_of_era = y - era * 400;
    int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

static void civil_of_day(int32_t day, int *year, int *month, int *mday)
{
    int32_t z = day + 719468;
    int32_t era = (z >= 0 ? z : z - 146096) / 146097;
    int32_t doe = z - era * 146097;
    int32_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int32_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int32_t mp = (5 * doy + 2) / 153;
    *mday = doy - (153 * mp + 2) / 5 + 1;
    *month = mp < 10 ? mp + 3 : mp - 9;
    *year = yoe + era * 400 + (*month <= 2);
}

static bool take_date(Scan *scan, int32_t *ret_day, bool *ret_basic)
{
    int year = take_number(scan, 4);
    bool extended = take(scan, '-');
    int month = take_number(scan, 2);
    if (extended && !take(scan, '-'))
        return false;
    int day = take_number(scan, 2);
    if (!scan->ok || year < 1 || month < 1 || month > 12 || day < 1 ||
        day > days_in_month(year, month))
        return false;
    *ret_day = timestamp_day_of(year, month, day);
    *ret_basic = !extended;
    return true;
}

static int64_t take_fraction_us(Scan *scan)
{
    int64_t us = 0;
    int64_t unit = 100000;
    if (!take(scan, '.'))
        return 0;
    scan->ok = scan->at < scan->end && *scan->at >= '0' && *scan->at <= '9';
    for (; scan->at < scan->end && *scan->at >= '0' && *scan->at <= '9'; scan->at++, unit /= 10)
        us += unit * (*scan->at - '0');
    return us;
}

static bool take_clock(Scan *scan, bool basic, int64_t *ret_us)
{
    int hour = take_number(scan, 2);
    if (!basic && !take(scan, ':'))
        return false;
    int minute = take_number(scan, 2);
    if (!basic && !take(scan, ':'))
        return false;
    int second = take_number(scan, 2);
    int64_t fraction = take_fraction_us(scan);
    if (!scan->ok || hour > 23 || minute > 59 || second > 60)
        return false;
    *ret_us = ((int64_t)hour * 3600 + minute * 60 + second) * 1000000 + fraction;
    return true;
}

/* The zone behind a clock: 'Z' or "+hh:mm" or "+hhmm". *ret_zoned says whether there was one. */
static bool take_zone(Scan *scan, int64_t *ret_offset_us, bool *ret_zoned)
{
    *ret_offset_us = 0;
    *ret_zoned = take(scan, 'Z') || take(scan, 'z');
    if (*ret_zoned)
        return true;
    bool minus = take(scan, '-');
    if (!minus && !take(scan, '+'))
        return true;
    int hour = take_number(scan, 2);
    take(scan, ':');
    int minute = take_number(scan, 2);
    if (!scan->ok || hour > 23 || minute > 59)
        return false;
    int64_t offset = ((int64_t)hour * 60 + minute) * 60000000;
    *ret_offset_us = minus ? -offset : offset;
    *ret_zoned = true;
    return true;
}

static bool parse(Str text, int64_t *ret_us, bool *ret_zoned)
{
    Scan scan = {text.ptr, text.ptr + text.len, true};
    int32_t day;
    bool basic;
    int64_t clock = 0;
    int64_t offset = 0;
    *ret_zoned = false;
    if (!take_date(&scan, &day, &basic))
        return false;
    if (scan.at < scan.end) {
        if (!take(&scan, 'T') && !take(&scan, 't') && !take(&scan, ' '))
            return false;
        if (!take_clock(&scan, basic, &clock) || !take_zone(&scan, &offset, ret_zoned))
            return false;
    }
    if (scan.at != scan.end)
        return false;
    *ret_us = day * TIMESTAMP_DAY_US + clock - offset;
    return true;
}

bool timestamp_parse_minute(Str text, int *ret)
{
    uint64_t hour, minute;
    size_t colon = str_find_byte(text, ':', 0);
    if (colon + 3 != text.len || colon > 2 || !str_to_u64(str_slice(text, 0, colon), &hour) ||
        !str_to_u64(str_slice(text, colon + 1, text.len), &minute) || minute > 59 ||
        hour * 60 + minute > DAY_MINUTES)
        return false;
    *ret = (int)(hour * 60 + minute);
    return true;
}

bool timestamp_parse_hours(Str text, int *ret_from, int *ret_minutes)
{
    int until;
    size_t dash = str_find_byte(text, '-', 0);
    if (dash == text.len || !timestamp_parse_minute(str_trim(str_slice(text, 0, dash)), ret_from) ||
        !timestamp_parse_minute(str_trim(str_slice(text, dash + 1, text.len)), &until) ||
        until == *ret_from || *ret_from == DAY_MINUTES)
        return false;
    *ret_minutes = until - *ret_from + (until < *ret_from ? DAY_MINUTES : 0);
    return true;
}

bool timestamp_parse(Str text, int64_t *ret_us)
{
    bool zoned;
    return parse(text, ret_us, &zoned);
}

/* The UTC microseconds of a clock reading in the zone of display. */
static int64_t from_zone(int64_t local_us)
{
    time_t seconds = (time_t)(local_us / 1000000);
    struct tm tm;
    gmtime_r(&seconds, &tm);
    tm.tm_isdst = -1;
    return (int64_t)mktime(&tm) * 1000000 + local_us % 1000000;
}

/* Midnight of today in the zone of display, moved by *days*. */
static int64_t midnight_us(int days)
{
    time_t now = (time_t)(clock_now_us() / 1000000);
    struct tm tm;
    localtime_r(&now, &tm);
    tm.tm_hour = tm.tm_min = tm.tm_sec = 0;
    tm.tm_mday += days;
    tm.tm_isdst = -1;
    return (int64_t)mktime(&tm) * 1000000;
}

bool timestamp_parse_operator(Str text, int64_t *ret_us, Error *err)
{
    bool zoned;
    if (str_equal_nocase(text, STR("now")))
        *ret_us = clock_now_us();
    else if (str_equal_nocase(text, STR("today")))
        *ret_us = midnight_us(0);
    else if (str_equal_nocase(text, STR("yesterday")))
        *ret_us = midnight_us(-1);
    else if (!parse(text, ret_us, &zoned))
        return error_set(err, ERROR_USAGE,
                         "'%.*s' is no time: write 2026-11-24, 2026-11-24T10:35:00Z, now, today or "
                         "yesterday",
                         STR_ARG(str_slice(text, 0, 64)));
    else if (!zoned)
        *ret_us = from_zone(*ret_us);
    return true;
}

bool timestamp_parse_duration(Str text, int64_t *ret_us, Error *err)
{
    static const struct {
        char letter;
        int64_t seconds;
    } UNITS[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 604800}};
    uint64_t number;
    if (text.len >= 2 && str_to_u64(str_slice(text, 0, text.len - 1), &number) && number < 1000000)
        for (size_t i = 0; i < sizeof UNITS / sizeof *UNITS; i++)
            if (text.ptr[text.len - 1] == UNITS[i].letter) {
                *ret_us = (int64_t)number * UNITS[i].seconds * 1000000;
                return true;
            }
    return error_set(err, ERROR_USAGE, "'%.*s' is no duration: write 90s, 15m, 6h, 7d or 2w",
                     STR_ARG(str_slice(text, 0, 64)));
}

static void split(int64_t us, int32_t *day, int64_t *rest)
{
    *day = timestamp_day(us);
    *rest = us - *day * TIMESTAMP_DAY_US;
}

/* *value* in *width* digits, and *behind* after them; where the next belongs. */
static char *put_digits(char *at, int value, int width, char behind)
{
    for (int i = width - 1; i >= 0; i--, value /= 10)
        at[i] = (char)('0' + value % 10);
    at[width] = behind;
    return at + width + 1;
}

void timestamp_format(int64_t us, char text[TIMESTAMP_TEXT_BYTES])
{
    int32_t day;
    int64_t rest;
    int year, month, mday;
    split(us, &day, &rest);
    civil_of_day(day, &year, &month, &mday);
    int second = (int)(rest / 1000000);
    int fraction = (int)(rest % 1000000);
    char *at = text;
    if (year >= 0 && year <= 9999)
        at = put_digits(at, year, 4, '-');
    else
        at += snprintf(text, TIMESTAMP_TEXT_BYTES / 2, "%04d-", year);
    at = put_digits(at, month, 2, '-');
    at = put_digits(at, mday, 2, 'T');
    at = put_digits(at, second / 3600, 2, ':');
    at = put_digits(at, second / 60 % 60, 2, ':');
    at = put_digits(at, second % 60, 2, fraction ? '.' : 'Z');
    if (fraction)
        at = put_digits(at, fraction, 6, 'Z');
    *at = '\0';
}

void timestamp_format_zone(int64_t us, char text[TIMESTAMP_TEXT_BYTES])
{
    time_t seconds = (time_t)(us / 1000000 - (us % 1000000 < 0));
    struct tm tm;
    localtime_r(&seconds, &tm);
    if (strftime(text, TIMESTAMP_TEXT_BYTES, "%Y-%m-%d %H:%M:%S %Z", &tm) == 0)
        timestamp_format(us, text);
}

bool timestamp_set_zone(const char *name, Error *err)
{
    char path[256];
    if (strcmp(name, "local") == 0) {
        tzset();
        return true;
    }
    snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", name);
    bool known = strcmp(name, "UTC") == 0 || (!strstr(name, "..") && file_exists(path));
    if (!known)
        return error_set(err, ERROR_USAGE,
                         "'%.64s' is no time zone of this system: write UTC, local, or a name such "
                         "as Asia/Seoul",
                         name);
    if (setenv("TZ", name, 1) != 0)
        return error_errno(err, "cannot set the time zone");
    tzset();
    return true;
}

int32_t timestamp_day(int64_t us)
{
    int64_t day = us / TIMESTAMP_DAY_US;
    return (int32_t)(day - (us % TIMESTAMP_DAY_US < 0));
}

void timestamp_format_day(int32_t day, char text[TIMESTAMP_TEXT_BYTES])
{
    int year, month, mday;
    civil_of_day(day, &year, &month, &mday);
    snprintf(text, TIMESTAMP_TEXT_BYTES, "%04d-%02d-%02d", year, month, mday);
}
