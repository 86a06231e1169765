/* cell.h - a value's text made safe for where it is shown: a terminal, CSV, Markdown, HTML.
 *
 * Log content is written by attackers. Texts must be valid UTF-8. Safe for all threads.
 */
#ifndef BASE_CELL_H
#define BASE_CELL_H

#include "base/buf.h"

/* Appends *text* for a terminal: control characters as their pictures, characters that change the
 * direction of writing as U+FFFD. */
bool cell_visible(Str text, Buf *out, Error *err) __attribute__((warn_unused_result));

/* Appends a CSV cell: quoted when it must be; a formula gets an apostrophe in front. */
bool cell_csv(Str cell, bool is_number, Buf *out, Error *err) __attribute__((warn_unused_result));

/* Appends a Markdown cell: visible, its special characters escaped. */
bool cell_markdown(Str cell, Buf *out, Error *err) __attribute__((warn_unused_result));

/* Appends *text* as text of HTML, within an element or an attribute's quotes. */
bool cell_html(Str text, Buf *out, Error *err) __attribute__((warn_unused_result));

/* Columns of a terminal that *text* takes: two for wide scripts and pictures. */
size_t cell_width(Str text);

/* The longest beginning of *text* that takes at most *width* columns. */
Str cell_cut(Str text, size_t width);

#endif
