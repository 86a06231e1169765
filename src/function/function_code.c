#include "function/function_code.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "derive/csv.h"

enum { ROWS_BYTES_MAX = 256 << 20 };

/* Rows in the order of the file, while they are read. */
typedef struct Rows {
    Arena *arena;
    const char *file;
    Error *err;
    Buf list; /* FunctionRow each */
    size_t columns;
} Rows;

static bool refuse(const Rows *rows, size_t line, const char *expected)
{
    return error_set(rows->err, ERROR_INPUT, "%s:%zu: expected %s", rows->file, line, expected);
}

/* The fields of a row from *from* on, as copies. */
static const Str *copy_fields(const Rows *rows, const CsvRow *row, unsigned from)
{
    Str *values = arena_calloc(rows->arena, rows->columns + 1, sizeof *values, rows->err);
    bool ok = values != NULL;
    for (unsigned i = 0; ok && i < rows->columns; i++)
        ok = csv_copy(row, from + i, rows->arena, &values[i], rows->err);
    return ok ? values : NULL;
}

static bool add_row(Rows *rows, const CsvRow *row)
{
    FunctionRow added;
    if (row->broken || row->count > rows->columns + 1)
        return refuse(rows, row->line,
                      row->broken ? "a quote that is closed"
                                  : "no more fields than the first row has");
    added.values = copy_fields(rows, row, 1);
    return added.values && csv_copy(row, 0, rows->arena, &added.key, rows->err) &&
           buf_append(&rows->list, &added, sizeof added, rows->err);
}

/* By key, then in the order of the file, which is that of memory. */
static int compare(const void *a, const void *b)
{
    const FunctionRow *left = a, *right = b;
    int order = str_compare(left->key, right->key);
    return order ? order : (left->values > right->values) - (left->values < right->values);
}

static bool keep_rows(Rows *rows, FunctionTable *ret)
{
    size_t count = rows->list.len / sizeof(FunctionRow);
    FunctionRow *list = arena_alloc(rows->arena, rows->list.len + 1, rows->err);
    if (!list)
        return false;
    if (count)
        memcpy(list, rows->list.ptr, rows->list.len);
    qsort(list, count, sizeof *list, compare);
    ret->rows = list;
    for (size_t i = 0; i < count; i++)
        if (!ret->row_count || !str_equal(list[ret->row_count - 1].key, list[i].key))
            list[ret->row_count++] = list[i];
    return true;
}

bool function_code_table(Str name, Str csv, const char *file, Arena *arena, FunctionTable *ret,
                         Error *err)
{
    Rows rows = {.arena = arena, .file = file, .err = err, .list = buf_init(ROWS_BYTES_MAX)};
    Csv at = csv_start(csv, "#");
    CsvRow row;
    *ret = (FunctionTable){.name = name};
    if (!csv_next(&at, &row) || row.count < 2)
        return refuse(&rows, 1, "names of columns, two or more, the first that of the key");
    rows.columns = ret->column_count = row.count - 1;
    ret->columns = copy_fields(&rows, &row, 1);
    bool ok = ret->columns != NULL;
    while (ok && csv_next(&at, &row))
        ok = add_row(&rows, &row);
    ok = ok && keep_rows(&rows, ret);
    buf_free(&rows.list);
    return ok;
}

const FunctionTable *function_code_find(const FunctionCode *code, Str name)
{
    for (size_t i = 0; i < code->table_count; i++)
        if (str_equal(code->tables[i].name, name))
            return &code->tables[i];
    return NULL;
}

static int compare_key(const void *key, const void *row)
{
    return str_compare(*(const Str *)key, ((const FunctionRow *)row)->key);
}

const FunctionRow *function_code_row(const FunctionTable *table, Str key)
{
    return table->row_count
               ? bsearch(&key, table->rows, table->row_count, sizeof *table->rows, compare_key)
               : NULL;
}
