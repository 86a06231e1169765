/* export_page.h - the page of a case that people open first: what is in it, as tables.
 *
 * JSON lines of answers -> [export_page] -> index.html
 *
 * A page that stands for itself: no script, nothing from elsewhere; all that comes from logs is
 * text, its control characters shown. Constant.
 */
#ifndef EXPORT_EXPORT_PAGE_H
#define EXPORT_EXPORT_PAGE_H

#include "base/buf.h"

enum { EXPORT_PAGE_ROWS_MAX = 500 }; /* of a table; more are counted */

/* A table of the page: an answer's lines, objects with the same members each. */
typedef struct ExportTable {
    const char *title;
    const char *note; /* what it says; NULL: nothing more */
    Str lines;        /* JSON, a row each */
    const char *file; /* where all of it is, a name beside the page; NULL: nowhere else */
} ExportTable;

typedef struct ExportPage {
    Str name;
    Str condition;       /* empty: all events */
    Str period;          /* "from 2026-11-24 00:00:00 UTC"; empty: all times */
    Str made;            /* when */
    const Str *drawings; /* names of SVG files beside the page */
    size_t drawing_count;
    const ExportTable *tables;
    size_t table_count;
} ExportPage;

/* Appends the page. ERROR_INPUT when a line is no object. */
bool export_page_write(const ExportPage *page, Buf *out, Error *err)
    __attribute__((warn_unused_result));

#endif
