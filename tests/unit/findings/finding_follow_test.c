#include "findings/finding_follow.h"

#include <stdio.h>

#include "support/new_lake.h"
#include "support/support.h"

static int end(void **state)
{
    (void)state;
    support_folder_end();
    return 0;
}

/* A principal, the role of its session, and what the sessions of a role begin with. */
static void sessions_and_roles_are_kin(void **state)
{
    static const struct {
        const char *principal, *role, *sessions;
    } CASES[] = {
        {"arn:aws:sts::111122223333:assumed-role/Admin/bob", "arn:aws:iam::111122223333:role/Admin",
         ""},
        {"arn:aws-cn:iam::111122223333:role/team/Admin", "",
         "arn:aws-cn:sts::111122223333:assumed-role/Admin/"},
        {"arn:aws:iam::111122223333:user/bob", "", ""},
        {"ec2.amazonaws.com", "", ""},
        {"", "", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        BUF_AUTO Buf role = buf_init(1 << 10);
        BUF_AUTO Buf sessions = buf_init(1 << 10);
        support_ok(finding_follow_kin(str_of(CASES[i].principal), &role, &sessions, &err), &err);
        assert_true(str_equal(buf_str(&role), str_of(CASES[i].role)));
        assert_true(str_equal(buf_str(&sessions), str_of(CASES[i].sessions)));
    }
}

static void follow(Lake *lake)
{
    Error err = {0};
    bool more = true;
    while (more)
        support_ok(finding_follow_step(lake->db, 2, &more, &err), &err);
}

#define SESSION "arn:aws:sts::111122223333:assumed-role/Admin/bob"

/* Rule 1 is high, rule 3 low. */
static void what_the_principal_did_within_a_day_is_related(void **state)
{
    (void)state;
    LAKE_AUTO Lake *lake = new_lake_with_rules();
    new_lake_find(lake, 3, 100, SESSION, 1);
    new_lake_find(lake, 3, 70, "arn:aws:iam::111122223333:role/Admin", 1); /* more than a day ago */
    new_lake_find(lake, 3, 101, "somebody else", 1);
    follow(lake);
    assert_int_equal(new_lake_ask(lake, "SELECT count(*) FROM finding_related"), 0);
    new_lake_find(lake, 1, 110, "arn:aws:iam::111122223333:role/Admin", 2);
    follow(lake);
    assert_int_equal(new_lake_ask(lake, "SELECT count(*) FROM finding_related"), 2); /* both ways */
    assert_int_equal(new_lake_ask(lake, "SELECT count(*) FROM finding_related r JOIN findings f ON"
                                        " f.id = r.finding JOIN findings o ON o.id = r.other WHERE"
                                        " f.rule_id = 'r1' AND o.principal = '" SESSION "'"),
                     1);
    assert_int_equal(new_lake_ask(lake, "SELECT count(*) FROM finding_jobs"), 0);
}

static void what_is_related_is_bounded(void **state)
{
    (void)state;
    LAKE_AUTO Lake *lake = new_lake_with_rules();
    Error err = {0};
    support_ok(
        db_exec(lake->db,
                "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 80)"
                " INSERT INTO signals (rule, eventtime, principal, object_id, record_index,"
                " commit_seq) SELECT 3, 100 * 3600000000 + i, 'bob', 1, i, 1 FROM n;"
                "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 80)"
                " INSERT INTO findings (id, rule_id, rule, account, principal, episode, first_us,"
                " last_us, count, opened_seq, updated_seq) SELECT 'low' || i, 'r2', 3, '', 'bob',"
                " '', 100 * 3600000000, 100 * 3600000000, 1, 1, 1 FROM n",
                &err),
        &err);
    new_lake_find(lake, 1, 101, "bob", 2);
    follow(lake);
    assert_int_equal(new_lake_ask(lake, "SELECT max(n) FROM (SELECT count(*) AS n FROM"
                                        " finding_related GROUP BY finding)"),
                     FINDING_FOLLOW_MAX);
    assert_int_equal(new_lake_ask(lake, "SELECT count(*) FROM finding_related_signals"),
                     FINDING_FOLLOW_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sessions_and_roles_are_kin),
        cmocka_unit_test(what_the_principal_did_within_a_day_is_related),
        cmocka_unit_test(what_is_related_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, end);
}
