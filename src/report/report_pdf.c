/* report_pdf - a report on paper: A4, landscape. */
#include <stdio.h>

#include "base/pdf.h"
#include "base/timestamp.h"
#include "report/report_write.h"

enum { CELL_BYTES_MAX = 1 << 16, TITLE_BYTES = 200 };

static const double WIDTH = 842, HEIGHT = 595, MARGIN = 36, FOOT = 24, GAP = 6, PAD = 2;
static const double BODY = 8, HEADING = 13, HUGE = 20;
static const unsigned INK = 0x16191f, FAINT = 0x5f6b7a, RED = 0xd13212;

/* How wide a column is beside others. */
static const double WEIGHTS[REPORT_KINDS] = {[REPORT_TEXT] = 3,
                                             [REPORT_WORD] = 3,
                                             [REPORT_COUNT] = 1.2,
                                             [REPORT_BYTES] = 1.4,
                                             [REPORT_TIME] = 2.2};

typedef struct Layout {
    const Report *report;
    Pdf *pdf;
    double y; /* where the next thing begins */
    int page;
    const ReportTable *table; /* whose columns stand on a new page again; NULL: none */
    double x[REPORT_COLUMNS_MAX + 1];
    Error *err;
    bool ok;
} Layout;

static Str word(const Layout *at, ReportWord which)
{
    return str_of(report_words_text(at->report->language, which));
}

static void put_foot(Layout *at)
{
    char text[TITLE_BYTES];
    snprintf(text, sizeof text, "%.*s %.*s - %d", STR_ARG(word(at, REPORT_WORD_TITLE)),
             STR_ARG(at->report->period), ++at->page);
    const PdfText foot = {.text = str_of(text),
                          .x = MARGIN,
                          .y = HEIGHT - FOOT,
                          .width = WIDTH - 2 * MARGIN,
                          .size = BODY,
                          .to_right = true,
                          .rgb = FAINT};
    (void)pdf_text(at->pdf, &foot, false);
}

static double room(void)
{
    return HEIGHT - MARGIN - GAP;
}

/* A paragraph over the whole width. */
static void put_line(Layout *at, Str text, double size, bool bold, unsigned rgb)
{
    PdfText line = {.text = text,
                    .x = MARGIN,
                    .width = WIDTH - 2 * MARGIN,
                    .size = size,
                    .bold = bold,
                    .rgb = rgb};
    double height = pdf_text(at->pdf, &line, true);
    if (at->y + height > room()) {
        pdf_page(at->pdf);
        put_foot(at);
        at->y = MARGIN;
    }
    line.y = at->y;
    at->y += pdf_text(at->pdf, &line, false) + PAD;
}

/* ---- tables ---- */

static void place_columns(Layout *at)
{
    double all = 0, x = MARGIN;
    const ReportColumn *columns = at->table->section->columns;
    for (int i = 0; i < at->table->columns; i++)
        all += WEIGHTS[columns[i].kind];
    for (int i = 0; i < at->table->columns; i++) {
        at->x[i] = x;
        x += WEIGHTS[columns[i].kind] / all * (WIDTH - 2 * MARGIN);
    }
    at->x[at->table->columns] = x;
}

/* The texts of a row, of its columns' titles where *cells* is NULL. */
static bool row_texts(Layout *at, const ReportCell *cells, Buf *texts)
{
    const ReportColumn *columns = at->table->section->columns;
    bool ok = true;
    for (int i = 0; ok && i < at->table->columns; i++) {
        texts[i] = buf_init(CELL_BYTES_MAX);
        ok = cells ? report_cell(at->report, &columns[i], &cells[i], &texts[i], at->err)
                   : buf_append_str(&texts[i], word(at, columns[i].title), at->err);
    }
    return ok;
}

/* Draws or measures the row at at->y; how high it is. */
static double draw_row(Layout *at, const ReportCell *cells, const Buf *texts, bool hidden)
{
    double high = 0;
    const ReportColumn *columns = at->table->section->columns;
    for (int i = 0; i < at->table->columns; i++) {
        ReportKind kind = columns[i].kind;
        const PdfText cell = {.text = buf_str(&texts[i]),
                              .x = at->x[i],
                              .y = at->y + PAD,
                              .width = at->x[i + 1] - at->x[i] - GAP,
                              .size = BODY,
                              .bold = !cells,
                              .to_right = kind == REPORT_COUNT || kind == REPORT_BYTES,
                              .rgb =
                                  cells && report_is_alarming(&columns[i], &cells[i]) ? RED : INK};
        double height = pdf_text(at->pdf, &cell, hidden);
        high = height > high ? height : high;
    }
    return high + 2 * PAD;
}

static void put_row(Layout *at, const ReportCell *cells);

static void next_page(Layout *at)
{
    pdf_page(at->pdf);
    put_foot(at);
    at->y = MARGIN;
    put_row(at, NULL);
}

static void put_row(Layout *at, const ReportCell *cells)
{
    Buf texts[REPORT_COLUMNS_MAX] = {{NULL, 0, 0, 0}};
    at->ok = at->ok && row_texts(at, cells, texts);
    if (at->ok) {
        double height = draw_row(at, cells, texts, true);
        if (cells && at->y + height > room() && height < HEIGHT / 2)
            next_page(at);
        (void)draw_row(at, cells, texts, false);
        at->y += height;
        pdf_rule(at->pdf, MARGIN, at->y, WIDTH - 2 * MARGIN);
    }
    for (int i = 0; i < at->table->columns; i++)
        buf_free(&texts[i]);
}

static void put_table(Layout *at, const ReportTable *table)
{
    char more[TITLE_BYTES];
    at->y += 2 * GAP;
    if (at->y > room() - 5 * HEADING) {
        pdf_page(at->pdf);
        put_foot(at);
        at->y = MARGIN;
    }
    put_line(at, word(at, table->section->title), HEADING, true, INK);
    put_line(at, word(at, table->section->note), BODY, false, FAINT);
    at->table = table;
    place_columns(at);
    if (table->rows)
        put_row(at, NULL);
    else
        put_line(at, word(at, REPORT_WORD_NOTHING), BODY, false, INK);
    for (size_t row = 0; row < table->rows; row++)
        put_row(at, &table->cells[row * (size_t)table->columns]);
    snprintf(more, sizeof more, "+%zu %.*s", table->more, STR_ARG(word(at, REPORT_WORD_MORE)));
    if (table->more)
        put_line(at, str_of(more), BODY, false, FAINT);
}

bool report_write_pdf(const Report *report, Buf *to, Error *err)
{
    char title[TITLE_BYTES], made[TITLE_BYTES], time[TIMESTAMP_TEXT_BYTES];
    Layout at = {.report = report, .err = err, .ok = true, .y = MARGIN};
    timestamp_format_zone(report->made_us, time);
    snprintf(title, sizeof title, "%.*s %.*s", STR_ARG(word(&at, REPORT_WORD_TITLE)),
             STR_ARG(report->period));
    snprintf(made, sizeof made, "%.*s: %s", STR_ARG(word(&at, REPORT_WORD_MADE)), time);
    at.pdf = pdf_new(to, WIDTH, HEIGHT, title, err);
    if (!at.pdf)
        return false;
    put_foot(&at);
    put_line(&at, str_of(title), HUGE, true, INK);
    put_line(&at, str_of(made), BODY, false, FAINT);
    for (int i = 0; at.ok && i < report->table_count; i++)
        put_table(&at, &report->tables[i]);
    bool ok = at.ok && pdf_end(at.pdf, err);
    pdf_free(at.pdf);
    return ok;
}
