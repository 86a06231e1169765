#include "alarm_backtest.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cell.h"
#include "base/mem.h"
#include "base/timestamp.h"
#include "drops_print.h"
#include "query/backtest.h"
#include "query/session.h"
#include "watch/alarm_reason.h"
#include "watch/alarm_run.h"
#include "watch/meter.h"

enum { MINUTE_S = 60, TEXT_BYTES_MAX = 1 << 20, SQL_BYTES_MAX = 4096 };

static const int64_t SECOND_US = 1000000;

/* An alarm as it would have been. */
typedef struct Trial {
    bool needed;
    AlarmState state;
    AlarmPoints *points; /* of a metric's */
    AlarmDatum *data;
} Trial;

typedef struct Trying {
    const AlarmSet *set;
    const Alarm *wanted;
    BacktestOptions options;
    Trial *trials; /* by the alarm's index */
    uint64_t changes, minutes;
} Trying;

/* ---- counting ---- */

/* The matches of one filter, for one alarm. */
typedef struct Counting {
    const MetricFilter *filter;
    const Alarm *alarm;
    AlarmPoints *points;
    Buf minutes; /* int64_t each: in which something matched, of a filter with a default */
} Counting;

static int64_t minute_of(int64_t us)
{
    int64_t minute = us / SECOND_US / MINUTE_S;
    return us < 0 ? minute - 1 : minute;
}

static bool take(void *context, const BacktestEvent *event, Error *err)
{
    Counting *counting = context;
    int64_t minute = minute_of(event->time_us);
    BUF_AUTO Buf dimensions = buf_init(TEXT_BYTES_MAX);
    MeterReading reading = {.dimensions = &dimensions};
    if (!meter_read(counting->filter, event->document, NULL, &reading, err))
        return false;
    if (!reading.any || !str_equal(buf_str(&dimensions), counting->alarm->dimensions))
        return true;
    return alarm_points_add(counting->points, minute * MINUTE_S, reading.value, err) &&
           (!counting->filter->has_default ||
            buf_append(&counting->minutes, &minute, sizeof minute, err));
}

