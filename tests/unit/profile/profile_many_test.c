/* The statement of many: when counts are asked, when records are, and which hours are cut. That its
 * numbers are right is shown by tests/flow/summary. */
#include "profile/profile_many.h"

#include "base/timestamp.h"
#include "profile/profile_statement.h"
#include "support/written.h"

static void write(const char *by, const char *since, const char *until, const char *sort,
                  uint64_t limit)
{
    Error err = {0};
    ProfileEntity entity;
    ProfileMany many = {
        .by = &entity, .since_us = INT64_MIN, .until_us = INT64_MAX, .sort = sort, .limit = limit};
    support_ok(profile_entity_read(str_of(by), STR(""), &entity, &err) &&
                   (!since || timestamp_parse_operator(str_of(since), &many.since_us, &err)) &&
                   (!until || timestamp_parse_operator(str_of(until), &many.until_us, &err)) &&
                   profile_many_write(&many, &written, &err),
               &err);
}

static void principals_are_counted_by_the_table_summary(void **state)
{
    (void)state;
    write("principal", NULL, NULL, "calls", 20);
    assert_true(
        written_count("counted AS (SELECT principal AS name, eventsource, eventname, awsregion, "
                      "outcome, events, first_time, last_time FROM summary WHERE TRUE)"));
    assert_true(written_count(" ORDER BY calls DESC, name LIMIT 20)"));
    assert_true(written_count("AS other FROM cloudtrail)"));
}

static void whole_hours_need_no_records(void **state)
{
    (void)state;
    write("account", "2026-10-30T01:00:00Z", "2026-10-31", "calls", 0);
    assert_true(written_count("FROM summary WHERE TRUE)"));
    assert_false(written_count("LIMIT"));
}

static void cut_hours_are_asked_of_records(void **state)
{
    (void)state;
    write("eventName", "2026-10-30T01:02:03Z", "2026-10-31T00:00:01Z", "last", 5);
    assert_true(written_count(
        "FROM summary WHERE TRUE AND hour >= TIMESTAMP '2026-10-30 02:00:00' AND hour "
        "< TIMESTAMP '2026-10-31 00:00:00' UNION ALL SELECT eventname AS name"));
    assert_true(
        written_count("FROM cloudtrail WHERE (eventtime < TIMESTAMP '2026-10-30 02:00:00' OR "
                      "eventtime >= TIMESTAMP '2026-10-31 00:00:00'))"));
    assert_true(written_count(" ORDER BY last_seen DESC, name LIMIT 5)"));
}

static void one_end_may_be_cut(void **state)
{
    (void)state;
    write("errorCode", NULL, "1969-12-31T22:30:00Z", "calls", 5);
    assert_true(written_count("WHERE TRUE AND hour < TIMESTAMP '1969-12-31 22:00:00' UNION ALL"));
    assert_true(written_count("WHERE (eventtime >= TIMESTAMP '1969-12-31 22:00:00'))"));
}

static void what_is_not_counted_is_asked_of_records(void **state)
{
    static const char *const NAMES[] = {"key", "address", "derived.country", "sourceIPAddress",
                                        "derived.awsRegion"};
    (void)state;
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        written.len = 0;
        write(NAMES[i], "2026-10-30T01:02:03Z", NULL, "abused", 5);
        assert_false(written_count("summary"));
        assert_false(written_count("eventtime <"));
    }
}

static void addresses_have_principals(void **state)
{
    (void)state;
    write("address", NULL, NULL, "denied", 5);
    assert_true(written_count("top.name AS \"address\""));
    assert_true(written_count("AS principals, regions"));
    written.len = 0;
    write("key", NULL, NULL, "denied", 5);
    assert_true(written_count("sourceipaddress AS other"));
    assert_true(written_count("AS addresses, regions"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WRITTEN_TEST(principals_are_counted_by_the_table_summary),
        WRITTEN_TEST(whole_hours_need_no_records),
        WRITTEN_TEST(cut_hours_are_asked_of_records),
        WRITTEN_TEST(one_end_may_be_cut),
        WRITTEN_TEST(what_is_not_counted_is_asked_of_records),
        WRITTEN_TEST(addresses_have_principals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
