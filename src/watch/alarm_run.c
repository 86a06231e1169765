#include "watch/alarm_run.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "watch/alarm_points.h"
#include "watch/alarm_reason.h"
#include "watch/alarm_store.h"

enum { MINUTE_S = 60, HOUR_S = 3600, DAY_S = 86400, TEXT_BYTES_MAX = 1 << 20 };

static const int64_t SECOND_US = 1000000;

/* An alarm during a run. */
typedef struct Running {
    const Alarm *alarm;
    AlarmRow row;
    AlarmPoints *points; /* of a metric's */
    AlarmDatum *data;    /* as many as it looks at */
} Running;

typedef struct Run {
    Db *db;
    const AlarmSet *set;
    int64_t settle_s, at_s;
    Running *list; /* by the alarm's index */
    size_t count;
} Run;

size_t alarm_run_periods(const Alarm *alarm)
{
    return (size_t)alarm->test.periods + ALARM_RANGE_MORE;
}

bool alarm_run_is_due(const Alarm *alarm, int64_t at_s)
{
    return alarm->rule || at_s % HOUR_S == 0 || alarm->period_s * alarm->test.periods <= DAY_S;
}

/* ---- one alarm at one minute ---- */

bool alarm_run_state(const Alarm *alarm, const AlarmPoints *points, int64_t at_s, AlarmState *state,
                     AlarmDatum *data, Error *err)
{
    size_t count = alarm_run_periods(alarm);
    double newest = 0; /* values in the periods that the alarm asks for */
    AlarmPoint *list = mem_alloc(count * sizeof *list, err);
    bool ok = list != NULL;
    for (size_t i = 0; ok && i < count; i++) {
        data[i].start_s = at_s - (int64_t)(count - i) * alarm->period_s;
        ok = alarm_points_value(points, alarm, &data[i], err);
        list[i] = isnan(data[i].value) ? ALARM_POINT_NONE
                  : alarm_state_breaches(alarm->comparison, data[i].value, alarm->threshold)
                      ? ALARM_POINT_BREACHING
                      : ALARM_POINT_GOOD;
        newest += i >= ALARM_RANGE_MORE ? data[i].samples : 0;
    }
    bool few =
        alarm->ignores_few && newest > 0 && alarm_state_few_samples(alarm->percentile, newest);
    if (ok && !few)
        *state = alarm_state_next(&alarm->test, list, count, *state);
    mem_free(list);
    return ok;
}

static bool add_action(Run *run, Running *running, Str what, Error *err)
{
    const AlarmChange change = {.kind = "Action",
                                .at_us = (run->at_s + run->settle_s) * SECOND_US,
                                .before = running->row.state,
                                .after = running->row.state,
                                .reason = what};
    return alarm_store_add(run->db, running->alarm, &change, err);
}

/* Notes since when the suppressor has left ALARM. */
static void follow_suppressor(const Run *run, Running *running)
{
    AlarmRow *row = &running->row;
    if (!running->alarm->suppressor.len)
        return;
    if (run->list[running->alarm->suppressor_index].row.state == ALARM_ALARM)
        row->released_s = -1;
    else if (row->released_s < 0)
        row->released_s = run->at_s;
}

/* Why what is pending has to wait, as a text; empty: it has not (section 5). */
static void find_hold(const Run *run, const Running *running, char ret[ALARM_STORE_HELD_BYTES])
{
    const Alarm *alarm = running->alarm;
    const AlarmRow *row = &running->row;
    const AlarmMute *mute = alarm_set_muted(run->set, alarm->name, run->at_s + run->settle_s);
    ret[0] = '\0';
    if (mute)
        snprintf(ret, ALARM_STORE_HELD_BYTES, "mute window %.*s", STR_ARG(mute->name));
    else if (!alarm->suppressor.len)
        return;
    else if (row->released_s < 0)
        snprintf(ret, ALARM_STORE_HELD_BYTES, "suppressor %.*s is in ALARM",
                 STR_ARG(alarm->suppressor));
    else if (row->released_s > 0 && run->at_s - row->released_s < alarm->extension_s)
        snprintf(ret, ALARM_STORE_HELD_BYTES, "suppressor %.*s left ALARM a short while ago",
                 STR_ARG(alarm->suppressor));
    else if (row->released_s < row->pending_s && run->at_s - row->pending_s < alarm->wait_s)
        snprintf(ret, ALARM_STORE_HELD_BYTES, "it waits for suppressor %.*s",
                 STR_ARG(alarm->suppressor));
}

