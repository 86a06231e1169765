#include "lineage/lineage_put.h"

#include <string.h>

#include "support/support.h"

enum { BYTES_MAX = 4096 };

typedef void (*Put)(LineagePut *to, Str text);

static void put_dot(LineagePut *to, Str text)
{
    lineage_put_dot(to, text, "\\l");
}

static void what_could_do_something_is_shown_instead(void **state)
{
    static const struct {
        Put put;
        const char *text, *expected;
    } CASES[] = {
        {lineage_put_text, "mina.park", "mina.park"},
        {lineage_put_text, "박미나", "박미나"},
        {lineage_put_text, "a\x1b[2Jb", "a\\x{1b}[2Jb"},
        {lineage_put_text, "a\r\nwho: root", "a\\x{0d}\\x{0a}who: root"},
        {lineage_put_text, "a\x7f", "a\\x{7f}"},
        {lineage_put_text, "\xc2\x9b", "\\u{009b}"}, /* CSI of C1 */
        {lineage_put_text,
         "\xe2\x80\xae"
         "exe",
         "\\u{202e}exe"}, /* right to left */
        {lineage_put_text, "\xe2\x80\x8b\xef\xbb\xbf", "\\u{200b}\\u{feff}"},
        {lineage_put_text, "\xf3\xa0\x81\x81", "\\u{e0041}"}, /* a tag character */
        {lineage_put_text, "\xff\xc3(", "\\x{ff}\\x{c3}("},   /* no UTF-8 */
        {lineage_put_xml, "<a b='\"'>&", "&lt;a b=&#39;&quot;&#39;&gt;&amp;"},
        {put_dot, "a\"b\\l\n", "\"a\\\"b\\\\l\\l\""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        BUF_AUTO Buf out = buf_init(BYTES_MAX);
        LineagePut to = {&out, &err, true};
        CASES[i].put(&to, str_of(CASES[i].text));
        support_ok(to.ok && buf_text(&out, &err), &err);
        assert_string_equal(out.ptr, CASES[i].expected);
    }
}

static void long_texts_are_cut_between_characters(void **state)
{
    char text[3 * LINEAGE_PUT_BYTES_MAX + 1] = "";
    Error err = {0};
    BUF_AUTO Buf out = buf_init(BYTES_MAX);
    LineagePut to = {&out, &err, true};
    (void)state;
    for (size_t i = 0; i < LINEAGE_PUT_BYTES_MAX; i++)
        memcpy(text + 3 * i, "미", 4);
    lineage_put_text(&to, str_of(text));
    support_ok(to.ok, &err);
    assert_int_equal(out.len, LINEAGE_PUT_BYTES_MAX / 3 * 3 + 3);
    assert_memory_equal(out.ptr + out.len - 6, "미...", 6);
}

static void times_and_counts_are_for_people(void **state)
{
    Error err = {0};
    BUF_AUTO Buf out = buf_init(BYTES_MAX);
    LineagePut to = {&out, &err, true};
    (void)state;
    lineage_put_time(&to, INT64_C(1772355600000000));
    lineage_put(&to, " ");
    lineage_put_time(&to, INT64_MIN);
    lineage_put(&to, " ");
    lineage_put_counted(&to, 1, "call", "calls");
    lineage_put(&to, " ");
    lineage_put_counted(&to, 1234567, "call", "calls");
    lineage_put(&to, " ");
    lineage_put_count(&to, 999);
    support_ok(to.ok && buf_text(&out, &err), &err);
    assert_string_equal(out.ptr, "2026-03-01 09:00:00 UTC ? 1 call 1,234,567 calls 999");
}

static void the_first_failure_stays(void **state)
{
    Error err = {0};
    BUF_AUTO Buf out = buf_init(4);
    LineagePut to = {&out, &err, true};
    (void)state;
    lineage_put(&to, "abc");
    lineage_put_text(&to, STR("defg"));
    lineage_put(&to, "h");
    assert_false(to.ok);
    assert_int_equal(err.kind, ERROR_LIMIT);
    assert_memory_equal(out.ptr, "abcd", 4);
    assert_int_equal(out.len, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_could_do_something_is_shown_instead),
        cmocka_unit_test(long_texts_are_cut_between_characters),
        cmocka_unit_test(times_and_counts_are_for_people),
        cmocka_unit_test(the_first_failure_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
