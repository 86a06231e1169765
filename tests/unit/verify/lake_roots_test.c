#include "support/support.h"

#include <stdio.h>

#include "lake/receipt.h"
#include "verify/lake_roots.h"

static Lake *lake;

static const char *at(const char *name)
{
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", support_folder(), name);
    return path;
}

/* A digest at *path* that says it is *key* of *bucket*. */
static void put(int64_t id, const char *path, const char *bucket, const char *key)
{
    Error err = {0};
    const Receipt receipt = {
        .object_id = id, .source = STR("file"), .key = str_of(path), .kind = OBJECT_DIGEST};
    support_ok(receipt_insert(lake, &receipt, 1, 1, &err), &err);
    DbStatement *insert = db_statement(
        lake->db,
        "INSERT INTO digests (object_id, bucket, key, stored, commit_seq) VALUES (?, ?, ?, '', 1)",
        &err);
    db_bind_int(insert, 1, id);
    db_bind_text(insert, 2, str_of(bucket));
    db_bind_text(insert, 3, str_of(key));
    support_ok(db_run(insert, &err), &err);
}

static int begin(void **state)
{
    Error err = {0};
    (void)state;
    lake = lake_open(at("lake"), LAKE_CREATE, &err);
    support_ok(lake != NULL, &err);
    put(1, "/logs/trail/AWSLogs/d", "trail", "AWSLogs/d");
    put(2, "/logs/trail/AWSLogs/e", "trail", "AWSLogs/e");
    put(3, "/copy\xff/of it/AWSLogs/d", "trail", "AWSLogs/d");
    return 0;
}

static int end(void **state)
{
    (void)state;
    lake_close(lake);
    support_folder_end();
    return 0;
}

static void finds_each_place_once(void **state)
{
    Error err = {0};
    (void)state;
    LakeRoots *roots = lake_roots_read(lake, &err);
    support_ok(roots != NULL, &err);
    assert_int_equal(2, lake_roots_count(roots));
    assert_true(str_equal(STR("/copy\xff/of it"), lake_roots_at(roots, 0)->folder));
    assert_true(str_equal(STR("/logs/trail"), lake_roots_at(roots, 1)->folder));
    lake_roots_free(roots);
}

static void tells_bucket_and_key_of_a_path_and_back(void **state)
{
    static const struct {
        const char *path, *bucket, *key;
    } CASES[] = {
        {"/logs/trail/AWSLogs/x", "trail", "AWSLogs/x"},
        {"/copy\xff/of it/y", "trail", "y"},
        {"/logs/other/AWSLogs/x", "other", "AWSLogs/x"},
        {"/logs/trail", "", "/logs/trail"},
        {"/logs/trailer/x", "trailer", "x"},
        {"/copy\xff/beside/x", "", "/copy\xff/beside/x"},
        {"/elsewhere/x", "", "/elsewhere/x"},
    };
    Error err = {0};
    BUF_AUTO Buf path = buf_init(1024);
    (void)state;
    LakeRoots *roots = lake_roots_read(lake, &err);
    support_ok(roots != NULL, &err);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        LakePlace place = lake_roots_place(roots, STR("file"), str_of(CASES[i].path));
        assert_true(str_equal(str_of(CASES[i].bucket), place.bucket));
        assert_true(str_equal(str_of(CASES[i].key), place.key));
        if (place.root == SIZE_MAX)
            continue;
        const LakeRoot *root = lake_roots_at(roots, place.root);
        support_ok(lake_roots_path(root, place.bucket, place.key, &path, &err), &err);
        assert_true(str_equal(str_of(CASES[i].path), buf_str(&path)));
    }
    assert_int_equal(0, lake_roots_place(roots, STR("s3"), STR("/logs/trail/x")).bucket.len);
    lake_roots_free(roots);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_each_place_once),
        cmocka_unit_test(tells_bucket_and_key_of_a_path_and_back),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
