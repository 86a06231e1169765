/* What files say of metric filters, alarms and mute windows. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/timestamp.h"
#include "detect/ruleset_pattern.h"
#include "watch/alarm_set_state.h"

enum {
    WHY_BYTES = 400,
    NUMBER_BYTES = 64,
    DIMENSIONS_BYTES_MAX = 1 << 16,
    ALARM_DIMENSIONS_MAX = 30,
    DAY_S = 86400,
    HOUR_S = 3600,
    EVALUATION_DAYS_MAX = 7,
    NAME_CHARACTERS_MAX = 255,
    FILTER_NAME_MAX = 512,
    DESCRIPTION_MAX = 1024
};

/* Where a text is read, and into what. */
typedef struct Reading {
    AlarmSet *set;
    const char *file;
    Error *err;
} Reading;

/* A member of a mapping: how it is read, and to where in the record. */
typedef struct Member {
    const char *name;
    bool (*read)(Reading *in, const Yaml *node, void *to);
    size_t offset;
    bool needed;
} Member;

static __attribute__((format(printf, 3, 4))) bool fail(Reading *in, uint32_t line,
                                                       const char *format, ...)
{
    char why[WHY_BYTES];
    va_list args;
    va_start(args, format);
    vsnprintf(why, sizeof why, format, args);
    va_end(args);
    return error_set(in->err, ERROR_INPUT, "%s:%u: %s", in->file, line, why);
}

static bool fail_member(Reading *in, const Yaml *node, const char *expected)
{
    return yaml_wrong(node, in->file, expected, in->err);
}

static bool keep(Reading *in, Str text, Str *ret)
{
    const char *copy = arena_text(in->set->arena, text, in->err);
    *ret = (Str){copy, text.len};
    return copy != NULL;
}

/* ---- scalars ---- */

static bool read_text_of(Reading *in, const Yaml *node, size_t max, const char *without, Str *ret)
{
    if (!yaml_is_scalar(node) || !node->text.len || node->text.len > max)
        return fail(in, node->line, "%.*s: expected a text of 1 to %zu bytes", STR_ARG(node->name),
                    max);
    for (size_t i = 0; i < node->text.len; i++)
        if ((unsigned char)node->text.ptr[i] < 0x20 || strchr(without, node->text.ptr[i]))
            return fail(in, node->line, "%.*s: it may not hold control characters%s%s",
                        STR_ARG(node->name), *without ? " or " : "", without);
    return keep(in, node->text, ret);
}

static bool read_name(Reading *in, const Yaml *node, void *to)
{
    return read_text_of(in, node, NAME_CHARACTERS_MAX, "", to);
}

static bool read_filter_name(Reading *in, const Yaml *node, void *to)
{
    return read_text_of(in, node, FILTER_NAME_MAX, ":*", to);
}

static bool read_metric_name(Reading *in, const Yaml *node, void *to)
{
    return read_text_of(in, node, NAME_CHARACTERS_MAX, ":*$", to);
}

/* A text of several lines is one, too. */
static bool read_text(Reading *in, const Yaml *node, void *to)
{
    if (!yaml_is_scalar(node))
        return fail_member(in, node, "a text");
    return keep(in, str_trim(node->text), to);
}

static bool read_description(Reading *in, const Yaml *node, void *to)
{
    return node->text.len > DESCRIPTION_MAX
               ? fail(in, node->line, "description: at most %d bytes", DESCRIPTION_MAX)
               : read_text(in, node, to);
}

static bool number_of(Str text, double *ret)
{
    char copy[NUMBER_BYTES], *end;
    if (!text.len || text.len >= sizeof copy)
        return false;
    snprintf(copy, sizeof copy, "%.*s", STR_ARG(text));
    double number = strtod(copy, &end);
    if (*end || !isfinite(number))
        return false;
    *ret = number;
    return true;
}

static bool read_double(Reading *in, const Yaml *node, void *to)
{
    return (yaml_is_scalar(node) && number_of(node->text, to)) || fail_member(in, node, "a number");
}

