#include "query/output.h"

#include <inttypes.h>
#include <string.h>

#include "query/output_cell.h"

enum { CELL_BYTES_MAX = 64 << 20 };

OutputFormat output_format(const char *word)
{
    static const char *const WORDS[OUTPUT_FORMATS] = {"table", "markdown", "csv", "json", "jsonl"};
    int format = OUTPUT_TABLE;
    while (format < OUTPUT_FORMATS && strcmp(word, WORDS[format]) != 0)
        format++;
    return (OutputFormat)format;
}

bool output_check_rows(uint64_t rows, uint64_t rows_max, Error *err)
{
    return rows_max == 0 || rows <= rows_max ||
           error_set(err, ERROR_LIMIT,
                     "the result has more than %" PRIu64
                     " rows and ends here: query.rows allows no more",
                     rows_max);
}

/* A result being written line by line. */
typedef struct Lines {
    EngineResult *result;
    const OutputStyle *style;
    Buf line, cell;
    size_t columns;
    Error *err;
} Lines;

static Str column_name(const Lines *lines, size_t column)
{
    return str_of(engine_column_name(lines->result, column));
}

static bool read_cell(Lines *lines, size_t column)
{
    lines->cell.len = 0;
    return output_cell(lines->result, column, lines->style, ENGINE_TEXT, &lines->cell, lines->err);
}

static bool csv_line(Lines *lines, bool header)
{
    bool ok = true;
    for (size_t c = 0; ok && c < lines->columns; c++) {
        bool number = !header && engine_column_is_number(lines->result, c);
        ok = (c == 0 || buf_append_byte(&lines->line, ',', lines->err)) &&
             (header || read_cell(lines, c));
        ok = ok && cell_csv(header ? column_name(lines, c) : buf_str(&lines->cell), number,
                            &lines->line, lines->err);
    }
    return ok && buf_append_byte(&lines->line, '\n', lines->err);
}

static bool markdown_line(Lines *lines, bool header)
{
    bool ok = buf_append_byte(&lines->line, '|', lines->err);
    for (size_t c = 0; ok && c < lines->columns; c++)
        ok = (header || read_cell(lines, c)) && buf_append_byte(&lines->line, ' ', lines->err) &&
             cell_markdown(header ? column_name(lines, c) : buf_str(&lines->cell), &lines->line,
                           lines->err) &&
             buf_append(&lines->line, " |", 2, lines->err);
    return ok && buf_append_byte(&lines->line, '\n', lines->err);
}

static bool markdown_rule(Lines *lines)
{
    bool ok = buf_append_byte(&lines->line, '|', lines->err);
    for (size_t c = 0; ok && c < lines->columns; c++)
        ok = buf_printf(&lines->line, lines->err, "%s",
                        engine_column_is_number(lines->result, c) ? "---:|" : "---|");
    return ok && buf_append_byte(&lines->line, '\n', lines->err);
}

static bool json_name(Str name, Buf *line, Error *err)
{
    bool ok = buf_append_byte(line, '"', err);
    for (size_t i = 0; ok && i < name.len; i++) {
        unsigned char c = (unsigned char)name.ptr[i];
        if (c == '"' || c == '\\')
            ok = buf_append_byte(line, '\\', err);
        ok = ok && (c < 0x20 ? buf_printf(line, err, "\\u%04x", c) : buf_append_byte(line, c, err));
    }
    return ok && buf_append_byte(line, '"', err);
}

static bool json_row(Lines *lines)
{
    bool ok = buf_append_byte(&lines->line, '{', lines->err);
    for (size_t c = 0; ok && c < lines->columns; c++)
        ok = (c == 0 || buf_append_byte(&lines->line, ',', lines->err)) &&
             json_name(column_name(lines, c), &lines->line, lines->err) &&
             buf_append_byte(&lines->line, ':', lines->err) &&
             output_cell(lines->result, c, lines->style, ENGINE_JSON, &lines->line, lines->err);
    return ok && buf_append_byte(&lines->line, '}', lines->err);
}

/* One row in its format, with what stands between rows. */
static bool put_row(Lines *lines, bool first)
{
    switch (lines->style->format) {
    case OUTPUT_CSV:
        return csv_line(lines, false);
    case OUTPUT_MARKDOWN:
        return markdown_line(lines, false);
    case OUTPUT_JSON:
        return buf_append(&lines->line, &",\n"[first], (size_t)(2 - first), lines -> err) &&
               json_row(lines);
    default:
        return json_row(lines) && buf_append_byte(&lines->line, '\n', lines->err);
    }
}

static bool put_start(Lines *lines)
{
    switch (lines->style->format) {
    case OUTPUT_CSV:
        return csv_line(lines, true);
    case OUTPUT_MARKDOWN:
        return markdown_line(lines, true) && markdown_rule(lines);
    case OUTPUT_JSON:
        return buf_append_byte(&lines->line, '[', lines->err);
    default:
        return true;
    }
}

static bool put_end(Lines *lines, bool empty)
{
    return lines->style->format != OUTPUT_JSON ||
           buf_append_str(&lines->line, empty ? STR("]\n") : STR("\n]\n"), lines->err);
}

static bool flush(Lines *lines, FILE *out)
{
    size_t len = lines->line.len;
    lines->line.len = 0;
    return len == 0 || fwrite(lines->line.ptr, 1, len, out) == len ||
           error_errno(lines->err, "cannot write the result");
}

static bool write_lines(Lines *lines, FILE *out, uint64_t *rows)
{
    bool more = true;
    bool ok = put_start(lines);
    while (ok && (ok = engine_next(lines->result, &more, lines->err)) && more) {
        ok = output_check_rows(*rows + 1, lines->style->rows_max, lines->err) &&
             put_row(lines, *rows == 0) && flush(lines, out);
        *rows += ok;
    }
    return ok && put_end(lines, *rows == 0) && flush(lines, out);
}

bool output_write(EngineResult *result, const OutputStyle *style, FILE *out, uint64_t *ret_rows,
                  Error *err)
{
    Lines lines = {
        result, style, buf_init(CELL_BYTES_MAX), buf_init(CELL_BYTES_MAX), engine_columns(result),
        err};
    *ret_rows = 0;
    bool ok = style->format == OUTPUT_TABLE ? output_table_write(result, style, out, ret_rows, err)
                                            : write_lines(&lines, out, ret_rows);
    buf_free(&lines.line);
    buf_free(&lines.cell);
    return ok && (fflush(out) == 0 || error_errno(err, "cannot write the result"));
}

void output_clean(char *bytes, size_t len, unsigned char *last)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)bytes[i];
        bool c1 = *last == 0xc2 && c >= 0x80 && c < 0xa0;
        *last = c;
        if (c1)
            bytes[i] = (char)0xb7; /* U+00B7, a dot: its first byte is out already */
        else if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f)
            bytes[i] = '?';
    }
}
