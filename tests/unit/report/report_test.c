/* A report says what its statements give, and nothing of a log is more than text in it. */
#include "report/report.h"

#include "base/json.h"
#include "report/report_write.h"
#include "support/support.h"

enum { BYTES_MAX = 8 << 20 };

#define HOSTILE "<b onclick=\"x()\">&\n=1+1\x1b[2J\xe2\x80\xae"

static const ReportSection SMALL = {
    "small",
    REPORT_WORD_CHECKS,
    REPORT_WORD_CHECKS_NOTE,
    "SELECT name, result, number, at, ?1 < ?2 FROM facts ORDER BY number",
    {{"name", REPORT_WORD_ITEM, REPORT_TEXT},
     {"result", REPORT_WORD_RESULT, REPORT_WORD},
     {"number", REPORT_WORD_OFTEN, REPORT_COUNT},
     {"at", REPORT_WORD_WHEN, REPORT_TIME},
     {"is_period", REPORT_WORD_PERIOD, REPORT_COUNT}}};

static Db *new_facts(int rows)
{
    Error err = {0};
    Db *db = db_open(":memory:", DB_CREATE, &err);
    support_ok(db != NULL, &err);
    support_ok(db_exec(db,
                       "CREATE TABLE facts (name TEXT, result TEXT, number INTEGER, at INTEGER)",
                       &err),
               &err);
    for (int i = 0; i < rows; i++) {
        DbStatement *insert = db_statement(db, "INSERT INTO facts VALUES (?, ?, ?, ?)", &err);
        support_ok(insert != NULL, &err);
        db_bind_text(insert, 1, STR(HOSTILE));
        if (i)
            db_bind_text(insert, 2, i == 1 ? STR("attention") : STR("odd"));
        db_bind_int(insert, 3, 1000 + i);
        db_bind_int(insert, 4, 1000000);
        support_ok(db_run(insert, &err), &err);
    }
    return db;
}

/* Fills a report of *rows* facts and writes it. */
static void write_report(int rows, ReportLanguage language,
                         bool (*write)(const Report *report, Buf *to, Error *err), Buf *to)
{
    static const ReportSection *const SECTIONS[] = {&SMALL, NULL};
    Error err = {0};
    Db *db = new_facts(rows);
    Arena *arena = arena_new(BYTES_MAX, &err);
    Report report = {
        .language = language, .until_us = 1, .period = STR("2026-10"), .lake = STR("the lake")};
    support_ok(report_fill(&report, SECTIONS, db, arena, &err), &err);
    support_ok(write(&report, to, &err), &err);
    support_ok(buf_text(to, &err), &err);
    arena_free(arena);
    db_close(db);
}

static void html_has_no_markup_of_logs(void **state)
{
    BUF_AUTO Buf page = buf_init(BYTES_MAX);
    (void)state;
    write_report(3, REPORT_ENGLISH, report_write_html, &page);
    assert_null(strstr(page.ptr, "<b "));
    assert_null(strchr(page.ptr, 0x1b));
    assert_null(strstr(page.ptr, "\xe2\x80\xae"));
    assert_non_null(strstr(page.ptr, "&lt;b onclick=&quot;x()&quot;&gt;&amp;"));
    assert_non_null(strstr(page.ptr, "<td class=\"attention\">needs attention</td>"));
    assert_non_null(strstr(page.ptr, "<td class=\"number\">1,002</td>"));
    assert_non_null(strstr(page.ptr, "<td class=\"time\">1970-01-01 00:00:01 UTC</td>"));
    assert_non_null(strstr(page.ptr, "<td>odd</td>"));
}

static void a_report_speaks_korean(void **state)
{
    BUF_AUTO Buf page = buf_init(BYTES_MAX);
    (void)state;
    write_report(2, REPORT_KOREAN, report_write_html, &page);
    assert_non_null(strstr(page.ptr, "<html lang=\"ko\">"));
    assert_non_null(strstr(page.ptr, ">주의 필요<"));
}

static void json_has_values_as_they_are(void **state)
{
    Error err = {0};
    BUF_AUTO Buf text = buf_init(BYTES_MAX);
    Arena *arena = arena_new(BYTES_MAX, &err);
    int64_t number;
    (void)state;
    write_report(REPORT_ROWS_MAX + 7, REPORT_KOREAN, report_write_json, &text);
    const Json *tree = json_read(str_of(text.ptr), &JSON_LIMITS_DEFAULT, arena, &err);
    support_ok(tree != NULL, &err);
    const Json *section = json_member(tree, STR("sections"))->first;
    const Json *row = json_member(section, STR("rows"))->first;
    assert_int_equal(json_member(section, STR("rows"))->count, REPORT_ROWS_MAX);
    assert_true(json_int(json_member(section, STR("rows_left_out")), &number));
    assert_int_equal(number, 7);
    assert_true(str_equal(json_text(json_member(row, STR("name")), STR("")), STR(HOSTILE)));
    assert_int_equal(json_member(row, STR("result"))->type, JSON_NULL);
    assert_true(json_int(json_member(row, STR("number")), &number) && number == 1000);
    assert_true(json_int(json_member(row, STR("is_period")), &number) && number == 1);
    assert_true(
        str_equal(json_text(json_member(row->next, STR("result")), STR("")), STR("attention")));
    arena_free(arena);
}

static void csv_has_no_formulas(void **state)
{
    BUF_AUTO Buf text = buf_init(BYTES_MAX);
    Error err = {0};
    (void)state;
    write_report(1, REPORT_ENGLISH, report_write_csv, &text);
    assert_true(str_starts(str_of(text.ptr), STR("section,row,column,value\nsmall,1,name,")));
    assert_non_null(strstr(text.ptr, "small,1,at,1970-01-01T00:00:01Z\n"));
    BUF_AUTO Buf cell = buf_init(BYTES_MAX);
    support_ok(buf_append_str(&cell, STR("small,1,result,\n"), &err) && buf_text(&cell, &err),
               &err);
    assert_non_null(strstr(text.ptr, cell.ptr));
}

static void a_pdf_has_pages(void **state)
{
    BUF_AUTO Buf few = buf_init(BYTES_MAX), many = buf_init(BYTES_MAX);
    (void)state;
    write_report(1, REPORT_ENGLISH, report_write_pdf, &few);
    write_report(200, REPORT_KOREAN, report_write_pdf, &many);
    assert_true(str_starts(str_of(few.ptr), STR("%PDF-")));
    assert_true(many.len > few.len);
}

static void words_are_there_in_both_languages(void **state)
{
    (void)state;
    for (int word = 0; word < REPORT_WORD_COUNT; word++)
        for (int language = 0; language < REPORT_LANGUAGES; language++)
            assert_true(*report_words_text((ReportLanguage)language, (ReportWord)word));
    assert_int_equal(report_words_find(STR("no_gaps")), REPORT_WORD_NO_GAPS);
    assert_int_equal(report_words_find(STR("none of them")), REPORT_WORD_COUNT);
    assert_int_equal(report_words_language(STR("ko")), REPORT_KOREAN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(html_has_no_markup_of_logs),
        cmocka_unit_test(a_report_speaks_korean),
        cmocka_unit_test(json_has_values_as_they_are),
        cmocka_unit_test(csv_has_no_formulas),
        cmocka_unit_test(a_pdf_has_pages),
        cmocka_unit_test(words_are_there_in_both_languages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
