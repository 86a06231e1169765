#include "base/json.h"
#include "support/support.h"

static void writes_hostile_text_safely(void **state)
{
    (void)state;
    Error err = {0};
    BUF_AUTO Buf out = buf_init(1 << 16);
    support_ok(json_append_string(&out, (Str){"a\"\\\n\x1b\0\xff\xc3\xa4<", 10}, &err), &err);
    assert_string_equal(buf_text(&out, &err),
                        "\"a\\\"\\\\\\n\\u001b\\u0000\xef\xbf\xbd\xc3\xa4<\"");
    out.len = 0;
    support_ok(json_append_html_safe(&out, STR("</script>&\xe2\x80\xa8"), &err), &err);
    assert_string_equal(buf_text(&out, &err), "\"\\u003c/script\\u003e\\u0026\\u2028\"");
}

static void leaves_shadowed_members_out(void **state)
{
    Error err = {0};
    JsonLimits limits = {.depth_max = 9, .duplicates_allowed = true};
    BUF_AUTO Buf out = buf_init(1 << 16);
    (void)state;
    Arena *arena = arena_new(1 << 20, &err);
    const Json *tree =
        json_read(STR("{\"a\":1,\"b\":[null,true,{}],\"a\":2}"), &limits, arena, &err);
    assert_non_null(tree);
    support_ok(json_append(&out, tree, &err), &err);
    assert_string_equal(buf_text(&out, &err), "{\"b\":[null,true,{}],\"a\":2}");
    arena_free(arena);
}

static void says_when_the_text_does_not_fit(void **state)
{
    Error err = {0};
    BUF_AUTO Buf out = buf_init(8);
    (void)state;
    assert_false(json_append_string(&out, STR("longer than eight"), &err));
    assert_int_equal(err.kind, ERROR_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_hostile_text_safely),
        cmocka_unit_test(leaves_shadowed_members_out),
        cmocka_unit_test(says_when_the_text_does_not_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
