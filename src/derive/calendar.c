#include "derive/calendar.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/timestamp.h"
#include "base/yaml.h"
#include "base/zoneinfo.h"

enum {
    TREE_BYTES_MAX = 64 << 20,
    KEPT_BYTES_MAX = 64 << 20,
    TEXTS_MAX = 10000, /* of one list */
    HOLIDAYS_MAX = 10000,
    HOLIDAY_DAYS_MAX = 400, /* of one range */
    DAYS = 7,
    DAY_MINUTES = 1440,
    WEEK_MINUTES = DAYS * DAY_MINUTES,
    MINUTE_SECONDS = 60,
    DAY_SECONDS = DAY_MINUTES * MINUTE_SECONDS,
    FIRST_WEEKDAY = 3, /* 1970-01-01 was a Thursday, and weeks begin on Monday */
    SHOWN = 60,
};

static const char *const DAY_NAMES[DAYS] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

typedef struct Texts {
    Str *list;
    size_t count;
} Texts;

typedef struct Calendar {
    Str name;
    Zoneinfo *zone;
    uint8_t own[WEEK_MINUTES / 8];     /* minutes of the week that are work of their day */
    uint8_t carried[WEEK_MINUTES / 8]; /* and of the day before */
    int32_t *holidays;                 /* days since 1970, ascending */
    size_t holiday_count;
    Texts principals, accounts, owners;
} Calendar;

struct Calendars {
    Arena *arena;
    Calendar *list;
    size_t count;
};

typedef struct Reader {
    Calendars *calendars;
    const char *file;
    Error *err;
} Reader;

/* yaml_wrong, of this reader. */
static bool refuse(const Reader *reader, const Yaml *node, const char *expected)
{
    return yaml_wrong(node, reader->file, expected, reader->err);
}

/* ---- hours ---- */

static bool bit_of(const uint8_t *bits, int minute)
{
    return bits[minute / 8] >> (minute % 8) & 1;
}

static void set_bit(uint8_t *bits, int minute)
{
    bits[minute / 8] = (uint8_t)(bits[minute / 8] | 1u << (minute % 8));
}

/* "09:00-18:00" on one day; into the next one when it ends before it begins. */
static bool add_hours(const Reader *reader, Calendar *calendar, int day, const Yaml *node)
{
    int from, minutes;
    if (!yaml_is_scalar(node) || !timestamp_parse_hours(node->text, &from, &minutes))
        return refuse(reader, node, "hours such as 09:00-18:00");
    for (int minute = from; minute < from + minutes; minute++)
        if (minute < DAY_MINUTES)
            set_bit(calendar->own, day * DAY_MINUTES + minute);
        else
            set_bit(calendar->carried, (day + 1) % DAYS * DAY_MINUTES + minute - DAY_MINUTES);
    return true;
}

/* One text, or a list of them; null and an empty list are no work. */
static bool add_day(const Reader *reader, Calendar *calendar, int day, const Yaml *node)
{
    if (node->kind == YAML_NULL_VALUE)
        return true;
    if (node->kind != YAML_LIST)
        return add_hours(reader, calendar, day, node);
    bool ok = true;
    for (const Yaml *each = node->first; ok && each; each = each->next)
        ok = add_hours(reader, calendar, day, each);
    return ok;
}

static bool read_hours(const Reader *reader, Calendar *calendar, const Yaml *node)
{
    bool ok = true;
    for (int day = 0; ok && day < 5; day++)
        ok = add_day(reader, calendar, day, node);
    return ok;
}

static bool read_days(const Reader *reader, Calendar *calendar, const Yaml *node)
{
    bool ok = node->kind == YAML_MAP || refuse(reader, node, "a map of days: mon to sun");
    for (const Yaml *each = ok ? node->first : NULL; ok && each; each = each->next) {
        int day = 0;
        while (day < DAYS && !str_equal_nocase(each->name, str_of(DAY_NAMES[day])))
            day++;
        ok = day < DAYS
                 ? add_day(reader, calendar, day, each)
                 : error_set(reader->err, ERROR_INPUT,
                             "%s:%u: '%.*s' is no day: mon, tue, wed, thu, fri, sat, sun",
                             reader->file, each->line, STR_ARG(str_slice(each->name, 0, SHOWN)));
    }
    return ok;
}

/* ---- holidays ---- */

/* "2026-12-25", and nothing of a day. */
static bool read_day(Str text, int32_t *ret)
{
    int64_t us;
    bool ok = text.len == 10 && timestamp_parse(text, &us);
    if (ok)
        *ret = timestamp_day(us);
    return ok;
}

