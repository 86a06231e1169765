/* One metric filter or alarm of AWS as the YAML that alarm_set reads. */
#include "watch/alarm_describe_state.h"

#include <string.h>

enum { KEY_INDENT = 4 };

/* The members of an alarm as describe-alarms names them, where they stand in a metric of Metrics,
 * and what files call them. */
static const struct {
    const char *name, *in_metric, *to;
} ALARM_MEMBERS[] = {
    {"AlarmDescription", NULL, "description"},
    {"ActionsEnabled", NULL, "actions_enabled"},
    {"Namespace", "MetricStat.Metric.Namespace", "namespace"},
    {"MetricName", "MetricStat.Metric.MetricName", "metric"},
    {"Statistic", "MetricStat.Stat", "statistic"},
    {"ExtendedStatistic", NULL, "statistic"},
    {"Period", "MetricStat.Period", "period"},
    {"EvaluationPeriods", NULL, "evaluation_periods"},
    {"DatapointsToAlarm", NULL, "datapoints_to_alarm"},
    {"ComparisonOperator", NULL, "comparison"},
    {"Threshold", NULL, "threshold"},
    {"TreatMissingData", NULL, "treat_missing_data"},
    {"EvaluateLowSampleCountPercentile", NULL, "low_samples"},
    {"AlarmRule", NULL, "rule"},
    {"ActionsSuppressor", NULL, "suppressor"},
    {"ActionsSuppressorWaitPeriod", NULL, "suppressor_wait"},
    {"ActionsSuppressorExtensionPeriod", NULL, "suppressor_extension"},
    {"Dimensions", "MetricStat.Metric.Dimensions", NULL},
    {"Unit", "MetricStat.Unit", NULL},
};
enum { ALARM_MEMBER_COUNT = sizeof ALARM_MEMBERS / sizeof *ALARM_MEMBERS };

/* The only element of Metrics. */
static const Json *only_metric(const AlarmItem *item)
{
    const Json *metrics = json_member(item->json, STR("Metrics"));
    return metrics && metrics->type == JSON_ARRAY && metrics->count == 1 ? metrics->first : NULL;
}

static const Json *not_null(const Json *value)
{
    return value && value->type != JSON_NULL ? value : NULL;
}

const Json *alarm_describe_member(const AlarmItem *item, const char *name)
{
    size_t i = 0;
    const Json *value = not_null(json_member(item->json, str_of(name)));
    while (i < ALARM_MEMBER_COUNT && strcmp(ALARM_MEMBERS[i].name, name) != 0)
        i++;
    return value || i == ALARM_MEMBER_COUNT || !ALARM_MEMBERS[i].in_metric
               ? value
               : not_null(json_path(only_metric(item), str_of(ALARM_MEMBERS[i].in_metric)));
}

/* ---- what cannot be carried ---- */

static bool is_list(const Json *value)
{
    return value && value->type == JSON_ARRAY && value->count;
}

static const char *refuse_filter(const AlarmItem *item)
{
    const Json *made = json_member(item->json, STR("metricTransformations"));
    if (!is_list(made) || made->count != 1)
        return "it has not one metric transformation";
    if (json_member(item->json, STR("fieldSelectionCriteria")))
        return "it selects logs by fieldSelectionCriteria, which records of CloudTrail do not have";
    return NULL;
}

/* Anomaly detection, metric math and queries. */
static const char *refuse_alarm(const AlarmItem *item)
{
    const Json *metrics = json_member(item->json, STR("Metrics"));
    if (not_null(json_member(item->json, STR("EvaluationCriteria"))))
        return "it is a query in PromQL";
    if (not_null(json_member(item->json, STR("ThresholdMetricId"))))
        return "it compares with a band of anomaly detection";
    if (is_list(metrics) && (metrics->count > 1 || !json_member(metrics->first, STR("MetricStat"))))
        return "it is made of metric math";
    return NULL;
}

const char *alarm_describe_refusal(const AlarmItem *item)
{
    static const char *(*const REFUSE[DESCRIBED_KINDS])(const AlarmItem *item) = {
        [DESCRIBED_FILTER] = refuse_filter, [DESCRIBED_ALARM] = refuse_alarm};
    return REFUSE[item->kind] ? REFUSE[item->kind](item) : NULL;
}

/* ---- YAML ---- */

