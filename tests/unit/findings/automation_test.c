#include "findings/automation.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "support/new_lake.h"
#include "support/support.h"

static int end(void **state)
{
    (void)state;
    support_folder_end();
    return 0;
}

static char told[400];

static void tell(const char *why)
{
    snprintf(told, sizeof told, "%s", why);
}

/* A file of rules of its own at each call. */
static const char *rules(const char *text)
{
    static int number;
    static char path[300];
    Error err = {0};
    snprintf(path, sizeof path, "%s/rules%d.yml", support_folder(), number++);
    support_ok(file_put(path, str_of(text), &err), &err);
    return path;
}

static void apply(Lake *lake, Automation *all, int64_t seq)
{
    Error err = {0};
    support_ok(db_begin(lake->db, &err) && automation_apply_commit(all, lake->db, seq, &err) &&
                   db_commit(lake->db, &err),
               &err);
}

static Automation *open_rules(const char *path)
{
    Error err = {0};
    Automation *all = automation_open(path, tell, &err);
    support_ok(all != NULL, &err);
    return all;
}

static void rules_apply_in_order_until_a_terminal_one(void **state)
{
    (void)state;
    LAKE_AUTO Lake *lake = new_lake_with_rules();
    Automation *all = open_rules(rules(
        "name: third\norder: 30\ncriteria: {SeverityLabel: LOW}\nactions: {confidence: 9}\n---\n"
        "name: second\norder: 20\nterminal: true\ncriteria: {SeverityLabel: LOW}\n"
        "actions: {workflow: SUPPRESSED, user_fields: {team: red}, note: known}\n---\n"
        "name: first\norder: 10\ncriteria: {SeverityLabel: HIGH}\nactions: {severity: LOW}\n---\n"
        "name: over\norder: 1\nuntil: 2020-01-01\ncriteria: {SeverityLabel: HIGH}\n"
        "actions: {assignee: bob}\n---\n"
        "name: off\norder: 1\nenabled: false\ncriteria: {SeverityLabel: HIGH}\n"
        "actions: {assignee: bob}\n"));
    assert_int_equal(automation_count(all), 5);
    new_lake_find(lake, 1, 100, "ann", 7);
    apply(lake, all, 6); /* another commit's */
    assert_int_equal(new_lake_ask(lake, "SELECT count(*) FROM finding_history"), 0);
    apply(lake, all, 7);
    apply(lake, all, 7); /* changes nothing more */
    assert_int_equal(
        new_lake_ask(lake, "SELECT count(*) FROM finding_rows WHERE workflow = 'SUPPRESSED' AND"
                           " shown_severity = 1 AND confidence IS NULL AND assignee IS NULL AND"
                           " user_fields = '{\"team\":\"red\"}'"),
        1);
    assert_int_equal(new_lake_ask(lake, "SELECT count(*) FROM finding_history"), 2);
    assert_int_equal(new_lake_ask(lake, "SELECT count(*) FROM finding_history WHERE author ="
                                        " 'rule: second' AND note LIKE 'known; fields%'"),
                     1);
    automation_free(all);
}

static void changed_files_are_read_again_and_broken_ones_told(void **state)
{
    (void)state;
    Error err = {0};
    LAKE_AUTO Lake *lake = new_lake_with_rules();
    const char *path =
        rules("name: a\ncriteria: {SeverityLabel: HIGH}\nactions: {assignee: bob}\n");
    Automation *all = open_rules(path);
    support_ok(file_put(path, STR("name: a\ncriteria: {Nothing: 1}\n"), &err), &err);
    new_lake_find(lake, 1, 100, "ann", 7);
    apply(lake, all, 7);
    assert_non_null(strstr(told, ".yml:2: expected a field such as "));
    assert_int_equal(new_lake_ask(lake, "SELECT assignee = 'bob' FROM findings"), 1);
    support_ok(file_put(path,
                        STR("name: b\ncriteria: {SeverityLabel: HIGH}\n"
                            "actions: {record_state: ARCHIVED}\n"),
                        &err),
               &err);
    apply(lake, all, 7);
    assert_int_equal(new_lake_ask(lake, "SELECT record_state = 'ARCHIVED' FROM findings"), 1);
    automation_free(all);
}

static void what_is_no_rule_is_named(void **state)
{
    static const struct {
        const char *text, *expected;
    } CASES[] = {
        {"criteria: {Title: x}\nactions: {note: y}\n", ":1: a rule has name, criteria and actions"},
        {"name: a\nwhat: 1\n", ":2: there is no key 'what' here"},
        {"name: a\norder: 0\n", "order: expected a whole number from 1 to 1000, not '0'"},
        {"name: a\nactions: {workflow: DONE}\n", "one of NEW|NOTIFIED|RESOLVED|SUPPRESSED"},
        {"name: a\nactions: {severity: 101}\n", "a number to 100 or one of"},
        {"name: a\nactions: {user_fields: [x]}\n", "a mapping of up to 50 texts"},
        {"name: a\nuntil: never\n", "expected a time such as 2026-12-31"},
        {"name: a\nenabled: maybe\n", "expected true or false"},
        {"name: a\ncriteria: {Title: x}\nactions: {note: y}\n---\nname: a\ncriteria: {Title: x}\n"
         "actions: {note: y}\n",
         "another rule is called 'a', too"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        assert_null(automation_open(rules(CASES[i].text), NULL, &err));
        if (!strstr(err.text, CASES[i].expected))
            fail_msg("%s", err.text);
    }
    Automation *none = open_rules("");
    assert_int_equal(automation_count(none), 0);
    automation_free(none);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_apply_in_order_until_a_terminal_one),
        cmocka_unit_test(changed_files_are_read_again_and_broken_ones_told),
        cmocka_unit_test(what_is_no_rule_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, end);
}
