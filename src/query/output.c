#include "query/output.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"

enum {
    CELL_BYTES_MAX = 64 << 20,
    TABLE_ROWS_MAX = 10000,
    TABLE_BYTES_MAX = 256 << 20,
    CELL_WIDTH_MAX = 80,
    PENDING_BYTES = 48 << 10,
};

OutputFormat output_format(const char *word)
{
    static const char *const WORDS[OUTPUT_FORMATS] = {"table", "csv", "json", "jsonl"};
    int format = OUTPUT_TABLE;
    while (format < OUTPUT_FORMATS && strcmp(word, WORDS[format]) != 0)
        format++;
    return (OutputFormat)format;
}

/* One result under way. */
typedef struct Output {
    EngineResult *result;
    const OutputOptions *options;
    const OutputSink *sink;
    uint64_t rows;
    bool full;   /* rows_max was reached, and there are more */
    Buf pending; /* lines that the sink has not got yet */
    Error *err;
} Output;

bool output_check_rows(uint64_t rows, uint64_t rows_max, Error *err)
{
    return rows_max == 0 || rows <= rows_max ||
           error_set(err, ERROR_LIMIT,
                     "the result has more than %" PRIu64
                     " rows and ends here: query.rows allows no more",
                     rows_max);
}

static bool hand_over(Output *out, bool all)
{
    if (!out->pending.len || (!all && out->pending.len < PENDING_BYTES))
        return true;
    bool ok = out->sink->put(out->sink->context, buf_str(&out->pending), out->err);
    out->pending.len = 0;
    return ok;
}

/* The next row; false in *ret_more* at the end. */
static bool step(Output *out, bool *ret_more)
{
    if (!engine_next(out->result, ret_more, out->err))
        return false;
    if (!*ret_more)
        return true;
    out->full = !output_check_rows(out->rows + 1, out->options->rows_max, out->err);
    out->rows += !out->full;
    return !out->full;
}

/* A spreadsheet would take the cell for a formula. */
static bool is_formula(Str cell, bool is_number)
{
    return !is_number && cell.len && memchr("=+-@\t\r", cell.ptr[0], 6);
}

static bool needs_quotes(Str cell)
{
    for (size_t i = 0; i < cell.len; i++)
        if (memchr(",\"\n\r", cell.ptr[i], 4))
            return true;
    return false;
}

/* Quotes a cell when it must be; a formula's first character gets an apostrophe before it. */
static bool csv_cell(Str cell, bool is_number, Buf *line, Error *err)
{
    bool formula = is_formula(cell, is_number);
    if (!formula && !needs_quotes(cell))
        return buf_append_str(line, cell, err);
    bool ok = buf_append(line, "\"'", formula ? 2 : 1, err);
    for (size_t i = 0; ok && i < cell.len; i++)
        ok = (cell.ptr[i] != '"' || buf_append_byte(line, '"', err)) &&
             buf_append_byte(line, (unsigned char)cell.ptr[i], err);
    return ok && buf_append_byte(line, '"', err);
}

static bool csv_header(const EngineResult *result, Buf *line, Error *err)
{
    bool ok = true;
    for (size_t c = 0; ok && c < engine_columns(result); c++)
        ok = (c == 0 || buf_append_byte(line, ',', err)) &&
             csv_cell(str_of(engine_column_name(result, c)), false, line, err);
    return ok && buf_append_byte(line, '\n', err);
}

