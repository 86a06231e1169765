#include "support/support.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lake/metric_cell.h"
#include "support/new_lake.h"
#include "watch/alarm_points.h"
#include "watch/alarm_reason.h"
#include "watch/alarm_run.h"
#include "watch/alarm_store.h"

/* 2026-11-02T00:00:00Z; times are minutes from there. */
static const int64_t BASE_S = 1793577600;

enum { TEXT_BYTES_MAX = 1 << 16 };

static int end(void **state)
{
    (void)state;
    support_folder_end();
    return 0;
}

static AlarmSet *read_set(const char *text)
{
    Error err = {0};
    AlarmSet *set = alarm_set_read(str_of(text), "a.yml", &err);
    support_ok(set != NULL, &err);
    return set;
}

static void put(Lake *lake, const char *metric, int minute, double value)
{
    Error err = {0};
    char sql[400];
    snprintf(sql, sizeof sql,
             "INSERT OR IGNORE INTO metric_series (filter, namespace, name, dimensions, unit) "
             "VALUES ('f', 'N', '%s', '{}', 'None'); INSERT INTO metric_points SELECT id, %lld, "
             "60, 1, %g, %g, %g, 0, NULL FROM metric_series WHERE name = '%s'",
             metric, (long long)BASE_S + minute * 60, value, value, value, metric);
    support_ok(db_exec(lake->db, sql, &err), &err);
}

/* Evaluates what is due at *minute* with that settle delay. */
static void run_settled(Lake *lake, const AlarmSet *set, int minute, int settle)
{
    Error err = {0};
    bool more = true;
    const AlarmRunOptions options = {(BASE_S + minute * 60) * 1000000, (int64_t)settle * 60000000};
    while (more)
        support_ok(alarm_run(lake->db, set, &options, &more, &err), &err);
}

static void run(Lake *lake, const AlarmSet *set, int minute)
{
    run_settled(lake, set, minute, 0);
}

/* "MINUTE OLD>NEW" of each change of *name*, and what became of it: told, held. */
static void expect(Lake *lake, const char *name, const char *wanted)
{
    Error err = {0};
    bool row = true;
    BUF_AUTO Buf got = buf_init(TEXT_BYTES_MAX);
    DbStatement *select = db_statement(lake->db,
                                       "SELECT at_us, kind, old_state, new_state, reason FROM"
                                       " alarm_history WHERE alarm = ? ORDER BY id",
                                       &err);
    db_bind_text(select, 1, str_of(name));
    while (db_next(select, &row, &err) && row) {
        Str before = db_text(select, 2), after = db_text(select, 3);
        bool told = str_starts(db_text(select, 4), STR("Told"));
        bool ok = str_equal(db_text(select, 1), STR("Action"))
                      ? buf_printf(&got, &err, "%s", told ? " told" : " held")
                      : buf_printf(&got, &err, "%s%lld %c>%c", got.len ? "; " : "",
                                   (long long)(db_int(select, 0) / 1000000 - BASE_S) / 60,
                                   before.ptr[0], after.ptr[0]);
        support_ok(ok, &err);
    }
    assert_string_equal(buf_text(&got, &err), wanted);
}

#define ALARM_OF(name, more)                                                                       \
    "- {name: " name ", namespace: N, metric: M, statistic: Sum, period: 60, "                     \
    "comparison: GreaterThanThreshold, threshold: 4, " more "}\n"
#define ALARM "alarms:\n" ALARM_OF("a", "evaluation_periods: 1, treat_missing_data: notBreaching")

static void a_change_is_kept_with_its_reason_and_told_once(void **state)
{
    (void)state;
    LAKE_AUTO Lake *lake = new_lake();
    AlarmSet *set = read_set(ALARM);
    put(lake, "M", 10, 5);
    run(lake, set, 5);
    run(lake, set, 11);
    run(lake, set, 11);
    run(lake, set, 20);
    expect(lake, "a", "5 I>O; 11 O>A told; 14 A>O");
    assert_int_equal(new_lake_ask(lake, "SELECT count(*) FROM notices WHERE kind = 'alarm'"), 1);
    assert_int_equal(new_lake_ask(lake, "SELECT count(*) FROM alarm_history WHERE reason LIKE"
                                        " 'Threshold crossed: of the last 3 periods of 60 s, 1 had"
                                        " data [5 (2026-11-02T00:10:00Z)], of which 1 is greater"
                                        " than the threshold 4%' AND reason_data ->>"
                                        " '$.evaluatedDatapoints[0].value' = 5"),
                     1);
    assert_int_equal(new_lake_ask(lake, "SELECT count(*) FROM alarms WHERE state = 'OK' AND"
                                        " evaluated_s = 1793578800"),
                     1);
    alarm_set_free(set);
}

