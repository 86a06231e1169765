#include "base/file_stamp.h"

#include <stdio.h>
#include <utime.h>

#include "base/file.h"
#include "support/support.h"

static const char *path_of(const char *name)
{
    static char paths[4][512];
    static unsigned next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", support_folder(), name);
    return path;
}

static void put(const char *name, const char *text)
{
    Error err = {0};
    support_ok(file_replace(path_of(name), str_of(text), &err), &err);
}

static bool is_rule(Str path)
{
    return str_ends(path, STR(".yml"));
}

static FileStamp stamp(const char *name, bool (*wanted)(Str path))
{
    FileStamp all = {0};
    file_stamp_add(&all, path_of(name), wanted);
    return all;
}

/* Both ways, since a comparison that is always false would pass else. */
static void assert_changed(FileStamp *before, const char *name)
{
    FileStamp now = stamp(name, is_rule);
    assert_false(file_stamp_equal(*before, now));
    *before = stamp(name, is_rule);
    assert_true(file_stamp_equal(*before, now));
}

static void every_change_of_a_folder_is_seen(void **state)
{
    Error err = {0};
    (void)state;
    support_ok(file_make_folders(path_of("rules/inner"), &err), &err);
    put("rules/a.yml", "1");
    put("rules/inner/b.yml", "2");
    FileStamp before = stamp("rules", is_rule);
    assert_int_equal(before.files, 2);
    put("rules/notes.txt", "no rule");
    assert_true(file_stamp_equal(before, stamp("rules", is_rule)));
    assert_int_equal(stamp("rules", NULL).files, 3);

    put("rules/c.yml", "3"); /* one more */
    assert_changed(&before, "rules");
    put("rules/c.yml", "4"); /* of the same size */
    assert_changed(&before, "rules");
    const struct utimbuf then = {1000000000, 1000000000}; /* only its time */
    assert_int_equal(utime(path_of("rules/c.yml"), &then), 0);
    assert_changed(&before, "rules");
    assert_int_equal(rename(path_of("rules/c.yml"), path_of("rules/d.yml")), 0);
    assert_changed(&before, "rules");
    support_ok(file_remove(path_of("rules/inner/b.yml"), &err), &err);
    assert_changed(&before, "rules");
}

static void what_cannot_be_looked_at_goes_in(void **state)
{
    Error err = {0};
    FileStamp none = {0};
    (void)state;
    put("one.yml", "1");
    FileStamp before = stamp("one.yml", is_rule);
    assert_int_equal(before.files, 1);
    support_ok(file_remove(path_of("one.yml"), &err), &err);
    assert_changed(&before, "one.yml");
    assert_false(file_stamp_equal(before, none));
    put("one.yml", "");
    assert_changed(&before, "one.yml"); /* empty is not missing */
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
        cmocka_unit_test(every_change_of_a_folder_is_seen),
        cmocka_unit_test(what_cannot_be_looked_at_goes_in),
    };
    return cmocka_run_group_tests(tests, NULL, end);
}
