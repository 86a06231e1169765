#include "lake/publish_sweep.h"

#include <stdio.h>

#include "base/file.h"
#include "lake/layout.h"
#include "lake/publish.h"
#include "support/support.h"

static Lake *lake;

static int open_lake(void **state)
{
    (void)state;
    Error err = {0};
    char folder[256];
    snprintf(folder, sizeof folder, "%s/lake", support_folder());
    lake = lake_open(folder, LAKE_CREATE, &err);
    support_ok(lake != NULL, &err);
    return 0;
}

static int close_lake(void **state)
{
    (void)state;
    lake_close(lake);
    support_folder_end();
    return 0;
}

/* Publishes *count* snapshots of one part each; only the last few are kept. */
static void publish(int count)
{
    PublishPolicy policy = {.age_min_ms = -1, .age_max_ms = 1000000, .count_max = 2};
    for (int i = 1; i <= count; i++) {
        char sql[512];
        Error err = {0};
        snprintf(sql, sizeof sql,
                 "INSERT INTO commits VALUES (%d, 'ingest', 0);"
                 "INSERT INTO parts (path, day, rows, bytes, time_min, time_max, summary,"
                 " added_seq) VALUES ('cloudtrail/data/%d', 1, 1, 9, 0, 0, x'010109010400', %d)",
                 i, i, i);
        support_ok(db_exec(lake->db, sql, &err), &err);
        support_ok(publish_now(lake, &policy, false, &err), &err);
    }
}

static SweepReport sweep(bool dry_run)
{
    Error err = {0};
    SweepReport report = {0};
    support_ok(publish_sweep(lake, dry_run, &report, &err), &err);
    return report;
}

static void what_no_snapshot_needs_goes(void **state)
{
    (void)state;
    Error err = {0};
    char orphan[LAYOUT_PATH_BYTES];
    publish(30);
    support_ok(layout_path(orphan, &err, lake->folder, "cloudtrail/metadata/orphan-m0.avro"), &err);
    support_ok(file_replace(orphan, STR("x"), &err), &err);
    SweepReport counted = sweep(true);
    assert_true(file_exists(orphan));
    /* 28 lists of expired snapshots, 9 metadata files beyond the 20 that stay listed, the orphan;
     * all manifests live on in the kept snapshots. */
    assert_int_equal(counted.files, 28 + 9 + 1);
    SweepReport report = sweep(false);
    assert_int_equal(report.files, counted.files);
    assert_int_equal(report.bytes, counted.bytes);
    assert_false(file_exists(orphan));
    assert_int_equal(sweep(false).files, 0);
    assert_int_equal(sweep(false).named, counted.named);
    /* What stays is whole: the next publication reads it. */
    support_ok(publish_now(lake, &PUBLISH_POLICY_DEFAULT, true, &err), &err);
}

static void what_kept_snapshots_need_stays(void **state)
{
    (void)state;
    publish(2);
    SweepReport report = sweep(false);
    assert_int_equal(report.files, 0);
    assert_true(report.named > 4); /* two lists, their manifests, two metadata files, the hint */
}

static void nothing_goes_when_the_metadata_cannot_be_read(void **state)
{
    (void)state;
    Error err = {0};
    SweepReport report = {0};
    publish(5);
    char sql[128];
    char path[LAYOUT_PATH_BYTES];
    snprintf(sql, sizeof sql, "UPDATE iceberg_tables SET metadata_location = 'file:///gone.json'");
    support_ok(layout_path(path, &err, lake->folder, "catalog.db"), &err);
    Db *catalog = db_open(path, DB_READ_WRITE, &err);
    support_ok(catalog && db_exec(catalog, sql, &err), &err);
    db_close(catalog);
    assert_false(publish_sweep(lake, false, &report, &err));
    assert_int_equal(err.kind, ERROR_INPUT);
    assert_int_equal(report.files, 0);
}

static void a_lake_that_was_never_published_is_swept_too(void **state)
{
    (void)state;
    assert_int_equal(sweep(false).files, 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, open_lake, close_lake)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(what_no_snapshot_needs_goes),
        CASE(what_kept_snapshots_need_stays),
        CASE(nothing_goes_when_the_metadata_cannot_be_read),
        CASE(a_lake_that_was_never_published_is_swept_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
