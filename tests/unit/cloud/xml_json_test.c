/* XML becomes the JSON that a table makes of it, whatever the XML is. */
#include "cloud/xml_json.h"

#include "support/support.h"

enum { OUT_BYTES_MAX = 1 << 20 };

static const XmlJsonName NAMES[] = {
    {"Rule", "Rules", XML_JSON_LIST},
    {"Days", "Days", XML_JSON_NUMBER},
    {"Queue", "QueueArn", XML_JSON_ONE},
    {NULL, NULL, XML_JSON_ONE},
};

static void assert_json(const char *xml, const char *expected)
{
    Error err = {0};
    BUF_AUTO Buf out = buf_init(OUT_BYTES_MAX);
    JsonWriter to = {.out = &out, .err = &err, .ok = true};
    json_write_open(&to, NULL, '{');
    xml_json(str_of(xml), NAMES, &to);
    json_write_close(&to, '}');
    if (!to.ok)
        fail_msg("%s: %s", xml, err.text);
    if (!str_equal(buf_str(&out), str_of(expected)))
        fail_msg("%s gives '%.*s', not '%s'", xml, STR_ARG(buf_str(&out)), expected);
}

static void elements_become_members(void **state)
{
    (void)state;
    assert_json("", "{}");
    assert_json("<A>x</A><B>true</B><C>false</C><D/><E> a &amp; \"b\" </E>",
                "{\"A\":\"x\",\"B\":true,\"C\":false,\"D\":\"\",\"E\":\" a & \\\"b\\\" \"}");
    assert_json("<A><B>1</B><C><Days>7</Days></C></A><Queue>q</Queue>",
                "{\"A\":{\"B\":\"1\",\"C\":{\"Days\":7}},\"QueueArn\":\"q\"}");
}

static void lists_are_gathered_and_others_told_once(void **state)
{
    (void)state;
    assert_json("<Rule>a</Rule>", "{\"Rules\":[\"a\"]}");
    assert_json("<A/><Rule><Days>1</Days></Rule><B>x</B><Rule/><B>y</B><A>2</A><Rule>c</Rule>",
                "{\"A\":\"\",\"Rules\":[{\"Days\":1},\"\",\"c\"],\"B\":\"x\"}");
}

static void what_is_no_number_stays_a_text(void **state)
{
    (void)state;
    assert_json("<Days>0</Days>", "{\"Days\":0}");
    assert_json("<Days>007</Days>", "{\"Days\":\"007\"}");
    assert_json("<Days>-1</Days>", "{\"Days\":\"-1\"}");
    assert_json("<Days>1234567890123456789012</Days>", "{\"Days\":\"1234567890123456789012\"}");
    assert_json("<Days></Days>", "{\"Days\":\"\"}");
}

static void names_that_are_no_words_are_left_out(void **state)
{
    (void)state;
    assert_json("<a.b>1</a.b><q_r>2</q_r><A>3</A>", "{\"A\":\"3\"}");
}

static void depth_is_bounded(void **state)
{
    BUF_AUTO Buf xml = buf_init(OUT_BYTES_MAX), expected = buf_init(OUT_BYTES_MAX);
    Error err = {0};
    (void)state;
    for (int i = 0; i < 40; i++)
        assert_true(buf_append_str(&xml, STR("<A>"), &err));
    for (int i = 0; i < 40; i++)
        assert_true(buf_append_str(&xml, STR("</A>"), &err));
    for (int i = 0; i < 16; i++)
        assert_true(buf_append_str(&expected, STR("{\"A\":"), &err));
    assert_true(buf_append_str(&expected, STR("{}"), &err));
    for (int i = 0; i < 16; i++)
        assert_true(buf_append_byte(&expected, '}', &err));
    assert_json(buf_text(&xml, &err), buf_text(&expected, &err));
}

static void a_text_that_is_none_fails(void **state)
{
    Error err = {0};
    BUF_AUTO Buf out = buf_init(OUT_BYTES_MAX);
    JsonWriter to = {.out = &out, .err = &err, .ok = true};
    (void)state;
    xml_json(STR("<A>&unknown;</A>"), NAMES, &to);
    assert_false(to.ok);
    assert_int_equal(err.kind, ERROR_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(elements_become_members),
        cmocka_unit_test(lists_are_gathered_and_others_told_once),
        cmocka_unit_test(what_is_no_number_stays_a_text),
        cmocka_unit_test(names_that_are_no_words_are_left_out),
        cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(a_text_that_is_none_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
