/* retain_policy - what days and accounts mean, and that anything else is refused. */
#include "lake/retain_policy.h"

#include <stdio.h>

#include "base/db.h"
#include "support/support.h"

static RetainPolicy policy;

static bool reads(const char *text)
{
    Error err = {0};
    bool ok = retain_policy_read("keep.x_days", text, &policy, &err);
    assert_true(ok || err.kind == ERROR_USAGE);
    return ok;
}

static void days_are_read_account_by_account(void **state)
{
    (void)state;
    assert_true(reads(""));
    assert_int_equal(retain_policy_least(&policy), RETAIN_FOREVER);
    assert_true(reads("400"));
    assert_int_equal(retain_policy_least(&policy), 400);
    assert_true(reads(" 400 , 111122223333=30,444455556666 = forever"));
    assert_int_equal(policy.days, 400);
    assert_int_equal(policy.count, 2);
    assert_int_equal(retain_policy_least(&policy), 30);
    assert_true(reads("111122223333=500"));
    assert_int_equal(retain_policy_least(&policy), 500);
}

static void what_is_none_is_refused(void **state)
{
    static const char *const WRONG[] = {"0",
                                        "-1",
                                        "36501",
                                        "1.5",
                                        "1d",
                                        "1,2",
                                        "a",
                                        ",",
                                        "111122223333=",
                                        "11112222333=1",
                                        "=1",
                                        "111122223333=0",
                                        "111122223333=1,111122223333=2",
                                        "99999999999999999999"};
    (void)state;
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++)
        if (reads(WRONG[i]))
            fail_msg("'%s' was read", WRONG[i]);
    assert_true(reads("36500"));
}

/* Whether it goes, asked of the state's SQL. */
static bool goes(const char *account, int day, int today)
{
    Error err = {0};
    int64_t answer = -1;
    char name[32], number[16], path[300];
    BUF_AUTO Buf sql = buf_init(4096);
    snprintf(name, sizeof name, "'%s'", account);
    snprintf(number, sizeof number, "%d", day);
    snprintf(path, sizeof path, "%s/db", support_folder());
    Db *db = db_open(path, DB_CREATE, &err);
    support_ok(db && buf_printf(&sql, &err, "DROP TABLE IF EXISTS t; CREATE TABLE t AS SELECT ") &&
                   retain_policy_sql(&policy, name, number, today, &sql, &err) &&
                   buf_printf(&sql, &err, " AS x") && buf_text(&sql, &err) &&
                   db_exec(db, sql.ptr, &err) &&
                   db_get_int(db, "SELECT x FROM t", -1, &answer, &err),
               &err);
    db_close(db);
    assert_int_equal(answer == 1, retain_policy_is_due(&policy, str_of(account), day, today));
    return answer == 1;
}

static void a_record_stays_through_its_days(void **state)
{
    (void)state;
    assert_true(reads("10,111122223333=3,444455556666=forever"));
    assert_false(goes("", 100, 110));
    assert_true(goes("", 100, 111));
    assert_false(goes("111122223333", 100, 103));
    assert_true(goes("111122223333", 100, 104));
    assert_false(goes("444455556666", 100, 100000));
    assert_true(reads("111122223333=3"));
    assert_false(goes("", 100, 100000));
    assert_true(goes("111122223333", 100, 104));
}

static int end(void **state)
{
    (void)state;
    support_folder_end();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_are_read_account_by_account),
        cmocka_unit_test(what_is_none_is_refused),
        cmocka_unit_test(a_record_stays_through_its_days),
    };
    return cmocka_run_group_tests(tests, NULL, end);
}