/* Tells a change that is pending, unless something holds it back, which the history says once. */
static bool act(Run *run, Running *running, Error *err)
{
    char held[ALARM_STORE_HELD_BYTES];
    AlarmRow *row = &running->row;
    BUF_AUTO Buf text = buf_init(TEXT_BYTES_MAX);
    if (!row->pending)
        return true;
    if (!running->alarm->actions_enabled || !running->alarm->acts[row->state]) {
        row->pending = false;
        row->held[0] = '\0';
        return true;
    }
    find_hold(run, running, held);
    bool same = strcmp(held, row->held) == 0;
    memcpy(row->held, held, sizeof row->held);
    if (held[0])
        return same || (buf_printf(&text, err, "Held back: %s.", held) &&
                        add_action(run, running, buf_str(&text), err));
    row->pending = false;
    return alarm_store_tell(run->db, running->alarm, (run->at_s + run->settle_s) * SECOND_US,
                            err) &&
           add_action(run, running, STR("Told."), err);
}

static bool change_state(Run *run, Running *running, AlarmState next, Str reason, Str data,
                         Error *err)
{
    AlarmRow *row = &running->row;
    const AlarmChange change = {.kind = "StateUpdate",
                                .at_us = (run->at_s + run->settle_s) * SECOND_US,
                                .before = row->state,
                                .after = next,
                                .reason = reason,
                                .reason_data = data};
    row->state = next;
    row->since_us = change.at_us;
    row->pending = true;
    row->pending_s = run->at_s;
    row->held[0] = '\0';
    return alarm_store_add(run->db, running->alarm, &change, err);
}

static bool evaluate_metric(Run *run, Running *running, Error *err)
{
    AlarmState next = running->row.state;
    BUF_AUTO Buf text = buf_init(TEXT_BYTES_MAX), data = buf_init(TEXT_BYTES_MAX);
    const Alarm *alarm = running->alarm;
    size_t count = alarm_run_periods(alarm);
    if (!alarm_run_state(alarm, running->points, run->at_s, &next, running->data, err))
        return false;
    return next == running->row.state ||
           (alarm_reason_text(alarm, next, running->data, count, &text, err) &&
            alarm_reason_data(alarm, run->at_s, running->data, count, &data, err) &&
            change_state(run, running, next, buf_str(&text), buf_str(&data), err));
}

static bool evaluate_composite(Run *run, Running *running, Error *err)
{
    AlarmState states[ALARM_RULE_NAMES_MAX];
    BUF_AUTO Buf text = buf_init(TEXT_BYTES_MAX), data = buf_init(TEXT_BYTES_MAX);
    const Alarm *alarm = running->alarm;
    for (size_t i = 0; i < alarm_rule_count(alarm->rule); i++)
        states[i] = run->list[alarm->children[i]].row.state;
    AlarmState next = alarm_rule_holds(alarm->rule, states) ? ALARM_ALARM : ALARM_OK;
    return next == running->row.state ||
           (alarm_reason_composite(run->set, alarm, states, &text, &data, err) &&
            change_state(run, running, next, buf_str(&text), buf_str(&data), err));
}