/* Whatever time nobody evaluates, the changes are the same. */
static void a_downtime_is_made_up_for(void **state)
{
    (void)state;
    static const char TEXT[] = "alarms:\n" ALARM_OF("a", "evaluation_periods: 3, "
                                                         "datapoints_to_alarm: 2")
        ALARM_OF("b", "evaluation_periods: 2, treat_missing_data: "
                      "breaching") "composite_alarms:\n- {name: c, rule: "
                                   "'ALARM(a) AND NOT ALARM(b)'}\n";
    static const int STRIDES[] = {1, 7, 59, 997};
    AlarmSet *set = read_set(TEXT);
    char first[65] = "";
    for (size_t i = 0; i < sizeof STRIDES / sizeof *STRIDES; i++) {
        LAKE_AUTO Lake *lake = new_lake();
        run(lake, set, 0);
        for (int minute = 1; minute < 990; minute++)
            if (minute * 7919 % 13 < 9)
                put(lake, "M", minute, minute * 31 % 11);
        for (int minute = STRIDES[i]; minute < 997; minute += STRIDES[i])
            run(lake, set, minute);
        run(lake, set, 997);
        char sum[65];
        snprintf(sum, sizeof sum, "%lld/%lld/%lld",
                 (long long)new_lake_ask(lake, "SELECT count(*) FROM alarm_history"),
                 (long long)new_lake_ask(lake, "SELECT sum(at_us / 60000000 * (unicode(new_state) +"
                                               " 3 * unicode(alarm))) FROM alarm_history"),
                 (long long)new_lake_ask(lake, "SELECT count(*) FROM notices"));
        assert_true(new_lake_ask(lake, "SELECT count(*) FROM alarm_history") > 100);
        if (i)
            assert_string_equal(sum, first);
        memcpy(first, sum, sizeof first);
    }
    alarm_set_free(set);
}

/* An evaluation range of 3 minutes: what comes later than the settle delay and that is not seen. */
static void late_data_counts_as_far_as_the_range_reaches(void **state)
{
    (void)state;
    LAKE_AUTO Lake *lake = new_lake();
    AlarmSet *set = read_set(ALARM);
    run_settled(lake, set, 10, 5);
    run_settled(lake, set, 17, 5); /* up to minute 12 */
    put(lake, "M", 10, 9);         /* late, and in the range of minute 13 */
    run_settled(lake, set, 18, 5);
    run_settled(lake, set, 25, 5); /* up to minute 20 */
    put(lake, "M", 17, 9);         /* [17, 18) is in no later range */
    run_settled(lake, set, 30, 5);
    expect(lake, "a", "10 I>O; 18 O>A told; 19 A>O");
    alarm_set_free(set);
}

static void a_mute_window_holds_back_what_is_still_so_at_its_end(void **state)
{
    (void)state;
    LAKE_AUTO Lake *lake = new_lake();
    AlarmSet *set = read_set(ALARM "mutes:\n- {name: m, alarms: [a*], from: 00:10, to: 00:20}\n");
    run(lake, set, 5);
    put(lake, "M", 11, 5);
    for (int minute = 17; minute < 22; minute++)
        put(lake, "M", minute, 5);
    run(lake, set, 40);
    expect(lake, "a", "5 I>O; 12 O>A held; 15 A>O; 18 O>A held told; 25 A>O");
    alarm_set_free(set);
}

#define COMPOSITE                                                                                  \
    "alarms:\n"                                                                                    \
    "- {name: a, namespace: N, metric: M, statistic: Maximum, period: 60, "                        \
    "evaluation_periods: 1, comparison: GreaterThanThreshold, threshold: 4, "                      \
    "treat_missing_data: notBreaching, actions: []}\n"                                             \
    "- {name: s, namespace: N, metric: S, statistic: Maximum, period: 60, "                        \
    "evaluation_periods: 1, comparison: GreaterThanThreshold, threshold: 4, "                      \
    "treat_missing_data: notBreaching, actions_enabled: false}\n"                                  \
    "composite_alarms:\n"                                                                          \
    "- {name: c, rule: ALARM(a), suppressor: s, suppressor_wait: 120, suppressor_extension: "      \
    "180}\n"

static void a_suppressor_is_waited_for_and_outlasted(void **state)
{
    (void)state;
    LAKE_AUTO Lake *lake = new_lake();
    AlarmSet *set = read_set(COMPOSITE);
    run(lake, set, 5);
    for (int minute = 10; minute < 30; minute++)
        put(lake, "M", minute, 5);
    put(lake, "S", 11, 5); /* s: 12 to 14; c may tell 3 minutes behind 15 */
    run(lake, set, 17);
    expect(lake, "c", "5 I>O; 11 O>A held held held");
    run(lake, set, 50);
    expect(lake, "c", "5 I>O; 11 O>A held held held told; 33 A>O");
    assert_int_equal(new_lake_ask(lake, "SELECT at_us FROM alarm_history WHERE reason = 'Told.'"),
                     (BASE_S + 18 * 60) * 1000000);
    alarm_set_free(set);
}