static bool csv_row(const EngineResult *result, Buf *line, Buf *cell, Error *err)
{
    bool ok = true;
    for (size_t c = 0; ok && c < engine_columns(result); c++) {
        cell->len = 0;
        ok = (c == 0 || buf_append_byte(line, ',', err)) &&
             engine_value(result, c, ENGINE_TEXT, cell, err) &&
             csv_cell(buf_str(cell), engine_column_is_number(result, c), line, err);
    }
    return ok && buf_append_byte(line, '\n', err);
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

static bool json_row(const EngineResult *result, Buf *line, Error *err)
{
    bool ok = buf_append_byte(line, '{', err);
    for (size_t c = 0; ok && c < engine_columns(result); c++)
        ok = (c == 0 || buf_append_byte(line, ',', err)) &&
             json_name(str_of(engine_column_name(result, c)), line, err) &&
             buf_append_byte(line, ':', err) && engine_value(result, c, ENGINE_JSON, line, err);
    return ok && buf_append_byte(line, '}', err);
}

/* One row in its format, with what stands between rows. */
static bool put_row(const EngineResult *result, OutputFormat format, bool first, Buf *line,
                    Buf *cell, Error *err)
{
    switch (format) {
    case OUTPUT_CSV:
        return csv_row(result, line, cell, err);
    case OUTPUT_JSON:
        return buf_append(line, &",\n"[first], (size_t)(2 - first), err) &&
               json_row(result, line, err);
    default:
        return json_row(result, line, err) && buf_append_byte(line, '\n', err);
    }
}

static bool put_start(const EngineResult *result, OutputFormat format, Buf *line, Error *err)
{
    if (format == OUTPUT_CSV)
        return csv_header(result, line, err);
    return format != OUTPUT_JSON || buf_append_byte(line, '[', err);
}

static bool put_end(OutputFormat format, bool empty, Buf *line, Error *err)
{
    return format != OUTPUT_JSON || buf_append_str(line, empty ? STR("]\n") : STR("\n]\n"), err);
}

static bool write_lines(Output *out)
{
    BUF_AUTO Buf cell = buf_init(CELL_BYTES_MAX);
    const OutputFormat format = out->options->format;
    bool more = true;
    bool ok = put_start(out->result, format, &out->pending, out->err);
    while (ok && (ok = step(out, &more)) && more) {
        size_t whole = out->pending.len;
        ok = put_row(out->result, format, out->rows == 1, &out->pending, &cell, out->err);
        if (!ok)
            out->pending.len = whole;
        ok = ok && hand_over(out, false);
    }
    return ok && put_end(format, out->rows == 0, &out->pending, out->err);
}

/* A table is held until its column widths are known. */
typedef struct Grid {
    Arena *arena;
    Buf cells; /* Str each, row by row, the header first */
    size_t columns;
    size_t *widths;
    bool wide;
} Grid;

/* Characters of UTF-8 text: bytes that do not continue one. Wide scripts take two columns. */
static size_t display_width(Str text)
{
    size_t width = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if ((c & 0xc0) != 0x80)
            width += c >= 0xe3 && c <= 0xed ? 2 : 1;
    }
    return width;
}

/* A cell for a terminal: control characters (also C1) shown as '?', cut to the width. */
static bool grid_cell(Grid *grid, size_t column, Str text, Error *err)
{
    size_t length = str_utf8_prefix(text, grid->wide ? CELL_BYTES_MAX : CELL_WIDTH_MAX);
    bool cut = length < text.len;
    char *copy = arena_alloc(grid->arena, length + 4, err);
    if (!copy)
        return false;
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        bool c1 = c == 0xc2 && i + 1 < length && (unsigned char)text.ptr[i + 1] < 0xa0;
        copy[i] = c < 0x20 || c == 0x7f || c1 ? '?' : (char)c;
        if (c1)
            copy[++i] = '?';
    }
    if (cut)
        memcpy(copy + length, "...", 3);
    Str cell = {copy, length + (cut ? 3 : 0)};
    size_t width = display_width(cell);
    if (width > grid->widths[column])
        grid->widths[column] = width;
    return buf_append(&grid->cells, &cell, sizeof cell, err);
}

