#include "base/json_write.h"

#include "support/support.h"

enum { TEXT_BYTES_MAX = 4096 };

static void members_and_elements_have_commas_between_them(void **state)
{
    Error err = {0};
    BUF_AUTO Buf out = buf_init(TEXT_BYTES_MAX);
    JsonWriter to = {&out, &err, true};
    (void)state;
    json_write_open(&to, NULL, '{');
    json_write_text(&to, "a", STR("x\"\n{"));
    json_write_open(&to, "b", '[');
    json_write_int(&to, NULL, -1);
    json_write_text(&to, NULL, STR(""));
    json_write_open(&to, NULL, '{');
    json_write_close(&to, '}');
    json_write_close(&to, ']');
    json_write_some(&to, "left out", STR(""));
    json_write_some(&to, "c", STR("["));
    json_write_int(&to, "d", INT64_MAX);
    json_write_value(&to, "e", STR("{\"f\":[1]}"));
    json_write_close(&to, '}');
    support_ok(to.ok && buf_text(&out, &err), &err);
    assert_string_equal(out.ptr, "{\"a\":\"x\\\"\\n{\",\"b\":[-1,\"\",{}],\"c\":\"[\",\"d\":"
                                 "9223372036854775807,\"e\":{\"f\":[1]}}");
}

static void the_first_failure_stays(void **state)
{
    Error err = {0};
    BUF_AUTO Buf out = buf_init(8);
    JsonWriter to = {&out, &err, true};
    (void)state;
    json_write_open(&to, NULL, '{');
    json_write_text(&to, "a", STR("longer than the ceiling"));
    json_write_close(&to, '}');
    assert_false(to.ok);
    assert_int_equal(err.kind, ERROR_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_and_elements_have_commas_between_them),
        cmocka_unit_test(the_first_failure_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
