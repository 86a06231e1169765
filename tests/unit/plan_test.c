#include "support/support.h"

#include <stdio.h>

#include "collect/object_list.h"
#include "plan.h"

static ObjectList *list;

/* Bytes of a gzip file that the plan takes for *records* records. */
static uint64_t packed(uint64_t records)
{
    return 650 + 130 * (records - 1);
}

static int begin(void **state)
{
    (void)state;
    Error err = {0};
    list = object_list_new(&err);
    assert_non_null(list);
    return 0;
}

static int end(void **state)
{
    (void)state;
    object_list_free(list);
    return 0;
}

/* Adds *count* objects of *bytes* each to the day. */
static void add(int day, int count, uint64_t bytes)
{
    char path[100];
    Error err = {0};
    for (int i = 0; i < count; i++) {
        snprintf(path, sizeof path, "/b/2026/11/%02d/%06d.json.gz", day, i);
        support_ok(object_list_add(list, path, bytes, 0, &err), &err);
    }
}

static Plan *plan(uint32_t part_rows, int jobs)
{
    Error err = {0};
    const PlanOptions options = {part_rows, jobs};
    object_list_sort(list);
    Plan *made = plan_new(list, &options, &err);
    assert_non_null(made);
    return made;
}

static size_t size_of(const Plan *made, size_t index)
{
    PlanGroup group = plan_group(made, index);
    return group.end - group.first;
}

/* Groups follow each other and hold every object once. */
static void assert_whole(const Plan *made)
{
    size_t next = 0;
    for (size_t i = 0; i < plan_count(made); i++) {
        PlanGroup group = plan_group(made, i);
        assert_int_equal(group.first, next);
        assert_true(group.end > group.first);
        next = group.end;
    }
    assert_int_equal(next, object_list_count(list));
}

static void an_empty_list_has_no_groups(void **state)
{
    (void)state;
    Plan *made = plan(50000, 2);
    assert_int_equal(plan_count(made), 0);
    plan_free(made);
    plan_free(NULL);
}

static void a_group_holds_at_most_three_days(void **state)
{
    (void)state;
    for (int day = 1; day <= 7; day++)
        add(day, 10, 1000);
    Plan *made = plan(50000, 1);
    assert_whole(made);
    assert_int_equal(plan_count(made), 3);
    assert_int_equal(size_of(made, 0), 30);
    assert_int_equal(size_of(made, 2), 10);
    plan_free(made);
}

static void groups_end_where_a_day_does(void **state)
{
    (void)state;
    add(1, 3, packed(1000)); /* fits with the next one */
    add(2, 4, packed(1000));
    add(3, 25, packed(1000)); /* more than two parts: three like each other */
    add(4, 6, packed(1000));
    add(5, 6, packed(1000)); /* not with the one before */
    Plan *made = plan(10000, 1);
    static const size_t SIZES[] = {7, 8, 8, 9, 6, 6};
    assert_whole(made);
    assert_int_equal(plan_count(made), sizeof SIZES / sizeof *SIZES);
    for (size_t i = 0; i < plan_count(made); i++)
        assert_int_equal(size_of(made, i), SIZES[i]);
    plan_free(made);
}

static void one_worker_takes_whole_parts(void **state)
{
    (void)state;
    add(1, 100, packed(1000));
    Plan *made = plan(10000, 1);
    assert_whole(made);
    for (size_t i = 0; i + 1 < plan_count(made); i++)
        assert_int_equal(size_of(made, i), 10);
    plan_free(made);
}

static void the_last_groups_of_several_workers_are_smaller(void **state)
{
    (void)state;
    add(1, 1000, packed(100));
    Plan *made = plan(10000, 2);
    assert_whole(made);
    size_t count = plan_count(made);
    assert_true(count > 11);
    assert_in_range(size_of(made, 0), 90, 100);
    for (size_t i = 1; i < count; i++)
        assert_true(size_of(made, i) <= size_of(made, i - 1));
    assert_in_range(size_of(made, count - 2), 20, 30);
    plan_free(made);
}

static void a_group_holds_no_more_objects_than_a_part(void **state)
{
    (void)state;
    add(1, 40000, 100);
    Plan *made = plan(50000, 1);
    assert_whole(made);
    assert_int_equal(plan_count(made), 3);
    for (size_t i = 0; i < 3; i++)
        assert_in_range(size_of(made, i), 13333, 16384);
    plan_free(made);
}

static void small_work_is_shared_too(void **state)
{
    (void)state;
    add(1, 90, packed(100));
    Plan *made = plan(10000, 2);
    assert_whole(made);
    assert_true(plan_count(made) > 2);
    plan_free(made);
}

static void a_huge_object_is_a_group_of_its_own(void **state)
{
    (void)state;
    add(1, 1, UINT64_MAX);
    add(2, 1, UINT64_MAX);
    add(3, 2, 100);
    Plan *made = plan(10000, 2);
    assert_whole(made);
    assert_int_equal(plan_count(made), 3);
    plan_free(made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_empty_list_has_no_groups, begin, end),
        cmocka_unit_test_setup_teardown(a_group_holds_at_most_three_days, begin, end),
        cmocka_unit_test_setup_teardown(groups_end_where_a_day_does, begin, end),
        cmocka_unit_test_setup_teardown(one_worker_takes_whole_parts, begin, end),
        cmocka_unit_test_setup_teardown(the_last_groups_of_several_workers_are_smaller, begin, end),
        cmocka_unit_test_setup_teardown(a_group_holds_no_more_objects_than_a_part, begin, end),
        cmocka_unit_test_setup_teardown(small_work_is_shared_too, begin, end),
        cmocka_unit_test_setup_teardown(a_huge_object_is_a_group_of_its_own, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
