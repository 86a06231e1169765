#include "support/support.h"

#include <stdio.h>
#include <string.h>

#include "base/timestamp.h"
#include "watch/alarm_set.h"

#define ALARM_OF(statistic, period)                                                                \
    "namespace: N, metric: M, statistic: " statistic ", period: " period                           \
    ", evaluation_periods: 2, comparison: GreaterThanThreshold, threshold: 1"
#define ALARM ALARM_OF("Sum", "300")

static AlarmSet *read(const char *text)
{
    Error err = {0};
    AlarmSet *set = alarm_set_read(str_of(text), "a.yml", &err);
    support_ok(set != NULL, &err);
    return set;
}

static void members_have_defaults_as_the_service_has_them(void **state)
{
    (void)state;
    AlarmSet *set =
        read("metric_filters:\n- {name: f, pattern: '{ $.a = 1 }', namespace: N, "
             "metric: M, dimensions: {Z: $.z, A: $.a}}\n"
             "alarms:\n- {name: a, " ALARM ", dimensions: {z: '1', b: 2}}\n"
             "- {name: p, " ALARM_OF(
                 "p99.9",
                 "300") ", datapoints_to_alarm: 1, "
                        "low_samples: ignore, treat_missing_data: notBreaching, severity: high, "
                        "actions: [OK, ALARM]}\n");
    const MetricFilter *filter = alarm_set_filter(set, 0);
    const Alarm *plain = alarm_set_find(set, STR("a")), *other = alarm_set_find(set, STR("p"));
    assert_true(filter->value == 1 && !filter->value_path && !filter->has_default);
    assert_true(str_equal(filter->dimension_names[0], STR("A")));
    assert_true(str_equal(plain->dimensions, STR("{\"b\":\"2\",\"z\":\"1\"}")));
    assert_true(plain->test.points == 2 && plain->test.missing == ALARM_MISSING_MISSING);
    assert_true(plain->actions_enabled && plain->acts[ALARM_ALARM] && !plain->acts[ALARM_OK]);
    assert_int_equal(plain->severity, LEVEL_MEDIUM);
    assert_true(other->test.points == 1 && other->ignores_few && other->percentile == 99.9);
    assert_true(other->acts[ALARM_OK] && other->statistic == STATISTIC_PERCENTILE);
    alarm_set_free(set);
}

static void a_composite_stands_behind_what_it_names(void **state)
{
    (void)state;
    AlarmSet *set = read("composite_alarms:\n"
                         "- {name: top, rule: 'ALARM(middle) AND NOT ALARM(b)', suppressor: b}\n"
                         "- {name: middle, rule: 'ALARM(\"arn:aws:cloudwatch:eu-west-1:1:alarm:b\")"
                         "'}\nalarms:\n- {name: b, " ALARM "}\n");
    assert_true(str_equal(alarm_set_at(set, 2)->name, STR("top")));
    assert_int_equal(alarm_set_at(set, 2)->children[0], 1);
    assert_int_equal(alarm_set_at(set, 2)->suppressor_index, 0);
    assert_int_equal(alarm_set_at(set, 1)->children[0], 0);
    alarm_set_free(set);
}

