#include "support/support.h"

#include <stdio.h>

#include "lake/metric_rollup.h"
#include "support/new_lake.h"

static const int64_t DAY_S = 86400;
static const int64_t NOW_S = 1793577600 + 3 * 3600 + 7 * 60; /* 2026-11-02T03:07:00Z */

static int end(void **state)
{
    (void)state;
    support_folder_end();
    return 0;
}

static void roll(Lake *lake)
{
    Error err = {0};
    bool more = true;
    while (more)
        support_ok(metric_rollup(lake->db, NOW_S * 1000000, &more, &err), &err);
}

/* A point a minute of the last *days* days, each of 2 values with the sum 3; *assumed* all. */
static void fill(Lake *lake, int days, bool assumed)
{
    Error err = {0};
    char sql[600];
    snprintf(sql, sizeof sql,
             "INSERT OR IGNORE INTO metric_series (id, filter, namespace, name, dimensions, unit)"
             " VALUES (1, 'f', 'N', 'M', '{}', 'None');"
             "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
             " INSERT INTO metric_points SELECT 1, (%lld - i * 60) / 60 * 60, 60, 2, 3, 1, 2, %d,"
             " NULL FROM n",
             days * 1440, (long long)NOW_S, assumed);
    support_ok(db_exec(lake->db, sql, &err), &err);
}

static void points_become_coarser_with_age(void **state)
{
    (void)state;
    LAKE_AUTO Lake *lake = new_lake();
    fill(lake, 17, false);
    int64_t values = new_lake_ask(lake, "SELECT sum(samples) FROM metric_points");
    roll(lake);
    roll(lake);
    assert_int_equal(new_lake_ask(lake, "SELECT sum(samples) FROM metric_points"), values);
    assert_int_equal(new_lake_ask(lake, "SELECT sum(sum) FROM metric_points"), values / 2 * 3);
    assert_true(new_lake_ask(lake, "SELECT min(start_s) FROM metric_points WHERE period_s = 60") >=
                NOW_S - 15 * DAY_S - 300);
    assert_true(new_lake_ask(lake, "SELECT max(start_s) FROM metric_points WHERE period_s = 300") <
                NOW_S - 15 * DAY_S);
    assert_int_equal(new_lake_ask(lake, "SELECT count(*) FROM metric_points WHERE period_s = 300"
                                        " AND (samples <> 10 OR sum <> 15 OR min <> 1 OR max <> 2"
                                        " OR assumed)"),
                     1); /* the first one is not whole */
    assert_true(new_lake_ask(lake, "SELECT count(*) FROM metric_points WHERE period_s = 300") >
                570);
}

static void the_oldest_are_hours_and_then_nothing(void **state)
{
    (void)state;
    Error err = {0};
    char sql[300];
    LAKE_AUTO Lake *lake = new_lake();
    fill(lake, 1, true);
    snprintf(sql, sizeof sql, "UPDATE metric_points SET start_s = start_s - %lld",
             (long long)(64 * DAY_S));
    support_ok(db_exec(lake->db, sql, &err), &err);
    roll(lake);
    assert_int_equal(new_lake_ask(lake, "SELECT count(*) FROM metric_points"), 25);
    assert_int_equal(new_lake_ask(lake, "SELECT count(*) FROM metric_points WHERE period_s = 3600"
                                        " AND assumed AND start_s % 3600 = 0"),
                     25);
    snprintf(sql, sizeof sql, "UPDATE metric_points SET start_s = start_s - %lld",
             (long long)(400 * DAY_S));
    support_ok(db_exec(lake->db, sql, &err), &err);
    roll(lake);
    assert_int_equal(new_lake_ask(lake, "SELECT count(*) FROM metric_points"), 0);
    assert_int_equal(new_lake_ask(lake, "SELECT count(*) FROM metric_series"), 0);
}

/* What comes when its minute was rolled up is added to the coarser point. */
static void late_points_are_added(void **state)
{
    (void)state;
    Error err = {0};
    LAKE_AUTO Lake *lake = new_lake();
    fill(lake, 16, false);
    roll(lake);
    int64_t values = new_lake_ask(lake, "SELECT sum(samples) FROM metric_points");
    int64_t points = new_lake_ask(lake, "SELECT count(*) FROM metric_points");
    support_ok(db_exec(lake->db,
                       "INSERT INTO metric_points SELECT 1, max(start_s) + 60, 60, 1, 9, 9, 9, 0,"
                       " NULL FROM metric_points WHERE period_s = 300",
                       &err),
               &err);
    roll(lake);
    assert_int_equal(new_lake_ask(lake, "SELECT sum(samples) FROM metric_points"), values + 1);
    assert_int_equal(new_lake_ask(lake, "SELECT count(*) FROM metric_points"), points);
    assert_int_equal(new_lake_ask(lake, "SELECT max(max) FROM metric_points WHERE sketch IS NOT"
                                        " NULL"),
                     9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(points_become_coarser_with_age),
        cmocka_unit_test(the_oldest_are_hours_and_then_nothing),
        cmocka_unit_test(late_points_are_added),
    };
    return cmocka_run_group_tests(tests, NULL, end);
}
