/* output_cell.h - one value as text, safe for where it goes. Internal to output*.c. */
#ifndef QUERY_OUTPUT_CELL_H
#define QUERY_OUTPUT_CELL_H

#include "query/output.h"

/* Appends the value of *column* in the current row; moments as the style shows them. */
bool output_cell(const EngineResult *result, size_t column, const OutputStyle *style,
                 EngineForm form, Buf *out, Error *err);

/* Appends *text* for a terminal: control characters as their pictures, characters that change the
 * direction of writing as U+FFFD. */
bool output_cell_visible(Str text, Buf *out, Error *err);

/* Appends a CSV cell: quoted when it must be; a formula gets an apostrophe in front. */
bool output_cell_csv(Str cell, bool is_number, Buf *out, Error *err);

/* Appends a Markdown cell: visible, its special characters escaped. */
bool output_cell_markdown(Str cell, Buf *out, Error *err);

/* Columns of a terminal that valid UTF-8 text takes: two for wide scripts and pictures. */
size_t output_cell_width(Str text);

/* The longest beginning of *text* that takes at most *width* columns. */
Str output_cell_cut(Str text, size_t width);

/* output_table.c */
bool output_table_write(EngineResult *result, const OutputStyle *style, FILE *out,
                        uint64_t *ret_rows, Error *err);

#endif