static bool add_holidays(const Reader *reader, Calendar *calendar, const Yaml *node)
{
    int32_t from = 0, to = 0;
    size_t dots = str_find_byte(node->text, '.', 0);
    bool range = dots + 1 < node->text.len && node->text.ptr[dots + 1] == '.';
    bool ok = yaml_is_scalar(node) && read_day(str_slice(node->text, 0, dots), &from) &&
              (range ? read_day(str_slice(node->text, dots + 2, node->text.len), &to)
                     : dots == node->text.len);
    to = range ? to : from;
    if (!ok || to < from || to - from >= HOLIDAY_DAYS_MAX)
        return refuse(reader, node, "a day such as 2026-12-25, or 2026-12-31..2027-01-02");
    if (calendar->holiday_count + (size_t)(to - from) >= HOLIDAYS_MAX)
        return error_set(reader->err, ERROR_LIMIT, "%s:%u: more than %d holidays", reader->file,
                         node->line, (int)HOLIDAYS_MAX);
    for (int32_t day = from; day <= to; day++)
        calendar->holidays[calendar->holiday_count++] = day;
    return true;
}

static int by_day(const void *a, const void *b)
{
    int32_t left = *(const int32_t *)a, right = *(const int32_t *)b;
    return (left > right) - (left < right);
}

static bool read_holidays(const Reader *reader, Calendar *calendar, const Yaml *node)
{
    calendar->holidays = arena_alloc(reader->calendars->arena,
                                     HOLIDAYS_MAX * sizeof *calendar->holidays, reader->err);
    bool ok =
        calendar->holidays && (node->kind == YAML_LIST || refuse(reader, node, "a list of days"));
    for (const Yaml *each = ok ? node->first : NULL; ok && each; each = each->next)
        ok = add_holidays(reader, calendar, each);
    if (ok)
        qsort(calendar->holidays, calendar->holiday_count, sizeof *calendar->holidays, by_day);
    return ok;
}

static bool is_holiday(const Calendar *calendar, int32_t day)
{
    return calendar->holiday_count && bsearch(&day, calendar->holidays, calendar->holiday_count,
                                              sizeof *calendar->holidays, by_day) != NULL;
}

/* ---- whose it is ---- */

static bool keep(const Reader *reader, Str text, Str *ret)
{
    const char *kept = arena_text(reader->calendars->arena, text, reader->err);
    *ret = (Str){kept, text.len};
    return kept != NULL;
}

static bool read_texts(const Reader *reader, const Yaml *node, Texts *ret)
{
    if (node->kind != YAML_LIST || !node->count || node->count > TEXTS_MAX)
        return refuse(reader, node, "a list of texts");
    ret->list = arena_calloc(reader->calendars->arena, node->count, sizeof *ret->list, reader->err);
    bool ok = ret->list != NULL;
    for (const Yaml *each = ok ? node->first : NULL; ok && each; each = each->next)
        ok = (yaml_is_scalar(each) && each->text.len)
                 ? keep(reader, each->text, &ret->list[ret->count++])
                 : refuse(reader, each, "a text");
    return ok;
}

static bool read_principals(const Reader *reader, Calendar *calendar, const Yaml *node)
{
    return read_texts(reader, node, &calendar->principals);
}

static bool read_accounts(const Reader *reader, Calendar *calendar, const Yaml *node)
{
    return read_texts(reader, node, &calendar->accounts);
}

static bool read_owners(const Reader *reader, Calendar *calendar, const Yaml *node)
{
    return read_texts(reader, node, &calendar->owners);
}

/* ---- a calendar ---- */

static bool read_name(const Reader *reader, Calendar *calendar, const Yaml *node)
{
    if (!yaml_is_scalar(node) || !node->text.len)
        return refuse(reader, node, "a name");
    for (size_t i = 0; i < reader->calendars->count; i++)
        if (str_equal(reader->calendars->list[i].name, node->text))
            return error_set(reader->err, ERROR_INPUT, "%s:%u: two calendars are called '%.*s'",
                             reader->file, node->line, STR_ARG(str_slice(node->text, 0, SHOWN)));
    return keep(reader, node->text, &calendar->name);
}

static bool read_zone(const Reader *reader, Calendar *calendar, const Yaml *node)
{
    if (!yaml_is_scalar(node))
        return refuse(reader, node, "a time zone such as Asia/Seoul");
    calendar->zone = zoneinfo_open(node->text, reader->err);
    return calendar->zone || error_context(reader->err, "%s:%u", reader->file, node->line);
}

static const struct {
    const char *name;
    bool needed;
    bool (*read)(const Reader *reader, Calendar *calendar, const Yaml *node);
} MEMBERS[] = {
    {"name", true, read_name},          {"zone", true, read_zone},
    {"hours", false, read_hours},       {"days", false, read_days},
    {"holidays", false, read_holidays}, {"principals", false, read_principals},
    {"accounts", false, read_accounts}, {"owners", false, read_owners},
};
enum { MEMBER_KINDS = sizeof MEMBERS / sizeof *MEMBERS };

