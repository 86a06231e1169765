#include "support/support.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/db.h"
#include "base/fault.h"
#include "base/file.h"
#include "base/file_copy.h"

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
    support_ok(db_run_texts(db, "UPDATE t SET d = 1.5 WHERE b = ?1 OR b = ?2", "none", "x", &err),
               &err);
    assert_false(db_run_texts(db, "UPDATE none SET b = ?1", "a", "b", &err));
    err = (Error){0};
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

static void put_mode(const char *start, mode_t mode, const char *suffix)
{
    char file[320];
    snprintf(file, sizeof file, "%s%s", start, suffix);
    if (chmod(file, mode) != 0)
        assert_int_equal(errno, ENOENT);
}

/* Makes folder and database readable only, and the process one that has to obey that. */
static void give_up_writing(const char *folder, const char *file)
{
    put_mode(support_folder(), 0755, "");
    put_mode(file, 0444, "");
    put_mode(file, 0444, "-wal");
    put_mode(file, 0444, "-shm");
    put_mode(folder, 0555, "");
    if (geteuid() == 0)
        assert_int_equal(seteuid(NOBODY), 0);
}

/* What two connections at once read of *file*, whose folder cannot be written. */
static int64_t sum_of_the_unwritable(const char *folder, const char *file)
{
    Error err = {0};
    int64_t sums[2] = {0, 0};
    give_up_writing(folder, file);
    Db *db = db_open(file, DB_READ_ONLY, &err);
    Db *other = db ? db_open(file, DB_READ_ONLY, &err) : NULL;
    bool ok = other && db_exec(other, "BEGIN", &err) &&
              db_get_int(other, "SELECT sum(a) FROM t", 0, &sums[0], &err) &&
              db_get_int(db, "SELECT sum(a) FROM t", 0, &sums[1], &err);
    bool wrote = db && db_exec(db, "DELETE FROM t", &(Error){0});
    db_close(other);
    db_close(db);
    if (getuid() == 0)
        assert_int_equal(seteuid(0), 0);
    put_mode(folder, 0700, "");
    support_ok(ok, &err);
    assert_false(wrote);
    assert_int_equal(sums[0], sums[1]);
    return sums[0];
}

static Db *new_in_folder(const char *name, char folder[256], char file[300])
{
    Error err = {0};
    snprintf(folder, 256, "%s", at(name));
    snprintf(file, 300, "%s/a.db", folder);
    assert_int_equal(mkdir(folder, 0700), 0);
    Db *db = db_open(file, DB_CREATE, &err);
    support_ok(db && db_exec(db, "CREATE TABLE t AS SELECT 7 AS a", &err), &err);
    return db;
}

static void a_folder_that_cannot_be_written_is_read(void **state)
{
    (void)state;
    char folder[256], file[300];
    db_close(new_in_folder("still %41?#", folder, file));
    assert_int_equal(sum_of_the_unwritable(folder, file), 7);
}

/* A copy of a database in use: its file lacks what is in the log. */
static void copy_in_use(const char *folder, const char *file, bool with_index)
{
    Error err = {0};
    char first[256], source[300], from[320], to[320];
    const char *const suffixes[] = {"", "-wal", "-shm"};
    snprintf(first, sizeof first, "%s-source", folder);
    Db *db = new_in_folder(strrchr(first, '/') + 1, first, source);
    support_ok(db_exec(db, "PRAGMA wal_checkpoint; INSERT INTO t VALUES (35)", &err), &err);
    assert_int_equal(mkdir(folder, 0700), 0);
    for (size_t i = 0; i < (with_index ? 3 : 2); i++) {
        snprintf(from, sizeof from, "%s%s", source, suffixes[i]);
        snprintf(to, sizeof to, "%s%s", file, suffixes[i]);
        support_ok(file_copy(from, to, NULL, &err), &err);
    }
    db_close(db);
}