static int by_number(const void *a, const void *b)
{
    const int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

static bool has(const Buf *minutes, int64_t minute)
{
    return minutes->len &&
           bsearch(&minute, minutes->ptr, minutes->len / sizeof minute, sizeof minute, by_number);
}

static bool add_default(Counting *counting, int64_t us, Error *err)
{
    int64_t minute = minute_of(us);
    return has(&counting->minutes, minute) ||
           alarm_points_add(counting->points, minute * MINUTE_S, counting->filter->fallback, err);
}

/* The default stands in each minute with events of which none matched. */
static bool add_defaults(const Trying *trying, Counting *counting, Error *err)
{
    static const char SQL[] = "SELECT DISTINCT date_trunc('minute', eventtime) FROM cloudtrail";
    const SessionOptions options = {.config = trying->options.config,
                                    .since_us = trying->options.since_us,
                                    .until_us = trying->options.until_us};
    if (!counting->filter->has_default)
        return true;
    if (counting->minutes.len)
        qsort(counting->minutes.ptr, counting->minutes.len / sizeof(int64_t), sizeof(int64_t),
              by_number);
    Session *session = session_open(trying->options.lake, &options, err);
    EngineResult *result = session ? session_query(session, STR(SQL), err) : NULL;
    bool row = true, ok = result != NULL;
    while (ok && row) {
        int64_t us;
        ok = engine_next(result, &row, err);
        if (ok && row && engine_moment(result, 0, &us))
            ok = add_default(counting, us, err);
    }
    engine_result_free(result);
    session_close(session);
    return ok;
}

static bool is_of(const MetricFilter *filter, const Alarm *alarm)
{
    return str_equal(filter->namespace, alarm->namespace) &&
           str_equal(filter->metric, alarm->metric);
}

static bool count_filter(const Trying *trying, Backtest *backtest, size_t index, Counting *counting,
                         Error *err)
{
    BacktestReport report = {0};
    const Rule *rule = ruleset_rule(alarm_set_patterns(trying->set), index);
    counting->filter = alarm_set_filter(trying->set, index);
    counting->minutes.len = 0;
    return backtest_run(backtest, rule, take, counting, &report, err) &&
           add_defaults(trying, counting, err);
}

/* All filters of the alarm's metric. */
static bool count_alarm(const Trying *trying, Backtest *backtest, const Alarm *alarm, Trial *trial,
                        Error *err)
{
    size_t found = 0;
    trial->data = mem_calloc(alarm_run_periods(alarm), sizeof *trial->data, err);
    trial->points = trial->data ? alarm_points_new(err) : NULL;
    Counting counting = {
        .alarm = alarm, .points = trial->points, .minutes = buf_init(TEXT_BYTES_MAX << 6)};
    bool ok = trial->points != NULL;
    for (size_t i = 0; ok && i < alarm_set_filter_count(trying->set); i++)
        if (is_of(alarm_set_filter(trying->set, i), alarm)) {
            found++;
            ok = count_filter(trying, backtest, i, &counting, err);
        }
    buf_free(&counting.minutes);
    if (ok && !found)
        return error_set(err, ERROR_USAGE, "no metric filter counts '%.*s' of '%.*s'",
                         STR_ARG(alarm->metric), STR_ARG(alarm->namespace));
    if (ok)
        alarm_points_sort(trial->points);
    return ok;
}

/* ---- evaluating ---- */

/* Children stand before what is made of them. */
static void mark_needed(Trying *trying)
{
    for (size_t i = alarm_set_count(trying->set); i-- > 0;) {
        const Alarm *alarm = alarm_set_at(trying->set, i);
        Trial *trial = &trying->trials[i];
        trial->state = ALARM_INSUFFICIENT_DATA;
        trial->needed = trial->needed || alarm == trying->wanted;
        for (size_t k = 0; trial->needed && alarm->rule && k < alarm_rule_count(alarm->rule); k++)
            trying->trials[alarm->children[k]].needed = true;
    }
}

static bool count_all(Trying *trying, Error *err)
{
    Backtest *backtest = backtest_open(&trying->options, err);
    bool ok = backtest != NULL;
    for (size_t i = 0; ok && i < alarm_set_count(trying->set); i++) {
        const Alarm *alarm = alarm_set_at(trying->set, i);
        if (trying->trials[i].needed && !alarm->rule)
            ok = count_alarm(trying, backtest, alarm, &trying->trials[i], err);
    }
    backtest_close(backtest);
    return ok;
}

static void read_children(const Trying *trying, const Alarm *alarm, AlarmState *ret)
{
    for (size_t i = 0; i < alarm_rule_count(alarm->rule); i++)
        ret[i] = trying->trials[alarm->children[i]].state;
}

static bool put_reason(const Trying *trying, const Alarm *alarm, const Trial *trial, Buf *ret,
                       Error *err)
{
    AlarmState states[ALARM_RULE_NAMES_MAX];
    BUF_AUTO Buf data = buf_init(TEXT_BYTES_MAX);
    if (!alarm->rule)
        return alarm_reason_text(alarm, trial->state, trial->data, alarm_run_periods(alarm), ret,
                                 err);
    read_children(trying, alarm, states);
    return alarm_reason_composite(trying->set, alarm, states, ret, &data, err);
}

static bool print_change(Trying *trying, const Alarm *alarm, const Trial *trial, AlarmState before,
                         int64_t at_s, Error *err)
{
    char at[TIMESTAMP_TEXT_BYTES];
    BUF_AUTO Buf reason = buf_init(TEXT_BYTES_MAX), visible = buf_init(TEXT_BYTES_MAX);
    if (!put_reason(trying, alarm, trial, &reason, err) ||
        !cell_visible(buf_str(&reason), &visible, err))
        return false;
    timestamp_format_zone(at_s * SECOND_US, at);
    printf("%s  %s -> %s  %.*s\n", at, alarm_state_word(before), alarm_state_word(trial->state),
           STR_ARG(buf_str(&visible)));
    return true;
}

static bool evaluate(Trying *trying, size_t index, int64_t at_s, Error *err)
{
    const Alarm *alarm = alarm_set_at(trying->set, index);
    Trial *trial = &trying->trials[index];
    AlarmState before = trial->state, states[ALARM_RULE_NAMES_MAX];
    bool ok = true;
    if (alarm->rule) {
        read_children(trying, alarm, states);
        trial->state = alarm_rule_holds(alarm->rule, states) ? ALARM_ALARM : ALARM_OK;
    } else if (alarm_run_is_due(alarm, at_s)) {
        ok = alarm_run_state(alarm, trial->points, at_s, &trial->state, trial->data, err);
    }
    if (!ok || alarm != trying->wanted)
        return ok;
    trying->minutes += trial->state == ALARM_ALARM;
    if (trial->state == before)
        return true;
    trying->changes += trial->state == ALARM_ALARM;
    return print_change(trying, alarm, trial, before, at_s, err);
}

static bool evaluate_all(Trying *trying, Error *err)
{
    int64_t first = minute_of(trying->options.since_us) + 1;
    int64_t last = minute_of(trying->options.until_us) + 1;
    bool ok = true;
    for (int64_t minute = first; ok && minute <= last; minute++)
        for (size_t i = 0; ok && i < alarm_set_count(trying->set); i++)
            if (trying->trials[i].needed)
                ok = evaluate(trying, i, minute * MINUTE_S, err);
    return ok;
}

/* The time that is asked for, as far as the lake has events. */
static bool find_range(const CommandLine *line, Lake *lake, BacktestOptions *options, Error *err)
{
    static const char FIRST[] = "SELECT min(time_min) FROM parts WHERE removed_seq IS NULL";
    static const char LAST[] = "SELECT max(time_max) FROM parts WHERE removed_seq IS NULL";
    int64_t first, last;
    if (!command_range(line, &options->since_us, &options->until_us, err) ||
        !db_get_int(lake->db, FIRST, 0, &first, err) || !db_get_int(lake->db, LAST, 0, &last, err))
        return false;
    if (options->since_us < first)
        options->since_us = first;
    if (options->until_us > last + 1)
        options->until_us = last + 1;
    return options->since_us < options->until_us
               ? drops_tell(lake, options->since_us, options->until_us, err)
               : error_set(err, ERROR_USAGE, "the lake has no events of that time");
}

static void print_sum(const Trying *trying)
{
    char since[TIMESTAMP_TEXT_BYTES], until[TIMESTAMP_TEXT_BYTES];
    timestamp_format_zone(trying->options.since_us, since);
    timestamp_format_zone(trying->options.until_us, until);
    printf("it would have gone to ALARM %" PRIu64 " time%s, and been there %" PRIu64 " of %" PRId64
           " minutes, from %s to %s\n",
           trying->changes, trying->changes == 1 ? "" : "s", trying->minutes,
           minute_of(trying->options.until_us) - minute_of(trying->options.since_us) + 1, since,
           until);
}

bool alarm_backtest(const CommandLine *line, Lake *lake, const AlarmSet *set, const Alarm *alarm,
                    Error *err)
{
    Trying trying = {
        .set = set, .wanted = alarm, .options = {.lake = lake, .config = command_config(line)}};
    if (!find_range(line, lake, &trying.options, err))
        return false;
    trying.options.derive = derive_open(trying.options.config, err);
    trying.trials = trying.options.derive
                        ? mem_calloc(alarm_set_count(set) + 1, sizeof *trying.trials, err)
                        : NULL;
    bool ok = trying.trials != NULL;
    if (ok) {
        mark_needed(&trying);
        ok = count_all(&trying, err) && evaluate_all(&trying, err);
    }
    for (size_t i = 0; trying.trials && i < alarm_set_count(set); i++) {
        alarm_points_free(trying.trials[i].points);
        mem_free(trying.trials[i].data);
    }
    if (ok)
        print_sum(&trying);
    mem_free(trying.trials);
    derive_release(trying.options.derive);
    return ok;
}
