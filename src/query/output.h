/* output.h - writes a result as a table, Markdown, CSV, JSON or JSON lines.
 *
 * Log content is hostile: control characters never reach a terminal, CSV cells that a spreadsheet
 * would take for a formula get a leading apostrophe, Markdown's own characters are escaped. Moments
 * are shown with their zone: in tables the zone of display (timestamp_set_zone), elsewhere UTC in
 * ISO 8601. Used by one thread.
 */
#ifndef QUERY_OUTPUT_H
#define QUERY_OUTPUT_H

#include <stdio.h>

#include "base/engine.h"
#include "planner/names.h"

typedef enum {
    OUTPUT_TABLE,
    OUTPUT_MARKDOWN,
    OUTPUT_CSV,
    OUTPUT_JSON,
    OUTPUT_JSONL,
    OUTPUT_FORMATS,
    OUTPUT_RECORDS /* of a worker alone: the statement is a condition (record_output.h) */
} OutputFormat;

typedef struct OutputStyle {
    OutputFormat format;
    unsigned width; /* of the terminal, which a table's cells are cut to fit; 0: no limit */
    bool wide;      /* do not cut a table's cells */
    const NamesOutput *types; /* of the columns; NULL: not known */
    uint64_t rows_max;        /* 0: no limit */
} OutputStyle;

/* The format of a word ("table", "markdown", "csv", "json", "jsonl"); OUTPUT_FORMATS when it is
 * none. */
OutputFormat output_format(const char *word);

/* Writes all rows of *result* to *out*; *ret_rows* is their number. A table holds at most 10,000
 * rows and says when more were left out. ERROR_LIMIT behind the row *rows_max* when there is
 * another. */
bool output_write(EngineResult *result, const OutputStyle *style, FILE *out, uint64_t *ret_rows,
                  Error *err) __attribute__((warn_unused_result));

/* ERROR_LIMIT in the words of query.rows when *rows* are more than *rows_max* (0: no limit). */
bool output_check_rows(uint64_t rows, uint64_t rows_max, Error *err)
    __attribute__((warn_unused_result));

/* Makes *bytes* fit for a terminal: control characters but LF and TAB become '?', those
 * of C1 a dot. *last* is the byte before them in the stream, 0 at its start, and is moved on: C1
 * has two bytes. */
void output_clean(char *bytes, size_t len, unsigned char *last);

#endif
