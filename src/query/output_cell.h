/* output_cell.h - one value of a result as text. Internal to output*.c. */
#ifndef QUERY_OUTPUT_CELL_H
#define QUERY_OUTPUT_CELL_H

#include "base/cell.h"
#include "query/output.h"

/* Appends the value of *column* in the current row; moments as the style shows them. */
bool output_cell(const EngineResult *result, size_t column, const OutputStyle *style,
                 EngineForm form, Buf *out, Error *err);

/* output_table.c */
bool output_table_write(EngineResult *result, const OutputStyle *style, FILE *out,
                        uint64_t *ret_rows, Error *err);

#endif
