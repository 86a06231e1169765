/* output.h - writes a result as a table, CSV, JSON or JSON lines.
 *
 * Log content is hostile: control characters never reach a terminal, CSV cells that a spreadsheet
 * would take for a formula get a leading apostrophe. Used by one thread.
 */
#ifndef QUERY_OUTPUT_H
#define QUERY_OUTPUT_H

#include <stdio.h>

#include "base/engine.h"

typedef enum { OUTPUT_TABLE, OUTPUT_CSV, OUTPUT_JSON, OUTPUT_JSONL, OUTPUT_FORMATS } OutputFormat;

/* The format of a word ("table", "csv", "json", "jsonl"); OUTPUT_FORMATS when it is none. */
OutputFormat output_format(const char *word);

/* Writes all rows of *result* to *out*; *ret_rows* is their number. A table holds at most 10,000
 * rows and says when more were left out; its cells are cut at 80 characters when *wide* is false.
 */
bool output_write(EngineResult *result, OutputFormat format, bool wide, FILE *out,
                  uint64_t *ret_rows, Error *err) __attribute__((warn_unused_result));

#endif
