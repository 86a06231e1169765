#include "cloud/trail_template.h"

#include "support/support.h"

static void assert_expands(const char *text, const char *features, const char *expected)
{
    Error err = {0};
    Str names[9];
    int count = 0;
    for (Str rest = str_of(features); rest.len;) {
        size_t end = str_find_byte(rest, ' ', 0);
        names[count++] = str_slice(rest, 0, end);
        rest = str_slice(rest, end + 1, rest.len);
    }
    BUF_AUTO Buf got = buf_init(1 << 20);
    support_ok(trail_template_expand(str_of(text), names, count, &got, &err), &err);
    assert_true(buf_append_byte(&got, 0, &err));
    assert_string_equal(got.ptr, expected);
}

static void assert_refused(const char *text, const char *expected)
{
    Error err = {0};
    BUF_AUTO Buf got = buf_init(1 << 20);
    assert_false(trail_template_expand(str_of(text), NULL, 0, &got, &err));
    assert_string_equal(err.text, expected);
}

static void lines_of_wanted_features_are_kept(void **state)
{
    (void)state;
    static const char TEXT[] = "a\n#: if kms\nb\n#: end\n#: unless kms\nc\n#: end\nd";
    assert_expands(TEXT, "", "a\nc\nd");
    assert_expands(TEXT, "kms", "a\nb\nd");
    assert_expands(TEXT, "km kmss", "a\nc\nd");
    assert_expands("", "kms", "");
}

static void conditions_nest_and_take_several_features(void **state)
{
    (void)state;
    static const char TEXT[] = "#: if a\n1\n#: if b\n2\n#: end\n3\n#: end\n#: if a b\n4\n#: "
                               "end\n#: unless a b\n5\n#: end\n";
    assert_expands(TEXT, "", "5\n");
    assert_expands(TEXT, "b", "5\n");
    assert_expands(TEXT, "a", "1\n3\n5\n");
    assert_expands(TEXT, "b a", "1\n2\n3\n4\n");
}

static void what_is_no_condition_is_told_with_its_line(void **state)
{
    (void)state;
    assert_refused("a\n#: fi x\n", "line 2: expected if, unless or end, found 'fi'");
    assert_refused("a\n#: end\n", "line 2: an end without a condition");
    assert_refused("#: if x\na\n", "line 2: 1 conditions have no end");
    assert_refused(
        "#: if x\n#: if x\n#: if x\n#: if x\n#: if x\n#: if x\n#: if x\n#: if x\n#: if x\n",
        "line 9: conditions nest more than 8 deep");
}

static void there_is_a_text_for_each_tool(void **state)
{
    (void)state;
    assert_true(
        str_starts(trail_template_text(STR("cloudformation")), STR("AWSTemplateFormatVersion")));
    assert_true(trail_template_text(STR("terraform")).len > 0);
    assert_true(str_starts(trail_template_text(STR("awscli")), STR("#!")));
    assert_int_equal(trail_template_text(STR("cloud")).len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_of_wanted_features_are_kept),
        cmocka_unit_test(conditions_nest_and_take_several_features),
        cmocka_unit_test(what_is_no_condition_is_told_with_its_line),
        cmocka_unit_test(there_is_a_text_for_each_tool),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
