/* A series whose dimensions are hidden, beside one that has them already. */
#include "support/support.h"

#include "lake/metric_rename.h"
#include "support/new_lake.h"

static int end(void **state)
{
    (void)state;
    support_folder_end();
    return 0;
}

/* Three series: of users a and b, and of another filter; points of minutes 0, 60 and 120. */
static Lake *open_series(void)
{
    Error err = {0};
    Lake *lake = new_lake();
    support_ok(
        db_exec(lake->db,
                "INSERT INTO metric_series (id, filter, namespace, name, dimensions, unit) VALUES"
                " (1, 'f', 'N', 'M', '{\"user\":\"a\"}', 'None'),"
                " (2, 'f', 'N', 'M', '{\"user\":\"x\"}', 'None'),"
                " (3, 'g', 'N', 'M', '{\"user\":\"x\"}', 'None');"
                "INSERT INTO metric_points (series, start_s, period_s, samples, sum, min, max,"
                " assumed) VALUES (1, 0, 60, 2, 4, 2, 2, 0), (1, 60, 60, 1, 5, 5, 5, 0),"
                " (2, 60, 60, 3, 3, 1, 1, 0), (2, 120, 60, 1, 1, 1, 1, 0), (3, 0, 60, 1, 1, 1, 1,"
                " 0)",
                &err),
        &err);
    return lake;
}

static void rename_series(Lake *lake, int64_t id, const char *dimensions)
{
    Error err = {0};
    support_ok(db_begin(lake->db, &err) && metric_rename(lake->db, id, str_of(dimensions), &err) &&
                   db_commit(lake->db, &err),
               &err);
}

static void a_series_gets_dimensions_that_none_has(void **state)
{
    (void)state;
    LAKE_AUTO Lake *lake = open_series();
    rename_series(lake, 1, "{\"user\":\"y\"}");
    assert_int_equal(new_lake_ask(lake, "SELECT count(*) FROM metric_series WHERE id = 1 AND"
                                        " dimensions = '{\"user\":\"y\"}'"),
                     1);
    assert_int_equal(new_lake_ask(lake, "SELECT sum(samples) FROM metric_points WHERE series = 1"),
                     3);
}

static void a_series_that_is_there_takes_in_its_points(void **state)
{
    (void)state;
    LAKE_AUTO Lake *lake = open_series();
    rename_series(lake, 1, "{\"user\":\"x\"}");
    assert_int_equal(new_lake_ask(lake, "SELECT count(*) FROM metric_series WHERE filter = 'f'"),
                     1);
    assert_int_equal(new_lake_ask(lake, "SELECT count(*) FROM metric_points WHERE series = 1"), 0);
    assert_int_equal(new_lake_ask(lake, "SELECT sum(samples) FROM metric_points WHERE series = 2"),
                     7);
    assert_int_equal(new_lake_ask(lake, "SELECT count(*) FROM metric_points WHERE series = 2 AND"
                                        " start_s = 60 AND samples = 4 AND sum = 8 AND min = 1 AND"
                                        " max = 5 AND length(sketch) > 0"),
                     1);
    assert_int_equal(new_lake_ask(lake, "SELECT count(*) FROM metric_points WHERE series = 3"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_series_gets_dimensions_that_none_has, end),
        cmocka_unit_test_teardown(a_series_that_is_there_takes_in_its_points, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
