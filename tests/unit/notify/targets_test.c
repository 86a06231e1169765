#include "notify/targets.h"

#include <stdio.h>

#include "support/support.h"

static Targets *opened(const char *routes)
{
    char text[2000];
    Error err = {0};
    Config *config = config_new(&err);
    snprintf(text, sizeof text,
             "notify:\n  targets: [{name: a, kind: file, path: x}, {name: b, kind: exec, command: "
             "' run  {id} -v '}]\n  routes: [%s]\n",
             routes);
    support_ok(config_read_text(config, str_of(text), "f.yml", &err), &err);
    Targets *targets = targets_open(config, &err);
    support_ok(targets != NULL, &err);
    config_free(config);
    return targets;
}

/* Which targets take it, as their names. */
static void assert_taken(const char *routes, TargetAsked asked, const char *expected)
{
    Targets *targets = opened(routes);
    char taken[8] = "";
    for (int i = 0; i < targets_count(targets); i++)
        if (targets_take(targets, i, &asked))
            snprintf(taken + strlen(taken), sizeof taken - strlen(taken), "%s",
                     targets_at(targets, i)->name);
    if (strcmp(taken, expected) != 0)
        fail_msg("%s: '%s'", routes, taken);
    targets_free(targets);
}

/* A route that names rules is for findings, one that names alarms for those, others for both. */
static void routes_choose_alarms(void **state)
{
    (void)state;
    const TargetAsked alarm = {.alarm = STR("cis-root"), .level = LEVEL_HIGH};
    const TargetAsked finding = {.rule_id = STR("cis-root"), .level = LEVEL_HIGH};
    assert_taken("{to: a}", alarm, "a");
    assert_taken("{to: a, alarm: 'cis-*'}, {to: b, alarm: other}", alarm, "a");
    assert_taken("{to: a, level: critical, alarm: '*'}", alarm, "");
    assert_taken("{to: a, rule: '*'}, {to: b, account: '*'}, {to: b, tag: '*'}", alarm, "");
    assert_taken("{to: a, alarm: '*'}, {to: b, rule: '*'}", finding, "b");
}

static void routes_choose(void **state)
{
    static const struct {
        const char *routes, *expected;
    } CASES[] = {
        {"", ""},
        {"{to: a}", "a"},
        {"a", "a"},
        {"{to: a, level: critical}", ""},
        {"{to: a, level: critical}, {to: b}, {to: a}", "ab"},
        {"{to: a, rule: 'Root*'}", "a"},
        {"{to: a, rule: r-1}", "a"},
        {"{to: a, rule: '*-?'}", "a"},
        {"{to: a, rule: '*-r?'}", ""},
        {"{to: a, rule: Root}", ""},
        {"{to: a, account: '1*1', principal: '*user/*'}", "a"},
        {"{to: a, account: '1*1', principal: 'user/*'}", ""},
        {"{to: a, hours: 08:00-18:00}", "a"},
        {"{to: a, hours: 10:31-18:00}", ""},
        {"{to: a, hours: 10:30-10:31}", "a"},
        {"{to: a, hours: 08:00-10:30}", ""},
        {"{to: a, hours: 22:00-10:31}", "a"},
        {"{to: a, hours: 22:00-06:00}", ""},
        {"{to: a, hours: 00:00-24:00}", "a"},
        {"{to: a, tag: 'attack.t1562*'}", "a"},
        {"{to: a, tag: attack.persistence}", "a"},
        {"{to: a, tag: attack.impact}", ""},
    };
    const Str tags[] = {STR("attack.persistence"), STR("attack.t1562.008")};
    const TargetAsked asked = {.level = LEVEL_HIGH,
                               .rule_id = STR("r-1"),
                               .rule_title = STR("Root signed in"),
                               .account = STR("111122223331"),
                               .principal = STR("arn:aws:iam::1:user/x"),
                               .tags = tags,
                               .tag_count = 2,
                               .minute = 10 * 60 + 30};
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        assert_taken(CASES[i].routes, asked, CASES[i].expected);
}

static void without_a_level_medium_is_the_least(void **state)
{
    (void)state;
    assert_taken("{to: a}", (TargetAsked){.level = LEVEL_LOW}, "");
    assert_taken("{to: a}", (TargetAsked){.level = LEVEL_MEDIUM}, "a");
}

static void commands_are_words(void **state)
{
    Targets *targets = opened("");
    (void)state;
    const Target *target = targets_find(targets, STR("b"));
    assert_non_null(target);
    assert_string_equal(target->words[0], "run");
    assert_string_equal(target->words[1], "{id}");
    assert_string_equal(target->words[2], "-v");
    assert_null(target->words[3]);
    assert_null(targets_find(targets, STR("c")));
    targets_free(targets);
    targets_free(NULL);
}

/* What a target of mail says to its courier. */
static void mail_has_a_server_and_recipients(void **state)
{
    static const char TEXT[] =
        "notify:\n  targets: [{name: m, kind: smtp, url: 'smtp://[::1]:587', from: a@b, to: ' c@d  "
        "e@f '}, {name: n, kind: smtp, url: 'smtps://mail.example.com:465', from: a@b, to: c@d}]\n";
    Error err = {0};
    Config *config = config_new(&err);
    (void)state;
    support_ok(config_read_text(config, STR(TEXT), "f.yml", &err), &err);
    Targets *targets = targets_open(config, &err);
    support_ok(targets != NULL, &err);
    const Target *one = targets_at(targets, 0), *two = targets_at(targets, 1);
    assert_true(!one->tls && one->address.is_local && !one->user);
    assert_string_equal(one->to[0], "c@d");
    assert_string_equal(one->to[1], "e@f");
    assert_null(one->to[2]);
    assert_true(two->tls && !two->address.is_local);
    assert_string_equal(two->address.port, "465");
    targets_free(targets);
    config_free(config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(routes_choose),
        cmocka_unit_test(routes_choose_alarms),
        cmocka_unit_test(without_a_level_medium_is_the_least),
        cmocka_unit_test(commands_are_words),
        cmocka_unit_test(mail_has_a_server_and_recipients),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
