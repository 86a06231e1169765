#include "support/support.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/file.h"
#include "base/mem.h"

static char path[256];

static const char *at(const char *name)
{
    snprintf(path, sizeof path, "%s/%s", support_folder(), name);
    return path;
}

static void write_file(const char *name, Str text)
{
    Error err = {0};
    support_ok(file_replace(at(name), text, &err), &err);
}

static void a_file_is_written_durably_and_read_back(void **state)
{
    (void)state;
    Error err = {0};
    FileWriter writer;
    FileInfo info;
    BUF_AUTO Buf buf = buf_init(100);
    support_ok(file_create(&writer, at("a"), &err), &err);
    support_ok(file_write(&writer, "hello", 5, &err), &err);
    support_ok(file_finish(&writer, &err), &err);
    support_ok(file_read(at("a"), &buf, &info, &err), &err);
    assert_int_equal(buf.len, 5);
    assert_int_equal(info.bytes, 5);
    struct stat st;
    assert_int_equal(stat(at("a"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_false(file_create(&writer, at("a"), &err));
    char middle[2];
    support_ok(file_read_at(at("a"), 1, middle, 2, &err), &err);
    assert_memory_equal(middle, "el", 2);
    assert_false(file_read_at(at("a"), 4, middle, 2, &err));
    assert_int_equal(err.kind, ERROR_INPUT);
}

static void a_look_in_an_open_folder_follows_links_and_tells_them(void **state)
{
    (void)state;
    Error err = {0};
    FileInfo info;
    bool link;
    write_file("seen", STR("hello"));
    assert_int_equal(symlink("seen", at("link")), 0);
    assert_int_equal(symlink("nowhere", at("dangling")), 0);
    int folder = open(support_folder(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(folder >= 0);
    support_ok(file_info_in(folder, "seen", at("seen"), &info, &link, &err), &err);
    assert_false(link);
    assert_int_equal(info.bytes, 5);
    support_ok(file_info_in(folder, "link", at("link"), &info, &link, &err), &err);
    assert_true(link && info.is_regular);
    assert_int_equal(info.bytes, 5);
    assert_false(file_info_in(folder, "dangling", at("dangling"), &info, &link, &err));
    assert_int_equal(err.kind, ERROR_ACCESS);
    assert_false(file_info_in(folder, "missing", at("missing"), &info, &link, &err));
    close(folder);
}

static void a_file_is_read_in_an_open_folder(void **state)
{
    (void)state;
    Error err = {0};
    FileInfo info;
    BUF_AUTO Buf buf = buf_init(100);
    write_file("within", STR("hello"));
    int folder = file_open_folder(support_folder());
    assert_true(folder >= 0);
    support_ok(file_read_in(folder, "within", at("within"), &buf, &info, &err), &err);
    assert_true(str_equal(buf_str(&buf), STR("hello")));
    assert_int_equal(info.bytes, 5);
    assert_false(file_read_in(folder, "missing", at("missing"), &buf, NULL, &err));
    assert_non_null(strstr(err.text, at("missing")));
    file_close_folder(folder);
    assert_int_equal(file_open_folder(at("within")), -1);
    assert_int_equal(file_open_folder(at("missing")), -1);
    file_close_folder(-1);
}

static void a_file_over_the_ceiling_is_refused(void **state)
{
    (void)state;
    Error err = {0};
    BUF_AUTO Buf small = buf_init(3);
    write_file("big", STR("hello"));
    assert_false(file_read(at("big"), &small, NULL, &err));
    assert_int_equal(err.kind, ERROR_LIMIT);
    assert_false(file_read(at("missing"), &small, NULL, &err));
    assert_int_equal(err.kind, ERROR_ACCESS);
    assert_false(file_read(support_folder(), &small, NULL, &err));
}

static void replacing_is_all_or_nothing_at_every_step(void **state)
{
    (void)state;
    Error err = {0};
    BUF_AUTO Buf buf = buf_init(100);
    write_file("r", STR("old"));
    fault_arm(FAULT_DURABLE, 0);
    write_file("r", STR("old"));
    uint64_t steps = fault_count(FAULT_DURABLE);
    assert_true(steps >= 4);
    for (uint64_t step = 1; step <= steps; step++) {
        write_file("r", STR("old"));
        fault_arm(FAULT_DURABLE, step);
        bool ok = file_replace(at("r"), STR("new"), &err);
        fault_arm(FAULT_DURABLE, 0);
        assert_false(ok);
        support_ok(file_read(at("r"), &buf, NULL, &err), &err);
        assert_true(str_equal(buf_str(&buf), STR("old")) || str_equal(buf_str(&buf), STR("new")));
    }
}

static void an_abandoned_file_is_gone(void **state)
{
    (void)state;
    Error err = {0};
    FileWriter writer;
    support_ok(file_create(&writer, at("half"), &err), &err);
    file_abandon(&writer);
    assert_false(file_exists(at("half")));
    file_abandon(&writer);
}

static void folders_are_made_private_and_removed_whole(void **state)
{
    (void)state;
    Error err = {0};
    struct stat st;
    support_ok(file_make_folders(at("x/y/z"), &err), &err);
    support_ok(file_make_folders(at("x/y/z"), &err), &err);
    assert_int_equal(stat(at("x/y"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    write_file("x/y/z/f", STR("1"));
    write_file("outside", STR("1"));
    char target[256];
    snprintf(target, sizeof target, "%s", at("outside"));
    assert_int_equal(symlink(target, at("x/link")), 0);
    support_ok(file_remove_tree(at("x"), &err), &err);
    assert_false(file_exists(at("x")));
    assert_true(file_exists(at("outside")));
    support_ok(file_remove_tree(at("x"), &err), &err);
    write_file("plain", STR("1"));
    assert_false(file_make_folders(at("plain/below"), &err));
}

static void one_lock_has_one_holder(void **state)
{
    (void)state;
    Error err = {0};
    int first, second;
    support_ok(file_lock(at("lock"), &first, &err), &err);
    assert_false(file_lock(at("lock"), &second, &err));
    assert_int_equal(err.kind, ERROR_BUSY);
    char pid[32];
    snprintf(pid, sizeof pid, "process %ld", (long)getpid());
    assert_non_null(strstr(err.text, pid));
    file_unlock(first);
    support_ok(file_lock(at("lock"), &second, &err), &err);
    file_unlock(second);
}

static void places_are_described(void **state)
{
    (void)state;
    Error err = {0};
    uint64_t free_bytes = 0;
    support_ok(file_free_bytes(support_folder(), &free_bytes, &err), &err);
    assert_true(free_bytes > 0);
    assert_false(file_is_network(support_folder()));
    assert_false(file_is_network(at("missing")));
    MEM_AUTO char *real = file_real_path(support_folder(), &err);
    assert_non_null(real);
    assert_null(file_real_path(at("missing"), &err));
}

static void a_temporary_folder_is_private_and_fresh(void **state)
{
    (void)state;
    Error err = {0};
    FileInfo info;
    setenv("TMPDIR", support_folder(), 1);
    MEM_AUTO char *one = file_make_temp(&err);
    MEM_AUTO char *two = file_make_temp(&err);
    support_ok(one && two, &err);
    assert_string_not_equal(one, two);
    assert_true(str_starts(str_of(one), str_of(support_folder())));
    support_ok(file_info(one, &info, &err), &err);
    assert_true(info.is_folder);
    setenv("TMPDIR", at("missing"), 1);
    assert_null(file_make_temp(&err));
    assert_non_null(strstr(err.text, at("missing")));
    unsetenv("TMPDIR");
}

static int end(void **state)
{
    (void)state;
    support_folder_end();
    return 0;
}

static void appending_leaves_what_was_there(void **state)
{
    Error err = {0};
    FileInfo info;
    BUF_AUTO Buf text = buf_init(64);
    char name[300];
    (void)state;
    snprintf(name, sizeof name, "%s/appended", support_folder());
    support_ok(file_append(name, STR("one\n"), &err) && file_append(name, STR("two\n"), &err) &&
                   file_read(name, &text, &info, &err),
               &err);
    assert_true(str_equal(buf_str(&text), STR("one\ntwo\n")));
    snprintf(name, sizeof name, "%s/no folder/appended", support_folder());
    assert_false(file_append(name, STR("x"), &err));
    assert_int_equal(err.kind, ERROR_ACCESS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(appending_leaves_what_was_there),
        cmocka_unit_test(a_file_is_written_durably_and_read_back),
        cmocka_unit_test(a_look_in_an_open_folder_follows_links_and_tells_them),
        cmocka_unit_test(a_file_is_read_in_an_open_folder),
        cmocka_unit_test(a_file_over_the_ceiling_is_refused),
        cmocka_unit_test(replacing_is_all_or_nothing_at_every_step),
        cmocka_unit_test(an_abandoned_file_is_gone),
        cmocka_unit_test(folders_are_made_private_and_removed_whole),
        cmocka_unit_test(one_lock_has_one_holder),
        cmocka_unit_test(places_are_described),
        cmocka_unit_test(a_temporary_folder_is_private_and_fresh),
    };
    return cmocka_run_group_tests(tests, NULL, end);
}