static bool read_default(Reading *in, const Yaml *node, void *to)
{
    MetricFilter *filter = to;
    filter->has_default = true;
    return read_double(in, node, &filter->fallback);
}

static bool read_count(Reading *in, const Yaml *node, void *to)
{
    bool ok = node->kind == YAML_INTEGER && node->integer >= 1 && node->integer <= 100000;
    if (ok)
        *(unsigned *)to = (unsigned)node->integer;
    return ok || fail_member(in, node, "a number from 1");
}

static bool read_seconds(Reading *in, const Yaml *node, void *to)
{
    bool ok = node->kind == YAML_INTEGER && node->integer >= 0 && node->integer <= DAY_S;
    if (ok)
        *(int64_t *)to = node->integer;
    return ok || fail_member(in, node, "seconds, 0 to 86400");
}

static bool read_period(Reading *in, const Yaml *node, void *to)
{
    bool ok = node->kind == YAML_INTEGER && node->integer > 0 && node->integer <= DAY_S &&
              node->integer % ALARM_SET_PERIOD_S == 0;
    if (ok)
        *(int64_t *)to = node->integer;
    return ok || fail_member(in, node, "seconds, a multiple of 60 up to 86400");
}

static bool read_bool(Reading *in, const Yaml *node, void *to)
{
    if (node->kind == YAML_BOOLEAN)
        *(bool *)to = node->boolean;
    return node->kind == YAML_BOOLEAN || fail_member(in, node, "true or false");
}

static bool read_severity(Reading *in, const Yaml *node, void *to)
{
    return (yaml_is_scalar(node) && rule_level_read(node->text, to)) ||
           fail_member(in, node, "informational, low, medium, high or critical");
}

static bool read_comparison(Reading *in, const Yaml *node, void *to)
{
    return (yaml_is_scalar(node) && alarm_state_read_comparison(node->text, to)) ||
           fail_member(in, node,
                       "GreaterThanThreshold, GreaterThanOrEqualToThreshold, LessThanThreshold or "
                       "LessThanOrEqualToThreshold");
}

static bool read_missing(Reading *in, const Yaml *node, void *to)
{
    return (yaml_is_scalar(node) && alarm_state_read_missing(node->text, to)) ||
           fail_member(in, node, "missing, ignore, breaching or notBreaching");
}

static bool read_low_samples(Reading *in, const Yaml *node, void *to)
{
    *(bool *)to = str_equal(node->text, STR("ignore"));
    return *(bool *)to || str_equal(node->text, STR("evaluate")) ||
           fail_member(in, node, "evaluate or ignore");
}

static bool read_statistic(Reading *in, const Yaml *node, void *to)
{
    static const char *const WORDS[] = {"SampleCount", "Average", "Sum", "Minimum", "Maximum"};
    Alarm *alarm = to;
    for (int i = 0; i < STATISTIC_PERCENTILE; i++)
        if (str_equal(node->text, str_of(WORDS[i]))) {
            alarm->statistic = (AlarmStatistic)i;
            return keep(in, node->text, &alarm->statistic_text);
        }
    alarm->statistic = STATISTIC_PERCENTILE;
    bool ok = str_starts(node->text, STR("p")) &&
              number_of(str_slice(node->text, 1, node->text.len), &alarm->percentile) &&
              alarm->percentile >= 0 && alarm->percentile <= 100;
    return ok ? keep(in, node->text, &alarm->statistic_text)
              : fail_member(in, node,
                            "SampleCount, Average, Sum, Minimum, Maximum, or a percentile such as "
                            "p99 or p99.9");
}

static bool read_acts(Reading *in, const Yaml *node, void *to)
{
    bool *acts = to;
    memset(acts, 0, (ALARM_INSUFFICIENT_DATA + 1) * sizeof *acts);
    if (node->kind != YAML_LIST)
        return fail_member(in, node, "a list of OK, ALARM and INSUFFICIENT_DATA");
    for (const Yaml *state = node->first; state; state = state->next) {
        AlarmState read;
        if (!alarm_state_read(state->text, &read))
            return fail(in, state->line, "actions: '%.*s' is none of OK, ALARM, INSUFFICIENT_DATA",
                        STR_ARG(str_slice(state->text, 0, 80)));
        acts[read] = true;
    }
    return true;
}

