/* Times read by a pattern, and from ISO 8601. */
#include "base/timestamp.h"
#include "natives/time_fields.h"
#include "natives/time_names.h"
#include "natives/time_pattern.h"
#include "natives/zone.h"

/* A text being read. */
typedef struct Reading {
    Str text;
    size_t at;
    TimeParts parts;
} Reading;

static bool take(Reading *in, char c)
{
    if (in->at == in->text.len || in->text.ptr[in->at] != c)
        return false;
    in->at++;
    return true;
}

/* Up to *max* digits; how many there were. */
static uint32_t take_digits(Reading *in, uint32_t max, int64_t *ret)
{
    uint32_t count = 0;
    *ret = 0;
    for (; count < max && in->at < in->text.len; count++, in->at++) {
        char c = in->text.ptr[in->at];
        if (c < '0' || c > '9')
            break;
        *ret = *ret * 10 + (c - '0');
    }
    return count;
}

static bool take_number(Reading *in, uint32_t max, TimePart part)
{
    int64_t value;
    if (!take_digits(in, max, &value))
        return false;
    time_fields_put(&in->parts, part, value);
    return true;
}

static bool take_year(Reading *in, const TimePatternItem *item, TimePart part)
{
    bool minus = take(in, '-');
    bool sign = minus || take(in, '+');
    int64_t year;
    uint32_t digits = take_digits(in, item->max, &year);
    if (!digits)
        return false;
    if (item->century && digits == 2 && !sign) {
        int64_t base = item->century - item->century % 100;
        year += base + (base + year < item->century ? 100 : 0);
    }
    time_fields_put(&in->parts, part, minus ? -year : year);
    return true;
}

/* A fraction of a unit of *unit_us*, as microseconds; digits beyond are left away. */
static bool take_fraction(Reading *in, uint32_t max, int64_t unit_us, int64_t *ret_us)
{
    int64_t us = 0, digits = 0, scale = 1;
    size_t from = in->at;
    for (; in->at < in->text.len && in->at - from < max; in->at++) {
        char c = in->text.ptr[in->at];
        if (c < '0' || c > '9')
            break;
        if (scale < 1000000000) {
            digits = digits * 10 + (c - '0');
            scale *= 10;
        }
    }
    us = unit_us / scale * digits + unit_us % scale * digits / scale;
    *ret_us = us;
    return in->at > from;
}

/* One of *names*, whole or by its first three letters. */
static bool take_name(Reading *in, const char *const *names, int count, int *ret)
{
    Str rest = str_slice(in->text, in->at, in->text.len);
    for (size_t whole = 2; whole-- > 0;)
        for (int i = 0; i < count; i++) {
            Str name = str_of(names[i]);
            name = whole ? name : str_slice(name, 0, 3);
            if (!str_equal_nocase(str_slice(rest, 0, name.len), name))
                continue;
            in->at += name.len;
            *ret = i;
            return true;
        }
    return false;
}

static bool take_literal(Reading *in, Str literal)
{
    Str rest = str_slice(in->text, in->at, in->at + literal.len);
    in->at += rest.len;
    return str_equal_nocase(rest, literal);
}

/* Z, +09:00, +0900, +09, and the names of UTC. */
static bool take_offset(Reading *in)
{
    int minutes = 0;
    for (size_t end = in->text.len; end > in->at; end--) {
        Str zone = str_slice(in->text, in->at, end);
        if (!zone_offset(zone, &minutes) && !zone_is_utc(zone))
            continue;
        time_fields_put(&in->parts, TIME_OFFSET, (int64_t)minutes * 60);
        in->at = end;
        return true;
    }
    return false;
}

/* Hours that count from 1: 12 of the half day and 24 of the day are none. */
static bool take_clock_hour(Reading *in, TimePart part, int64_t most)
{
    int64_t hour;
    if (!take_digits(in, 2, &hour) || hour < 1 || hour > most)
        return false;
    time_fields_put(&in->parts, part, hour % most);
    return true;
}

static bool take_month(Reading *in, const TimePatternItem *item)
{
    int index;
    if (item->count < 3)
        return take_number(in, item->max, TIME_MONTH);
    if (!take_name(in, TIME_MONTHS, 12, &index))
        return false;
    time_fields_put(&in->parts, TIME_MONTH, index + 1);
    return true;
}

static bool take_word(Reading *in, char letter)
{
    int index;
    Str era = str_slice(in->text, in->at, in->at + 2);
    if (letter == 'G') {
        in->at += era.len;
        return str_equal_nocase(era, STR("AD"));
    }
    if (letter == 'E' && take_name(in, TIME_WEEKDAYS, 7, &index))
        time_fields_put(&in->parts, TIME_DAY_OF_WEEK, index + 1);
    else if (letter == 'a' && take_name(in, TIME_HALVES, 2, &index))
        time_fields_put(&in->parts, TIME_HALF, index);
    else
        return false;
    return true;
}

static bool take_second_fraction(Reading *in, const TimePatternItem *item)
{
    int64_t us;
    if (!take_fraction(in, item->max, 1000000, &us))
        return false;
    time_fields_put(&in->parts, TIME_MICROSECOND, us / 1000 * 1000);
    return true;
}