static void without_its_suppressor_a_composite_tells_after_the_wait(void **state)
{
    (void)state;
    LAKE_AUTO Lake *lake = new_lake();
    AlarmSet *set = read_set(COMPOSITE);
    run(lake, set, 5);
    for (int minute = 10; minute < 12; minute++)
        put(lake, "M", minute, 5);
    run(lake, set, 30);
    expect(lake, "c", "5 I>O; 11 O>A held told; 15 A>O");
    assert_int_equal(new_lake_ask(lake, "SELECT at_us FROM alarm_history WHERE reason = 'Told.'"),
                     (BASE_S + 13 * 60) * 1000000);
    expect(lake, "a", "5 I>O; 11 O>A; 15 A>O");
    alarm_set_free(set);
}

static void a_state_set_by_hand_lasts_until_the_next_evaluation(void **state)
{
    (void)state;
    Error err = {0};
    LAKE_AUTO Lake *lake = new_lake();
    AlarmSet *set = read_set(ALARM);
    run(lake, set, 5);
    int64_t at_us = (BASE_S + 5 * 60) * 1000000;
    support_ok(alarm_store_set(lake->db, STR("a"), ALARM_ALARM, STR("why"), at_us, &err), &err);
    assert_int_equal(new_lake_ask(lake, "SELECT count(*) FROM alarms WHERE reason = 'It was not"
                                        " evaluated yet.' OR state <> 'ALARM'"),
                     0);
    run(lake, set, 6);
    expect(lake, "a", "5 I>O; 5 O>A told; 6 A>O");
    assert_false(alarm_store_set(lake->db, STR("b"), ALARM_OK, STR("why"), at_us, &err));
    assert_int_equal(err.kind, ERROR_USAGE);
    alarm_set_free(set);
}

static void an_alarm_that_no_file_has_is_removed(void **state)
{
    (void)state;
    LAKE_AUTO Lake *lake = new_lake();
    AlarmSet *set = read_set(ALARM), *none = read_set("");
    run(lake, set, 5);
    run(lake, none, 6);
    assert_int_equal(new_lake_ask(lake, "SELECT count(*) FROM alarms"), 0);
    assert_int_equal(new_lake_ask(lake, "SELECT count(*) FROM alarm_history"), 1);
    alarm_set_free(set);
    alarm_set_free(none);
}

/* Statistics of the points of a period. */
static void statistics_are_those_of_all_points_of_the_period(void **state)
{
    (void)state;
    static const struct {
        const char *word;
        double value;
    } CASES[] = {{"SampleCount", 4}, {"Sum", 14},    {"Average", 3.5},
                 {"Minimum", 1},     {"Maximum", 8}, {"p100", 8}};
    Error err = {0};
    LAKE_AUTO Lake *lake = new_lake();
    const double values[] = {1, 2, 3, 8};
    for (int i = 0; i < 4; i++)
        put(lake, "M", 10 + i, values[i]);
    put(lake, "M", 15, 100);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char text[400];
        AlarmDatum datum = {.start_s = BASE_S + 600}, before = {.start_s = BASE_S - 300};
        snprintf(text, sizeof text,
                 "alarms:\n- {name: a, namespace: N, metric: M, statistic: %s, period: 300, "
                 "evaluation_periods: 1, comparison: LessThanThreshold, threshold: 0}\n",
                 CASES[i].word);
        AlarmSet *set = read_set(text);
        const Alarm *alarm = alarm_set_at(set, 0);
        AlarmPoints *points = alarm_points_load(lake->db, alarm, 0, INT64_MAX, &err);
        support_ok(points && alarm_points_value(points, alarm, &datum, &err), &err);
        assert_true(datum.value == CASES[i].value && datum.samples == 4);
        support_ok(alarm_points_value(points, alarm, &before, &err), &err);
        assert_true(isnan(before.value) && before.samples == 0);
        alarm_points_free(points);
        alarm_set_free(set);
    }
}

/* Ten over one minus p values are wanted where low_samples says so. */
static void few_samples_keep_the_state(void **state)
{
    (void)state;
    LAKE_AUTO Lake *lake = new_lake();
    AlarmSet *set = read_set("alarms:\n- {name: a, namespace: N, metric: M, statistic: p90, "
                             "period: 60, evaluation_periods: 1, comparison: "
                             "GreaterThanThreshold, threshold: 4, low_samples: ignore}\n");
    put(lake, "M", 10, 9);
    run(lake, set, 11);
    expect(lake, "a", "");
    alarm_set_free(set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_change_is_kept_with_its_reason_and_told_once),
        cmocka_unit_test(a_downtime_is_made_up_for),
        cmocka_unit_test(late_data_counts_as_far_as_the_range_reaches),
        cmocka_unit_test(a_mute_window_holds_back_what_is_still_so_at_its_end),
        cmocka_unit_test(a_suppressor_is_waited_for_and_outlasted),
        cmocka_unit_test(without_its_suppressor_a_composite_tells_after_the_wait),
        cmocka_unit_test(a_state_set_by_hand_lasts_until_the_next_evaluation),
        cmocka_unit_test(an_alarm_that_no_file_has_is_removed),
        cmocka_unit_test(statistics_are_those_of_all_points_of_the_period),
        cmocka_unit_test(few_samples_keep_the_state),
    };
    return cmocka_run_group_tests(tests, NULL, end);
}
