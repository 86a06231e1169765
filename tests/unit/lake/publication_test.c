#include "lake/publication.h"

#include <stdio.h>

#include "base/file.h"
#include "lake/layout.h"
#include "support/support.h"

static Lake *lake;
static Publication publication;

static int begin(void **state)
{
    (void)state;
    Error err = {0};
    char folder[256];
    static char location[300];
    snprintf(folder, sizeof folder, "%s/lake", support_folder());
    lake = lake_open(folder, LAKE_CREATE, &err);
    support_ok(lake != NULL, &err);
    snprintf(location, sizeof location, "file://%s/cloudtrail", lake->folder);
    publication = (Publication){.lake = lake,
                                .table = &PUBLICATION_CLOUDTRAIL,
                                .arena = arena_new(1 << 24, &err),
                                .location = str_of(location),
                                .since = -1,
                                .until = 10,
                                .meta = {.schema_count = 1},
                                .next = {.id = 99, .sequence = 4},
                                .uuid = "u",
                                .rows = buf_init(1 << 20)};
    support_ok(publication.arena != NULL, &err);
    return 0;
}

static int end(void **state)
{
    (void)state;
    buf_free(&publication.rows);
    arena_free(publication.arena);
    lake_close(lake);
    support_folder_end();
    return 0;
}

static void a_file_is_found_by_its_name_wherever_its_uri_says(void **state)
{
    (void)state;
    Error err = {0};
    Str uri;
    BUF_AUTO Buf back = buf_init(100);
    support_ok(publication_write(&publication, "a.avro", STR("text"), &uri, &err), &err);
    assert_true(str_starts(uri, publication.location));
    assert_true(str_ends(uri, STR("/metadata/a.avro")));
    support_ok(publication_read(&publication, uri, &back, &err), &err);
    assert_true(str_equal(buf_str(&back), STR("text")));
    support_ok(publication_read(&publication, STR("file:///else/a.avro"), &back, &err), &err);
    assert_false(publication_write(&publication, "a.avro", STR("text"), &uri, &err));
    assert_false(publication_read(&publication, STR("file:///b.avro"), &back, &err));
    assert_int_equal(err.kind, ERROR_INPUT);
}

static void insert_parts(int count)
{
    for (int i = 0; i < count; i++) {
        char sql[512];
        Error err = {0};
        snprintf(sql, sizeof sql,
                 "INSERT INTO parts (path, day, rows, bytes, time_min, time_max, summary,"
                 " added_seq) VALUES ('cloudtrail/data/%d', %d, 2, 9, 0, 0, x'010209010400', 1)",
                 i, i);
        support_ok(db_exec(lake->db, sql, &err), &err);
    }
}

static void added_parts_make_one_manifest_with_its_days(void **state)
{
    (void)state;
    Error err = {0};
    insert_parts(5);
    support_ok(publication_manifests(&publication, &err), &err);
    assert_int_equal(publication.rows.len, sizeof(ManifestRow));
    const ManifestRow *row = (const ManifestRow *)(const void *)publication.rows.ptr;
    assert_int_equal(row->files[MANIFEST_ADDED], 5);
    assert_int_equal(row->rows[MANIFEST_ADDED], 10);
    assert_int_equal(row->sequence, 4);
    assert_int_equal(row->min_sequence, 4);
    assert_int_equal(row->snapshot_id, 99);
    assert_int_equal(row->day_min, 0);
    assert_int_equal(row->day_max, 4);
    assert_true(str_ends(row->path, STR("/metadata/u-m0.avro")));
}

static void a_damaged_summary_is_said(void **state)
{
    (void)state;
    Error err = {0};
    insert_parts(1);
    support_ok(db_exec(lake->db, "UPDATE parts SET summary = x'02'", &err), &err);
    assert_false(publication_manifests(&publication, &err));
    assert_int_equal(err.kind, ERROR_INPUT);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_file_is_found_by_its_name_wherever_its_uri_says),
        CASE(added_parts_make_one_manifest_with_its_days),
        CASE(a_damaged_summary_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
