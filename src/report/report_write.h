/* report_write.h - a report as a document: HTML, PDF, JSON, CSV.
 *
 * report -> [report_write] -> a file
 *
 * What comes from logs is text wherever it stands: escaped in HTML, no formula in CSV.
 */
#ifndef REPORT_REPORT_WRITE_H
#define REPORT_REPORT_WRITE_H

#include "base/buf.h"
#include "report/report.h"

/* Appends a page that stands for itself: no script, nothing from elsewhere. */
bool report_write_html(const Report *report, Buf *to, Error *err)
    __attribute__((warn_unused_result));

/* Appends an object: docs/report.md. */
bool report_write_json(const Report *report, Buf *to, Error *err)
    __attribute__((warn_unused_result));

/* Appends lines of section, row, column and value, under a head. */
bool report_write_csv(const Report *report, Buf *to, Error *err)
    __attribute__((warn_unused_result));

/* Appends a PDF of A4 pages (base/pdf.h). */
bool report_write_pdf(const Report *report, Buf *to, Error *err)
    __attribute__((warn_unused_result));

#endif
