#include "report/report.h"

#include <inttypes.h>

#include "base/amount.h"
#include "base/cell.h"
#include "base/timestamp.h"

enum { TEXT_BYTES_MAX = 2000 };

static int count_columns(const ReportSection *section)
{
    int count = 0;
    while (section->columns[count].name)
        count++;
    return count;
}

static bool read_cell(DbStatement *row, int index, ReportKind kind, Arena *arena, ReportCell *ret,
                      Error *err)
{
    *ret = (ReportCell){.is_null = db_is_null(row, index)};
    if (ret->is_null)
        return true;
    if (kind != REPORT_TEXT && kind != REPORT_WORD) {
        ret->number = db_int(row, index);
        return true;
    }
    Str text = db_text(row, index);
    const char *kept = arena_text(arena, text, err);
    ret->text = (Str){kept, text.len};
    return kept != NULL;
}

static bool read_row(DbStatement *row, ReportTable *table, Arena *arena, Error *err)
{
    ReportCell *cells = &table->cells[table->rows * (size_t)table->columns];
    if (table->rows == REPORT_ROWS_MAX) {
        table->more++;
        return true;
    }
    table->rows++;
    for (int i = 0; i < table->columns; i++)
        if (!read_cell(row, i, table->section->columns[i].kind, arena, &cells[i], err))
            return false;
    return true;
}

static bool fill(const Report *report, const ReportSection *section, Db *db, ReportTable *table,
                 Arena *arena, Error *err)
{
    bool row = true;
    *table = (ReportTable){.section = section, .columns = count_columns(section)};
    table->cells = arena_calloc(arena, (size_t)REPORT_ROWS_MAX * (size_t)table->columns,
                                sizeof *table->cells, err);
    DbStatement *select = table->cells ? db_statement(db, section->sql, err) : NULL;
    if (!select)
        return false;
    if (strstr(section->sql, "?1")) {
        db_bind_int(select, 1, report->since_us);
        db_bind_int(select, 2, report->until_us);
    }
    while (db_next(select, &row, err)) {
        if (!row)
            return true;
        if (!read_row(select, table, arena, err)) {
            db_reset(select);
            return false;
        }
    }
    return false;
}

bool report_fill(Report *report, const ReportSection *const *sections, Db *db, Arena *arena,
                 Error *err)
{
    report->table_count = 0;
    for (; *sections; sections++)
        if (!fill(report, *sections, db, &report->tables[report->table_count++], arena, err))
            return error_context(err, "section '%s' of the report", (*sections)->id);
    return true;
}

static bool put_number(ReportKind kind, int64_t number, Buf *to, Error *err)
{
    char text[AMOUNT_TEXT_BYTES + TIMESTAMP_TEXT_BYTES];
    if (kind == REPORT_TIME)
        timestamp_format_zone(number, text);
    else if (kind == REPORT_BYTES)
        amount_bytes((uint64_t)number, text);
    else
        amount_count((uint64_t)number, text);
    return buf_append_str(to, str_of(text), err);
}

bool report_cell(const Report *report, const ReportColumn *column, const ReportCell *cell, Buf *to,
                 Error *err)
{
    if (cell->is_null)
        return true;
    if (column->kind != REPORT_TEXT && column->kind != REPORT_WORD)
        return put_number(column->kind, cell->number, to, err);
    ReportWord word =
        column->kind == REPORT_WORD ? report_words_find(cell->text) : REPORT_WORD_COUNT;
    if (word != REPORT_WORD_COUNT)
        return buf_append_str(to, str_of(report_words_text(report->language, word)), err);
    return cell_visible(str_slice(cell->text, 0, str_utf8_prefix(cell->text, TEXT_BYTES_MAX)), to,
                        err);
}

bool report_is_alarming(const ReportColumn *column, const ReportCell *cell)
{
    return column->kind == REPORT_WORD && !cell->is_null &&
           report_words_find(cell->text) == REPORT_WORD_ATTENTION;
}
