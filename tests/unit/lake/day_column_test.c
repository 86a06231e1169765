#include "lake/day_column.h"

#include "support/support.h"

static void names_of_a_day_are_found(void **state)
{
    (void)state;
    assert_string_equal(day_column_find(STR("timestamp"))->format, "%Y/%m/%d");
    assert_string_equal(day_column_find(STR("day"))->format, "%d");
    assert_null(day_column_find(STR("days")));
    assert_null(day_column_find(STR("")));
}

static void a_scan_selects_all_of_them(void **state)
{
    Error err = {0};
    BUF_AUTO Buf out = buf_init(1024);
    (void)state;
    support_ok(day_column_select(&out, STR("year month day \"timestamp\" partition"), &err) &&
                   buf_text(&out, &err),
               &err);
    assert_string_equal(out.ptr,
                        "strftime(eventtime, '%Y') AS \"year\", "
                        "strftime(eventtime, '%m') AS \"month\", "
                        "strftime(eventtime, '%d') AS \"day\", "
                        "strftime(eventtime, '%Y/%m/%d') AS \"timestamp\", "
                        "strftime(eventtime, 'eventtime_day=%Y-%m-%d') AS \"partition\", ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_of_a_day_are_found),
        cmocka_unit_test(a_scan_selects_all_of_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