static bool read_members(const Reader *reader, Calendar *calendar, const Yaml *node)
{
    for (const Yaml *each = node->first; each; each = each->next) {
        size_t i = 0;
        while (i < MEMBER_KINDS && !str_equal(each->name, str_of(MEMBERS[i].name)))
            i++;
        if (i == MEMBER_KINDS)
            return error_set(reader->err, ERROR_INPUT,
                             "%s:%u: '%.*s' is nothing of a calendar: name, zone, hours, days, "
                             "holidays, principals, accounts, owners",
                             reader->file, each->line, STR_ARG(str_slice(each->name, 0, SHOWN)));
        if (!MEMBERS[i].read(reader, calendar, each))
            return false;
    }
    for (size_t i = 0; i < MEMBER_KINDS; i++)
        if (MEMBERS[i].needed && !yaml_member(node, MEMBERS[i].name))
            return error_set(reader->err, ERROR_INPUT, "%s:%u: the calendar has no %s",
                             reader->file, node->line, MEMBERS[i].name);
    bool hours = yaml_member(node, "hours") != NULL, days = yaml_member(node, "days") != NULL;
    return hours != days ||
           error_set(reader->err, ERROR_INPUT, "%s:%u: a calendar has either hours or days",
                     reader->file, node->line);
}

static bool read_list(const Reader *reader, const Yaml *document)
{
    Calendars *calendars = reader->calendars;
    const Yaml *list =
        document && document->kind == YAML_MAP ? yaml_member(document, "calendars") : NULL;
    if (!list || list->kind != YAML_LIST || document->count != 1)
        return error_set(reader->err, ERROR_INPUT, "%s:%u: expected calendars: and a list",
                         reader->file, document ? document->line : 1);
    if (list->count > CALENDARS_MAX)
        return error_set(reader->err, ERROR_LIMIT, "%s: more than %d calendars", reader->file,
                         (int)CALENDARS_MAX);
    calendars->list =
        arena_calloc(calendars->arena, list->count + 1, sizeof *calendars->list, reader->err);
    bool ok = calendars->list != NULL;
    for (const Yaml *each = ok ? list->first : NULL; ok && each; each = each->next) {
        Calendar *calendar = &calendars->list[calendars->count];
        ok = each->kind == YAML_MAP ? read_members(reader, calendar, each)
                                    : refuse(reader, each, "a calendar: a map with a name");
        calendars->count++;
    }
    return ok;
}

static bool read_stream(const Reader *reader, Str text)
{
    const Yaml *document = NULL;
    YamlReader *yaml = yaml_open(text, reader->file, reader->err);
    Arena *arena = yaml ? arena_new(TREE_BYTES_MAX, reader->err) : NULL;
    bool ok =
        arena && yaml_next(yaml, arena, &document, reader->err) && read_list(reader, document);
    arena_free(arena);
    yaml_close(yaml);
    return ok;
}

Calendars *calendars_read(Str text, const char *file, Error *err)
{
    Calendars *calendars = mem_calloc(1, sizeof *calendars, err);
    if (!calendars)
        return NULL;
    const Reader reader = {calendars, file, err};
    calendars->arena = arena_new(KEPT_BYTES_MAX, err);
    if (calendars->arena && read_stream(&reader, text))
        return calendars;
    calendars_free(calendars);
    return NULL;
}

void calendars_free(Calendars *calendars)
{
    if (!calendars)
        return;
    for (size_t i = 0; i < calendars->count; i++)
        zoneinfo_free(calendars->list[i].zone);
    arena_free(calendars->arena);
    mem_free(calendars);
}

size_t calendars_count(const Calendars *calendars)
{
    return calendars->count;
}

/* ---- asking ---- */

static bool one_matches(const Texts *texts, Str text)
{
    bool found = false;
    for (size_t i = 0; text.ptr && !found && i < texts->count; i++)
        found = str_matches(texts->list[i], text);
    return found;
}

static bool fits(const Calendar *calendar, const Principal *principal, Str account, Str owner)
{
    return (!calendar->principals.count || one_matches(&calendar->principals, principal->key) ||
            one_matches(&calendar->principals, principal->session_name)) &&
           (!calendar->accounts.count || one_matches(&calendar->accounts, account)) &&
           (!calendar->owners.count || one_matches(&calendar->owners, owner));
}

int calendars_find(const Calendars *calendars, const Principal *principal, Str account, Str owner)
{
    for (size_t i = 0; i < calendars->count; i++)
        if (fits(&calendars->list[i], principal, account, owner))
            return (int)i;
    return CALENDAR_NONE;
}

Str calendars_name(const Calendars *calendars, int calendar)
{
    return calendars->list[calendar].name;
}

bool calendars_is_off(const Calendars *calendars, int calendar, int64_t us)
{
    const Calendar *one = &calendars->list[calendar];
    int64_t seconds = us / 1000000 - (us % 1000000 < 0) + zoneinfo_offset(one->zone, us);
    int64_t day = seconds / DAY_SECONDS - (seconds % DAY_SECONDS < 0);
    int weekday = (int)(((day + FIRST_WEEKDAY) % DAYS + DAYS) % DAYS);
    int minute = (int)((seconds - day * DAY_SECONDS) / MINUTE_SECONDS) + weekday * DAY_MINUTES;
    bool works = (bit_of(one->own, minute) && !is_holiday(one, (int32_t)day)) ||
                 (bit_of(one->carried, minute) && !is_holiday(one, (int32_t)day - 1));
    return !works;
}
