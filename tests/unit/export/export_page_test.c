/* The page of a case: its tables, and nothing that a log or a person says is more than text. */
#include "export/export_page.h"

#include <stdio.h>

#include "support/support.h"

enum { ROOM = 4 << 20 };

static const char HOSTILE[] =
    "{\"caller\":\"<script>alert(1)</script>\",\"events\":3,\"last\":null,"
    "\"more\":{\"a\":\"\\\"onload=\\\"x\"}}\n";

static void write(const ExportPage *page, Buf *out)
{
    Error err = {0};
    support_ok(export_page_write(page, out, &err), &err);
    assert_non_null(buf_text(out, &err));
}

static void what_is_said_is_text(void **state)
{
    static const Str DRAWINGS[] = {{"lineage/AKIA1.svg", 17}};
    const ExportTable tables[] = {{"Callers", "Who.", str_of(HOSTILE), "callers.jsonl"},
                                  {"Findings", NULL, STR(""), NULL}};
    const ExportPage page = {.name = STR("A <b>case</b>\x1b[2J"),
                             .condition = STR("a < 3 AND b = '</code>'"),
                             .made = STR("2026-11-28 12:00:00 UTC"),
                             .drawings = DRAWINGS,
                             .drawing_count = 1,
                             .tables = tables,
                             .table_count = 2};
    BUF_AUTO Buf out = buf_init(ROOM);
    (void)state;
    write(&page, &out);
    assert_null(strstr(out.ptr, "<script"));
    assert_null(strstr(out.ptr, "<b>"));
    assert_null(strstr(out.ptr, "\x1b"));
    assert_null(strstr(out.ptr, "\"onload"));
    assert_non_null(strstr(out.ptr, "&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert_non_null(strstr(out.ptr, "a &lt; 3 AND b = "));
    assert_non_null(strstr(out.ptr, "<td class=\"n\">3</td><td></td>"));
    assert_non_null(strstr(out.ptr, "src=\"lineage/AKIA1.svg\""));
    assert_non_null(strstr(out.ptr, "<a href=\"callers.jsonl\">"));
    assert_non_null(strstr(out.ptr, "<p>None.</p>"));
    assert_non_null(strstr(out.ptr, "default-src 'none'"));
}

static void long_tables_are_cut_and_counted(void **state)
{
    Error err = {0};
    BUF_AUTO Buf lines = buf_init(ROOM);
    BUF_AUTO Buf out = buf_init(ROOM);
    (void)state;
    for (int i = 0; i < EXPORT_PAGE_ROWS_MAX + 7; i++)
        support_ok(buf_printf(&lines, &err, "{\"row\":\"r%d.\"}\n", i), &err);
    const ExportTable table = {"Rows", NULL, buf_str(&lines), NULL};
    const ExportPage page = {.name = STR("n"), .tables = &table, .table_count = 1};
    write(&page, &out);
    assert_non_null(strstr(out.ptr, "r499."));
    assert_null(strstr(out.ptr, "r500."));
    assert_non_null(strstr(out.ptr, "and 7 more"));
    const ExportTable bad = {"Rows", NULL, STR("[1]\n"), NULL};
    const ExportPage worse = {.name = STR("n"), .tables = &bad, .table_count = 1};
    assert_false(export_page_write(&worse, &out, &err));
    assert_int_equal(err.kind, ERROR_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_said_is_text),
        cmocka_unit_test(long_tables_are_cut_and_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
