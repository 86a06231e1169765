#include "base/zoneinfo.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/timestamp.h"

enum {
    FILE_BYTES_MAX = 1 << 20,
    HEADER_BYTES = 44,
    TYPE_BYTES = 6,
    LEAP_BYTES = 12,
    CHANGES_MAX = 10000,
    HOUR = 3600,
    DAY = 86400,
    HOURS_MAX = 167, /* of a rule's time */
    OFFSET_MAX = 25 * HOUR,
    CHANGE_TIME = 2 * HOUR, /* of a rule without one */
    NAME_MAX_BYTES = 100,
};

/* When, in each year, a rule changes the offset: RFC 8536, section 3.3; POSIX, TZ. */
typedef enum { ON_NTH_WEEKDAY, ON_DAY_WITHOUT_LEAP, ON_DAY } DateForm;

typedef struct RuleDate {
    DateForm form;
    int month, week, weekday; /* ON_NTH_WEEKDAY; week 5 is the last one */
    int day;                  /* of the others, of the year */
    int32_t time;             /* seconds of the day, in the offset before */
} RuleDate;

typedef struct Rule {
    int32_t standard, summer; /* seconds east */
    bool has_summer;
    RuleDate begin, end; /* of summer */
} Rule;

struct Zoneinfo {
    size_t count; /* of changes */
    int64_t *at;  /* seconds since 1970 UTC, ascending */
    int32_t *to;  /* the offset from then on */
    int32_t before;
    bool has_rule;
    Rule rule; /* behind the last change */
};

/* ---- the footer's rule ---- */

typedef struct Scan {
    const char *at, *end;
    bool ok;
} Scan;

static char peek(const Scan *scan)
{
    return scan->at < scan->end ? *scan->at : '\0';
}

static bool take(Scan *scan, char c)
{
    if (peek(scan) != c)
        return false;
    scan->at++;
    return true;
}

static int take_number(Scan *scan, int max)
{
    int value = 0, digits = 0;
    for (; peek(scan) >= '0' && peek(scan) <= '9' && digits < 4; digits++)
        value = value * 10 + (*scan->at++ - '0');
    scan->ok = scan->ok && digits && value <= max;
    return value;
}

static void pass_name(Scan *scan)
{
    const char *first = scan->at;
    bool quoted = take(scan, '<');
    while (scan->at < scan->end && (quoted ? *scan->at != '>'
                                           : (*scan->at >= 'A' && *scan->at <= 'Z') ||
                                                 (*scan->at >= 'a' && *scan->at <= 'z')))
        scan->at++;
    scan->ok = scan->ok && scan->at > first && (!quoted || take(scan, '>'));
}

/* [+-]hh[:mm[:ss]] as seconds. */
static int32_t take_time(Scan *scan)
{
    int sign = take(scan, '-') ? -1 : 1;
    if (sign > 0)
        (void)take(scan, '+');
    int32_t seconds = take_number(scan, HOURS_MAX) * HOUR;
    if (take(scan, ':'))
        seconds += take_number(scan, 59) * 60;
    if (take(scan, ':'))
        seconds += take_number(scan, 59);
    return sign * seconds;
}

static RuleDate take_date(Scan *scan)
{
    RuleDate date = {.form = ON_DAY, .time = CHANGE_TIME};
    scan->ok = scan->ok && take(scan, ',');
    if (take(scan, 'M')) {
        date.form = ON_NTH_WEEKDAY;
        date.month = take_number(scan, 12);
        scan->ok = scan->ok && take(scan, '.');
        date.week = take_number(scan, 5);
        scan->ok = scan->ok && take(scan, '.');
        date.weekday = take_number(scan, 6);
        scan->ok = scan->ok && date.month && date.week;
    } else {
        date.form = take(scan, 'J') ? ON_DAY_WITHOUT_LEAP : ON_DAY;
        date.day = take_number(scan, 366);
    }
    if (take(scan, '/'))
        date.time = take_time(scan);
    return date;
}

