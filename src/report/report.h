/* report.h - a document of evidence: sections, each a table with a sentence that says what it is.
 *
 * the state, and tables that the caller adds -> [report] -> report_html, report_json, report_csv,
 * report_pdf
 *
 * What a section holds is one SQL statement over the state (report_sections.c); what is not in the
 * state, such as settings, the caller puts into temporary tables of the same connection before. All
 * words are in one table, in English and Korean. One thread.
 */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/db.h"
#include "report/report_words.h"

enum { REPORT_COLUMNS_MAX = 9, REPORT_ROWS_MAX = 500, REPORT_SECTIONS_MAX = 24 };

/* What stands in a column. */
typedef enum {
    REPORT_TEXT,  /* of people or of logs: made visible, escaped */
    REPORT_WORD,  /* an entry of report_words_table.h, else as REPORT_TEXT */
    REPORT_COUNT, /* a number */
    REPORT_BYTES,
    REPORT_TIME, /* microseconds since 1970 UTC */
    REPORT_KINDS
} ReportKind;

typedef struct ReportColumn {
    const char *name; /* in JSON and CSV */
    ReportWord title;
    ReportKind kind;
} ReportColumn;

/* A section as it is planned. ?1 and ?2 of its SQL are the period in microseconds, [since, until).
 */
typedef struct ReportSection {
    const char *id;
    ReportWord title, note;
    const char *sql;
    ReportColumn columns[REPORT_COLUMNS_MAX + 1]; /* ends with one without a name */
} ReportSection;

/* NULL behind the last. */
extern const ReportSection *const REPORT_AUDIT[];

typedef struct ReportCell {
    bool is_null;
    int64_t number;
    Str text; /* of texts and words */
} ReportCell;

/* A section that was filled. */
typedef struct ReportTable {
    const ReportSection *section;
    int columns;
    size_t rows;       /* at most REPORT_ROWS_MAX */
    size_t more;       /* that were left out */
    ReportCell *cells; /* rows x columns */
} ReportTable;

typedef struct Report {
    ReportLanguage language;
    int64_t since_us, until_us, made_us;
    Str period; /* "2026-10" */
    Str lake;   /* its UUID */
    ReportTable tables[REPORT_SECTIONS_MAX];
    int table_count;
} Report;

/* Runs the statements of *sections*; texts and cells in *arena*. *report* has its members but the
 * tables. False with *err*. */
bool report_fill(Report *report, const ReportSection *const *sections, Db *db, Arena *arena,
                 Error *err) __attribute__((warn_unused_result));

/* Appends what a cell says to a person: numbers with separators, times in the zone of display,
 * texts on one line with control characters shown. */
bool report_cell(const Report *report, const ReportColumn *column, const ReportCell *cell, Buf *to,
                 Error *err) __attribute__((warn_unused_result));

/* Whether a word is one that says that something needs a look. */
bool report_is_alarming(const ReportColumn *column, const ReportCell *cell);

#endif
