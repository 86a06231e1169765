#include "support/support.h"

#include "findings/finding.h"
#include "support/new_lake.h"

static int end(void **state)
{
    (void)state;
    support_folder_end();
    return 0;
}

/* What finding_each tells, as "rule principal first-last xCOUNT" parted by "; ". */
static bool note(void *context, const Finding *finding, Error *err)
{
    return buf_printf(context, err, "%.*s %.*s %d-%d x%d; ", STR_ARG(finding->rule_title),
                      STR_ARG(finding->principal), (int)(finding->first_us / NEW_LAKE_HOUR_US),
                      (int)(finding->last_us / NEW_LAKE_HOUR_US), (int)finding->count);
}

static void assert_findings(Lake *lake, const FindingQuery *query, const char *expected)
{
    Error err = {0};
    BUF_AUTO Buf text = buf_init(1 << 16);
    support_ok(finding_each(lake->db, query, note, &text, &err) && buf_text(&text, &err), &err);
    assert_string_equal(text.ptr ? text.ptr : "", expected);
}

static const FindingQuery ALL = {.until_us = INT64_MAX, .rule = {"", 0}, .principal = {"", 0}};

static void questions_are_answered(void **state)
{
    (void)state;
    LAKE_AUTO Lake *lake = new_lake_with_rules();
    new_lake_find(lake, 1, 100, "ann", 1);
    new_lake_find(lake, 3, 159, "ann", 1);
    new_lake_find(lake, 1, 110, "bob", 1);
    FindingQuery query = ALL;
    query.level_min = 4;
    assert_findings(lake, &query, "One bob 110-110 x1; One ann 100-100 x1; ");
    query.principal = STR("nn");
    assert_findings(lake, &query, "One ann 100-100 x1; ");
    query = ALL;
    query.rule = STR("r2");
    assert_findings(lake, &query, "Two ann 159-159 x1; ");
    query = ALL;
    query.since_us = 110 * NEW_LAKE_HOUR_US;
    query.until_us = 159 * NEW_LAKE_HOUR_US;
    assert_findings(lake, &query, "One bob 110-110 x1; ");
}

static void signals_less_than_a_day_apart_are_one_finding(void **state)
{
    (void)state;
    LAKE_AUTO Lake *lake = new_lake_with_rules();
    new_lake_find(lake, 1, 100, "ann", 1);
    new_lake_find(lake, 1, 110, "ann", 1);
    new_lake_find(lake, 2, 134, "ann", 2); /* a day later to the hour, by another version */
    new_lake_find(lake, 1, 159, "ann", 2); /* an hour more than a day */
    new_lake_find(lake, 3, 159, "ann", 2);
    new_lake_find(lake, 1, 110, "bob", 3);
    assert_findings(lake, &ALL,
                    "One ann 159-159 x1; One ann 100-134 x3; One bob 110-110 x1; "
                    "Two ann 159-159 x1; ");
}

/* A late signal between two episodes: one finding, known by both ids, every event once. */
static void a_late_signal_joins_two_findings(void **state)
{
    (void)state;
    Error err = {0};
    LAKE_AUTO Lake *lake = new_lake_with_rules();
    Arena *arena = arena_new(1 << 20, &err);
    Finding early, late, joined;
    new_lake_find(lake, 1, 140, "ann", 1);
    new_lake_find(lake, 1, 141, "ann", 1);
    new_lake_find(lake, 1, 100, "ann", 2);
    support_ok(
        db_exec(lake->db, "CREATE TEMP TABLE ids AS SELECT id, first_us FROM findings", &err),
        &err);
    assert_findings(lake, &ALL, "One ann 140-141 x2; One ann 100-100 x1; ");
    new_lake_find(lake, 1, 120, "ann", 3);
    assert_findings(lake, &ALL, "One ann 100-141 x4; ");
    assert_int_equal(new_lake_ask(lake,
                                  "SELECT count(*) FROM finding_events e JOIN findings f ON f.id = "
                                  "e.finding WHERE f.superseded_by IS NULL"),
                     4);
    assert_int_equal(new_lake_ask(lake, "SELECT count(*) FROM finding_events"), 4);
    /* The one that was opened first stays; both names lead to it. */
    assert_int_equal(
        new_lake_ask(lake, "SELECT ids.first_us / 3600000000 FROM ids JOIN findings f USING (id) "
                           "WHERE f.superseded_by IS NULL"),
        140);
    BUF_AUTO Buf ids = buf_init(1 << 12);
    DbStatement *select = db_statement(lake->db, "SELECT id FROM ids ORDER BY first_us", &err);
    bool row;
    while (select && db_next(select, &row, &err) && row)
        support_ok(buf_append_str(&ids, db_text(select, 0), &err), &err);
    support_ok(finding_get(lake->db, str_slice(buf_str(&ids), 0, 32), arena, &early, &err), &err);
    support_ok(finding_get(lake->db, str_slice(buf_str(&ids), 32, 44), arena, &late, &err), &err);
    support_ok(finding_get(lake->db, early.id, arena, &joined, &err), &err);
    assert_true(str_equal(early.id, late.id) && str_equal(early.id, joined.id));
    assert_true(str_equal(joined.rule_text, STR("{\"v\":1}")));
    assert_int_equal(joined.count, 4);
    assert_false(finding_get(lake->db, STR("xyz"), arena, &joined, &err));
    assert_int_equal(err.kind, ERROR_USAGE);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(questions_are_answered),
        cmocka_unit_test(signals_less_than_a_day_apart_are_one_finding),
        cmocka_unit_test(a_late_signal_joins_two_findings),
    };
    return cmocka_run_group_tests(tests, NULL, end);
}