static bool read_rule(Str text, Rule *ret)
{
    Scan scan = {text.ptr, text.ptr + text.len, true};
    *ret = (Rule){0};
    pass_name(&scan);
    ret->standard = -take_time(&scan);
    ret->has_summer = scan.at < scan.end;
    if (ret->has_summer) {
        pass_name(&scan);
        ret->summer = peek(&scan) == ',' ? ret->standard + HOUR : -take_time(&scan);
        ret->begin = take_date(&scan);
        ret->end = take_date(&scan);
    }
    return scan.ok && scan.at == scan.end;
}

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* Seconds since 1970 UTC at which *date* is in *year*, where the offset before it is *offset*. */
static int64_t moment_of(const RuleDate *date, int year, int32_t offset)
{
    int32_t first = timestamp_day_of(year, 1, 1), day;
    if (date->form == ON_NTH_WEEKDAY) {
        int32_t month = timestamp_day_of(year, date->month, 1);
        int32_t next = date->month == 12 ? timestamp_day_of(year + 1, 1, 1)
                                         : timestamp_day_of(year, date->month + 1, 1);
        int weekday = (int)(((int64_t)month + 4) % 7 + 7) % 7; /* 1970 began on a Thursday */
        day = month + (date->weekday - weekday + 7) % 7 + 7 * (date->week - 1);
        while (day >= next)
            day -= 7;
    } else if (date->form == ON_DAY_WITHOUT_LEAP) {
        day = first + date->day - 1 + (is_leap(year) && date->day >= 60);
    } else {
        day = first + date->day;
    }
    return (int64_t)day * DAY + date->time - offset;
}

static int year_of(int64_t seconds)
{
    int year = (int)(1970 + seconds / 31556952); /* of the mean length; at most one off */
    int64_t day = seconds / DAY - (seconds % DAY < 0);
    while (timestamp_day_of(year, 1, 1) > day)
        year--;
    while (timestamp_day_of(year + 1, 1, 1) <= day)
        year++;
    return year;
}

static int32_t rule_offset(const Rule *rule, int64_t seconds)
{
    if (!rule->has_summer)
        return rule->standard;
    int year = year_of(seconds + rule->standard);
    int64_t begin = moment_of(&rule->begin, year, rule->standard);
    int64_t end = moment_of(&rule->end, year, rule->summer);
    bool summer = begin < end ? seconds >= begin && seconds < end /* north */
                              : seconds >= begin || seconds < end;
    return summer ? rule->summer : rule->standard;
}

/* ---- the file ---- */

typedef struct Header {
    uint32_t utc_flags, wall_flags, leaps, changes, types, chars;
} Header;

static uint64_t big_endian(const char *bytes, size_t count)
{
    uint64_t value = 0;
    for (size_t i = 0; i < count; i++)
        value = value << 8 | (unsigned char)bytes[i];
    return value;
}

static bool read_header(Str file, Header *ret)
{
    if (file.len < HEADER_BYTES || memcmp(file.ptr, "TZif", 4) != 0 || file.ptr[4] < '2')
        return false;
    uint32_t counts[6];
    for (size_t i = 0; i < 6; i++)
        counts[i] = (uint32_t)big_endian(file.ptr + 20 + 4 * i, 4);
    *ret = (Header){counts[0], counts[1], counts[2], counts[3], counts[4], counts[5]};
    return ret->changes <= CHANGES_MAX && ret->types >= 1 && ret->types <= 256 &&
           ret->chars <= CHANGES_MAX && ret->leaps <= CHANGES_MAX && ret->utc_flags <= 256 &&
           ret->wall_flags <= 256;
}

static size_t data_bytes(const Header *header, size_t time_bytes)
{
    return header->changes * (time_bytes + 1) + header->types * (size_t)TYPE_BYTES + header->chars +
           header->leaps * (time_bytes + LEAP_BYTES - 8) + header->wall_flags + header->utc_flags;
}

/* The offsets of local types stand behind the changes and the types' numbers. */
static bool read_changes(Zoneinfo *zone, const char *data, const Header *header, Error *err)
{
    const char *numbers = data + header->changes * (size_t)8, *types = numbers + header->changes;
    zone->at = mem_calloc(header->changes + 1, sizeof *zone->at, err);
    zone->to = zone->at ? mem_calloc(header->changes + 1, sizeof *zone->to, err) : NULL;
    if (!zone->to)
        return false;
    zone->before = (int32_t)(uint32_t)big_endian(types, 4);
    bool ok = true;
    for (size_t i = 0; ok && i < header->changes; i++) {
        unsigned type = (unsigned char)numbers[i];
        ok = type < header->types;
        zone->at[i] = (int64_t)big_endian(data + 8 * i, 8);
        zone->to[i] = ok ? (int32_t)(uint32_t)big_endian(types + (size_t)TYPE_BYTES * type, 4) : 0;
        ok = ok && abs(zone->to[i]) <= OFFSET_MAX && (i == 0 || zone->at[i] > zone->at[i - 1]);
    }
    zone->count = header->changes;
    return ok;
}