/* ---- what is read from several members ---- */

/* The pattern as a rule, which asks for what the filter reads of a record, too. */
static bool add_pattern(Reading *in, const MetricFilter *filter, uint32_t line)
{
    Error why = {0};
    Str needs[ALARM_SET_DIMENSIONS_MAX + 1];
    RuleTexts list = {needs, 0};
    if (filter->value_path)
        needs[list.count++] = filter->value_text;
    for (uint32_t i = 0; i < filter->dimension_count; i++)
        needs[list.count++] = filter->dimension_texts[i];
    return ruleset_pattern_add(in->set->patterns, filter->name, filter->pattern, &list, &why) ||
           fail(in, line, "pattern: %s", why.text);
}

static bool read_path(Reading *in, const Yaml *node, const FieldPath **ret)
{
    Error why = {0};
    *ret = ruleset_pattern_selector(node->text, in->set->arena, &why);
    return *ret || fail(in, node->line, "%.*s: %s", STR_ARG(node->name), why.text);
}

static bool read_value(Reading *in, const Yaml *node, void *to)
{
    MetricFilter *filter = to;
    if (!yaml_is_scalar(node) || !keep(in, node->text, &filter->value_text))
        return fail_member(in, node, "a number or a selector such as $.bytes");
    if (str_starts(node->text, STR("$")))
        return read_path(in, node, &filter->value_path);
    return number_of(node->text, &filter->value) ||
           fail_member(in, node, "a number or a selector such as $.bytes");
}

static int by_name(const void *a, const void *b)
{
    const Yaml *left = *(const Yaml *const *)a, *right = *(const Yaml *const *)b;
    return str_compare(left->name, right->name);
}

/* The members of a mapping of texts in the order of names. */
static bool sort_members(Reading *in, const Yaml *node, uint32_t max, const Yaml **ret)
{
    uint32_t count = 0;
    if (node->kind != YAML_MAP || node->count > max)
        return fail(in, node->line, "dimensions: expected a mapping of at most %u names", max);
    for (const Yaml *member = node->first; member; member = member->next) {
        if (!yaml_is_scalar(member) || !member->text.len || !member->name.len)
            return fail_member(in, member, "a text");
        ret[count++] = member;
    }
    qsort(ret, count, sizeof *ret, by_name);
    return true;
}

static bool read_selectors(Reading *in, const Yaml *node, void *to)
{
    MetricFilter *filter = to;
    const Yaml *members[ALARM_SET_DIMENSIONS_MAX] = {NULL};
    bool ok = sort_members(in, node, ALARM_SET_DIMENSIONS_MAX, members);
    for (uint32_t i = 0; ok && i < node->count && members[i]; i++)
        ok = keep(in, members[i]->name, &filter->dimension_names[i]) &&
             keep(in, members[i]->text, &filter->dimension_texts[i]) &&
             read_path(in, members[i], &filter->dimension_paths[i]);
    filter->dimension_count = ok ? node->count : 0;
    return ok;
}

static bool read_dimensions(Reading *in, const Yaml *node, void *to)
{
    const Yaml *members[ALARM_DIMENSIONS_MAX] = {NULL};
    BUF_AUTO Buf json = buf_init(DIMENSIONS_BYTES_MAX);
    bool ok = sort_members(in, node, ALARM_DIMENSIONS_MAX, members) &&
              buf_append_byte(&json, '{', in->err);
    for (uint32_t i = 0; ok && i < node->count && members[i]; i++)
        ok = (i == 0 || buf_append_byte(&json, ',', in->err)) &&
             json_append_string(&json, members[i]->name, in->err) &&
             buf_append_byte(&json, ':', in->err) &&
             json_append_string(&json, members[i]->text, in->err);
    return ok && buf_append_byte(&json, '}', in->err) && keep(in, buf_str(&json), to);
}

