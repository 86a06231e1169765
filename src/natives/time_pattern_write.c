/* Times written by a pattern. */
#include <stdlib.h>

#include "natives/time_fields.h"
#include "natives/time_names.h"
#include "natives/time_pattern.h"

static bool write_name(const char *name, bool whole, Buf *out, Error *err)
{
    Str text = str_of(name);
    return buf_append_str(out, whole ? text : str_slice(text, 0, 3), err);
}

/* With zeros up to *width* digits. */
static bool write_number(int64_t value, uint32_t width, Buf *out, Error *err)
{
    return buf_printf(out, err, "%s%0*lld", value < 0 ? "-" : "", (int)width,
                      llabs((long long)value));
}

/* Two letters are two digits. */
static bool write_year(int64_t year, uint32_t count, Buf *out, Error *err)
{
    return count == 2 ? write_number(llabs((long long)year) % 100, 2, out, err)
                      : write_number(year, count, out, err);
}

/* The digits of a second's fraction; there are three, zeros behind them. */
static bool write_fraction(int milliseconds, uint32_t count, Buf *out, Error *err)
{
    char digits[] = {(char)('0' + milliseconds / 100), (char)('0' + milliseconds / 10 % 10),
                     (char)('0' + milliseconds % 10)};
    bool ok = true;
    for (uint32_t i = 0; ok && i < count; i++)
        ok = buf_append_byte(out, (unsigned char)(i < 3 ? digits[i] : '0'), err);
    return ok;
}

static bool write_offset(const TimePatternClock *clock, uint32_t count, Buf *out, Error *err)
{
    int minutes = abs(clock->offset_s) / 60;
    if (count > 2)
        return buf_append_str(out, clock->zone, err);
    return buf_printf(out, err, "%c%02d%s%02d", clock->offset_s < 0 ? '-' : '+', minutes / 60,
                      count == 2 ? ":" : "", minutes % 60);
}

static bool write_text(const TimePatternItem *item, const TimeFields *fields, Buf *out, Error *err)
{
    switch (item->letter) {
    case 'G':
        return buf_append_str(out, fields->year > 0 ? STR("AD") : STR("BC"), err);
    case 'E':
        return write_name(TIME_WEEKDAYS[fields->day_of_week - 1], item->count > 3, out, err);
    case 'M':
        return write_name(TIME_MONTHS[fields->month - 1], item->count > 3, out, err);
    default:
        return write_name(TIME_HALVES[fields->hour >= 12], true, out, err);
    }
}

/* The number that a letter stands for, but for years and fractions. */
static int64_t number_of(char letter, const TimeFields *fields)
{
    switch (letter) {
    case 'C':
        return llabs((long long)fields->year) / 100;
    case 'w':
        return fields->week;
    case 'e':
        return fields->day_of_week;
    case 'D':
        return fields->day_of_year;
    case 'M':
        return fields->month;
    case 'd':
        return fields->day;
    case 'K':
        return fields->hour % 12;
    case 'h':
        return fields->hour % 12 ? fields->hour % 12 : 12;
    case 'H':
        return fields->hour;
    case 'k':
        return fields->hour ? fields->hour : 24;
    case 'm':
        return fields->minute;
    default:
        return fields->second;
    }
}

static bool write_item(const TimePatternItem *item, const TimePatternClock *clock,
                       const TimeFields *fields, Buf *out, Error *err)
{
    switch (item->letter) {
    case TIME_PATTERN_LITERAL:
        return buf_append_str(out, item->literal, err);
    case 'Y': /* of the era: 1 before Christ is year 0 */
        return write_year(fields->year > 0 ? fields->year : 1 - fields->year, item->count, out,
                          err);
    case 'y':
        return write_year(fields->year, item->count, out, err);
    case 'x':
        return write_year(fields->week_year, item->count, out, err);
    case 'S':
        return write_fraction(fields->millisecond, item->count, out, err);
    case 'Z':
        return write_offset(clock, item->count, out, err);
    case 'z':
        return buf_append_str(out, clock->zone, err);
    case 'G':
    case 'E':
    case 'a':
        return write_text(item, fields, out, err);
    default:
        return item->letter == 'M' && item->count > 2
                   ? write_text(item, fields, out, err)
                   : write_number(number_of(item->letter, fields), item->count, out, err);
    }
}

bool time_pattern_write(const TimePattern *pattern, const TimePatternClock *clock, Buf *out,
                        Error *err)
{
    TimeFields fields;
    time_fields_of(clock->us, &fields);
    for (uint32_t i = 0; i < pattern->count; i++)
        if (!write_item(&pattern->items[i], clock, &fields, out, err))
            return false;
    return true;
}
