/* report_html - a page that can be printed. */
#include <stdio.h>

#include "base/cell.h"
#include "base/timestamp.h"
#include "report/report_write.h"

enum { CELL_BYTES_MAX = 1 << 16 };

static const char HEAD[] =
    "<style>\n"
    "body{font:14px/1.45 'Amazon Ember','Helvetica Neue',Roboto,'Noto Sans KR',Arial,sans-serif;"
    "color:#16191f;margin:2rem auto;max-width:72rem;padding:0 1rem}\n"
    "h1{font-size:1.7rem;margin:0}h2{font-size:1.15rem;margin:2rem 0 .2rem;border-bottom:1px solid "
    "#d5dbdb;padding-bottom:.2rem}\n"
    "p{margin:.3rem 0 "
    ".6rem;color:#414d5c;max-width:60rem}table{border-collapse:collapse;width:100%;"
    "font-size:13px}\n"
    "th{text-align:left;background:#f2f3f3;border-bottom:2px solid #aab7b8;padding:.3rem .5rem}\n"
    "td{border-bottom:1px solid #eaeded;padding:.25rem .5rem;vertical-align:top;overflow-wrap:"
    "anywhere}\n"
    ".number{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}.time{white-"
    "space:"
    "nowrap}\n"
    ".holds{color:#1d8102}.attention{color:#d13212;font-weight:bold}.unknown{color:#687078}\n"
    "@media print{body{margin:0;max-width:none}h2{break-after:avoid}tr{break-inside:avoid}}\n"
    "</style>\n";

static bool put(Buf *to, const char *text, Error *err)
{
    return buf_append_str(to, str_of(text), err);
}

static bool put_word(const Report *report, ReportWord word, Buf *to, Error *err)
{
    return cell_html(str_of(report_words_text(report->language, word)), to, err);
}

/* "number" and "time" are classes of columns, a check's results of cells. */
static const char *class_of(const ReportColumn *column, const ReportCell *cell)
{
    static const char *const CLASSES[REPORT_KINDS] = {
        [REPORT_COUNT] = "number", [REPORT_BYTES] = "number", [REPORT_TIME] = "time"};
    if (!cell || column->kind != REPORT_WORD || cell->is_null)
        return CLASSES[column->kind];
    switch (report_words_find(cell->text)) {
    case REPORT_WORD_HOLDS:
        return "holds";
    case REPORT_WORD_ATTENTION:
        return "attention";
    case REPORT_WORD_UNKNOWN:
        return "unknown";
    default:
        return NULL;
    }
}

static bool put_tag(const char *tag, const char *class, Buf *to, Error *err)
{
    return class ? buf_printf(to, err, "<%s class=\"%s\">", tag, class)
                 : buf_printf(to, err, "<%s>", tag);
}

static bool put_cell(const Report *report, const ReportColumn *column, const ReportCell *cell,
                     Buf *to, Error *err)
{
    BUF_AUTO Buf text = buf_init(CELL_BYTES_MAX);
    return put_tag("td", class_of(column, cell), to, err) &&
           report_cell(report, column, cell, &text, err) && cell_html(buf_str(&text), to, err) &&
           put(to, "</td>", err);
}

static bool put_rows(const Report *report, const ReportTable *table, Buf *to, Error *err)
{
    const ReportColumn *columns = table->section->columns;
    bool ok = put(to, "<table>\n<thead><tr>", err);
    for (int i = 0; ok && i < table->columns; i++)
        ok = put_tag("th", class_of(&columns[i], NULL), to, err) &&
             put_word(report, columns[i].title, to, err) && put(to, "</th>", err);
    ok = ok && put(to, "</tr></thead>\n<tbody>\n", err);
    for (size_t row = 0; ok && row < table->rows; row++) {
        ok = put(to, "<tr>", err);
        for (int i = 0; ok && i < table->columns; i++)
            ok = put_cell(report, &columns[i],
                          &table->cells[row * (size_t)table->columns + (size_t)i], to, err);
        ok = ok && put(to, "</tr>\n", err);
    }
    return ok && put(to, "</tbody>\n</table>\n", err);
}

static bool put_section(const Report *report, const ReportTable *table, Buf *to, Error *err)
{
    bool ok = buf_printf(to, err, "<section id=\"%s\">\n<h2>", table->section->id) &&
              put_word(report, table->section->title, to, err) && put(to, "</h2>\n<p>", err) &&
              put_word(report, table->section->note, to, err) && put(to, "</p>\n", err);
    if (ok && table->rows)
        ok = put_rows(report, table, to, err);
    else if (ok)
        ok = put(to, "<p>", err) && put_word(report, REPORT_WORD_NOTHING, to, err) &&
             put(to, "</p>\n", err);
    if (ok && table->more)
        ok = buf_printf(to, err, "<p>+%zu ", table->more) &&
             put_word(report, REPORT_WORD_MORE, to, err) && put(to, "</p>\n", err);
    return ok && put(to, "</section>\n", err);
}

/* "Audit report 2026-10" */
static bool put_title(const Report *report, Buf *to, Error *err)
{
    return put_word(report, REPORT_WORD_TITLE, to, err) && put(to, " ", err) &&
           cell_html(report->period, to, err);
}

static bool put_head(const Report *report, Buf *to, Error *err)
{
    return buf_printf(to, err,
                      "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
                      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                      "style-src 'unsafe-inline'\">\n<title>",
                      report->language == REPORT_KOREAN ? "ko" : "en") &&
           put_title(report, to, err) && put(to, "</title>\n", err) && put(to, HEAD, err) &&
           put(to, "</head>\n", err);
}

bool report_write_html(const Report *report, Buf *to, Error *err)
{
    char made[TIMESTAMP_TEXT_BYTES];
    timestamp_format_zone(report->made_us, made);
    bool ok = put_head(report, to, err) && put(to, "<body>\n<h1>", err) &&
              put_title(report, to, err) && put(to, "</h1>\n<p>", err) &&
              put_word(report, REPORT_WORD_MADE, to, err) &&
              buf_printf(to, err, ": %s</p>\n", made);
    for (int i = 0; ok && i < report->table_count; i++)
        ok = put_section(report, &report->tables[i], to, err);
    return ok && put(to, "</body>\n</html>\n", err);
}
