#include "decode/text.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"

bool text_utf8_valid(const char *ptr, size_t len)
{
    const char *end = ptr + len;
    while (ptr < end) {
        if (end - ptr >= 8) {
            uint64_t word;
            memcpy(&word, ptr, sizeof word);
            if (!(word & 0x8080808080808080u)) {
                ptr += 8;
                continue;
            }
        }
        unsigned step = json_utf8_length(ptr, end);
        if (!step)
            return false;
        ptr += step;
    }
    return true;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static int32_t hex4(const char *at, const char *end)
{
    int32_t value = 0;
    if (end - at < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        int digit = hex_digit(at[i]);
        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}

unsigned text_escape(const char *at, const char *end, uint32_t *ret_code)
{
    static const char NAMES[] = "\"\\/bfnrt";
    static const char BYTES[] = "\"\\/\b\f\n\r\t";
    if (end - at < 2)
        return 0;
    if (at[1] != 'u') {
        const char *name = at[1] ? strchr(NAMES, at[1]) : NULL;
        if (!name)
            return 0;
        *ret_code = (unsigned char)BYTES[name - NAMES];
        return 2;
    }
    int32_t high = hex4(at + 2, end);
    if (high < 0)
        return 0;
    *ret_code = (uint32_t)high;
    if (high < 0xd800 || high > 0xdbff || end - at < 12 || at[6] != '\\' || at[7] != 'u')
        return 6;
    int32_t low = hex4(at + 8, end);
    if (low < 0xdc00 || low > 0xdfff)
        return 6;
    *ret_code = 0x10000 + (((uint32_t)high - 0xd800) << 10) + ((uint32_t)low - 0xdc00);
    return 12;
}

unsigned text_put_utf8(char *to, uint32_t code)
{
    if (code < 0x80) {
        to[0] = (char)code;
        return 1;
    }
    unsigned more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    static const unsigned char LEAD[] = {0, 0xc0, 0xe0, 0xf0};
    to[0] = (char)(LEAD[more] | code >> (6 * more));
    for (unsigned i = 1; i <= more; i++)
        to[i] = (char)(0x80 | (code >> (6 * (more - i)) & 0x3f));
    return more + 1;
}

bool text_unescape(Buf *buf, Str raw, Error *err)
{
    if (!buf_reserve(buf, raw.len + 4, err))
        return false;
    const char *at = raw.ptr, *end = raw.ptr + raw.len;
    char *to = buf->ptr + buf->len;
    while (at < end) {
        const char *slash = memchr(at, '\\', (size_t)(end - at));
        size_t plain = (size_t)((slash ? slash : end) - at);
        memcpy(to, at, plain);
        to += plain;
        at += plain;
        if (!slash)
            break;
        uint32_t code = 0xfffd;
        unsigned len = text_escape(at, end, &code);
        if (len == 6 && code >= 0xd800 && code <= 0xdfff)
            code = 0xfffd;
        to += text_put_utf8(to, code);
        at += len ? len : 1;
    }
    buf->len = (size_t)(to - buf->ptr);
    return true;
}

/* Days from 1970-01-01 to a date of the proleptic Gregorian calendar. */
static int64_t days_from_date(int64_t year, unsigned month, unsigned day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t of_era = year - era * 400;
    int64_t of_year = (153 * (int64_t)(month + (month > 2 ? -3u : 9u)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static bool number_at(const char *at, unsigned digits, unsigned *ret)
{
    unsigned value = 0;
    for (unsigned i = 0; i < digits; i++) {
        unsigned digit = (unsigned)(unsigned char)at[i] - '0';
        if (digit > 9)
            return false;
        value = value * 10 + digit;
    }
    *ret = value;
    return true;
}

static bool valid_clock(unsigned month, unsigned day, unsigned hour, unsigned minute,
                        unsigned second)
{
    return month >= 1 && month <= 12 && day >= 1 && hour < 24 && minute < 60 && second < 60;
}

static bool valid_day(unsigned year, unsigned month, unsigned day)
{
    static const unsigned char DAYS[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return day <= DAYS[month - 1] + (unsigned)(leap && month == 2);
}

/* Date and clock at fixed places: *gap* is 1 when '-' and ':' stand between the numbers. */
static bool read_fixed(const char *at, unsigned gap, int64_t *ret_us)
{
    unsigned year, month, day, hour, minute, second;
    if (!number_at(at, 4, &year) || !number_at(at + 4 + gap, 2, &month) ||
        !number_at(at + 6 + 2 * gap, 2, &day))
        return false;
    const char *clock = at + 9 + 2 * gap;
    if (!number_at(clock, 2, &hour) || !number_at(clock + 2 + gap, 2, &minute) ||
        !number_at(clock + 4 + 2 * gap, 2, &second))
        return false;
    if (!valid_clock(month, day, hour, minute, second) || !valid_day(year, month, day))
        return false;
    if (gap && (at[4] != '-' || at[7] != '-' || clock[2] != ':' || clock[5] != ':'))
        return false;
    int64_t days = days_from_date(year, month, day);
    *ret_us = (days * 86400 + hour * 3600 + minute * 60 + second) * 1000000;
    return true;
}

bool text_time(Str text, int64_t *ret_us)
{
    return text.len == 20 && text.ptr[10] == 'T' && text.ptr[19] == 'Z' &&
           read_fixed(text.ptr, 1, ret_us);
}

/* Reads ".123456789" at the front of *rest* and cuts it off. */
static bool read_fraction(Str *rest, int64_t *us)
{
    if (!rest->len || (rest->ptr[0] != '.' && rest->ptr[0] != ','))
        return true;
    int64_t unit = 100000;
    size_t at = 1;
    for (; at < rest->len && rest->ptr[at] >= '0' && rest->ptr[at] <= '9'; at++, unit /= 10)
        *us += (rest->ptr[at] - '0') * unit;
    bool some = at > 1;
    *rest = str_slice(*rest, at, rest->len);
    return some;
}

/* "hh:mm", "hhmm" or "hh" as minutes. */
static bool read_offset(Str text, unsigned *ret_minutes)
{
    unsigned hours, minutes = 0;
    size_t colon = text.len == 5 && text.ptr[2] == ':';
    bool with_minutes = text.len == 4 + colon;
    if ((!with_minutes && text.len != 2) || !number_at(text.ptr, 2, &hours))
        return false;
    if (with_minutes && !number_at(text.ptr + 2 + colon, 2, &minutes))
        return false;
    *ret_minutes = hours * 60 + minutes;
    return hours <= 18 && minutes <= 59;
}

/* "Z", nothing, or an offset with its sign. */
static bool read_zone(Str zone, int64_t *us)
{
    unsigned minutes;
    if (zone.len == 0 || str_equal_nocase(zone, STR("Z")))
        return true;
    bool east = zone.ptr[0] == '+';
    if ((!east && zone.ptr[0] != '-') || !read_offset(str_slice(zone, 1, zone.len), &minutes))
        return false;
    int64_t offset = (int64_t)minutes * 60000000;
    *us += east ? -offset : offset;
    return true;
}

static bool read_epoch(Str text, int64_t *ret_us)
{
    uint64_t number;
    Str whole = str_slice(text, 0, str_find_byte(text, '.', 0));
    if (!str_to_u64(whole, &number) || number >= 100000000000000u)
        return false;
    Str rest = str_slice(text, whole.len, text.len);
    int64_t us = 0;
    if (!read_fraction(&rest, &us) || rest.len)
        return false;
    bool milliseconds = number >= 100000000000u;
    *ret_us = milliseconds ? (int64_t)number * 1000 + us / 1000 : (int64_t)number * 1000000 + us;
    return true;
}

bool text_time_any(Str text, int64_t *ret_us)
{
    int64_t us = 0;
    text = str_trim(text);
    bool extended = text.len >= 19 && text.ptr[4] == '-';
    bool basic = text.len >= 15 && text.ptr[8] == 'T';
    if (!extended && !basic)
        return read_epoch(text, ret_us);
    char between = text.ptr[extended ? 10 : 8];
    if (between != 'T' && between != 't' && between != ' ')
        return false;
    if (!read_fixed(text.ptr, extended ? 1 : 0, &us))
        return false;
    Str rest = str_slice(text, extended ? 19 : 15, text.len);
    if (!read_fraction(&rest, &us) || !read_zone(rest, &us))
        return false;
    *ret_us = us;
    return true;
}

void text_time_format(int64_t time_us, char ret[TEXT_TIME_BYTES])
{
    int64_t seconds = time_us / 1000000 - (time_us % 1000000 < 0);
    int64_t days = seconds / 86400 - (seconds % 86400 < 0);
    unsigned clock = (unsigned)(seconds - days * 86400);
    /* The inverse of days_from_date. */
    int64_t shifted = days + 719468;
    int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    unsigned of_era = (unsigned)(shifted - era * 146097);
    unsigned year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    unsigned of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    unsigned mp = (5 * of_year + 2) / 153;
    unsigned day = of_year - (153 * mp + 2) / 5 + 1;
    unsigned month = mp < 10 ? mp + 3 : mp - 9;
    long long year = (long long)year_of_era + era * 400 + (month <= 2);
    snprintf(ret, TEXT_TIME_BYTES, "%04lld-%02u-%02uT%02u:%02u:%02uZ", year % 10000, month, day,
             clock / 3600, clock / 60 % 60, clock % 60);
}

/* Appends one string token of strict JSON in its canonical spelling; *at* is behind its first
 * quote, the result behind its last. NULL with *err* filled. */
static const char *canonical_string(Buf *buf, const char *at, const char *end, Error *err)
{
    const char *from = at;
    bool escaped = false; /* by more than the escapes that json_append_string writes itself */
    for (; at < end && *at != '"'; at++)
        if (*at == '\\' && ++at < end)
            escaped |= *at == 'u' || *at == '/';
    if (at > end)
        at = end;
    Str raw = {from, (size_t)(at - from)};
    const char *next = at < end ? at + 1 : end;
    if (!escaped) {
        bool ok = buf_append_byte(buf, '"', err) && buf_append_str(buf, raw, err) &&
                  buf_append_byte(buf, '"', err);
        return ok ? next : NULL;
    }
    BUF_AUTO Buf plain = buf_init(raw.len + 16);
    bool ok = text_unescape(&plain, raw, err) && json_append_string(buf, buf_str(&plain), err);
    return ok ? next : NULL;
}

bool text_canonical(Buf *buf, Str json, Error *err)
{
    const char *at = json.ptr, *end = json.ptr + json.len;
    while (at < end) {
        char c = *at++;
        if (c == '"') {
            at = canonical_string(buf, at, end, err);
            if (!at)
                return false;
        } else if (c != ' ' && c != '\n' && c != '\r' && c != '\t') {
            if (!buf_append_byte(buf, (unsigned char)c, err))
                return false;
        }
    }
    return true;
}
