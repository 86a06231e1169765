#include "query/output.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"

enum {
    CELL_BYTES_MAX = 64 << 20,
    TABLE_ROWS_MAX = 10000,
    TABLE_BYTES_MAX = 256 << 20,
    CELL_WIDTH_MAX = 80,
};

OutputFormat output_format(const char *word)
{
    static const char *const WORDS[OUTPUT_FORMATS] = {"table", "csv", "json", "jsonl"};
    int format = OUTPUT_TABLE;
    while (format < OUTPUT_FORMATS && strcmp(word, WORDS[format]) != 0)
        format++;
    return (OutputFormat)format;
}

static bool put(FILE *out, Str text, Error *err)
{
    return fwrite(text.ptr, 1, text.len, out) == text.len ||
           error_errno(err, "cannot write the result");
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

static bool write_lines(EngineResult *result, OutputFormat format, FILE *out, uint64_t *rows,
                        Error *err)
{
    BUF_AUTO Buf line = buf_init(CELL_BYTES_MAX);
    BUF_AUTO Buf cell = buf_init(CELL_BYTES_MAX);
    bool more = true;
    bool ok = put_start(result, format, &line, err);
    while (ok && (ok = engine_next(result, &more, err)) && more) {
        ok =
            put_row(result, format, *rows == 0, &line, &cell, err) && put(out, buf_str(&line), err);
        line.len = 0;
        ++*rows;
    }
    return ok && put_end(format, *rows == 0, &line, err) && put(out, buf_str(&line), err);
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

static bool fill_grid(Grid *grid, EngineResult *result, uint64_t *rows, Error *err)
{
    BUF_AUTO Buf text = buf_init(CELL_BYTES_MAX);
    bool more = true;
    bool ok = true;
    for (size_t c = 0; ok && c < grid->columns; c++)
        ok = grid_cell(grid, c, str_of(engine_column_name(result, c)), err);
    while (ok && (ok = engine_next(result, &more, err)) && more) {
        if (++*rows > TABLE_ROWS_MAX)
            continue;
        for (size_t c = 0; ok && c < grid->columns; c++) {
            text.len = 0;
            ok = engine_value(result, c, ENGINE_TEXT, &text, err) &&
                 grid_cell(grid, c, buf_str(&text), err);
        }
    }
    return ok;
}

static bool pad(FILE *out, char filler, size_t count, Error *err)
{
    for (; count; count--)
        if (fputc(filler, out) == EOF)
            return error_errno(err, "cannot write the result");
    return true;
}

static bool draw_row(const Grid *grid, const EngineResult *result, size_t row, FILE *out,
                     Error *err)
{
    bool ok = true;
    for (size_t c = 0; ok && c < grid->columns; c++) {
        Str cell;
        memcpy(&cell, grid->cells.ptr + (row * grid->columns + c) * sizeof cell, sizeof cell);
        size_t gap = grid->widths[c] - display_width(cell);
        bool right = engine_column_is_number(result, c);
        bool last = c + 1 == grid->columns;
        ok = (c == 0 || put(out, STR("  "), err)) && (!right || pad(out, ' ', gap, err)) &&
             put(out, cell, err) && (right || last || pad(out, ' ', gap, err));
    }
    return ok && put(out, STR("\n"), err);
}

static bool draw_rule(const Grid *grid, FILE *out, Error *err)
{
    bool ok = true;
    for (size_t c = 0; ok && c < grid->columns; c++)
        ok = (c == 0 || put(out, STR("  "), err)) && pad(out, '-', grid->widths[c], err);
    return ok && put(out, STR("\n"), err);
}

static bool draw_grid(const Grid *grid, const EngineResult *result, uint64_t rows, FILE *out,
                      Error *err)
{
    size_t drawn = grid->cells.len / sizeof(Str) / grid->columns;
    bool ok = true;
    for (size_t row = 0; ok && row < drawn; row++)
        ok = draw_row(grid, result, row, out, err) && (row > 0 || draw_rule(grid, out, err));
    if (ok && rows > TABLE_ROWS_MAX)
        ok = fprintf(out, "... %" PRIu64 " more rows; use --format csv, json or jsonl for all\n",
                     rows - TABLE_ROWS_MAX) > 0;
    return ok;
}

static bool write_table(EngineResult *result, bool wide, FILE *out, uint64_t *rows, Error *err)
{
    Grid grid = {.arena = arena_new(TABLE_BYTES_MAX, err),
                 .cells = buf_init(TABLE_BYTES_MAX),
                 .columns = engine_columns(result),
                 .wide = wide};
    bool ok = grid.arena != NULL;
    if (ok)
        grid.widths = arena_calloc(grid.arena, grid.columns, sizeof *grid.widths, err);
    ok = ok && grid.widths && fill_grid(&grid, result, rows, err) &&
         draw_grid(&grid, result, *rows, out, err);
    buf_free(&grid.cells);
    arena_free(grid.arena);
    return ok;
}

bool output_write(EngineResult *result, OutputFormat format, bool wide, FILE *out,
                  uint64_t *ret_rows, Error *err)
{
    *ret_rows = 0;
    bool ok = format == OUTPUT_TABLE ? write_table(result, wide, out, ret_rows, err)
                                     : write_lines(result, format, out, ret_rows, err);
    return ok && (fflush(out) == 0 || error_errno(err, "cannot write the result"));
}
