#include "support/support.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/db.h"
#include "base/fault.h"

static char path[256];

static const char *at(const char *name)
{
    snprintf(path, sizeof path, "%s/%s", support_folder(), name);
    return path;
}

static void rows_go_in_and_come_out(void **state)
{
    (void)state;
    Error err = {0};
    bool row;
    struct stat st;
    Db *db = db_open(at("a.db"), DB_CREATE, &err);
    support_ok(db && db_exec(db, "CREATE TABLE t (a INTEGER, b TEXT, c BLOB, d REAL)", &err), &err);
    assert_int_equal(stat(at("a.db"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    DbStatement *insert = db_statement(db, "INSERT INTO t VALUES (?, ?, ?, ?)", &err);
    db_bind_int(insert, 1, -5);
    db_bind_text(insert, 2, STR("x\0y"));
    db_bind_blob(insert, 3, "", 0);
    db_bind_real(insert, 4, 1.5);
    support_ok(db_run(insert, &err), &err);
    assert_int_equal(db_last_id(db), 1);
    insert = db_statement(db, "INSERT INTO t VALUES (?, ?, ?, ?)", &err);
    support_ok(db_run(insert, &err), &err);
    DbStatement *select = db_statement(db, "SELECT a, b, c, d FROM t ORDER BY rowid", &err);
    support_ok(db_next(select, &row, &err), &err);
    assert_true(row && db_int(select, 0) == -5 && db_real(select, 3) == 1.5);
    assert_true(str_equal(db_text(select, 1), STR("x\0y")));
    assert_false(db_is_null(select, 2));
    assert_int_equal(db_blob(select, 2).len, 0);
    support_ok(db_next(select, &row, &err), &err);
    assert_true(row && db_is_null(select, 0) && db_is_null(select, 2));
    support_ok(db_next(select, &row, &err), &err);
    assert_false(row);
    int64_t number;
    support_ok(db_get_int(db, "SELECT count(*) FROM t", 0, &number, &err), &err);
    assert_int_equal(number, 2);
    support_ok(db_get_int(db, "SELECT a FROM t WHERE a > 100", 42, &number, &err), &err);
    assert_int_equal(number, 42);
    db_close(db);
}

static void what_is_lent_is_stored(void **state)
{
    (void)state;
    Error err = {0};
    char text[] = "lent", blob[] = {1, 2, 3};
    Db *db = db_open(at("lent.db"), DB_CREATE, &err);
    support_ok(db && db_exec(db, "CREATE TABLE t (a TEXT, b BLOB)", &err), &err);
    DbStatement *insert = db_statement(db, "INSERT INTO t VALUES (?, ?)", &err);
    db_lend_text(insert, 1, str_of(text));
    db_lend_blob(insert, 2, blob, sizeof blob);
    support_ok(db_run(insert, &err), &err);
    memset(text, 'x', sizeof text - 1);
    memset(blob, 9, sizeof blob);
    int64_t same;
    support_ok(db_get_int(db, "SELECT a = 'lent' AND b = x'010203' FROM t", 0, &same, &err), &err);
    assert_int_equal(same, 1);
    db_close(db);
}

static void a_database_alone_leaves_no_other_file(void **state)
{
    (void)state;
    Error err = {0};
    int64_t journal;
    Db *db = db_open(at("alone.db"), DB_CREATE_ALONE, &err);
    support_ok(db && db_exec(db, "CREATE TABLE t (a)", &err), &err);
    support_ok(db_get_int(db, "SELECT journal_mode = 'delete' FROM pragma_journal_mode()", 0,
                          &journal, &err),
               &err);
    assert_int_equal(journal, 1);
    assert_int_not_equal(access(at("alone.db-wal"), F_OK), 0);
    assert_int_not_equal(access(at("alone.db-journal"), F_OK), 0);
    db_close(db);
}

static void a_failed_commit_is_rolled_back(void **state)
{
    (void)state;
    Error err = {0};
    int64_t number;
    Db *db = db_open(at("a.db"), DB_READ_WRITE, &err);
    support_ok(db && db_begin(db, &err) && db_exec(db, "DELETE FROM t", &err), &err);
    fault_arm(FAULT_DURABLE, 1);
    assert_false(db_commit(db, &err));
    fault_arm(FAULT_DURABLE, 0);
    support_ok(db_get_int(db, "SELECT count(*) FROM t", 0, &number, &err), &err);
    assert_int_equal(number, 2);
    db_rollback(db);
    db_close(db);
}

static void a_copy_is_whole_and_readers_cannot_write(void **state)
{
    (void)state;
    Error err = {0};
    int64_t number;
    char copy[256];
    Db *db = db_open(at("a.db"), DB_READ_ONLY, &err);
    support_ok(db != NULL, &err);
    assert_false(db_exec(db, "DELETE FROM t", &err));
    snprintf(copy, sizeof copy, "%s/copy.db", support_folder());
    support_ok(db_backup(db, copy, &err), &err);
    db_close(db);
    db = db_open(copy, DB_READ_ONLY, &err);
    support_ok(db && db_get_int(db, "SELECT count(*) FROM t", 0, &number, &err), &err);
    assert_int_equal(number, 2);
    db_close(db);
}

static void what_is_no_database_says_so(void **state)
{
    (void)state;
    Error err = {0};
    int64_t number;
    FILE *file = fopen(at("text"), "w");
    for (int i = 0; i < 200; i++)
        fputs("this is no database\n", file);
    fclose(file);
    Db *db = db_open(at("text"), DB_READ_ONLY, &err);
    assert_true(!db || !db_get_int(db, "SELECT count(*) FROM t", 0, &number, &err));
    assert_int_equal(err.kind, ERROR_INPUT);
    db_close(db);
    assert_null(db_open(at("none/none.db"), DB_READ_ONLY, &err));
    assert_int_equal(err.kind, ERROR_ACCESS);
    db_close(NULL);
}

static int end(void **state)
{
    (void)state;
    support_folder_end();
    return 0;
}

enum { NOBODY = 65534 };

/* Makes folder and database readable only, and the process one that has to obey that. */
static void give_up_writing(const char *folder, const char *file)
{
    assert_int_equal(chmod(support_folder(), 0755) | chmod(file, 0444) | chmod(folder, 0555), 0);
    if (geteuid() == 0)
        assert_int_equal(seteuid(NOBODY), 0);
}

static void a_folder_that_cannot_be_written_is_read(void **state)
{
    (void)state;
    Error err = {0};
    int64_t sum;
    char folder[256], file[300];
    snprintf(folder, sizeof folder, "%s", at("still %41?#"));
    snprintf(file, sizeof file, "%s/a.db", folder);
    assert_int_equal(mkdir(folder, 0700), 0);
    Db *db = db_open(file, DB_CREATE, &err);
    support_ok(db && db_exec(db, "CREATE TABLE t AS SELECT 7 AS a", &err), &err);
    db_close(db);
    give_up_writing(folder, file);
    db = db_open(file, DB_READ_ONLY, &err);
    bool ok = db && db_get_int(db, "SELECT sum(a) FROM t", 0, &sum, &err);
    bool wrote = db && db_exec(db, "DELETE FROM t", &(Error){0});
    db_close(db);
    if (getuid() == 0)
        assert_int_equal(seteuid(0), 0);
    assert_int_equal(chmod(folder, 0700), 0);
    support_ok(ok, &err);
    assert_int_equal(sum, 7);
    assert_false(wrote);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_go_in_and_come_out),
        cmocka_unit_test(what_is_lent_is_stored),
        cmocka_unit_test(a_database_alone_leaves_no_other_file),
        cmocka_unit_test(a_failed_commit_is_rolled_back),
        cmocka_unit_test(a_copy_is_whole_and_readers_cannot_write),
        cmocka_unit_test(what_is_no_database_says_so),
        cmocka_unit_test(a_folder_that_cannot_be_written_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, end);
}
