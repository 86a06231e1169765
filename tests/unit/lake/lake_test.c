#include "support/support.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "lake/lake.h"
#include "lake/layout.h"
#include "lake/state.h"

static const char *at(const char *name)
{
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", support_folder(), name);
    return path;
}

static void a_lake_keeps_its_identity_and_is_private(void **state)
{
    (void)state;
    Error err = {0};
    char uuid[37];
    uint8_t secret[HASH_SECRET_BYTES];
    Lake *lake = lake_open(at("one"), LAKE_CREATE, &err);
    support_ok(lake != NULL, &err);
    memcpy(uuid, lake->uuid, sizeof uuid);
    memcpy(secret, lake->secret, sizeof secret);
    lake_close(lake);
    static const struct {
        const char *path;
        unsigned mode;
    } MODES[] = {
        {"one", 0700}, {"one/state.db", 0600}, {"one/cloudtrail/data", 0700}, {"one/lock", 0600}};
    for (size_t i = 0; i < sizeof MODES / sizeof *MODES; i++) {
        struct stat st;
        assert_int_equal(stat(at(MODES[i].path), &st), 0);
        assert_int_equal(st.st_mode & 0777, MODES[i].mode);
    }
    lake = lake_open(at("one"), LAKE_READ, &err);
    support_ok(lake != NULL, &err);
    assert_string_equal(lake->uuid, uuid);
    assert_memory_equal(lake->secret, secret, sizeof secret);
    lake_close(lake);
}

static void one_process_writes_while_readers_come_and_go(void **state)
{
    (void)state;
    Error err = {0};
    Lake *writer = lake_open(at("one"), LAKE_WRITE, &err);
    support_ok(writer != NULL, &err);
    assert_null(lake_open(at("one"), LAKE_WRITE, &err));
    assert_int_equal(err.kind, ERROR_BUSY);
    assert_null(lake_open_waiting(at("one"), LAKE_WRITE, 200000, NULL, &err));
    assert_int_equal(err.kind, ERROR_BUSY);
    Lake *reader = lake_open(at("one"), LAKE_READ, &err);
    support_ok(reader != NULL, &err);
    lake_close(reader);
    lake_close(writer);
    writer = lake_open(at("one"), LAKE_WRITE, &err);
    support_ok(writer != NULL, &err);
    lake_close(writer);
}

static void a_missing_lake_says_how_to_make_one(void **state)
{
    (void)state;
    Error err = {0};
    assert_null(lake_open(at("none"), LAKE_READ, &err));
    assert_int_equal(err.kind, ERROR_ACCESS);
    assert_non_null(strstr(err.text, "spoor ingest SOURCE --lake"));
}

static void a_half_made_lake_is_finished_by_the_next_writer(void **state)
{
    (void)state;
    Error err = {0};
    Lake *lake = lake_open(at("half"), LAKE_CREATE, &err);
    support_ok(lake && db_exec(lake->db, "DELETE FROM meta", &err), &err);
    lake_close(lake);
    assert_null(lake_open(at("half"), LAKE_READ, &err));
    assert_int_equal(err.kind, ERROR_INPUT);
    lake = lake_open(at("half"), LAKE_WRITE, &err);
    support_ok(lake != NULL, &err);
    assert_int_equal(strlen(lake->uuid), 36);
    lake_close(lake);
}

static void a_newer_state_is_refused_by_name(void **state)
{
    (void)state;
    Error err = {0};
    Lake *lake = lake_open(at("newer"), LAKE_CREATE, &err);
    support_ok(lake && db_exec(lake->db, "PRAGMA user_version = 999", &err), &err);
    lake_close(lake);
    assert_null(lake_open(at("newer"), LAKE_READ, &err));
    assert_int_equal(err.kind, ERROR_INPUT);
    assert_non_null(strstr(err.text, "version 999"));
}

static void a_foreign_database_is_refused(void **state)
{
    (void)state;
    Error err = {0};
    Db *db = db_open(at("foreign.db"), DB_CREATE, &err);
    support_ok(db && db_exec(db, "PRAGMA user_version = 1; CREATE TABLE x (y)", &err), &err);
    db_close(db);
    assert_null(state_open(at("foreign.db"), DB_READ_WRITE, &err));
    assert_non_null(strstr(err.text, "no state of a lake"));
}

static void named_values_are_set_and_replaced(void **state)
{
    (void)state;
    Error err = {0};
    char value[2];
    Db *db = state_open(at("values.db"), DB_CREATE, &err);
    support_ok(db && state_set(db, STR("a"), STR("1"), &err), &err);
    support_ok(state_set(db, STR("a"), STR("22"), &err), &err);
    support_ok(state_get(db, STR("a"), value, 2, &err), &err);
    assert_memory_equal(value, "22", 2);
    assert_false(state_get(db, STR("a"), value, 1, &err));
    assert_non_null(strstr(err.text, "not 1 bytes long"));
    assert_false(state_get(db, STR("b"), value, 2, &err));
    db_close(db);
}

/* The state's log is emptied again and again while the lake stays open. */
static void the_log_of_a_lake_that_stays_open_is_bounded(void **state)
{
    (void)state;
    Error err = {0};
    FileInfo info;
    Lake *lake = lake_open(at("long"), LAKE_CREATE, &err);
    support_ok(lake != NULL, &err);
    for (int i = 0; i < 3000; i++) {
        char text[65];
        snprintf(text, sizeof text, "%064d", i);
        support_ok(db_begin(lake->db, &err) && state_set(lake->db, STR("a"), str_of(text), &err) &&
                       db_commit(lake->db, &err),
                   &err);
    }
    support_ok(file_info(at("long/state.db-wal"), &info, &err), &err);
    assert_in_range(info.bytes, 1, 9 << 20);
    lake_close(lake);
}

static void paths_are_built_below_the_lake(void **state)
{
    (void)state;
    Error err = {0};
    char path[LAYOUT_PATH_BYTES];
    char deep[2000];
    support_ok(layout_path(path, &err, "/l", "%s/%d", "a", 7), &err);
    assert_string_equal(path, "/l/a/7");
    support_ok(layout_data_file(path, 20781, 12, "u", 3, &err), &err);
    assert_string_equal(path, "cloudtrail/data/eventtime_day=2026-11-24/0000000012-u-3.parquet");
    memset(deep, 'x', sizeof deep);
    deep[sizeof deep - 1] = '\0';
    assert_false(layout_path(path, &err, deep, "a"));
    assert_false(layout_path(path, &err, "/l", "%s", deep));
    assert_int_equal(err.kind, ERROR_LIMIT);
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
        cmocka_unit_test(a_lake_keeps_its_identity_and_is_private),
        cmocka_unit_test(one_process_writes_while_readers_come_and_go),
        cmocka_unit_test(a_missing_lake_says_how_to_make_one),
        cmocka_unit_test(a_half_made_lake_is_finished_by_the_next_writer),
        cmocka_unit_test(a_newer_state_is_refused_by_name),
        cmocka_unit_test(a_foreign_database_is_refused),
        cmocka_unit_test(named_values_are_set_and_replaced),
        cmocka_unit_test(the_log_of_a_lake_that_stays_open_is_bounded),
        cmocka_unit_test(paths_are_built_below_the_lake),
    };
    return cmocka_run_group_tests(tests, NULL, end);
}
