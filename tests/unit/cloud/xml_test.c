/* Elements are found whatever stands around them, whole or in pieces, and their texts decoded. */
#include "cloud/xml.h"

#include "support/support.h"

static void assert_text(Str text, const char *expected)
{
    if (!str_equal(text, str_of(expected)))
        fail_msg("'%.*s' is not '%s'", STR_ARG(text), expected);
}

static void elements_are_found_one_after_the_other(void **state)
{
    Str rest = STR("<?xml version=\"1.0\"?>\n<L xmlns='http://a/>b'><!-- <K>no</K> -->"
                   "<K>1</K><![CDATA[<K>no</K>]]><x:K a=\"<K>\">2</x:K><Kk>no</Kk><K/><k>no</k>"
                   "<C><K >3</K ></C></L>tail");
    Str whole = rest, inside;
    (void)state;
    assert_true(xml_next(&rest, STR("K"), &inside));
    assert_text(inside, "1");
    assert_true(xml_next(&rest, STR("K"), &inside));
    assert_text(inside, "2");
    assert_true(xml_next(&rest, STR("K"), &inside));
    assert_text(inside, "");
    assert_true(xml_next(&rest, STR("K"), &inside));
    assert_text(inside, "3");
    assert_false(xml_next(&rest, STR("K"), &inside));
    assert_text(rest, "");
    assert_true(xml_next(&whole, STR("C"), &inside));
    assert_text(inside, "<K >3</K >");
}

static void an_element_may_hold_others_of_its_name(void **state)
{
    Str rest = STR("<a><a>1</a><a/><a>2</a></a><a>3</a>"), inside;
    (void)state;
    assert_true(xml_next(&rest, STR("a"), &inside));
    assert_text(inside, "<a>1</a><a/><a>2</a>");
    assert_true(xml_next(&rest, STR("a"), &inside));
    assert_text(inside, "3");
}

/* Wherever the text is cut, no element is lost, and none is found twice or changed. */
static void bytes_may_come_in_pieces(void **state)
{
    static const char TEXT[] = "<?xml?><L><!-- > --><C><K>a</K></C>text<![CDATA[>]]>"
                               "<C x=\">\"><K>b</K></C><C/><D>d</D></L>";
    static const char *const CONTENTS[] = {"<K>a</K>", "<K>b</K>", ""};
    (void)state;
    for (size_t cut = 0; cut < sizeof TEXT; cut++) {
        char bytes[sizeof TEXT];
        size_t held = 0, found = 0, from = 0;
        for (int piece = 0; piece < 2; piece++) {
            size_t to = piece == 0 ? cut : sizeof TEXT - 1;
            if (to > from)
                memcpy(bytes + held, TEXT + from, to - from);
            Str rest = {bytes, held + (to > from ? to - from : 0)}, inside;
            from = to;
            for (; found < 3 && xml_next(&rest, STR("C"), &inside); found++)
                assert_text(inside, CONTENTS[found]);
            memmove(bytes, rest.ptr, rest.len);
            held = rest.len;
        }
        assert_int_equal(found, 3);
        assert_memory_equal(bytes, "<D>d</D></L>", held);
    }
}

static void what_has_no_end_is_no_element(void **state)
{
    static const char *const CASES[] = {"<K>1", "<K", "<K a='>", "<K>1<K>2</K>", "<K>1</K", "<!--"};
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Str rest = str_of(CASES[i]), inside;
        assert_false(xml_next(&rest, STR("K"), &inside));
        assert_text(rest, CASES[i]);
    }
}

static void texts_are_decoded(void **state)
{
    static const struct {
        const char *inside, *text;
    } CASES[] = {
        {"", ""},
        {"plain", "plain"},
        {"&lt;a&gt; &amp;amp; &quot;b&quot; &apos;", "<a> &amp; \"b\" '"},
        {"&#65;&#x42;&#xe9;&#x20AC;&#128512;&#13;", "AB\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\r"},
        {"a<!-- no -->b<![CDATA[<c>&amp;]]>d", "ab<c>&amp;d"},
        {"&amp;lt;", "&lt;"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        BUF_AUTO Buf text = buf_init(100);
        support_ok(xml_decode(str_of(CASES[i].inside), &text, &err), &err);
        assert_text(buf_str(&text), CASES[i].text);
    }
}

static void what_is_no_text_is_refused(void **state)
{
    static const char *const CASES[] = {"a<b/>",       "a<b>c</b>", "&nbsp;",     "a&",
                                        "&#0;",        "&#xd800;",  "&#1114112;", "&#x;",
                                        "&#99999999;", "&lt",       "<![CDATA[",  "&#12a;"};
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        BUF_AUTO Buf text = buf_init(100);
        support_ok(buf_append_str(&text, STR("kept"), &err), &err);
        if (xml_decode(str_of(CASES[i]), &text, &err))
            fail_msg("'%s' is a text", CASES[i]);
        assert_int_equal(err.kind, ERROR_INPUT);
        assert_text(buf_str(&text), "kept");
    }
}

static void a_value_that_is_missing_is_named(void **state)
{
    Error err = {0};
    BUF_AUTO Buf text = buf_init(100);
    (void)state;
    support_ok(xml_value(STR("<a><b>1&amp;2</b></a>"), STR("b"), &text, &err), &err);
    assert_text(buf_str(&text), "1&2");
    assert_false(xml_value(STR("<a><b>1</b></a>"), STR("c"), &text, &err));
    assert_string_equal(err.text, "an XML answer has no <c>");
    assert_false(xml_value(STR("<a><b>1</b></a>"), STR("a"), &text, &err));
    assert_string_equal(err.text, "<a>: an XML text holds an element");
    Buf small = buf_init(1);
    assert_false(xml_value(STR("<a>12</a>"), STR("a"), &small, &err));
    assert_int_equal(err.kind, ERROR_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(elements_are_found_one_after_the_other),
        cmocka_unit_test(an_element_may_hold_others_of_its_name),
        cmocka_unit_test(bytes_may_come_in_pieces),
        cmocka_unit_test(what_has_no_end_is_no_element),
        cmocka_unit_test(texts_are_decoded),
        cmocka_unit_test(what_is_no_text_is_refused),
        cmocka_unit_test(a_value_that_is_missing_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