/* The second of two tables, with 64-bit times, and the footer behind it. */
static bool read_file(Zoneinfo *zone, Str file, Error *err)
{
    Header first, header;
    if (!read_header(file, &first))
        return false;
    size_t skip = HEADER_BYTES + data_bytes(&first, 4);
    if (skip > file.len)
        return false;
    Str rest = str_slice(file, skip, file.len);
    if (!read_header(rest, &header) || rest.len < HEADER_BYTES + data_bytes(&header, 8))
        return false;
    Str footer = str_slice(rest, HEADER_BYTES + data_bytes(&header, 8), rest.len);
    Str text = footer.len > 2 && footer.ptr[0] == '\n' && footer.ptr[footer.len - 1] == '\n'
                   ? str_slice(footer, 1, footer.len - 1)
                   : STR("");
    zone->has_rule = text.len > 0;
    return read_changes(zone, rest.ptr + HEADER_BYTES, &header, err) &&
           (!zone->has_rule || read_rule(text, &zone->rule));
}

/* A name is a path below one folder, and nothing else. */
static bool is_name(Str name)
{
    bool ok = name.len > 0 && name.len <= NAME_MAX_BYTES && name.ptr[0] != '/';
    for (size_t i = 0; ok && i < name.len; i++) {
        char c = name.ptr[i];
        ok = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             c == '/' || c == '_' || c == '-' || c == '+';
    }
    return ok;
}

static bool open_file(Zoneinfo *zone, Str name, Error *err)
{
    char path[1024];
    Error ignored = {0};
    BUF_AUTO Buf file = buf_init(FILE_BYTES_MAX);
    const char *folder = getenv("TZDIR");
    int len = snprintf(path, sizeof path, "%s/%.*s", folder ? folder : "/usr/share/zoneinfo",
                       STR_ARG(name));
    if (!is_name(name) || len >= (int)sizeof path || !file_read(path, &file, NULL, &ignored))
        return error_set(err, ERROR_USAGE,
                         "'%.*s' is no time zone that this system knows: expected a name such as "
                         "Europe/Berlin, UTC or +09:00%s",
                         STR_ARG(name),
                         file_exists("/usr/share/zoneinfo") ? ""
                                                            : " (the package tzdata is missing)");
    if (read_file(zone, buf_str(&file), err))
        return true;
    return err->kind == ERROR_NONE && error_set(err, ERROR_INPUT, "'%s' is no TZif file", path);
}

/* "+09:00", "-0330", "+9". */
static bool read_fixed(Str name, int32_t *ret)
{
    Scan scan = {name.ptr, name.ptr + name.len, true};
    bool east = take(&scan, '+');
    if (!east && !take(&scan, '-'))
        return false;
    bool joined = name.len == 5 && str_find_byte(name, ':', 0) == name.len;
    if (joined)
        scan.end = scan.at + 2;
    int32_t seconds = take_number(&scan, 24) * HOUR;
    if (joined)
        scan.end += 2;
    if (joined || take(&scan, ':'))
        seconds += take_number(&scan, 59) * 60;
    *ret = east ? seconds : -seconds;
    return scan.ok && scan.at == scan.end;
}

Zoneinfo *zoneinfo_open(Str name, Error *err)
{
    Zoneinfo *zone = mem_calloc(1, sizeof *zone, err);
    if (!zone)
        return NULL;
    if (str_equal(name, STR("UTC")) || read_fixed(name, &zone->before) ||
        open_file(zone, name, err))
        return zone;
    zoneinfo_free(zone);
    return NULL;
}

void zoneinfo_free(Zoneinfo *zone)
{
    if (!zone)
        return;
    mem_free(zone->at);
    mem_free(zone->to);
    mem_free(zone);
}

int32_t zoneinfo_offset(const Zoneinfo *zone, int64_t us)
{
    int64_t seconds = us / 1000000 - (us % 1000000 < 0);
    size_t low = 0, high = zone->count;
    if (zone->has_rule && (!zone->count || seconds >= zone->at[zone->count - 1]))
        return rule_offset(&zone->rule, seconds);
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (zone->at[middle] <= seconds)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? zone->to[low - 1] : zone->before;
}
