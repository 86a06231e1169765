/* pdf.h - pages with paragraphs of text, in any script, as a PDF.
 *
 * The libraries that lay out text (Pango and Cairo) are loaded when the first document is begun,
 * not with the program: no other command waits for them or needs them. Lengths are points, from the
 * upper left corner. One thread.
 */
#ifndef BASE_PDF_H
#define BASE_PDF_H

#include "base/buf.h"

typedef struct Pdf Pdf;

/* Begins a document whose bytes are appended to *to*, borrowed; *title* is NUL-terminated.
 * ERROR_ACCESS when the libraries are not there: the message names their packages. NULL with *err*;
 * the caller frees. */
Pdf *pdf_new(Buf *to, double width, double height, const char *title, Error *err)
    __attribute__((warn_unused_result));

/* Ends the document. False with *err* when something of it could not be written. */
bool pdf_end(Pdf *pdf, Error *err) __attribute__((warn_unused_result));

/* Frees, ended or not; NULL is fine. */
void pdf_free(Pdf *pdf);

typedef struct PdfText {
    Str text; /* UTF-8 */
    double x, y, width;
    double size; /* of the font */
    bool bold, to_right;
    unsigned rgb; /* 0xRRGGBB */
} PdfText;

/* Draws a paragraph, broken into lines where *width* ends; *hidden*: it is only measured. How high
 * it is. */
double pdf_text(Pdf *pdf, const PdfText *text, bool hidden);

/* A line from (x, y) to the right. */
void pdf_rule(Pdf *pdf, double x, double y, double width);

/* Begins the next page. */
void pdf_page(Pdf *pdf);

#endif