static void what_is_only_in_the_log_is_read_where_nothing_can_be_written(void **state)
{
    (void)state;
    char folder[256], file[300];
    for (int with_index = 0; with_index < 2; with_index++) {
        snprintf(folder, sizeof folder, "%s", at(with_index ? "with index" : "without ?%41 index"));
        snprintf(file, sizeof file, "%s/a.db", folder);
        copy_in_use(folder, file, with_index);
        assert_int_equal(sum_of_the_unwritable(folder, file), 42);
    }
}

static void a_log_cut_short_gives_what_was_committed_before(void **state)
{
    (void)state;
    char folder[256], file[300], log[320];
    snprintf(folder, sizeof folder, "%s", at("cut"));
    snprintf(file, sizeof file, "%s/a.db", folder);
    copy_in_use(folder, file, false);
    snprintf(log, sizeof log, "%s-wal", file);
    assert_int_equal(truncate(log, 32 + 24 + 100), 0); /* within the page of the first frame */
    assert_int_equal(sum_of_the_unwritable(folder, file), 7);
}

/* Turns *second* into FIRST-SECOND; "gone" into NULL, "bad" into an error. */
static bool join(void *context, Str first, Str second, Buf *ret, bool *ret_null, Error *err)
{
    ++*(int *)context;
    *ret_null = str_equal(second, STR("gone"));
    if (str_equal(second, STR("bad")))
        return error_set(err, ERROR_INPUT, "'bad' is not joined");
    return buf_printf(ret, err, "%.*s-%.*s", STR_ARG(first), STR_ARG(second));
}

static void a_function_of_sql_is_called_with_texts(void **state)
{
    (void)state;
    Error err = {0};
    int calls = 0;
    int64_t number;
    Db *db = db_open(at("function.db"), DB_CREATE, &err);
    support_ok(db && db_function(db, "joined", join, &calls, &err), &err);
    support_ok(db_get_int(db,
                          "SELECT joined('a', 'b') = 'a-b' AND joined('a', '') = 'a-' AND"
                          " joined('a', 'gone') IS NULL AND joined('a', NULL) IS NULL",
                          0, &number, &err),
               &err);
    assert_true(number == 1 && calls == 3);
    assert_false(db_exec(db, "SELECT joined('a', 'bad')", &err));
    assert_non_null(strstr(err.text, "'bad' is not joined"));
    db_close(db);
}

static size_t count_bytes(const char *name, const char *text)
{
    Error err = {0};
    BUF_AUTO Buf bytes = buf_init(64 << 20);
    size_t found = 0, len = strlen(text);
    if (access(at(name), F_OK) != 0)
        return 0;
    support_ok(file_read(at(name), &bytes, NULL, &err), &err);
    for (size_t i = 0; i + len <= bytes.len; i++)
        found += memcmp(bytes.ptr + i, text, len) == 0;
    return found;
}

static void what_was_deleted_is_in_no_file_when_it_was_wiped(void **state)
{
    (void)state;
    Error err = {0};
    Db *db = db_open(at("wiped.db"), DB_CREATE, &err);
    support_ok(db && db_exec(db,
                             "CREATE TABLE t (a TEXT); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL"
                             " SELECT i + 1 FROM n WHERE i < 999) INSERT INTO t SELECT"
                             " 'the-secret-' || i FROM n",
                             &err),
               &err);
    assert_true(count_bytes("wiped.db", "the-secret-") +
                count_bytes("wiped.db-wal", "the-secret-"));
    support_ok(db_wipe_begin(db, &err) && db_exec(db, "UPDATE t SET a = 'x'", &err) &&
                   db_wipe_end(db, &err),
               &err);
    assert_int_equal(count_bytes("wiped.db", "the-secret-"), 0);
    assert_int_equal(count_bytes("wiped.db-wal", "the-secret-"), 0);
    db_close(db);
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
        cmocka_unit_test(what_is_only_in_the_log_is_read_where_nothing_can_be_written),
        cmocka_unit_test(a_log_cut_short_gives_what_was_committed_before),
        cmocka_unit_test(a_function_of_sql_is_called_with_texts),
        cmocka_unit_test(what_was_deleted_is_in_no_file_when_it_was_wiped),
    };
    return cmocka_run_group_tests(tests, NULL, end);
}