/* Letters that are plain numbers. */
static const struct {
    char letter;
    TimePart part;
} NUMBERS[] = {
    {'w', TIME_WEEK},      {'e', TIME_DAY_OF_WEEK}, {'D', TIME_DAY_OF_YEAR}, {'d', TIME_DAY},
    {'K', TIME_HALF_HOUR}, {'H', TIME_HOUR},        {'m', TIME_MINUTE},      {'s', TIME_SECOND},
};

static bool take_item(Reading *in, const TimePatternItem *item)
{
    for (size_t i = 0; i < sizeof NUMBERS / sizeof *NUMBERS; i++)
        if (NUMBERS[i].letter == item->letter)
            return take_number(in, item->max, NUMBERS[i].part);
    switch (item->letter) {
    case TIME_PATTERN_LITERAL:
        return take_literal(in, item->literal);
    case 'y':
    case 'Y':
        return take_year(in, item, TIME_YEAR);
    case 'x':
        return take_year(in, item, TIME_WEEK_YEAR);
    case 'M':
        return take_month(in, item);
    case 'S':
        return take_second_fraction(in, item);
    case 'h':
        return take_clock_hour(in, TIME_HALF_HOUR, 12);
    case 'k':
        return take_clock_hour(in, TIME_HOUR, 24);
    case 'Z':
    case 'z':
        return take_offset(in);
    default:
        return take_word(in, item->letter);
    }
}

/* Says where the text does not go on as it should. */
static bool malformed(const Reading *in, Error *err)
{
    if (in->at >= in->text.len)
        return error_set(err, ERROR_USAGE, "Invalid format: \"%.*s\" is too short",
                         STR_ARG(str_slice(in->text, 0, 100)));
    return error_set(err, ERROR_USAGE, "Invalid format: \"%.*s\" is malformed at \"%.*s\"",
                     STR_ARG(str_slice(in->text, 0, 100)),
                     STR_ARG(str_slice(in->text, in->at, in->at + 40)));
}

static bool finish(const Reading *in, int64_t *ret_us, Error *err)
{
    return time_fields_make(&in->parts, ret_us, err) ||
           error_context(err, "Cannot parse \"%.*s\"", STR_ARG(str_slice(in->text, 0, 100)));
}

bool time_pattern_parse(const TimePattern *pattern, Str text, int64_t *ret_us, Error *err)
{
    Reading in = {text, 0, {.seen = 0}};
    for (uint32_t i = 0; i < pattern->count; i++) {
        size_t from = in.at;
        if (pattern->items[i].letter == 'C')
            return error_set(err, ERROR_USAGE, "the letter C cannot be read");
        if (!take_item(&in, &pattern->items[i])) {
            in.at = from;
            return malformed(&in, err);
        }
    }
    return in.at < text.len ? malformed(&in, err) : finish(&in, ret_us, err);
}

/* A year, then a week with its day, a month with its day, or the number of the day. */
static bool iso_day(Reading *in)
{
    static const TimePatternItem YEAR = {'y', 4, 9, 0, {"", 0}};
    if (!take_year(in, &YEAR, TIME_YEAR))
        return false;
    if (!take(in, '-'))
        return true;
    if (take(in, 'W')) {
        time_fields_put(&in->parts, TIME_WEEK_YEAR, in->parts.values[TIME_YEAR]);
        return take_number(in, 2, TIME_WEEK) &&
               (!take(in, '-') || take_number(in, 1, TIME_DAY_OF_WEEK));
    }
    int64_t number;
    uint32_t digits = take_digits(in, 3, &number);
    if (!digits)
        return false;
    time_fields_put(&in->parts, digits == 3 ? TIME_DAY_OF_YEAR : TIME_MONTH, number);
    return digits == 3 || !take(in, '-') || take_number(in, 2, TIME_DAY);
}

/* Hours, minutes and seconds, cut off anywhere; the last may have a fraction. */
static bool iso_clock(Reading *in, int64_t *ret_fraction_us)
{
    static const TimePart PARTS[] = {TIME_HOUR, TIME_MINUTE, TIME_SECOND};
    int64_t unit_us = INT64_C(3600000000);
    for (int i = 0; i < 3; i++, unit_us /= 60) {
        if (!take_number(in, 2, PARTS[i]))
            return false;
        if (take(in, '.') || take(in, ','))
            return take_fraction(in, UINT32_MAX, unit_us, ret_fraction_us);
        if (i < 2 && !take(in, ':'))
            return true;
    }
    return true;
}

bool time_pattern_iso(Str text, int64_t *ret_us, Error *err)
{
    Reading in = {text, 0, {.seen = 0}};
    int64_t fraction_us = 0;
    bool clock_alone = text.len && text.ptr[0] == 'T';
    bool ok = clock_alone || iso_day(&in);
    if (ok && take(&in, 'T') && in.at < text.len) {
        char c = text.ptr[in.at];
        ok = c < '0' || c > '9' ? !clock_alone : iso_clock(&in, &fraction_us);
        ok = ok && (in.at == text.len || take_offset(&in));
    }
    if (!ok || in.at < text.len)
        return malformed(&in, err);
    if (!finish(&in, ret_us, err))
        return false;
    *ret_us += fraction_us / 1000 * 1000;
    return true;
}

bool time_pattern_iso_day(Str text, int32_t *ret_day, Error *err)
{
    Reading in = {text, 0, {.seen = 0}};
    int64_t us;
    if (!iso_day(&in) || in.at < text.len)
        return malformed(&in, err);
    if (!finish(&in, &us, err))
        return false;
    *ret_day = timestamp_day(us);
    return true;
}
