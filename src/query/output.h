/* output.h - writes a result as a table, CSV, JSON or JSON lines.
 *
 * Log content is hostile: control characters never reach a terminal, CSV cells that a spreadsheet
 * would take for a formula get a leading apostrophe. Used by one thread.
 */
#ifndef QUERY_OUTPUT_H
#define QUERY_OUTPUT_H

#include "base/engine.h"

typedef enum { OUTPUT_TABLE, OUTPUT_CSV, OUTPUT_JSON, OUTPUT_JSONL, OUTPUT_FORMATS } OutputFormat;

/* The format of a word ("table", "csv", "json", "jsonl"); OUTPUT_FORMATS when it is none. */
OutputFormat output_format(const char *word);

typedef struct OutputOptions {
    OutputFormat format;
    bool wide;         /* a table's cells are not cut at 80 characters */
    uint64_t rows_max; /* 0: no limit */
} OutputOptions;

/* Where the bytes go, some lines at a time; false with *err* ends the writing. */
typedef struct OutputSink {
    bool (*put)(void *context, Str bytes, Error *err);
    void *context;
} OutputSink;

/* Writes all rows of *result* to *sink*; *ret_rows* is their number, also when it fails. A table
 * holds at most 10,000 rows and says when more were left out. ERROR_LIMIT behind the row
 * *rows_max* when there is another. */
bool output_write(EngineResult *result, const OutputOptions *options, const OutputSink *sink,
                  uint64_t *ret_rows, Error *err) __attribute__((warn_unused_result));

/* ERROR_LIMIT in the words of query.rows when *rows* are more than *rows_max*. */
bool output_check_rows(uint64_t rows, uint64_t rows_max, Error *err)
    __attribute__((warn_unused_result));

/* Makes *bytes* fit for a terminal: control characters but LF and TAB become '?', those
 * of C1 a dot. *last* is the byte before them in the stream, 0 at its start, and is moved on: C1
 * has two bytes. */
void output_clean(char *bytes, size_t len, unsigned char *last);

#endif