/* What is wrong is said with file and line. */
static void mistakes_are_told_with_their_line(void **state)
{
    (void)state;
    static const struct {
        const char *text, *why;
    } CASES[] = {
        {"- 1\n", "a.yml:1: expected metric_filters"},
        {"\nfilters: []\n", "a.yml:2: 'filters' is none of"},
        {"alarms:\n- {name: a}\n", "a.yml:2: namespace is missing"},
        {"alarms:\n- {name: a, " ALARM ", periods: 1}\n", "there is no member 'periods' here"},
        {"alarms:\n- {name: a, " ALARM_OF("Sum", "90") "}\n", "a multiple of 60"},
        {"alarms:\n- {name: a, " ALARM "}\n- {name: a, " ALARM "}\n", "a.yml:3: there is an alarm"},
        {"alarms:\n- {name: a, " ALARM_OF("p101", "300") "}\n", "statistic: expected SampleCount"},
        {"alarms:\n- {name: a, " ALARM ", datapoints_to_alarm: 3}\n", "is more than evaluation_"},
        {"alarms:\n- {name: a, " ALARM ", low_samples: ignore}\n",
         "low_samples is for percentiles"},
        {"alarms:\n- {name: a, namespace: N, metric: M, statistic: Sum, period: 300, "
         "evaluation_periods: 289, comparison: LessThanThreshold, threshold: 1}\n",
         "is more than 86400 s"},
        {"metric_filters:\n- {name: f, pattern: '{ $.a = }', namespace: N, metric: M}\n",
         "a.yml:2: pattern: "},
        {"metric_filters:\n- {name: f, pattern: 'ERROR', namespace: N, metric: M}\n",
         "JSON events"},
        {"metric_filters:\n- {name: 'f:g', pattern: '{ $.a = 1 }', namespace: N, metric: M}\n",
         "name: it may not hold"},
        {"metric_filters:\n- {name: f, pattern: '{ $.a = 1 }', namespace: N, metric: M, value: "
         "x}\n",
         "value: expected a number"},
        {"metric_filters:\n- {name: f, pattern: '{ $.a = 1 }', namespace: N, metric: M, default: 0,"
         " dimensions: {A: $.a}}\n",
         "not both"},
        {"composite_alarms:\n- {name: c, rule: 'ALARM(d)'}\n", "names 'd', which is no alarm"},
        {"composite_alarms:\n- {name: c, rule: 'ALARM(d)'}\n- {name: d, rule: 'OK(c)'}\n",
         "names itself, or others"},
        {"composite_alarms:\n- {name: c, rule: 'ALARM('}\n", "a.yml:2: rule: "},
        {"composite_alarms:\n- {name: c, rule: 'TRUE', suppressor_wait: 5}\n", "need a suppressor"},
        {"mutes:\n- {name: m, alarms: ['*'], days: [monday]}\n", "days: 'monday' is none"},
        {"mutes:\n- {name: m, alarms: ['*'], from: 25:00}\n", "a time of day"},
        {"mutes:\n- {name: m, alarms: ['*'], zone: Mars/Base}\n", "zone: "},
        {"mutes:\n- {name: m, alarms: [], days: [mon]}\n", "1 to 100 names"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        AlarmSet *set = alarm_set_read(str_of(CASES[i].text), "a.yml", &err);
        if (set || !strstr(err.text, CASES[i].why))
            fail_msg("%s gave: %s", CASES[i].text, set ? "a set" : err.text);
    }
}

static bool is_muted(const AlarmSet *set, const char *name, const char *time)
{
    int64_t us;
    assert_true(timestamp_parse(str_of(time), &us));
    return alarm_set_muted(set, str_of(name), us / 1000000) != NULL;
}

/* 2026-11-27 is a Friday. */
static void mute_windows_follow_day_time_zone_and_date(void **state)
{
    (void)state;
    AlarmSet *set =
        read("mutes:\n"
             "- {name: nights, alarms: ['cis-*'], days: [fri], from: 22:00, to: 06:00, "
             "zone: '+09:00'}\n"
             "- {name: holidays, alarms: [all], since: 2026-12-24, until: 2026-12-25}\n");
    assert_false(is_muted(set, "cis-root", "2026-11-27T12:59:00Z"));
    assert_true(is_muted(set, "cis-root", "2026-11-27T13:00:00Z"));
    assert_true(is_muted(set, "cis-root", "2026-11-27T20:59:00Z"));
    assert_false(is_muted(set, "cis-root", "2026-11-27T21:00:00Z"));
    assert_false(is_muted(set, "cis-root", "2026-11-26T14:00:00Z"));
    assert_false(is_muted(set, "other", "2026-11-27T13:00:00Z"));
    assert_true(is_muted(set, "all", "2026-12-25T23:59:00Z"));
    assert_false(is_muted(set, "all", "2026-12-26T00:00:00Z"));
    alarm_set_free(set);
}

static void the_set_that_ships_is_whole(void **state)
{
    (void)state;
    Error err = {0};
    Config *config = config_new(&err);
    support_ok(config_set(config, CONFIG_ALARMS_PATH, STR("cis"), "test", &err), &err);
    AlarmSet *set = alarm_set_open(config, &err);
    support_ok(set != NULL, &err);
    assert_int_equal(alarm_set_filter_count(set), 15);
    assert_int_equal(alarm_set_count(set), 15);
    for (size_t i = 0; i < 15; i++) {
        const Alarm *alarm = alarm_set_at(set, i);
        assert_true(str_equal(alarm->metric, alarm_set_filter(set, i)->metric));
        assert_true(alarm->period_s == 300 && alarm->threshold == 1);
    }
    alarm_set_free(set);
    config_free(config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_have_defaults_as_the_service_has_them),
        cmocka_unit_test(a_composite_stands_behind_what_it_names),
        cmocka_unit_test(mistakes_are_told_with_their_line),
        cmocka_unit_test(mute_windows_follow_day_time_zone_and_date),
        cmocka_unit_test(the_set_that_ships_is_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
