#include "support/support.h"

#include <string.h>

#include "base/timestamp.h"
#include "collect/object_list.h"

static void the_day_is_read_from_the_key(void **state)
{
    static const struct {
        const char *path;
        int year, month, day; /* year 0: none */
    } CASES[] = {
        {"/b/AWSLogs/1/CloudTrail/us-east-1/2026/11/24/x.json.gz", 2026, 11, 24},
        {"/b/111122223333_CloudTrail_us-east-1_20230710T1145Z_7xgocspSowgK0Gto.json", 2023, 7, 10},
        {"/b/111122223333_CloudTrail_us-east-1_20230710T1145Zabc.json", 2023, 7, 10},
        {"/2026/11/24/1_CloudTrail_x_20230710T1145Z_a.json", 2026, 11, 24},
        {"/b/2026/13/24/x.json", 0, 0, 0},
        {"/b/2026/1/24/x.json", 0, 0, 0},
        {"x_99999999T.json", 0, 0, 0},
        {"plain.json", 0, 0, 0},
        {"", 0, 0, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        int32_t want = CASES[i].year ? timestamp_day_of(CASES[i].year, CASES[i].month, CASES[i].day)
                                     : OBJECT_DAY_NONE;
        if (object_list_day(str_of(CASES[i].path)) != want)
            fail_msg("'%s' gave %d", CASES[i].path, object_list_day(str_of(CASES[i].path)));
    }
}

static void the_first_quarter_of_an_hour_is_early(void **state)
{
    static const struct {
        const char *path;
        bool early;
    } CASES[] = {
        {"/2026/11/24/1_CloudTrail_us-east-1_20261124T0000Z_a.json.gz", true},
        {"/2026/11/24/1_CloudTrail_us-east-1_20261124T0015Z_a.json.gz", true},
        {"/2026/11/24/1_CloudTrail_us-east-1_20261124T0020Z_a.json.gz", false},
        {"/2026/11/24/1_CloudTrail_us-east-1_20261124T1005Z_a.json.gz", false},
        {"/2026/11/24/1_CloudTrail_us-east-1_20261124T00", false},
        {"/2026/11/24/1_CloudTrail_us-east-1_20261124T00xyZ", false},
        {"/2026/11/24/x.json.gz", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        if (object_list_is_early(str_of(CASES[i].path)) != CASES[i].early)
            fail_msg("'%s'", CASES[i].path);
}

static bool not_b(const ObjectRef *object, void *context)
{
    (void)context;
    return strcmp(object->name, "b") != 0;
}

static void objects_are_ordered_by_day_then_key_once_each(void **state)
{
    (void)state;
    Error err = {0};
    BUF_AUTO Buf path = buf_init(1000);
    static const char *const PATHS[] = {"/z/2026/11/25/a",
                                        "/z/2026/11/24/b",
                                        "/a/2026/11/25/a",
                                        "/q/plain",
                                        "/z/2026/11/24/a",
                                        "/z/2026/11/24/b",
                                        "/z/2026/11/25/z_20261125T0005Z"};
    static const char *const ORDER[] = {"/q/plain",        "/z/2026/11/24/a",
                                        "/z/2026/11/24/b", "/z/2026/11/25/z_20261125T0005Z",
                                        "/a/2026/11/25/a", "/z/2026/11/25/a"};
    ObjectList *list = object_list_new(&err);
    for (size_t i = 0; i < sizeof PATHS / sizeof *PATHS; i++)
        support_ok(object_list_add(list, PATHS[i], i, 0, &err), &err);
    object_list_sort(list);
    assert_int_equal(object_list_count(list), 6);
    for (size_t i = 0; i < 6; i++) {
        support_ok(object_list_path(object_list_at(list, i), &path, &err), &err);
        assert_string_equal(path.ptr, ORDER[i]);
    }
    object_list_filter(list, not_b, NULL);
    assert_int_equal(object_list_count(list), 5);
    object_list_free(list);
    object_list_free(NULL);
}

static void carried_bytes_are_objects_whose_etag_is_their_hash(void **state)
{
    (void)state;
    Error err = {0};
    char etag[OBJECT_ETAG_BYTES], other[OBJECT_ETAG_BYTES];
    ObjectList *list = object_list_new(&err);
    support_ok(object_list_add_carried(list, "sqs://q/1", STR("a\0b"), NULL, &err), &err);
    support_ok(object_list_add_carried(list, "sqs://q/2", STR("a\0c"), "no\nlog", &err), &err);
    object_list_sort(list);
    const ObjectRef *first = object_list_at(list, 0), *second = object_list_at(list, 1);
    assert_true(str_equal(first->carried->bytes, STR("a\0b")) && !first->carried->refusal);
    assert_string_equal(second->carried->refusal, "no\nlog");
    assert_true(str_equal(object_list_source(first), STR("sqs")) && first->bytes == 3);
    object_list_etag(first, etag);
    object_list_etag(second, other);
    assert_string_not_equal(etag, other);
    object_list_carried_etag(STR("a\0b"), other);
    assert_string_equal(etag, other);
    assert_int_equal(strlen(etag), 62);
    object_list_free(list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_day_is_read_from_the_key),
        cmocka_unit_test(the_first_quarter_of_an_hour_is_early),
        cmocka_unit_test(objects_are_ordered_by_day_then_key_once_each),
        cmocka_unit_test(carried_bytes_are_objects_whose_etag_is_their_hash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
