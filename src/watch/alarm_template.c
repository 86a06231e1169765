#include "watch/alarm_template.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/json_write.h"

enum { ID_WORDS_MAX = 200, ID_HASH_BYTES = 4, NUMBER_BYTES = 40, ARENA_BYTES_MAX = 16 << 20 };

typedef struct Template {
    const AlarmSet *set;
    JsonWriter to;
} Template;

typedef struct LogicalId {
    char text[ID_WORDS_MAX + 2 * ID_HASH_BYTES + 16];
} LogicalId;

static bool is_letter(char c)
{
    char lower = str_lower(c);
    return lower >= 'a' && lower <= 'z';
}

static char upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

/* Letters and digits of the name, and a hash of all of it. */
static LogicalId id_of(const char *kind, Str name)
{
    LogicalId id;
    uint8_t digest[HASH_SHA256_BYTES];
    char hex[2 * ID_HASH_BYTES + 1], words[ID_WORDS_MAX + 1];
    size_t len = 0;
    bool begins = true;
    for (size_t i = 0; i < name.len && len < ID_WORDS_MAX; i++) {
        char c = name.ptr[i];
        bool kept = is_letter(c) || (c >= '0' && c <= '9');
        if (kept)
            words[len++] = begins ? upper(c) : c;
        begins = !kept;
    }
    words[len] = '\0';
    hash_sha256(name.ptr, name.len, digest);
    hash_hex(digest, ID_HASH_BYTES, hex);
    snprintf(id.text, sizeof id.text, "%s%s%s", kind, words, hex);
    return id;
}

static LogicalId id_of_alarm(const Alarm *alarm)
{
    return id_of(alarm->rule ? "Composite" : "Alarm", alarm->name);
}

/* ---- values ---- */

/* The shortest number that is read back as the same. */
static void put_number(JsonWriter *to, const char *name, double number)
{
    char text[NUMBER_BYTES];
    int digits = 15;
    do
        snprintf(text, sizeof text, "%.*g", digits, number);
    while (strtod(text, NULL) != number && ++digits <= 17);
    json_write_value(to, name, str_of(text));
}

static void put_bool(JsonWriter *to, const char *name, bool value)
{
    json_write_value(to, name, value ? STR("true") : STR("false"));
}

static void put_pair(JsonWriter *to, const char *key_name, Str key, Str value)
{
    json_write_open(to, NULL, '{');
    json_write_text(to, key_name, key);
    json_write_text(to, "Value", value);
    json_write_close(to, '}');
}

static void open_resource(JsonWriter *to, const LogicalId *id, const char *type)
{
    json_write_open(to, id->text, '{');
    json_write_text(to, "Type", str_of(type));
}

static void close_resource(JsonWriter *to)
{
    json_write_close(to, '}');
    json_write_close(to, '}');
}

/* ---- resources ---- */

static void put_filter(Template *template, const MetricFilter *filter)
{
    JsonWriter *to = &template->to;
    const LogicalId id = id_of("Filter", filter->name);
    open_resource(to, &id, "AWS::Logs::MetricFilter");
    json_write_open(to, "Properties", '{');
    json_write_value(to, "LogGroupName", STR("{\"Ref\":\"LogGroupName\"}"));
    json_write_text(to, "FilterName", filter->name);
    json_write_text(to, "FilterPattern", filter->pattern);
    json_write_open(to, "MetricTransformations", '[');
    json_write_open(to, NULL, '{');
    json_write_text(to, "MetricNamespace", filter->namespace);
    json_write_text(to, "MetricName", filter->metric);
    json_write_text(to, "MetricValue", filter->value_text);
    if (filter->has_default)
        put_number(to, "DefaultValue", filter->fallback);
    if (filter->dimension_count)
        json_write_open(to, "Dimensions", '[');
    for (uint32_t i = 0; i < filter->dimension_count; i++)
        put_pair(to, "Key", filter->dimension_names[i], filter->dimension_texts[i]);
    if (filter->dimension_count)
        json_write_close(to, ']');
    json_write_text(to, "Unit", filter->unit);
    json_write_close(to, '}');
    json_write_close(to, ']');
    close_resource(to);
}

/* What alarms of both kinds have. */
static void put_common(JsonWriter *to, const Alarm *alarm)
{
    static const char *const ACTIONS[] = {[ALARM_OK] = "OKActions",
                                          [ALARM_ALARM] = "AlarmActions",
                                          [ALARM_INSUFFICIENT_DATA] = "InsufficientDataActions"};
    json_write_text(to, "AlarmName", alarm->name);
    json_write_some(to, "AlarmDescription", alarm->description);
    put_bool(to, "ActionsEnabled", alarm->actions_enabled);
    for (int state = 0; state <= ALARM_INSUFFICIENT_DATA; state++)
        if (alarm->acts[state])
            json_write_value(to, ACTIONS[state],
                             STR("{\"Fn::If\":[\"Tells\",[{\"Ref\":\"TopicArn\"}],"
                                 "{\"Ref\":\"AWS::NoValue\"}]}"));
}

static void put_dimensions(JsonWriter *to, Str dimensions)
{
    Arena *arena = to->ok ? arena_new(ARENA_BYTES_MAX, to->err) : NULL;
    const Json *map = arena ? json_read(dimensions, &JSON_LIMITS_DEFAULT, arena, to->err) : NULL;
    to->ok = map != NULL;
    if (map && map->count) {
        json_write_open(to, "Dimensions", '[');
        for (const Json *each = map->first; each; each = each->next)
            put_pair(to, "Name", each->name, json_text(each, STR("")));
        json_write_close(to, ']');
    }
    arena_free(arena);
}

