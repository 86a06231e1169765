#include "base/yaml_write.h"

#include "base/yaml.h"
#include "support/support.h"

enum { TEXT_BYTES_MAX = 1 << 20 };

static void assert_text(Str text, const char *expected)
{
    Error err = {0};
    BUF_AUTO Buf out = buf_init(TEXT_BYTES_MAX);
    support_ok(yaml_write_text(&out, text, &err) && buf_text(&out, &err), &err);
    assert_string_equal(out.ptr, expected);
}

static void texts_are_plain_where_that_is_safe(void **state)
{
    (void)state;
    assert_text(STR("arn:aws:iam::111122223333:user/alice"),
                "arn:aws:iam::111122223333:user/alice");
    assert_text(STR("A trail is stopped"), "A trail is stopped");
    assert_text(STR("111122223333"), "'111122223333'");
    assert_text(STR("2026-11-26T10:00:00Z"), "'2026-11-26T10:00:00Z'");
    assert_text(STR("true"), "'true'");
    assert_text(STR("No"), "'No'");
    assert_text(STR(""), "''");
    assert_text(STR("it's: here #1"), "'it''s: here #1'");
    assert_text(STR("- x"), "'- x'");
    assert_text(STR("ends: "), "'ends: '");
    assert_text(STR("한국"), "\"한국\"");
    assert_text(STR("a\n\"b\\\x7f"), "\"a\\u000a\\\"b\\\\\\u007f\"");
    assert_text(STR("\xff\xe2\x80\xae"), "\"\\ufffd\\u202e\"");
    assert_text(STR("\0"), "\"\\u0000\"");
}

/* The JSON that a reader makes of what was written. */
static void assert_same(const char *json)
{
    Error err = {0};
    BUF_AUTO Buf yaml = buf_init(TEXT_BYTES_MAX);
    BUF_AUTO Buf back = buf_init(TEXT_BYTES_MAX);
    Arena *arena = arena_new(TEXT_BYTES_MAX, &err);
    const Yaml *document;
    support_ok(arena != NULL, &err);
    const Json *tree = json_read(str_of(json), &JSON_LIMITS_DEFAULT, arena, &err);
    support_ok(tree && buf_printf(&yaml, &err, "root:") && yaml_write_value(&yaml, tree, 2, &err),
               &err);
    YamlReader *reader = yaml_open(buf_str(&yaml), "written.yml", &err);
    support_ok(reader && yaml_next(reader, arena, &document, &err), &err);
    support_ok(yaml_write_json(yaml_member(document, "root"), &back, &err), &err);
    const Json *again = json_read(buf_str(&back), &JSON_LIMITS_DEFAULT, arena, &err);
    support_ok(again != NULL, &err);
    if (!json_equal(tree, again))
        fail_msg("%s became %.*s", json, STR_ARG(buf_str(&back)));
    yaml_close(reader);
    arena_free(arena);
}

static void trees_read_back_the_same(void **state)
{
    (void)state;
    assert_same("{\"a\":{\"b\":[1,\"1\",null,true,\"true\",{\"c\":[]},[[{}]]]},\"d\":-7}");
    assert_same(
        "{\"1\":\"0x1f\",\"null\":\"~\",\"a: b\":\"1e5\",\"\":\"1.5\",\"=\":\"<<\",\"<<\":1}");
    assert_same("{\"t\":[\"12:30:45\",\"2026-11-26\",\"*x\",\"&a\",\"!t\",\"%d\",\"@\",\"`\"]}");
    assert_same("[\"line\\nline\",\"\\t\",\"\\u0000\",\"\\u001b[31m\",\"\\u0085\\u2028\\ufeff\"]");
    assert_same("[\"\\ud83d\\ude00 é\",\"'\\\"\\\\\",\" lead\",\"trail \",\"---\",\"...\",\"#\"]");
    assert_same("\"alone\"");
    assert_same("{}");
}

static void a_name_too_long_for_a_key_is_refused(void **state)
{
    Error err = {0};
    BUF_AUTO Buf out = buf_init(TEXT_BYTES_MAX);
    static char name[YAML_NAME_BYTES_MAX + 1];
    Json member = {.type = JSON_NULL, .name = {name, sizeof name}};
    Json object = {.type = JSON_OBJECT, .count = 1, .first = &member};
    (void)state;
    assert_false(yaml_write_value(&out, &object, 0, &err));
    assert_int_equal(err.kind, ERROR_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_plain_where_that_is_safe),
        cmocka_unit_test(trees_read_back_the_same),
        cmocka_unit_test(a_name_too_long_for_a_key_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
