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

static Depot *depot;

static void put(OriginalName name, const char *bytes)
{
    Error err = {0};
    DepotWriter *writer = depot_writer_open(depot, &err);
    support_ok(writer && originals_put(writer, &name, str_of(bytes), &err) &&
                   depot_sync(writer, &err),
               &err);
    depot_writer_free(writer);
}

/* What is found; "" for nothing. */
static const char *found(OriginalName name)
{
    static char text[64];
    Error err = {0};
    bool there;
    BUF_AUTO Buf bytes = buf_init(64);
    support_ok(originals_find(depot, &name, &bytes, &there, &err), &err);
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

static bool count_entry(void *context, const DepotEntry *entry, Error *err)
{
    int *count = context;
    (void)err;
    *count += entry->bytes == 5 && str_equal(entry->name, STR("s3/gone/a"));
    return true;
}

static void what_is_removed_is_gone(void **state)
{
    (void)state;
    Error err = {0};
    int count = 0;
    DepotRemoval removal;
    const OriginalName name = name_of("s3", "s3://gone/a", "e");
    const DepotEntry entry = {.name = STR("s3/gone/a")};
    put(name, "12345");
    support_ok(depot_list(depot, STR("s3/gone/"), count_entry, &count, &err), &err);
    assert_int_equal(count, 1);
    support_ok(depot_list(depot, STR("s3/nothing/"), count_entry, &count, &err), &err);
    support_ok(depot_remove(depot, &entry, 1, true, &removal, &err), &err);
    assert_true(removal == DEPOT_GONE && count == 1);
    assert_string_equal(found(name), "12345");
    support_ok(depot_remove(depot, &entry, 1, false, &removal, &err), &err);
    assert_int_equal(removal, DEPOT_GONE);
    assert_string_equal(found(name), "");
    support_ok(depot_remove(depot, &entry, 1, false, &removal, &err), &err);
    assert_int_equal(removal, DEPOT_MISSING);
}

static void where_nothing_can_be_kept(void **state)
{
    (void)state;
    Error err = {0};
    const DepotOptions options = {.place = "/proc/none", .setting = "keep.originals"};
    const OriginalName name = name_of("s3", "s3://none/a", "e");
    Depot *none = depot_open(&options, &err);
    DepotWriter *writer = depot_writer_open(none, &err);
    assert_false(originals_put(writer, &name, STR("x"), &err));
    assert_non_null(strstr(err.text, "keep.originals"));
    depot_writer_free(writer);
    depot_free(none);
}

static void what_is_no_place_is_refused(void **state)
{
    static const struct {
        const char *place, *words;
        int days;
    } CASES[] = {
        {"folder", "only a bucket (s3://BUCKET/PREFIX) can be locked for 7 days", 7},
        {"s3://b", "names no bucket", 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        const DepotOptions options = {
            .place = CASES[i].place, .setting = "keep.originals", .lock_days = CASES[i].days};
        assert_null(depot_open(&options, &err));
        assert_true(err.kind == ERROR_USAGE && strstr(err.text, CASES[i].words));
    }
}

static int begin(void **state)
{
    (void)state;
    Error err = {0};
    const DepotOptions options = {
        .place = support_folder(), .setting = "keep.originals", .writes = true};
    depot = depot_open(&options, &err);
    return depot ? 0 : 1;
}

static int end(void **state)
{
    (void)state;
    depot_free(depot);
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
        cmocka_unit_test(where_nothing_can_be_kept),
        cmocka_unit_test(what_is_no_place_is_refused),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