static void put_metric_alarm(Template *template, const Alarm *alarm)
{
    JsonWriter *to = &template->to;
    bool percentile = alarm->statistic == STATISTIC_PERCENTILE;
    json_write_open(to, "Properties", '{');
    put_common(to, alarm);
    json_write_text(to, "Namespace", alarm->namespace);
    json_write_text(to, "MetricName", alarm->metric);
    put_dimensions(to, alarm->dimensions);
    json_write_text(to, percentile ? "ExtendedStatistic" : "Statistic", alarm->statistic_text);
    json_write_int(to, "Period", alarm->period_s);
    json_write_int(to, "EvaluationPeriods", alarm->test.periods);
    json_write_int(to, "DatapointsToAlarm", alarm->test.points);
    put_number(to, "Threshold", alarm->threshold);
    json_write_text(to, "ComparisonOperator",
                    str_of(alarm_state_comparison_word(alarm->comparison)));
    json_write_text(to, "TreatMissingData", str_of(alarm_state_missing_word(alarm->test.missing)));
    if (percentile)
        json_write_text(to, "EvaluateLowSampleCountPercentile",
                        alarm->ignores_few ? STR("ignore") : STR("evaluate"));
}

/* The logical ids of what must be there before, each once. */
static void put_depends(Template *template, const Alarm *alarm)
{
    JsonWriter *to = &template->to;
    bool seen = !alarm->suppressor.len;
    json_write_open(to, "DependsOn", '[');
    for (size_t i = 0; i < alarm_rule_count(alarm->rule); i++) {
        const LogicalId child = id_of_alarm(alarm_set_at(template->set, alarm->children[i]));
        json_write_text(to, NULL, str_of(child.text));
        seen |= alarm->children[i] == alarm->suppressor_index;
    }
    if (!seen) {
        const LogicalId id = id_of_alarm(alarm_set_at(template->set, alarm->suppressor_index));
        json_write_text(to, NULL, str_of(id.text));
    }
    json_write_close(to, ']');
}

static void put_composite(Template *template, const Alarm *alarm)
{
    JsonWriter *to = &template->to;
    put_depends(template, alarm);
    json_write_open(to, "Properties", '{');
    put_common(to, alarm);
    json_write_text(to, "AlarmRule", alarm->rule_text);
    if (!alarm->suppressor.len)
        return;
    json_write_text(to, "ActionsSuppressor", alarm_set_name(alarm->suppressor));
    json_write_int(to, "ActionsSuppressorWaitPeriod", alarm->wait_s);
    json_write_int(to, "ActionsSuppressorExtensionPeriod", alarm->extension_s);
}

static void put_alarm(Template *template, const Alarm *alarm)
{
    JsonWriter *to = &template->to;
    const LogicalId id = id_of_alarm(alarm);
    open_resource(to, &id,
                  alarm->rule ? "AWS::CloudWatch::CompositeAlarm" : "AWS::CloudWatch::Alarm");
    if (alarm->rule)
        put_composite(template, alarm);
    else
        put_metric_alarm(template, alarm);
    close_resource(to);
}

/* ---- the template ---- */

static bool tells(const AlarmSet *set)
{
    for (size_t i = 0; i < alarm_set_count(set); i++)
        for (int state = 0; state <= ALARM_INSUFFICIENT_DATA; state++)
            if (alarm_set_at(set, i)->acts[state])
                return true;
    return false;
}

/* Parameters and conditions, those that something refers to. */
static void put_parameters(Template *template)
{
    JsonWriter *to = &template->to;
    bool told = tells(template->set);
    json_write_open(to, "Parameters", '{');
    if (alarm_set_filter_count(template->set))
        json_write_value(to, "LogGroupName",
                         STR("{\"Type\":\"String\",\"Description\":\"The log group that the trail "
                             "delivers to\"}"));
    if (told)
        json_write_value(to, "TopicArn",
                         STR("{\"Type\":\"String\",\"Default\":\"\",\"Description\":\"The topic "
                             "that alarms tell; empty: none\"}"));
    json_write_close(to, '}');
    if (told)
        json_write_value(to, "Conditions",
                         STR("{\"Tells\":{\"Fn::Not\":[{\"Fn::Equals\":[{\"Ref\":\"TopicArn\"},"
                             "\"\"]}]}}"));
}

bool alarm_template_write(const AlarmSet *set, Buf *out, Error *err)
{
    Template template = {.set = set, .to = {out, err, true}};
    JsonWriter *to = &template.to;
    json_write_open(to, NULL, '{');
    json_write_text(to, "AWSTemplateFormatVersion", STR("2010-09-09"));
    json_write_text(to, "Description", STR("Metric filters and alarms of a trail's log group"));
    put_parameters(&template);
    json_write_open(to, "Resources", '{');
    for (size_t i = 0; i < alarm_set_filter_count(set); i++)
        put_filter(&template, alarm_set_filter(set, i));
    for (size_t i = 0; i < alarm_set_count(set); i++)
        put_alarm(&template, alarm_set_at(set, i));
    json_write_close(to, '}');
    json_write_close(to, '}');
    return to->ok && buf_append_byte(out, '\n', err);
}