/* A text in quotes: single ones where YAML takes it as it is, else those of JSON. */
static bool put_quoted(Str text, Buf *out, Error *err)
{
    bool plain = true;
    for (size_t i = 0; plain && i < text.len; i++)
        plain = text.ptr[i] >= ' ' && text.ptr[i] <= '~';
    if (!plain)
        return json_append_string(out, text, err);
    bool ok = buf_append_byte(out, '\'', err);
    for (size_t i = 0; ok && i < text.len; i++)
        ok = (text.ptr[i] != '\'' || buf_append_byte(out, '\'', err)) &&
             buf_append_byte(out, (unsigned char)text.ptr[i], err);
    return ok && buf_append_byte(out, '\'', err);
}

static bool put_scalar(const Json *value, Buf *out, Error *err)
{
    return value->type == JSON_STRING ? put_quoted(value->text, out, err)
                                      : buf_append_str(out, value->raw, err);
}

/* A member behind the first one; one that is not there is none. */
static bool put_member(const char *name, const Json *value, Buf *out, Error *err)
{
    return !value ||
           (buf_printf(out, err, "\n%*s%s: ", KEY_INDENT, "", name) && put_scalar(value, out, err));
}

static bool put_pair(const Json *name, const Json *value, bool first, Buf *out, Error *err)
{
    return (first || buf_append_str(out, STR(", "), err)) &&
           put_quoted(name->type == JSON_STRING ? name->text : name->raw, out, err) &&
           buf_append_str(out, STR(": "), err) && put_scalar(value, out, err);
}

/* An object of texts, or a list of {Name, Value}. */
static bool put_dimensions(const Json *dimensions, Buf *out, Error *err)
{
    if (!dimensions || !dimensions->count)
        return true;
    bool ok = buf_printf(out, err, "\n%*sdimensions: {", KEY_INDENT, "");
    for (const Json *each = dimensions->first; ok && each; each = each->next) {
        const Json key = {.type = JSON_STRING, .text = each->name};
        const Json *name = json_member(each, STR("Name")), *value = json_member(each, STR("Value"));
        bool listed = name && value;
        ok = put_pair(listed ? name : &key, listed ? value : each, each == dimensions->first, out,
                      err);
    }
    return ok && buf_append_byte(out, '}', err);
}

static bool put_filter(const AlarmItem *item, Buf *out, Error *err)
{
    static const struct {
        const char *name, *to;
    } MEMBERS[] = {{"metricNamespace", "namespace"},
                   {"metricName", "metric"},
                   {"metricValue", "value"},
                   {"defaultValue", "default"},
                   {"unit", "unit"}};
    const Json *made = json_member(item->json, STR("metricTransformations"))->first;
    bool ok = put_member("pattern", json_member(item->json, STR("filterPattern")), out, err);
    for (size_t i = 0; ok && i < sizeof MEMBERS / sizeof *MEMBERS; i++)
        ok = put_member(MEMBERS[i].to, not_null(json_member(made, str_of(MEMBERS[i].name))), out,
                        err);
    return ok && put_dimensions(not_null(json_member(made, STR("dimensions"))), out, err);
}

/* The states whose change runs something. */
static bool put_actions(const AlarmItem *item, Buf *out, Error *err)
{
    static const struct {
        const char *name, *state;
    } LISTS[] = {{"AlarmActions", "ALARM"},
                 {"OKActions", "OK"},
                 {"InsufficientDataActions", "INSUFFICIENT_DATA"}};
    bool any = false, ok = buf_printf(out, err, "\n%*sactions: [", KEY_INDENT, "");
    for (size_t i = 0; ok && i < sizeof LISTS / sizeof *LISTS; i++) {
        if (!is_list(json_member(item->json, str_of(LISTS[i].name))))
            continue;
        ok = buf_printf(out, err, "%s%s", any ? ", " : "", LISTS[i].state);
        any = true;
    }
    return ok && buf_append_byte(out, ']', err);
}

static bool put_alarm(const AlarmItem *item, Buf *out, Error *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < ALARM_MEMBER_COUNT; i++)
        if (ALARM_MEMBERS[i].to)
            ok = put_member(ALARM_MEMBERS[i].to, alarm_describe_member(item, ALARM_MEMBERS[i].name),
                            out, err);
    return ok && put_dimensions(alarm_describe_member(item, "Dimensions"), out, err) &&
           put_actions(item, out, err);
}

bool alarm_describe_item(const AlarmItem *item, Buf *out, Error *err)
{
    return buf_append_str(out, STR("  - name: "), err) && put_quoted(item->name, out, err) &&
           (item->kind == DESCRIBED_FILTER ? put_filter(item, out, err)
                                           : put_alarm(item, out, err)) &&
           buf_append_byte(out, '\n', err);
}