static bool fill_grid(Grid *grid, Output *out)
{
    BUF_AUTO Buf text = buf_init(CELL_BYTES_MAX);
    bool more = true;
    bool ok = true;
    for (size_t c = 0; ok && c < grid->columns; c++)
        ok = grid_cell(grid, c, str_of(engine_column_name(out->result, c)), out->err);
    while (ok && (ok = step(out, &more)) && more) {
        if (out->rows > TABLE_ROWS_MAX)
            continue;
        for (size_t c = 0; ok && c < grid->columns; c++) {
            text.len = 0;
            ok = engine_value(out->result, c, ENGINE_TEXT, &text, out->err) &&
                 grid_cell(grid, c, buf_str(&text), out->err);
        }
    }
    return ok;
}

static bool pad(Output *out, unsigned char filler, size_t count)
{
    bool ok = true;
    for (; ok && count; count--)
        ok = buf_append_byte(&out->pending, filler, out->err);
    return ok;
}

static bool draw_row(const Grid *grid, size_t row, Output *out)
{
    bool ok = true;
    for (size_t c = 0; ok && c < grid->columns; c++) {
        Str cell;
        memcpy(&cell, grid->cells.ptr + (row * grid->columns + c) * sizeof cell, sizeof cell);
        size_t gap = grid->widths[c] - display_width(cell);
        bool right = engine_column_is_number(out->result, c);
        bool last = c + 1 == grid->columns;
        ok = (c == 0 || pad(out, ' ', 2)) && (!right || pad(out, ' ', gap)) &&
             buf_append_str(&out->pending, cell, out->err) && (right || last || pad(out, ' ', gap));
    }
    return ok && pad(out, '\n', 1) && hand_over(out, false);
}

static bool draw_rule(const Grid *grid, Output *out)
{
    bool ok = true;
    for (size_t c = 0; ok && c < grid->columns; c++)
        ok = (c == 0 || pad(out, ' ', 2)) && pad(out, '-', grid->widths[c]);
    return ok && pad(out, '\n', 1);
}

static bool draw_grid(const Grid *grid, Output *out)
{
    size_t drawn = grid->cells.len / sizeof(Str) / grid->columns;
    bool ok = true;
    for (size_t row = 0; ok && row < drawn; row++)
        ok = draw_row(grid, row, out) && (row > 0 || draw_rule(grid, out));
    if (ok && out->rows > TABLE_ROWS_MAX)
        ok = buf_printf(&out->pending, out->err,
                        "... %" PRIu64 " more rows; use --format csv, json or jsonl for all\n",
                        out->rows - TABLE_ROWS_MAX);
    return ok;
}

static bool write_table(Output *out)
{
    Grid grid = {.arena = arena_new(TABLE_BYTES_MAX, out->err),
                 .cells = buf_init(TABLE_BYTES_MAX),
                 .columns = engine_columns(out->result),
                 .wide = out->options->wide};
    bool ok = grid.arena != NULL;
    if (ok)
        grid.widths = arena_calloc(grid.arena, grid.columns, sizeof *grid.widths, out->err);
    ok = ok && grid.widths && fill_grid(&grid, out);
    Error later = {0};
    Error *first = out->err;
    if (out->full)
        out->err = &later; /* the rows before the limit are drawn, and the first error stays */
    ok = (ok || out->full) && draw_grid(&grid, out) && !out->full;
    out->err = first;
    buf_free(&grid.cells);
    arena_free(grid.arena);
    return ok;
}

bool output_write(EngineResult *result, const OutputOptions *options, const OutputSink *sink,
                  uint64_t *ret_rows, Error *err)
{
    Output out = {.result = result,
                  .options = options,
                  .sink = sink,
                  .pending = buf_init(TABLE_BYTES_MAX),
                  .err = err};
    bool ok = options->format == OUTPUT_TABLE ? write_table(&out) : write_lines(&out);
    Error later = {0};
    if (!ok)
        out.err = &later; /* what came before the error is given all the same */
    ok = hand_over(&out, true) && ok;
    buf_free(&out.pending);
    *ret_rows = out.rows;
    return ok;
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
