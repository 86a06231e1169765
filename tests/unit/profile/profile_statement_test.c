/* The statement of an entity: what is scanned, which lists there are, and where bounds stand. That
 * its numbers are right is shown by tests/flow/summary. */
#include "profile/profile_statement.h"

#include "base/timestamp.h"
#include "support/written.h"

/* Writes it; times are what operators type, or NULL. */
static void write(const char *by, const char *value, const char *since, const char *until)
{
    Error err = {0};
    ProfileEntity entity;
    ProfileAsk ask = {.entity = &entity, .since_us = INT64_MIN, .until_us = INT64_MAX, .max = 7};
    support_ok(profile_entity_read(str_of(by), str_of(value), &entity, &err) &&
                   (!since || timestamp_parse_operator(str_of(since), &ask.since_us, &err)) &&
                   (!until || timestamp_parse_operator(str_of(until), &ask.until_us, &err)) &&
                   profile_statement_write(&ask, &written, &err),
               &err);
}

static void records_are_scanned_once(void **state)
{
    (void)state;
    write("", "203.0.113.9", NULL, NULL);
    assert_int_equal(written_count("FROM cloudtrail"), 1);
    assert_int_equal(written_count("FROM cloudtrail WHERE sourceipaddress = '203.0.113.9')"), 1);
}

static void a_role_is_a_scan_by_each_column_that_tells_it(void **state)
{
    (void)state;
    write("", "arn:aws:iam::111122223333:role/ops", NULL, NULL);
    assert_int_equal(written_count("FROM cloudtrail WHERE session_issuer_arn = "), 1);
    assert_int_equal(written_count(" UNION ALL SELECT eventtime, "), 2);
    assert_int_equal(written_count("FROM cloudtrail WHERE principal_arn = "), 1);
    assert_int_equal(written_count("FROM cloudtrail WHERE session_issuer_arn IS NULL AND "), 1);
}

static void each_list_is_there_once_in_its_order(void **state)
{
    static const char *const WORDS[] = {
#define PART(id, word, heading, condition, value, detail) "'" word "', ",
#include "profile/profile_part_table.h"
#undef PART
    };
    size_t last = 0;
    (void)state;
    write("", "AKIAIOSFODNN7EXAMPLE", NULL, NULL);
    assert_int_equal(written_count("'calls' AS part"), 1);
    for (size_t i = 0; i < PROFILE_PARTS; i++) {
        size_t at = written_at(WORDS[i]);
        assert_int_equal(written_count(WORDS[i]), 1);
        assert_true(at > last);
        last = at;
    }
}

static void lists_are_bounded_and_figures_are_not(void **state)
{
    (void)state;
    write("", "111122223333", NULL, NULL);
    assert_int_equal(written_count("WHERE number <= 7 OR place < 2 ORDER BY place, number"), 1);
    assert_int_equal(PROFILE_PART_FINDING, 2);
}

static void open_times_bound_no_findings(void **state)
{
    (void)state;
    write("", "111122223333", NULL, NULL);
    assert_int_equal(written_count("FROM findings WHERE account = '111122223333' GROUP BY"), 1);
}

static void findings_reach_into_the_time(void **state)
{
    (void)state;
    write("", "111122223333", "2026-10-30T01:02:03Z", "2026-10-31");
    assert_int_equal(written_count("FROM findings WHERE account = '111122223333' AND last_seen >= "
                                   "TIMESTAMP '2026-10-30 01:02:03' AND first_seen < TIMESTAMP "
                                   "'2026-10-31 00:00:00' GROUP BY"),
                     1);
}

static void a_hostile_value_ends_no_quotes(void **state)
{
    (void)state;
    write("address", "x') UNION SELECT '1", NULL, NULL);
    assert_int_equal(written_count("x') UNION"), 0);
    assert_int_equal(written_count("'x'') UNION SELECT ''1'"), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WRITTEN_TEST(records_are_scanned_once),
        WRITTEN_TEST(a_role_is_a_scan_by_each_column_that_tells_it),
        WRITTEN_TEST(each_list_is_there_once_in_its_order),
        WRITTEN_TEST(lists_are_bounded_and_figures_are_not),
        WRITTEN_TEST(open_times_bound_no_findings),
        WRITTEN_TEST(findings_reach_into_the_time),
        WRITTEN_TEST(a_hostile_value_ends_no_quotes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
