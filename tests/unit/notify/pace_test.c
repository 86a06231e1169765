/* When a target is told, and of what together. */
#include "notify/pace.h"

#include <stdio.h>

#include "notify/targets.h"
#include "support/support.h"

/* The pace of a target with *members*; NULL when it is refused, *why* says how. */
static Targets *opened(const char *members, Error *why)
{
    char text[2000];
    Error err = {0};
    Config *config = config_new(&err);
    snprintf(text, sizeof text, "notify:\n  targets: [{name: a, kind: file, path: x%s}]\n",
             members);
    support_ok(config_read_text(config, str_of(text), "f.yml", &err), &err);
    Targets *targets = targets_open(config, why);
    config_free(config);
    return targets;
}

static void mistakes_are_named(void **state)
{
    static const struct {
        const char *members, *expected;
    } CASES[] = {
        {", group_wait: soon", "group_wait is a time"},
        {", group_wait: 2d", "at most a day"},
        {", group_wait: 0s", "group_wait is a time"},
        {", group_by: rule", "goes with group_wait"},
        {", group_wait: 5m, group_by: region", "one of all, rule"},
        {", limit: 20", "20/hour"},
        {", limit: 0/hour", "20/hour"},
        {", limit: 5/week", "20/hour"},
        {", limit: 1001/day", "20/hour"},
        {", quiet: at night", "quiet is hours"},
        {", quiet: 07:00-07:00", "quiet is hours"},
        {", quiet: 22:00-07:00, quiet_level: loud", "quiet_level is one of"},
        {", quiet_level: high", "goes with quiet"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        assert_null(opened(CASES[i].members, &err));
        assert_int_equal(err.kind, ERROR_USAGE);
        if (!strstr(err.text, CASES[i].expected) || !strstr(err.text, "'a'"))
            fail_msg("%s: %s", CASES[i].members, err.text);
    }
}

static void assert_pace(const char *members, const PaceAsked *asked, int64_t wait_s,
                        const char *bundle)
{
    Error err = {0};
    int64_t wait;
    BUF_AUTO Buf name = buf_init(4096);
    Targets *targets = opened(members, &err);
    support_ok(targets != NULL, &err);
    support_ok(pace_of(&targets_at(targets, 0)->pace, asked, &wait, &name, &err), &err);
    support_ok(buf_text(&name, &err), &err);
    if (wait != wait_s * 1000000 || strcmp(name.len ? name.ptr : "", bundle) != 0)
        fail_msg("%s: %lld us in '%s'", members, (long long)wait, name.len ? name.ptr : "");
    targets_free(targets);
}

static void what_waits_has_a_bundle(void **state)
{
    const PaceAsked night = {.level = LEVEL_HIGH,
                             .rule = STR("r"),
                             .account = STR("1"),
                             .principal = STR("ann"),
                             .minute = 23 * 60 + 30};
    (void)state;
    assert_pace("", &night, 0, "");
    assert_pace(", limit: 1/hour", &night, 0, "");
    assert_pace(", group_wait: 30s", &night, 30, "all:");
    assert_pace(", group_wait: 5m, group_by: rule", &night, 300, "rule:r");
    assert_pace(", group_wait: 5m, group_by: account", &night, 300, "account:1");
    assert_pace(", group_wait: 5m, group_by: principal", &night, 300, "principal:ann");
    assert_pace(", group_wait: 5m, group_by: level", &night, 300, "level:high");
}

static void quiet_hours_end(void **state)
{
    PaceAsked asked = {.level = LEVEL_HIGH, .minute = 23 * 60 + 30};
    (void)state;
    assert_pace(", quiet: 22:00-07:00", &asked, 7 * 3600 + 1800, "quiet");
    assert_pace(", quiet: 22:00-07:00, group_wait: 5m", &asked, 7 * 3600 + 1800, "quiet");
    assert_pace(", quiet: 22:00-07:00, quiet_level: high", &asked, 0, "");
    assert_pace(", quiet: 00:00-24:00", &asked, 1800, "quiet");
    asked.minute = 6 * 60 + 59;
    assert_pace(", quiet: 22:00-07:00", &asked, 60, "quiet");
    asked.minute = 7 * 60;
    assert_pace(", quiet: 22:00-07:00", &asked, 0, "");
    asked.minute = 22 * 60;
    assert_pace(", quiet: 22:00-07:00", &asked, 9 * 3600, "quiet");
    asked.level = LEVEL_CRITICAL;
    assert_pace(", quiet: 22:00-07:00", &asked, 0, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mistakes_are_named),
        cmocka_unit_test(what_waits_has_a_bundle),
        cmocka_unit_test(quiet_hours_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
