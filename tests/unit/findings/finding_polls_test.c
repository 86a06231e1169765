#include "findings/finding_polls.h"

#include <stdio.h>

#include "support/new_lake.h"
#include "support/support.h"

enum { SEEN_BYTES = 1000 };

static const FindingPollsKey HUB = {{"securityhub:eu-west-1", 21}, {"", 0}};
static const FindingPollsKey OTHER = {{"securityhub:eu-west-1", 21}, {"other", 5}};

static int end(void **state)
{
    (void)state;
    support_folder_end();
    return 0;
}

static bool show(void *context, const FindingPoll *poll, Error *err)
{
    char *seen = context;
    size_t used = strlen(seen);
    (void)err;
    snprintf(seen + used, SEEN_BYTES - used, "%.*s:%d,%lld,%lld,%lld,%lld,%.*s|",
             STR_ARG(poll->key.profile), poll->wanted,
             poll->newest_us == INT64_MIN ? -1LL : (long long)poll->newest_us,
             (long long)poll->done_us, (long long)poll->report.bad, (long long)poll->failed_us,
             STR_ARG(poll->reason));
    return true;
}

static void assert_polls(Db *db, const char *expected)
{
    Error err = {0};
    char seen[SEEN_BYTES] = "";
    support_ok(finding_polls_each(db, show, seen, &err), &err);
    assert_string_equal(seen, expected);
}

static void those_are_wanted_that_were_named_last(void **state)
{
    LAKE_AUTO Lake *lake = new_lake();
    const FindingPollsKey both[] = {HUB, OTHER};
    Error err = {0};
    (void)state;
    support_ok(finding_polls_want(lake->db, both, 2, &err), &err);
    assert_polls(lake->db, ":1,-1,0,0,0,|other:1,-1,0,0,0,|");
    support_ok(finding_polls_want(lake->db, &OTHER, 1, &err), &err);
    assert_polls(lake->db, ":0,-1,0,0,0,|other:1,-1,0,0,0,|");
    support_ok(finding_polls_want(lake->db, NULL, 0, &err), &err);
    assert_polls(lake->db, ":0,-1,0,0,0,|other:0,-1,0,0,0,|");
}

static void how_far_one_is_never_goes_back(void **state)
{
    static const struct {
        int64_t reached, newest;
    } CASES[] = {{500, 500}, {400, 500}, {500, 500}, {501, 501}, {-1, 501}};
    LAKE_AUTO Lake *lake = new_lake();
    const FindingPollsKey both[] = {HUB, OTHER};
    Error err = {0};
    int64_t newest;
    (void)state;
    support_ok(finding_polls_newest(lake->db, &HUB, &newest, &err), &err);
    assert_true(newest == INT64_MIN); /* there is no row yet */
    support_ok(finding_polls_want(lake->db, both, 2, &err), &err);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        support_ok(finding_polls_reach(lake->db, &HUB, CASES[i].reached, &err), &err);
        support_ok(finding_polls_newest(lake->db, &HUB, &newest, &err), &err);
        assert_int_equal(newest, CASES[i].newest);
    }
    support_ok(finding_polls_newest(lake->db, &OTHER, &newest, &err), &err);
    assert_true(newest == INT64_MIN);
    support_ok(finding_polls_want(lake->db, both, 2, &err), &err); /* it is kept */
    assert_polls(lake->db, ":1,501,0,0,0,|other:1,-1,0,0,0,|");
}

static void a_failure_stands_until_it_answers(void **state)
{
    LAKE_AUTO Lake *lake = new_lake();
    const FindingImportReport report = {.read = 9, .bad = 2};
    Error err = {0};
    (void)state;
    support_ok(finding_polls_want(lake->db, &HUB, 1, &err), &err);
    support_ok(finding_polls_failed(lake->db, &HUB, "no", 7, &err), &err);
    assert_polls(lake->db, ":1,-1,0,0,7,no|");
    support_ok(finding_polls_done(lake->db, &HUB, &report, 8, &err), &err);
    assert_polls(lake->db, ":1,-1,8,2,0,|");
    support_ok(finding_polls_failed(lake->db, &HUB, "again", 9, &err), &err);
    assert_polls(lake->db, ":1,-1,8,2,9,again|");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(those_are_wanted_that_were_named_last, end),
        cmocka_unit_test_teardown(how_far_one_is_never_goes_back, end),
        cmocka_unit_test_teardown(a_failure_stands_until_it_answers, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
