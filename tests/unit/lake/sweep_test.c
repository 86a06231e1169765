#include "support/support.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/file.h"
#include "lake/layout.h"
#include "lake/sweep.h"

static Lake *lake;
static char path[LAYOUT_PATH_BYTES];

static const char *at(const char *name)
{
    Error err = {0};
    support_ok(layout_path(path, &err, lake->folder, "%s", name), &err);
    return path;
}

/* Makes a file below the lake that was written *age_s* before the lake was opened. */
static void make(const char *name, int age_s)
{
    Error err = {0};
    support_ok(file_replace(at(name), STR("12345"), &err), &err);
    struct timespec times[2];
    times[0] = times[1] = (struct timespec){.tv_sec = lake->opened_at_us / 1000000 - age_s};
    assert_int_equal(utimensat(AT_FDCWD, at(name), times, 0), 0);
}

static void only_old_files_that_nobody_names_go(void **state)
{
    (void)state;
    Error err = {0};
    SweepReport report;
    char folder[256];
    snprintf(folder, sizeof folder, "%s/lake", support_folder());
    lake = lake_open(folder, LAKE_CREATE, &err);
    support_ok(lake != NULL, &err);
    make("fingerprints/orphan.run", 10);
    make("fingerprints/named.run", 10);
    make("fingerprints/young.run", -10);
    make("tmp/scratch", 10);
    make("cloudtrail/metadata/v1.json", 10);
    support_ok(db_exec(lake->db,
                       "INSERT INTO runs VALUES (1, 'fingerprints/named.run', 1, 32, 0, 1);"
                       "INSERT INTO runs VALUES (2, 'fingerprints/lost.run', 1, 32, 0, 1)",
                       &err),
               &err);
    support_ok(sweep_lake(lake, true, &report, &err), &err);
    assert_int_equal(report.files, 2);
    assert_true(file_exists(at("fingerprints/orphan.run")));
    support_ok(sweep_lake(lake, false, &report, &err), &err);
    assert_int_equal(report.files, 2);
    assert_int_equal(report.bytes, 10);
    assert_int_equal(report.named, 1);
    assert_int_equal(report.missing, 1);
    assert_false(file_exists(at("fingerprints/orphan.run")));
    assert_false(file_exists(at("tmp/scratch")));
    assert_true(file_exists(at("fingerprints/named.run")));
    assert_true(file_exists(at("fingerprints/young.run")));
    assert_true(file_exists(at("cloudtrail/metadata/v1.json")));
    lake_close(lake);
    support_folder_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(only_old_files_that_nobody_names_go)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
