#include "planner/function_page.h"

#include <string.h>

#include "support/support.h"

enum { PAGE_BYTES = 1 << 20 };

static void every_group_has_a_table(void **state)
{
    Error err = {0};
    BUF_AUTO Buf page = buf_init(PAGE_BYTES);
    (void)state;
    support_ok(function_page(&page, &err) && buf_text(&page, &err), &err);
    assert_non_null(strstr(page.ptr, "### Texts"));
    assert_non_null(strstr(page.ptr, "### Window functions"));
    assert_non_null(strstr(page.ptr, "| `coalesce` | `` (T, T...) -> T ``"));
}

static void a_full_page_is_an_error(void **state)
{
    Error err = {0};
    BUF_AUTO Buf page = buf_init(100);
    (void)state;
    assert_false(function_page(&page, &err));
    assert_int_equal(err.kind, ERROR_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_group_has_a_table),
        cmocka_unit_test(a_full_page_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
