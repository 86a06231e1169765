/* report_data - a report for programs: JSON, and CSV. */
#include <inttypes.h>
#include <stdio.h>

#include "base/cell.h"
#include "base/json_write.h"
#include "base/timestamp.h"
#include "report/report_write.h"

enum { CELL_BYTES_MAX = 1 << 16 };

/* A cell as programs take it: numbers as digits, times in UTC, words as their names. */
static bool put_plain(const ReportColumn *column, const ReportCell *cell, Buf *to, Error *err)
{
    char text[TIMESTAMP_TEXT_BYTES];
    if (cell->is_null)
        return true;
    if (column->kind == REPORT_COUNT || column->kind == REPORT_BYTES)
        return buf_printf(to, err, "%" PRId64, cell->number);
    if (column->kind != REPORT_TIME)
        return buf_append_str(to, cell->text, err);
    timestamp_format(cell->number, text);
    return buf_append_str(to, str_of(text), err);
}

static bool is_number(const ReportColumn *column)
{
    return column->kind == REPORT_COUNT || column->kind == REPORT_BYTES;
}

static void put_member(JsonWriter *to, const ReportColumn *column, const ReportCell *cell)
{
    BUF_AUTO Buf text = buf_init(CELL_BYTES_MAX);
    to->ok = to->ok && put_plain(column, cell, &text, to->err);
    if (cell->is_null)
        json_write_value(to, column->name, STR("null"));
    else if (is_number(column))
        json_write_value(to, column->name, buf_str(&text));
    else
        json_write_text(to, column->name, buf_str(&text));
}

static void put_table(JsonWriter *to, const Report *report, const ReportTable *table)
{
    json_write_open(to, NULL, '{');
    json_write_text(to, "id", str_of(table->section->id));
    json_write_text(to, "title",
                    str_of(report_words_text(report->language, table->section->title)));
    json_write_open(to, "rows", '[');
    for (size_t row = 0; row < table->rows; row++) {
        json_write_open(to, NULL, '{');
        for (int i = 0; i < table->columns; i++)
            put_member(to, &table->section->columns[i],
                       &table->cells[row * (size_t)table->columns + (size_t)i]);
        json_write_close(to, '}');
    }
    json_write_close(to, ']');
    json_write_int(to, "rows_left_out", (int64_t)table->more);
    json_write_close(to, '}');
}

static void put_moment(JsonWriter *to, const char *name, int64_t us)
{
    char text[TIMESTAMP_TEXT_BYTES];
    timestamp_format(us, text);
    json_write_text(to, name, str_of(text));
}

bool report_write_json(const Report *report, Buf *to, Error *err)
{
    JsonWriter json = {to, err, true};
    json_write_open(&json, NULL, '{');
    json_write_text(&json, "format", STR("spoor-report"));
    json_write_int(&json, "version", 1);
    json_write_text(&json, "kind", STR("audit"));
    json_write_text(&json, "period", report->period);
    put_moment(&json, "since", report->since_us);
    put_moment(&json, "until", report->until_us);
    put_moment(&json, "made", report->made_us);
    json_write_text(&json, "lake", report->lake);
    json_write_open(&json, "sections", '[');
    for (int i = 0; i < report->table_count; i++)
        put_table(&json, report, &report->tables[i]);
    json_write_close(&json, ']');
    json_write_close(&json, '}');
    return json.ok && buf_append_byte(to, '\n', err);
}

static bool put_line(const ReportTable *table, size_t row, int index, Buf *to, Error *err)
{
    BUF_AUTO Buf text = buf_init(CELL_BYTES_MAX);
    const ReportColumn *column = &table->section->columns[index];
    const ReportCell *cell = &table->cells[row * (size_t)table->columns + (size_t)index];
    return put_plain(column, cell, &text, err) &&
           buf_printf(to, err, "%s,%zu,%s,", table->section->id, row + 1, column->name) &&
           cell_csv(buf_str(&text), is_number(column), to, err) &&
           buf_append_str(to, STR("\n"), err);
}

bool report_write_csv(const Report *report, Buf *to, Error *err)
{
    bool ok = buf_append_str(to, STR("section,row,column,value\n"), err);
    for (int i = 0; ok && i < report->table_count; i++) {
        const ReportTable *table = &report->tables[i];
        for (size_t row = 0; ok && row < table->rows; row++)
            for (int column = 0; ok && column < table->columns; column++)
                ok = put_line(table, row, column, to, err);
    }
    return ok;
}