static bool read_rule(Reading *in, const Yaml *node, void *to)
{
    Alarm *alarm = to;
    Error why = {0};
    if (!read_text(in, node, &alarm->rule_text))
        return false;
    alarm->rule = alarm_rule_read(alarm->rule_text, in->set->arena, &why);
    return alarm->rule || fail(in, node->line, "rule: %s", why.text);
}

/* ---- mute windows ---- */

static bool read_muted(Reading *in, const Yaml *node, void *to)
{
    AlarmMute *mute = to;
    if (node->kind != YAML_LIST || !node->count || node->count > ALARM_SET_MUTED_MAX)
        return fail(in, node->line, "alarms: expected a list of 1 to %d names",
                    ALARM_SET_MUTED_MAX);
    for (const Yaml *name = node->first; name; name = name->next)
        if (!yaml_is_scalar(name) || !keep(in, name->text, &mute->alarms[mute->alarm_count++]))
            return fail_member(in, name, "a name, with * and ? if need be");
    return true;
}

static bool read_days(Reading *in, const Yaml *node, void *to)
{
    static const char *const DAYS[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
    unsigned *days = to;
    *days = 0;
    if (node->kind != YAML_LIST)
        return fail_member(in, node, "a list of mon, tue, wed, thu, fri, sat, sun");
    for (const Yaml *day = node->first; day; day = day->next) {
        unsigned number = 0;
        while (number < 7 && !str_equal_nocase(day->text, str_of(DAYS[number])))
            number++;
        if (number == 7)
            return fail(in, day->line, "days: '%.*s' is none of mon, tue, wed, thu, fri, sat, sun",
                        STR_ARG(str_slice(day->text, 0, 40)));
        *days |= 1u << number;
    }
    return true;
}

/* "22:30", which YAML may take for a number. */
static bool read_time(Reading *in, const Yaml *node, void *to)
{
    int minute;
    bool ok = yaml_is_scalar(node) && timestamp_parse_minute(node->text, &minute);
    if (ok)
        *(int32_t *)to = minute * 60;
    return ok || fail_member(in, node, "a time of day such as 22:30");
}

static bool read_date(Reading *in, const Yaml *node, void *to)
{
    int64_t us;
    bool ok = yaml_is_scalar(node) && node->text.len == 10 && timestamp_parse(node->text, &us);
    if (ok)
        *(int32_t *)to = timestamp_day(us);
    return ok || fail_member(in, node, "a date such as 2026-12-24");
}

static bool read_zone(Reading *in, const Yaml *node, void *to)
{
    AlarmMute *mute = to;
    Error why = {0};
    if (!read_text(in, node, &mute->zone_text))
        return false;
    zoneinfo_free(mute->zone);
    mute->zone = zoneinfo_open(mute->zone_text, &why);
    return mute->zone || fail(in, node->line, "zone: %s", why.text);
}

/* ---- tables ---- */

static const Member FILTER_MEMBERS[] = {
    {"name", read_filter_name, offsetof(MetricFilter, name), true},
    {"pattern", read_text, offsetof(MetricFilter, pattern), true},
    {"namespace", read_metric_name, offsetof(MetricFilter, namespace), true},
    {"metric", read_metric_name, offsetof(MetricFilter, metric), true},
    {"value", read_value, 0, false},
    {"default", read_default, 0, false},
    {"dimensions", read_selectors, 0, false},
    {"unit", read_text, offsetof(MetricFilter, unit), false},
    {NULL, NULL, 0, false},
};

static const Member ALARM_MEMBERS[] = {
    {"name", read_name, offsetof(Alarm, name), true},
    {"description", read_description, offsetof(Alarm, description), false},
    {"severity", read_severity, offsetof(Alarm, severity), false},
    {"actions_enabled", read_bool, offsetof(Alarm, actions_enabled), false},
    {"actions", read_acts, offsetof(Alarm, acts), false},
    {"namespace", read_metric_name, offsetof(Alarm, namespace), true},
    {"metric", read_metric_name, offsetof(Alarm, metric), true},
    {"dimensions", read_dimensions, offsetof(Alarm, dimensions), false},
    {"statistic", read_statistic, 0, true},
    {"period", read_period, offsetof(Alarm, period_s), true},
    {"evaluation_periods", read_count, offsetof(Alarm, test.periods), true},
    {"datapoints_to_alarm", read_count, offsetof(Alarm, test.points), false},
    {"comparison", read_comparison, offsetof(Alarm, comparison), true},
    {"threshold", read_double, offsetof(Alarm, threshold), true},
    {"treat_missing_data", read_missing, offsetof(Alarm, test.missing), false},
    {"low_samples", read_low_samples, offsetof(Alarm, ignores_few), false},
    {NULL, NULL, 0, false},
};

static const Member COMPOSITE_MEMBERS[] = {
    {"name", read_name, offsetof(Alarm, name), true},
    {"description", read_description, offsetof(Alarm, description), false},
    {"severity", read_severity, offsetof(Alarm, severity), false},
    {"actions_enabled", read_bool, offsetof(Alarm, actions_enabled), false},
    {"actions", read_acts, offsetof(Alarm, acts), false},
    {"rule", read_rule, 0, true},
    {"suppressor", read_name, offsetof(Alarm, suppressor), false},
    {"suppressor_wait", read_seconds, offsetof(Alarm, wait_s), false},
    {"suppressor_extension", read_seconds, offsetof(Alarm, extension_s), false},
    {NULL, NULL, 0, false},
};

static const Member MUTE_MEMBERS[] = {
    {"name", read_name, offsetof(AlarmMute, name), true},
    {"alarms", read_muted, 0, true},
    {"days", read_days, offsetof(AlarmMute, days), false},
    {"from", read_time, offsetof(AlarmMute, from_s), false},
    {"to", read_time, offsetof(AlarmMute, to_s), false},
    {"zone", read_zone, 0, false},
    {"since", read_date, offsetof(AlarmMute, first_day), false},
    {"until", read_date, offsetof(AlarmMute, last_day), false},
    {NULL, NULL, 0, false},
};

static const Member *find_member(const Member *members, Str name)
{
    while (members->name && !str_equal(name, str_of(members->name)))
        members++;
    return members->name ? members : NULL;
}

static bool read_members(Reading *in, const Yaml *map, const Member *members, void *to)
{
    if (map->kind != YAML_MAP)
        return fail_member(in, map, "a mapping");
    for (const Yaml *node = map->first; node; node = node->next) {
        const Member *member = find_member(members, node->name);
        if (!member)
            return fail(in, node->line, "there is no member '%.*s' here",
                        STR_ARG(str_slice(node->name, 0, 80)));
        if (!member->read(in, node, (char *)to + member->offset))
            return false;
    }
    for (const Member *member = members; member->name; member++)
        if (member->needed && !yaml_member(map, member->name))
            return fail(in, map->line, "%s is missing", member->name);
    return true;
}

/* ---- records ---- */

static bool read_filter(Reading *in, const Yaml *node)
{
    MetricFilter *filter = arena_calloc(in->set->arena, 1, sizeof *filter, in->err);
    if (!filter)
        return false;
    *filter =
        (MetricFilter){.value = 1, .value_text = STR("1"), .unit = STR("None"), .line = node->line};
    if (!read_members(in, node, FILTER_MEMBERS, filter))
        return false;
    if (filter->has_default && filter->dimension_count)
        return fail(in, node->line, "a filter has a default or dimensions, not both");
    for (size_t i = 0; i < alarm_set_filter_count(in->set); i++)
        if (str_equal(alarm_set_filter(in->set, i)->name, filter->name))
            return fail(in, node->line, "there is a metric filter '%.*s' already",
                        STR_ARG(filter->name));
    return add_pattern(in, filter, yaml_member(node, "pattern")->line) &&
           buf_append(&in->set->filters, &filter, sizeof(MetricFilter *), in->err);
}

/* How long an alarm may look back (section 1), and what its members need of each other. */
static bool check_alarm(Reading *in, Alarm *alarm)
{
    int64_t span = alarm->period_s * alarm->test.periods;
    int64_t most = alarm->period_s >= HOUR_S ? (int64_t)EVALUATION_DAYS_MAX * DAY_S : DAY_S;
    if (!alarm->test.points)
        alarm->test.points = alarm->test.periods;
    if (alarm->test.points > alarm->test.periods)
        return fail(in, alarm->line, "datapoints_to_alarm is more than evaluation_periods");
    if (span > most)
        return fail(in, alarm->line, "period times evaluation_periods is more than %lld s",
                    (long long)most);
    return !alarm->ignores_few || alarm->statistic == STATISTIC_PERCENTILE ||
           fail(in, alarm->line, "low_samples is for percentiles");
}

static bool read_alarm_of(Reading *in, const Yaml *node, const Member *members)
{
    Alarm *alarm = arena_calloc(in->set->arena, 1, sizeof *alarm, in->err);
    if (!alarm)
        return false;
    *alarm = (Alarm){.severity = LEVEL_MEDIUM,
                     .actions_enabled = true,
                     .acts = {[ALARM_ALARM] = true},
                     .dimensions = STR("{}"),
                     .line = node->line};
    if (!read_members(in, node, members, alarm) || (!alarm->rule && !check_alarm(in, alarm)))
        return false;
    if (alarm_set_find(in->set, alarm->name))
        return fail(in, node->line, "there is an alarm '%.*s' already", STR_ARG(alarm->name));
    if (!alarm->suppressor.len && (alarm->wait_s || alarm->extension_s))
        return fail(in, node->line, "suppressor_wait and suppressor_extension need a suppressor");
    return buf_append(&in->set->alarms, &alarm, sizeof(Alarm *), in->err);
}

static bool read_alarm(Reading *in, const Yaml *node)
{
    return read_alarm_of(in, node, ALARM_MEMBERS);
}

static bool read_composite(Reading *in, const Yaml *node)
{
    return read_alarm_of(in, node, COMPOSITE_MEMBERS);
}

static bool read_mute(Reading *in, const Yaml *node)
{
    AlarmMute *mute = arena_calloc(in->set->arena, 1, sizeof *mute, in->err);
    if (!mute || !buf_append(&in->set->mutes, &mute, sizeof(AlarmMute *), in->err))
        return false;
    *mute = (AlarmMute){.days = 0x7f,
                        .to_s = DAY_S,
                        .first_day = INT32_MIN,
                        .last_day = INT32_MAX,
                        .zone_text = STR("UTC"),
                        .line = node->line};
    if (!read_members(in, node, MUTE_MEMBERS, mute))
        return false;
    return mute->zone || (mute->zone = zoneinfo_open(STR("UTC"), in->err)) != NULL;
}

static bool read_document(Reading *in, const Yaml *document)
{
    static const struct {
        const char *name;
        bool (*read)(Reading *in, const Yaml *node);
    } LISTS[] = {{"metric_filters", read_filter},
                 {"alarms", read_alarm},
                 {"composite_alarms", read_composite},
                 {"mutes", read_mute}};
    enum { LIST_COUNT = sizeof LISTS / sizeof *LISTS };
    if (document->kind != YAML_MAP)
        return fail_member(in, document, "metric_filters, alarms, composite_alarms or mutes");
    for (const Yaml *list = document->first; list; list = list->next) {
        size_t kind = 0;
        while (kind < LIST_COUNT && !str_equal(list->name, str_of(LISTS[kind].name)))
            kind++;
        if (kind == LIST_COUNT)
            return fail(in, list->line,
                        "'%.*s' is none of metric_filters, alarms, composite_alarms, mutes",
                        STR_ARG(str_slice(list->name, 0, 80)));
        if (list->kind != YAML_LIST)
            return fail_member(in, list, "a list");
        for (const Yaml *node = list->first; node; node = node->next)
            if (!LISTS[kind].read(in, node))
                return false;
    }
    return true;
}

bool alarm_set_add_text(AlarmSet *set, Str text, const char *file, Error *err)
{
    Reading in = {set, file, err};
    const Yaml *document = NULL;
    YamlReader *reader = yaml_open(text, file, err);
    bool ok = reader != NULL;
    do
        ok = ok && yaml_next(reader, set->arena, &document, err) &&
             (!document || read_document(&in, document));
    while (ok && document);
    yaml_close(reader);
    return ok;
}
