#include "support/support.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/file.h"
#include "lake/expire.h"
#include "lake/layout.h"

static int64_t now_us = INT64_C(4102444800000000);

static int64_t test_now(void)
{
    return now_us;
}

static Lake *lake;

static bool exists(const char *name)
{
    Error err = {0};
    char path[LAYOUT_PATH_BYTES];
    support_ok(layout_path(path, &err, lake->folder, "%s", name), &err);
    return file_exists(path);
}

static void make(const char *name)
{
    Error err = {0};
    char path[LAYOUT_PATH_BYTES];
    support_ok(layout_path(path, &err, lake->folder, "%s", name), &err);
    support_ok(file_replace(path, STR("12345"), &err), &err);
}

static void only_parts_that_nobody_needs_are_deleted(void **state)
{
    (void)state;
    Error err = {0};
    ExpireReport report;
    char folder[256];
    clock_replace(test_now);
    snprintf(folder, sizeof folder, "%s/lake", support_folder());
    lake = lake_open(folder, LAKE_CREATE, &err);
    support_ok(lake != NULL, &err);
    snprintf(folder, sizeof folder, "%s/lake/" LAYOUT_ASKED, support_folder());
    support_ok(file_make_folders(folder, &err), &err);
    make(LAYOUT_ASKED "/eventname");
    make("cloudtrail/data/old.parquet");
    make("cloudtrail/data/young.parquet");
    support_ok(db_exec(lake->db,
                       "INSERT INTO commits VALUES (1, 'ingest', 0), (2, 'merge', 0);"
                       "INSERT INTO parts (id, path, day, rows, bytes, time_min, time_max, summary,"
                       " added_seq, removed_seq, removed_at_us) VALUES"
                       " (1, 'cloudtrail/data/old.parquet', 1, 0, 5, 0, 0, x'', 1, 2,"
                       "  4102444800000000 - 2 * 3600000000),"
                       " (2, 'cloudtrail/data/young.parquet', 1, 0, 5, 0, 0, x'', 1, 2,"
                       "  4102444800000000 - 1800000000)",
                       &err),
               &err);
    support_ok(expire_lake(lake, &PUBLISH_POLICY_DEFAULT, &report, &err), &err);
    assert_int_equal(report.files, 1);
    assert_int_equal(report.bytes, 5);
    assert_int_equal(report.waiting, 1);
    assert_false(exists("cloudtrail/data/old.parquet"));
    assert_true(exists("cloudtrail/data/young.parquet"));
    assert_false(exists(LAYOUT_ASKED));
    now_us += INT64_C(7200) * 1000000;
    support_ok(expire_lake(lake, &PUBLISH_POLICY_DEFAULT, &report, &err), &err);
    assert_int_equal(report.files, 1);
    assert_int_equal(report.waiting, 0);
    assert_false(exists("cloudtrail/data/young.parquet"));
    lake_close(lake);
    clock_replace(NULL);
    support_folder_end();
}

static int64_t count(const char *sql)
{
    Error err = {0};
    int64_t number;
    support_ok(db_get_int(lake->db, sql, -1, &number, &err), &err);
    return number;
}

static void at_once_one_snapshot_stays_and_all_that_was_removed_goes(void **state)
{
    (void)state;
    Error err = {0};
    ExpireReport report;
    char folder[256];
    clock_replace(test_now);
    snprintf(folder, sizeof folder, "%s/lake", support_folder());
    lake = lake_open(folder, LAKE_CREATE, &err);
    support_ok(lake != NULL, &err);
    make("cloudtrail/data/young.parquet");
    support_ok(db_exec(lake->db,
                       "INSERT INTO commits VALUES (1, 'ingest', 0), (2, 'reapply', 0);"
                       "INSERT INTO parts (id, path, day, rows, bytes, time_min, time_max, summary,"
                       " added_seq, removed_seq, removed_at_us) VALUES"
                       " (1, 'cloudtrail/data/young.parquet', 1, 0, 5, 0, 0, x'', 1, 2,"
                       "  4102444800000000)",
                       &err) &&
                   publish_now(lake, &PUBLISH_POLICY_DEFAULT, true, &err) &&
                   publish_now(lake, &PUBLISH_POLICY_DEFAULT, true, &err),
               &err);
    assert_int_equal(count("SELECT count(*) FROM publications WHERE expired = 0"), 4);
    support_ok(expire_at_once(lake, &report, &err), &err);
    assert_int_equal(report.files, 1);
    assert_int_equal(report.waiting, 0);
    assert_false(exists("cloudtrail/data/young.parquet"));
    assert_int_equal(count("SELECT count(*) FROM publications WHERE expired = 0"), 2);
    lake_close(lake);
    clock_replace(NULL);
    support_folder_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_parts_that_nobody_needs_are_deleted),
        cmocka_unit_test(at_once_one_snapshot_stays_and_all_that_was_removed_goes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