/* What was set by hand is told before the evaluation takes it back. */
static bool evaluate(Run *run, Running *running, Error *err)
{
    follow_suppressor(run, running);
    bool ok = act(run, running, err);
    if (ok && alarm_run_is_due(running->alarm, run->at_s))
        ok = running->alarm->rule ? evaluate_composite(run, running, err)
                                  : evaluate_metric(run, running, err);
    running->row.evaluated_s = run->at_s;
    return ok && act(run, running, err);
}

/* ---- a stretch of minutes ---- */

/* The rows; *ret_first_s* is the first minute that one of them lacks. */
static bool open_rows(Run *run, const AlarmRunOptions *options, int64_t due_s, int64_t *ret_first_s,
                      Error *err)
{
    bool ok = alarm_store_prune(run->db, run->set, err);
    *ret_first_s = due_s + MINUTE_S;
    for (size_t i = 0; ok && i < run->count; i++) {
        Running *running = &run->list[i];
        AlarmRow *row = &running->row;
        running->alarm = alarm_set_at(run->set, i);
        ok = alarm_store_open(run->db, running->alarm, options->now_us, due_s - MINUTE_S, row, err);
        if (ok && row->evaluated_s < due_s - ALARM_RUN_BEHIND_S)
            row->evaluated_s = due_s - ALARM_RUN_BEHIND_S;
        if (ok && row->evaluated_s + MINUTE_S < *ret_first_s)
            *ret_first_s = row->evaluated_s + MINUTE_S;
    }
    return ok;
}

static bool load_points(Run *run, int64_t first_s, int64_t last_s, Error *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < run->count; i++) {
        Running *running = &run->list[i];
        const Alarm *alarm = running->alarm;
        if (alarm->rule)
            continue;
        size_t periods = alarm_run_periods(alarm);
        running->data = mem_calloc(periods, sizeof *running->data, err);
        running->points =
            running->data
                ? alarm_points_load(run->db, alarm, first_s - (int64_t)periods * alarm->period_s,
                                    last_s, err)
                : NULL;
        ok = running->points != NULL;
    }
    return ok;
}

static bool run_minutes(Run *run, int64_t first_s, int64_t last_s, Error *err)
{
    bool ok = load_points(run, first_s, last_s, err);
    for (run->at_s = first_s; ok && run->at_s <= last_s; run->at_s += MINUTE_S)
        for (size_t i = 0; ok && i < run->count; i++)
            if (run->list[i].row.evaluated_s < run->at_s)
                ok = evaluate(run, &run->list[i], err);
    for (size_t i = 0; ok && i < run->count; i++)
        ok = alarm_store_save(run->db, run->list[i].alarm, &run->list[i].row, err);
    return ok;
}

static bool run_due(Run *run, const AlarmRunOptions *options, bool *ret_more, Error *err)
{
    int64_t first_s, last_s;
    int64_t due_s = (options->now_us - options->settle_us) / SECOND_US / MINUTE_S * MINUTE_S;
    if (!open_rows(run, options, due_s, &first_s, err))
        return false;
    last_s = first_s + (ALARM_RUN_STEPS_MAX - 1) * (int64_t)MINUTE_S;
    *ret_more = last_s < due_s;
    return run_minutes(run, first_s, *ret_more ? last_s : due_s, err);
}

bool alarm_run(Db *db, const AlarmSet *set, const AlarmRunOptions *options, bool *ret_more,
               Error *err)
{
    Run run = {.db = db,
               .set = set,
               .settle_s = options->settle_us / SECOND_US,
               .count = alarm_set_count(set)};
    *ret_more = false;
    run.list = mem_calloc(run.count + 1, sizeof *run.list, err);
    if (!run.list)
        return false;
    bool ok = db_begin(db, err);
    ok = ok && run_due(&run, options, ret_more, err) && db_commit(db, err);
    if (!ok)
        db_rollback(db);
    for (size_t i = 0; i < run.count; i++) {
        alarm_points_free(run.list[i].points);
        mem_free(run.list[i].data);
    }
    mem_free(run.list);
    return ok;
}
