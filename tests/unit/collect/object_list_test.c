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
    static const char *const PATHS[] = {"/z/2026/11/25/a", "/z/2026/11/24/b", "/a/2026/11/25/a",
                                        "/q/plain",        "/z/2026/11/24/a", "/z/2026/11/24/b"};
    static const char *const ORDER[] = {"/q/plain", "/z/2026/11/24/a", "/z/2026/11/24/b",
                                        "/a/2026/11/25/a", "/z/2026/11/25/a"};
    ObjectList *list = object_list_new(&err);
    for (size_t i = 0; i < sizeof PATHS / sizeof *PATHS; i++)
        support_ok(object_list_add(list, PATHS[i], i, 0, &err), &err);
    object_list_sort(list);
    assert_int_equal(object_list_count(list), 5);
    for (size_t i = 0; i < 5; i++) {
        support_ok(object_list_path(object_list_at(list, i), &path, &err), &err);
        assert_string_equal(path.ptr, ORDER[i]);
    }
    object_list_filter(list, not_b, NULL);
    assert_int_equal(object_list_count(list), 4);
    object_list_free(list);
    object_list_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_day_is_read_from_the_key),
        cmocka_unit_test(objects_are_ordered_by_day_then_key_once_each),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
