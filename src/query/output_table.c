/* A result as a table for people: held until the widths of its columns are known. */
#include <inttypes.h>

#include "base/arena.h"
#include "query/output_cell.h"

enum {
    CELL_BYTES_MAX = 64 << 20,
    TABLE_ROWS_MAX = 10000,
    TABLE_BYTES_MAX = 256 << 20,
    CELL_WIDTH_MAX = 80,
    CELL_WIDTH_MIN = 8,
    GAP = 2, /* between columns */
};

typedef struct Grid {
    const OutputStyle *style;
    Arena *arena;
    Buf cells; /* Str each, row by row, the header first */
    size_t columns;
    size_t cell_max; /* no cell is drawn wider */
    size_t *widths;
    Buf visible; /* a cell under construction */
} Grid;

/* A cell of several columns leaves room for its neighbours; one alone has what the terminal has. */
static size_t cell_max(const OutputStyle *style, size_t columns)
{
    if (style->wide || (columns == 1 && !style->width))
        return SIZE_MAX - 1;
    return columns == 1 && style->width > CELL_WIDTH_MAX ? style->width : CELL_WIDTH_MAX;
}

static bool put(FILE *out, Str text, Error *err)
{
    return fwrite(text.ptr, 1, text.len, out) == text.len ||
           error_errno(err, "cannot write the result");
}

static bool add_cell(Grid *grid, size_t column, Str text, Error *err)
{
    grid->visible.len = 0;
    if (!cell_visible(text, &grid->visible, err))
        return false;
    Str shown = buf_str(&grid->visible);
    if (cell_width(shown) > grid->cell_max)
        shown = cell_cut(shown, grid->cell_max + 1); /* that it is cut is seen later */
    const char *copy = arena_text(grid->arena, shown, err);
    if (!copy)
        return false;
    size_t width = cell_width(shown);
    if (width > grid->cell_max)
        width = grid->cell_max;
    if (width > grid->widths[column])
        grid->widths[column] = width;
    Str cell = {copy, shown.len};
    return buf_append(&grid->cells, &cell, sizeof cell, err);
}

static bool fill(Grid *grid, EngineResult *result, uint64_t *rows, Error *err)
{
    BUF_AUTO Buf text = buf_init(CELL_BYTES_MAX);
    bool more = true;
    bool ok = true;
    for (size_t c = 0; ok && c < grid->columns; c++)
        ok = add_cell(grid, c, str_of(engine_column_name(result, c)), err);
    while (ok && (ok = engine_next(result, &more, err)) && more) {
        if (!output_check_rows(++*rows, grid->style->rows_max, err))
            return false;
        if (*rows > TABLE_ROWS_MAX)
            continue;
        for (size_t c = 0; ok && c < grid->columns; c++) {
            text.len = 0;
            ok = output_cell(result, c, grid->style, ENGINE_TEXT, &text, err) &&
                 add_cell(grid, c, buf_str(&text), err);
        }
    }
    return ok;
}

/* Narrows the widest columns until the table fits the terminal. */
static void fit(Grid *grid)
{
    size_t total = GAP * (grid->columns - 1);
    for (size_t c = 0; c < grid->columns; c++)
        total += grid->widths[c];
    while (grid->style->width && !grid->style->wide && total > grid->style->width) {
        size_t widest = 0;
        for (size_t c = 1; c < grid->columns; c++)
            if (grid->widths[c] > grid->widths[widest])
                widest = c;
        if (grid->widths[widest] <= CELL_WIDTH_MIN)
            return;
        grid->widths[widest]--;
        total--;
    }
}

static bool pad(FILE *out, char filler, size_t count, Error *err)
{
    for (; count; count--)
        if (fputc(filler, out) == EOF)
            return error_errno(err, "cannot write the result");
    return true;
}

static bool draw_cell(Str cell, size_t width, bool right, bool last, FILE *out, Error *err)
{
    bool cut = cell_width(cell) > width;
    if (cut)
        cell = cell_cut(cell, width > 3 ? width - 3 : 0);
    size_t used = cell_width(cell) + (cut ? 3 : 0);
    size_t gap = used < width ? width - used : 0;
    return (!right || pad(out, ' ', gap, err)) && put(out, cell, err) &&
           (!cut || put(out, STR("..."), err)) && (right || last || pad(out, ' ', gap, err));
}

static bool draw_row(const Grid *grid, const EngineResult *result, size_t row, FILE *out,
                     Error *err)
{
    bool ok = true;
    const Str *cells = (const Str *)(void *)grid->cells.ptr + row * grid->columns;
    for (size_t c = 0; ok && c < grid->columns; c++)
        ok = (c == 0 || put(out, STR("  "), err)) &&
             draw_cell(cells[c], grid->widths[c], engine_column_is_number(result, c),
                       c + 1 == grid->columns, out, err);
    return ok && put(out, STR("\n"), err);
}

static bool draw_rule(const Grid *grid, FILE *out, Error *err)
{
    bool ok = true;
    for (size_t c = 0; ok && c < grid->columns; c++)
        ok = (c == 0 || put(out, STR("  "), err)) && pad(out, '-', grid->widths[c], err);
    return ok && put(out, STR("\n"), err);
}

static bool draw(const Grid *grid, const EngineResult *result, uint64_t rows, FILE *out, Error *err)
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

bool output_table_write(EngineResult *result, const OutputStyle *style, FILE *out,
                        uint64_t *ret_rows, Error *err)
{
    Grid grid = {.style = style,
                 .arena = arena_new(TABLE_BYTES_MAX, err),
                 .cells = buf_init(TABLE_BYTES_MAX),
                 .columns = engine_columns(result),
                 .cell_max = cell_max(style, engine_columns(result)),
                 .visible = buf_init(CELL_BYTES_MAX)};
    bool ok = grid.arena != NULL;
    if (ok)
        grid.widths = arena_calloc(grid.arena, grid.columns, sizeof *grid.widths, err);
    ok = ok && grid.widths && fill(&grid, result, ret_rows, err);
    if (ok)
        fit(&grid);
    ok = ok && draw(&grid, result, *ret_rows, out, err);
    buf_free(&grid.cells);
    buf_free(&grid.visible);
    arena_free(grid.arena);
    return ok;
}
