/* The table of calls that attackers often make: once each, and known to a rule. */
#define _GNU_SOURCE /* nftw, memmem */
#include "profile/profile_abused.h"

#include <ftw.h>
#include <string.h>

#include "base/file.h"
#include "support/support.h"

enum { RULE_BYTES_MAX = 1 << 20, CALLS_MAX = 1000 };

static const char *const TACTICS[] = {
    "Initial Access",       "Execution",    "Persistence",
    "Privilege Escalation", "Stealth",      "Defense Impairment",
    "Credential Access",    "Discovery",    "Lateral Movement",
    "Collection",           "Exfiltration", "Impact",
    "Resource Development",
};

static bool told[CALLS_MAX];
static unsigned rules;

static bool has(const Buf *text, const char *word)
{
    return memmem(text->ptr, text->len, word, strlen(word)) != NULL;
}

static int look(const char *path, const struct stat *about, int kind, struct FTW *where)
{
    Error err = {0};
    size_t count;
    const ProfileAbused *all = profile_abused(&count);
    BUF_AUTO Buf text = buf_init(RULE_BYTES_MAX);
    (void)about;
    (void)where;
    if (kind != FTW_F || !str_ends(str_of(path), STR(".yml")))
        return 0;
    support_ok(file_read(path, &text, NULL, &err), &err);
    rules++;
    for (size_t i = 0; i < count; i++)
        told[i] = told[i] || (has(&text, all[i].service) && has(&text, all[i].call));
    return 0;
}

static void each_call_stands_in_a_rule(void **state)
{
    size_t count;
    const ProfileAbused *all = profile_abused(&count);
    (void)state;
    assert_in_range(count, 200, CALLS_MAX);
    assert_int_equal(nftw(TEST_SOURCE_DIR "/content/rules", look, 16, FTW_PHYS), 0);
    assert_in_range(rules, 100, 100000);
    for (size_t i = 0; i < count; i++)
        if (!told[i])
            fail_msg("no rule tells %s of %s", all[i].call, all[i].service);
}

static void no_call_stands_twice(void **state)
{
    size_t count;
    const ProfileAbused *all = profile_abused(&count);
    (void)state;
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < i; j++)
            if (strcmp(all[i].service, all[j].service) == 0 &&
                strcmp(all[i].call, all[j].call) == 0)
                fail_msg("%s of %s stands twice", all[i].call, all[i].service);
}

static void tactics_are_those_of_attack(void **state)
{
    size_t count;
    const ProfileAbused *all = profile_abused(&count);
    (void)state;
    for (size_t i = 0; i < count; i++) {
        size_t tactic = 0;
        while (tactic < sizeof TACTICS / sizeof *TACTICS &&
               strcmp(TACTICS[tactic], all[i].tactic) != 0)
            tactic++;
        assert_in_range(tactic, 0, sizeof TACTICS / sizeof *TACTICS - 1);
    }
}

static void all_of_them_become_a_table(void **state)
{
    Error err = {0};
    size_t count, rows = 0;
    BUF_AUTO Buf sql = buf_init(RULE_BYTES_MAX);
    (void)state;
    support_ok(profile_abused_put(&sql, &err), &err);
    Str text = buf_str(&sql);
    assert_true(
        str_starts(text, STR("abused (abused_source, abused_name, abused_tactic) AS (VALUES ('")));
    assert_true(str_ends(text, STR("'))")));
    for (size_t at = 0; (at = str_find_byte(text, '(', at)) < text.len; at++)
        rows++;
    (void)profile_abused(&count);
    assert_int_equal(rows, count + 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_call_stands_in_a_rule),
        cmocka_unit_test(no_call_stands_twice),
        cmocka_unit_test(tactics_are_those_of_attack),
        cmocka_unit_test(all_of_them_become_a_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
