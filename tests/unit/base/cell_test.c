#include "base/cell.h"

#include "support/support.h"

enum { TEXT_BYTES = 4096 };

typedef bool (*Writer)(Str text, Buf *out, Error *err);

static void assert_cell(Writer write, const char *text, const char *expected)
{
    Error err = {0};
    BUF_AUTO Buf out = buf_init(TEXT_BYTES);
    support_ok(write(str_of(text), &out, &err) && buf_text(&out, &err), &err);
    assert_string_equal(out.ptr, expected);
}

static void what_moves_a_terminal_is_made_visible(void **state)
{
    (void)state;
    assert_cell(cell_visible, "a\x1b[31mb\n\tc\x7f", "a␛[31mb␊␉c␡");
    assert_cell(cell_visible,
                "x\xc2\x9b"
                "31m",
                "x�31m"); /* C1 control */
    assert_cell(cell_visible,
                "a\xe2\x80\xae"
                "b",
                "a�b"); /* right to left */
    assert_cell(cell_visible,
                "\xef\xbb\xbf"
                "a",
                "�a"); /* byte order mark */
    assert_cell(cell_visible, "한국 é", "한국 é");
}

static void markdown_s_own_characters_are_escaped(void **state)
{
    (void)state;
    assert_cell(cell_markdown, "a|b<script>*x*_y_`z`[l](u)&#1;\\",
                "a\\|b\\<script\\>\\*x\\*\\_y\\_\\`z\\`\\[l\\](u)\\&\\#1;\\\\");
    assert_cell(cell_markdown, "a\nb", "a␊b");
}

static bool csv_text(Str text, Buf *out, Error *err)
{
    return cell_csv(text, false, out, err);
}

static void spreadsheets_get_no_formula(void **state)
{
    (void)state;
    assert_cell(csv_text, "=1+1", "\"'=1+1\"");
    assert_cell(csv_text, "@x", "\"'@x\"");
    assert_cell(csv_text, "a,\"b\"", "\"a,\"\"b\"\"\"");
    assert_cell(csv_text, "plain", "plain");
}

static void width_counts_columns_of_a_terminal(void **state)
{
    (void)state;
    assert_int_equal(cell_width(STR("abc")), 3);
    assert_int_equal(cell_width(STR("한국")), 4);
    assert_int_equal(cell_width(STR("e\xcc\x81")), 1);
    assert_int_equal(cell_cut(STR("한국어"), 5).len, 6);
    assert_int_equal(cell_cut(STR("abc"), 5).len, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_moves_a_terminal_is_made_visible),
        cmocka_unit_test(markdown_s_own_characters_are_escaped),
        cmocka_unit_test(spreadsheets_get_no_formula),
        cmocka_unit_test(width_counts_columns_of_a_terminal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
