#include "natives/zone.h"

#include <stdio.h>
#include <stdlib.h>

enum { HOURS_MAX = 14, MINUTES_OF_HOUR = 60 };

bool zone_is_utc(Str zone)
{
    static const char *const WORDS[] = {"UTC",       "Z",     "UT",      "UCT",     "GMT",
                                        "Greenwich", "Zulu",  "GMT0",    "Etc/UTC", "Etc/GMT",
                                        "Universal", "GMT+0", "Etc/UCT", "Etc/Zulu"};
    int minutes;
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (str_equal_nocase(zone, str_of(WORDS[i])))
            return true;
    return zone_offset(zone, &minutes) && minutes == 0;
}

static Str without_word(Str zone)
{
    static const Str WORDS[] = {{"UTC", 3}, {"GMT", 3}, {"UT", 2}};
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (zone.len > WORDS[i].len && str_equal_nocase(str_slice(zone, 0, WORDS[i].len), WORDS[i]))
            return str_slice(zone, WORDS[i].len, zone.len);
    return zone;
}

/* "09:00", "0900", "09" or "9" as minutes. */
static bool read_minutes(Str digits, uint64_t *ret)
{
    uint64_t hours = 0, minutes = 0;
    size_t colon = str_find_byte(digits, ':', 0);
    bool joined = colon == digits.len && digits.len > 2; /* 0900 */
    Str hour = str_slice(digits, 0, joined ? 2 : colon);
    Str rest = str_slice(digits, hour.len + !joined, digits.len);
    bool parted = joined || colon < digits.len;
    if (hour.len < 1 || hour.len > 2 || !str_to_u64(hour, &hours))
        return false;
    if (parted && (rest.len != 2 || !str_to_u64(rest, &minutes)))
        return false;
    *ret = hours * MINUTES_OF_HOUR + minutes;
    return minutes < MINUTES_OF_HOUR && *ret <= HOURS_MAX * MINUTES_OF_HOUR;
}

bool zone_offset(Str zone, int *ret_minutes)
{
    uint64_t minutes;
    zone = without_word(zone);
    if (!zone.len || (zone.ptr[0] != '+' && zone.ptr[0] != '-') ||
        !read_minutes(str_slice(zone, 1, zone.len), &minutes))
        return false;
    *ret_minutes = zone.ptr[0] == '-' ? -(int)minutes : (int)minutes;
    return true;
}

void zone_write(int minutes, char text[ZONE_TEXT_BYTES])
{
    int size = abs(minutes) % (24 * MINUTES_OF_HOUR);
    snprintf(text, ZONE_TEXT_BYTES, "%c%02d:%02d", minutes < 0 ? '-' : '+', size / MINUTES_OF_HOUR,
             size % MINUTES_OF_HOUR);
}
