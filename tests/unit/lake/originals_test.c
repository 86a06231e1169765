/* originals - objects are kept byte for byte, found again by name and etag, and removed. */
#include "lake/originals.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "support/support.h"

static OriginalName name_of(const char *source, const char *key, const char *etag)
{
    return (OriginalName){str_of(source), str_of(key), str_of(etag)};
}

static void put(OriginalName name, const char *bytes)
{
    Error err = {0};
    Originals originals = {.folder = support_folder()};
    support_ok(originals_put(&originals, &name, str_of(bytes), &err) &&
                   originals_sync(&originals, &err),
               &err);
    assert_false(originals.dirty);
}

/* What is found; "" for nothing. */
static const char *found(OriginalName name)
{
    static char text[64];
    Error err = {0};
    bool there;
    BUF_AUTO Buf bytes = buf_init(64);
    support_ok(originals_find(support_folder(), &name, &bytes, &there, &err), &err);
    snprintf(text, sizeof text, "%.*s", (int)bytes.len, there ? bytes.ptr : "");
    return text;
}

static bool is_file(const char *below)
{
    char path[LAYOUT_PATH_BYTES];
    snprintf(path, sizeof path, "%s/%s", support_folder(), below);
    return file_exists(path);
}

static void keys_are_paths_below_their_source(void **state)
{
    (void)state;
    put(name_of("s3", "s3://bucket/AWSLogs/1/a.gz", "e"), "of s3");
    put(name_of("file", "/copies/bucket/a.gz", "1-2"), "of a file");
    assert_true(is_file("s3/bucket/AWSLogs/1/a.gz") && is_file("file/copies/bucket/a.gz"));
    assert_string_equal(found(name_of("s3", "s3://bucket/AWSLogs/1/a.gz", "e")), "of s3");
    assert_string_equal(found(name_of("file", "/copies/bucket/a.gz", "other")), "of a file");
    assert_string_equal(found(name_of("file", "/copies/bucket/b.gz", "1-2")), "");
}

static void other_bytes_get_a_name_of_their_own(void **state)
{
    (void)state;
    const char *key = "s3://changes/a";
    put(name_of("s3", key, "first"), "one");
    put(name_of("s3", key, "again"), "one");
    put(name_of("s3", key, "second"), "two");
    put(name_of("s3", key, "second"), "two");
    put(name_of("s3", key, "third"), "longer");
    assert_string_equal(found(name_of("s3", key, "first")), "one");
    assert_string_equal(found(name_of("s3", key, "again")), "one");
    assert_string_equal(found(name_of("s3", key, "second")), "two");
    assert_string_equal(found(name_of("s3", key, "third")), "longer");
}

static void keys_that_are_no_paths_are_kept_by_their_hash(void **state)
{
    static const char *const KEYS[] = {"s3://b/../../x", "s3://b//x", "s3://b/x/",  "s3://b/.x",
                                       "s3://b/a/b",     "s3://",     "s3://b/a/.", "weird"};
    char longest[600];
    (void)state;
    put(name_of("s3", "s3://b/a", "e"), "a file where a folder must be");
    for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++)
        put(name_of("s3", KEYS[i], "e"), KEYS[i]);
    for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++)
        assert_string_equal(found(name_of("s3", KEYS[i], "e")), KEYS[i]);
    assert_string_equal(found(name_of("s3", "s3://b/a", "e")), "a file where a folder must be");
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = 0;
    put(name_of("s3", longest, "e"), "long");
    assert_string_equal(found(name_of("s3", longest, "e")), "long");
    assert_false(is_file("x"));
}

static void what_is_removed_is_gone(void **state)
{
    (void)state;
    Error err = {0};
    uint64_t bytes;
    const OriginalName name = name_of("s3", "s3://gone/a", "e");
    put(name, "12345");
    support_ok(originals_remove(support_folder(), &name, true, &bytes, &err), &err);
    assert_int_equal(bytes, 5);
    assert_string_equal(found(name), "12345");
    support_ok(originals_remove(support_folder(), &name, false, &bytes, &err), &err);
    assert_int_equal(bytes, 5);
    assert_string_equal(found(name), "");
    support_ok(originals_remove(support_folder(), &name, false, &bytes, &err), &err);
    assert_int_equal(bytes, 0);
}

static void without_a_folder_nothing_is_kept(void **state)
{
    (void)state;
    Error err = {0};
    Originals originals = {.folder = ""};
    const OriginalName name = name_of("s3", "s3://none/a", "e");
    assert_true(originals_put(&originals, &name, STR("x"), &err) &&
                originals_sync(&originals, &err));
    originals.folder = "/proc/none";
    assert_false(originals_put(&originals, &name, STR("x"), &err));
    assert_non_null(strstr(err.text, "keep.originals"));
}

static int begin(void **state)
{
    (void)state;
    support_folder();
    return 0;
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
        cmocka_unit_test(keys_are_paths_below_their_source),
        cmocka_unit_test(other_bytes_get_a_name_of_their_own),
        cmocka_unit_test(keys_that_are_no_paths_are_kept_by_their_hash),
        cmocka_unit_test(what_is_removed_is_gone),
        cmocka_unit_test(without_a_folder_nothing_is_kept),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
