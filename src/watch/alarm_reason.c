#include "watch/alarm_reason.h"

#include <math.h>
#include <stdio.h>

#include "base/json_write.h"
#include "base/timestamp.h"

enum { NUMBER_BYTES = 40, SHOWN_MAX = 5 };

static const char *const COMPARED[] = {[ALARM_GREATER] = "greater than",
                                       [ALARM_GREATER_OR_EQUAL] = "greater than or equal to",
                                       [ALARM_LESS] = "less than",
                                       [ALARM_LESS_OR_EQUAL] = "less than or equal to"};

static void write_number(double number, char text[NUMBER_BYTES])
{
    snprintf(text, NUMBER_BYTES, "%.10g", number);
}

/* "3 (2026-11-27T10:05:00Z), ...", the newest first. */
static bool put_data(const AlarmDatum *data, size_t count, Buf *ret, Error *err)
{
    int shown = 0;
    bool ok = true;
    for (size_t i = count; ok && i-- > 0 && shown < SHOWN_MAX;) {
        char number[NUMBER_BYTES], time[TIMESTAMP_TEXT_BYTES];
        if (isnan(data[i].value))
            continue;
        write_number(data[i].value, number);
        timestamp_format(data[i].start_s * 1000000, time);
        ok = buf_printf(ret, err, "%s%s (%s)", shown++ ? ", " : "", number, time);
    }
    return ok;
}

bool alarm_reason_text(const Alarm *alarm, AlarmState state, const AlarmDatum *data, size_t count,
                       Buf *ret, Error *err)
{
    size_t real = 0, breaching = 0;
    char threshold[NUMBER_BYTES];
    write_number(alarm->threshold, threshold);
    for (size_t i = 0; i < count; i++) {
        if (isnan(data[i].value))
            continue;
        real++;
        if (alarm_state_breaches(alarm->comparison, data[i].value, alarm->threshold))
            breaching++;
    }
    if (!real)
        return buf_printf(ret, err, "%s: no data in %zu periods of %lld s; missing data is %s.",
                          state == ALARM_INSUFFICIENT_DATA ? "Insufficient data" : "Missing data",
                          count, (long long)alarm->period_s,
                          alarm_state_missing_word(alarm->test.missing));
    return buf_printf(ret, err, "%s: of the last %zu periods of %lld s, %zu had data [",
                      state == ALARM_ALARM ? "Threshold crossed" : "Threshold not crossed", count,
                      (long long)alarm->period_s, real) &&
           put_data(data, count, ret, err) &&
           buf_printf(ret, err,
                      "], of which %zu %s %s the threshold %s (%u of %u make the alarm; missing "
                      "data is %s).",
                      breaching, breaching == 1 ? "is" : "are", COMPARED[alarm->comparison],
                      threshold, alarm->test.points, alarm->test.periods,
                      alarm_state_missing_word(alarm->test.missing));
}

/* "2026-11-27T10:05:00.000+0000" */
static void put_date(JsonWriter *to, const char *name, int64_t at_s)
{
    char text[TIMESTAMP_TEXT_BYTES], date[TIMESTAMP_TEXT_BYTES + 12];
    timestamp_format(at_s * 1000000, text);
    snprintf(date, sizeof date, "%.19s.000+0000", text);
    json_write_text(to, name, str_of(date));
}

static void put_number(JsonWriter *to, const char *name, double number)
{
    char text[NUMBER_BYTES];
    write_number(number, text);
    json_write_value(to, name, str_of(text));
}

bool alarm_reason_data(const Alarm *alarm, int64_t at_s, const AlarmDatum *data, size_t count,
                       Buf *ret, Error *err)
{
    JsonWriter to = {ret, err, true};
    json_write_open(&to, NULL, '{');
    json_write_text(&to, "version", STR("1.0"));
    put_date(&to, "queryDate", at_s);
    if (count)
        put_date(&to, "startDate", data[0].start_s);
    json_write_text(&to, "statistic", alarm->statistic_text);
    json_write_int(&to, "period", alarm->period_s);
    json_write_open(&to, "recentDatapoints", '[');
    for (size_t i = 0; i < count; i++)
        if (!isnan(data[i].value))
            put_number(&to, NULL, data[i].value);
    json_write_close(&to, ']');
    put_number(&to, "threshold", alarm->threshold);
    json_write_open(&to, "evaluatedDatapoints", '[');
    for (size_t i = count; i-- > 0;) {
        json_write_open(&to, NULL, '{');
        put_date(&to, "timestamp", data[i].start_s);
        if (!isnan(data[i].value)) {
            put_number(&to, "sampleCount", data[i].samples);
            put_number(&to, "value", data[i].value);
        }
        json_write_close(&to, '}');
    }
    json_write_close(&to, ']');
    json_write_close(&to, '}');
    return to.ok;
}

bool alarm_reason_composite(const AlarmSet *set, const Alarm *alarm, const AlarmState *states,
                            Buf *ret_text, Buf *ret_data, Error *err)
{
    JsonWriter to = {ret_data, err, true};
    size_t count = alarm_rule_count(alarm->rule);
    bool ok = buf_printf(ret_text, err, "%.*s:", STR_ARG(alarm->rule_text));
    json_write_open(&to, NULL, '{');
    json_write_open(&to, "triggeringAlarms", '[');
    for (size_t i = 0; ok && i < count; i++) {
        const Alarm *child = alarm_set_at(set, alarm->children[i]);
        const char *word = alarm_state_word(states[i]);
        ok = buf_printf(ret_text, err, "%s %.*s is %s", i ? "," : "", STR_ARG(child->name), word);
        json_write_open(&to, NULL, '{');
        json_write_text(&to, "name", child->name);
        json_write_text(&to, "state", str_of(word));
        json_write_close(&to, '}');
    }
    json_write_close(&to, ']');
    json_write_close(&to, '}');
    return ok && to.ok && buf_append_byte(ret_text, '.', err);
}
